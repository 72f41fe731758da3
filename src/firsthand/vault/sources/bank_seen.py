"""What a sample of the rows of a bank's file shows about each of its columns."""

from collections.abc import Callable

from firsthand.vault.sources.payee import words_of


class Seen:
    """What a sample of rows shows about each column."""

    def __init__(self, rows: list[list[str]], width: int) -> None:
        self.rows = rows
        self.columns = [
            [text for row in rows if i < len(row) and (text := row[i].strip())]
            for i in range(width)
        ]

    def filled(self, column: int) -> float:
        """The part of the rows in which a column has something."""
        return len(self.columns[column]) / max(1, len(self.rows))

    def share(self, column: int, holds: Callable[[str], object]) -> float:
        """The part of a column's filled cells for which something holds; 0 if none is filled."""
        cells = self.columns[column]
        return sum(1 for cell in cells if holds(cell)) / len(cells) if cells else 0.0

    def fits(self, column: int, holds: Callable[[str], object]) -> bool:
        """Whether at least half of the filled cells do; an empty column fits anything."""
        return not self.columns[column] or self.share(column, holds) >= 0.5


def said(cells: list[str]) -> int:
    """How many different things the words of a column say, whatever numbers are among them."""
    return len({words_of(cell) for cell in cells} - {""})


def begun(cells: list[str]) -> int:
    """With how many different words the cells of a column begin."""
    return len({words[0] for cell in cells if (words := words_of(cell).split())})
