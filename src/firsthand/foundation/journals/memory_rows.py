"""The rows of one table in memory, for the journal that keeps nothing."""

from bisect import bisect_left, bisect_right, insort

_PAST_ALL = "\U0010ffff\U0010ffff"


class Rows:
    """One table: its rows by (relationship, key), and those keys in order."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}
        self.order: list[tuple[str, str]] = []

    def copy(self) -> "Rows":
        """The same rows, to be changed apart."""
        made = Rows()
        made.values, made.order = dict(self.values), list(self.order)
        return made

    def put(self, place: tuple[str, str], value: bytes) -> None:
        """Set one row."""
        if place not in self.values:
            insort(self.order, place)
        self.values[place] = value

    def delete(self, place: tuple[str, str]) -> None:
        """Delete one row, if it is there."""
        if self.values.pop(place, None) is not None:
            del self.order[bisect_left(self.order, place)]

    def of(self, relationship: str) -> list[tuple[str, str]]:
        """The keys of one relationship, in order."""
        start = bisect_left(self.order, (relationship, ""))
        stop = bisect_right(self.order, (relationship, _PAST_ALL))
        return self.order[start:stop]
