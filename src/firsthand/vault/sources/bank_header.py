"""Where the names of the columns of a bank's CSV stand, and where its rows begin."""

import re

from firsthand.vault.sources.amounts import currency_of, read_amount
from firsthand.vault.sources.bank_words import is_header
from firsthand.vault.sources.csvs import Record
from firsthand.vault.sources.dates import read

CELLS_MAX = 100


def looks_dated(text: str) -> bool:
    """Whether a cell is a date; digits alone only if they begin with a likely year."""
    moment = read(text)
    if moment is None or not moment.compact:
        return moment is not None
    return len(text) >= 8 and text[:2] in ("19", "20") and "ymd" in moment.dates


def amount_like(text: str) -> bool:
    """An amount and not a number of an account, a card or a row."""
    amount = read_amount(text)
    if amount is None or (read(text) is not None and not text.strip().isdigit()):
        return False
    core = amount.core
    return not (core.isdigit() and (len(core) > 7 or (len(core) > 1 and core[0] == "0")))


def is_data(cells: list[str]) -> bool:
    """Whether a row has a date and an amount."""
    cells = cells[:CELLS_MAX]
    dated = [i for i, cell in enumerate(cells) if looks_dated(cell)]
    return bool(dated) and any(
        i != dated[0] and not looks_dated(cell) and amount_like(cell)
        for i, cell in enumerate(cells)
    )


def find_header(found: list[Record]) -> tuple[int, int]:
    """Positions in `found` of the header (-1 if there is none) and of the first row of data."""
    for i, record in enumerate(found):
        if not record.why and is_header(record.cells):
            return i, i + 1
    first = next((i for i, r in enumerate(found) if not r.why and is_data(r.cells)), -1)
    if first <= 0:
        return -1, first
    width = len(found[first].cells)
    for i in range(first):
        cells = found[i].cells
        if len(cells) == width and any(looks_dated(c) or amount_like(c) for c in cells):
            first = i  # a damaged row is still a row
            break
    before = found[first - 1].cells if first else []
    named = first > 0 and sum(1 for c in before if c.strip()) >= max(2, (width + 1) // 2)
    return (first - 1 if named else -1), first


def labels_of(header: list[str], width: int) -> list[str]:
    """Names of columns that a person can tell apart."""
    labels: list[str] = []
    for i in range(width):
        name = " ".join(header[i].split())[:60] if i < len(header) else ""
        name = name or f"column {i + 1}"
        label, number = name, 2
        while label in labels:
            label, number = f"{name} ({number})", number + 1
        labels.append(label)
    return labels


def about_line(found: list[Record], column: int) -> int:
    """The line of the first row if it alone writes its date in another way, else 0."""
    texts = [r.cells[column].strip() if column < len(r.cells) else "" for r in found]
    shapes = [date_shape(text) for text in texts]
    others = {shape for shape in shapes[1:] if shape}
    if len(found) < 2 or len(others) != 1 or shapes[0] in others:
        return 0
    # With a single payment below it, only what no payment says shows what the line is about.
    told = len(found) > 2 or any(map(_is_code, found[0].cells))
    return found[0].line if told else 0


def _is_code(cell: str) -> bool:
    """Whether a cell is the code of a currency and nothing else."""
    return cell.strip().isupper() and bool(currency_of(cell))


def date_shape(text: str) -> str:
    """How a date is written: years are y, months and days n, words w."""
    text = re.sub(r"[^\W\d_]+\.?", "w", text)
    return re.sub(r"\d{1,2}", "n", re.sub(r"\d{4}", "y", text))
