"""States as a graph: what may follow what, checked when it is made, and drawn for the docs.

A graph is data. The code asks it what comes next, and the page in the docs is drawn from the same
data, so the two cannot differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

_ROW, _TOP, _LEFT, _WIDTH, _HEIGHT = 64, 24, 200, 132, 32
_LETTER = 7
_INK, _PAPER = "#1c1c1c", "#ffffff"


class GraphRefused(ValueError):
    """The graph is not whole: the code that wrote it down is wrong.

    Give each state a sentence and a line, even an empty one. Every line leads to a state, every
    state can be reached from a first one, and the ends are exactly the states that nothing follows.
    """


class UnableToChangeState(RuntimeError):
    """Nothing of this kind can happen in this state; the message says which and what could."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """States, each with one plain sentence, and what happens in each: ``{state: {event: state}}``.

    ``first`` are the states in which something may begin, ``ends`` those that nothing follows.
    Raises ``GraphRefused`` if it is not whole.
    """

    name: str
    states: Mapping[str, str]
    first: tuple[str, ...]
    follows: Mapping[str, Mapping[str, str]]
    ends: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check that the graph is whole."""
        for wrong in self._wrongs():
            raise GraphRefused(f"{self.name}: {wrong}")

    def _wrongs(self) -> Iterator[str]:
        silent = [state for state, words in self.states.items() if not words.endswith(".")]
        if silent:
            yield f"{silent[0]} has no sentence"
        if set(self.follows) != set(self.states):
            yield f"a state or a line is missing: {sorted(set(self.follows) ^ set(self.states))}"
            return
        named = {*self.first, *self.ends, *(after for _, _, after in self.lines())}
        if not named <= set(self.states):
            yield f"a line leads nowhere: {sorted(named - set(self.states))}"
            return
        if not self.first or self.reached() != set(self.states):
            yield f"never reached: {sorted(set(self.states) - self.reached())}"
        if {state for state, line in self.follows.items() if not line} != set(self.ends):
            yield "the ends are not the states that nothing follows"

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Every line: the state before, what happens, the state after."""
        for state, line in self.follows.items():
            for event, after in line.items():
                yield state, event, after

    def reached(self) -> set[str]:
        """The states that can be reached from a first one."""
        found: set[str] = set()
        left = list(self.first)
        while left:
            state = left.pop()
            if state not in found:
                found.add(state)
                left.extend(self.follows[state].values())
        return found

    def after(self, state: str, event: str) -> str:
        """The state that follows ``event`` in ``state``; raises ``UnableToChangeState``."""
        line = self.follows.get(state)
        if line is None:
            raise UnableToChangeState(f"{self.name} has no state {state!r}")
        if event not in line:
            could = ", ".join(line) or "nothing: it is an end"
            raise UnableToChangeState(f"{self.name}: no {event!r} in {state!r}; there is {could}")
        return line[event]

    def next_states(self, state: str) -> tuple[str, ...]:
        """The states that may come right after ``state``, each once, in their written order."""
        return tuple(dict.fromkeys(self.follows[state].values()))

    def mermaid(self) -> str:
        """The graph as a Mermaid state diagram; what each state means is in ``table``."""
        drawn = ["stateDiagram-v2", *(f"    [*] --> {state}" for state in self.first)]
        drawn += [f"    {state} --> {after}: {event}" for state, event, after in self.lines()]
        drawn += [f"    {state} --> [*]" for state in self.ends]
        return "\n".join(drawn) + "\n"

    def table(self) -> str:
        """The states with their sentences as a Markdown table."""
        rows = [f"| {state} | {words} |" for state, words in self.states.items()]
        return "\n".join(["| state | meaning |", "|---|---|", *rows]) + "\n"

    def svg(self) -> str:
        """A small picture: the states in a column, what leads down on the right, up on the left."""
        places = {state: number for number, state in enumerate(self.states)}
        together: dict[tuple[str, str], list[str]] = {}
        for state, event, after in self.lines():
            together.setdefault((state, after), []).append(event)
        arcs = [_arc(places[a], places[b], ", ".join(said)) for (a, b), said in together.items()]
        boxes = [_box(state, places[state], end=state in self.ends) for state in self.states]
        width = max([_LEFT * 2 + _WIDTH, *(right for _, right in arcs)])
        height = _TOP * 2 + _ROW * (len(places) - 1) + _HEIGHT
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" fill="none"'
        style = f'stroke="{_INK}" font-family="sans-serif" font-size="12"'
        title = f"<title>{escape(self.name)}</title>"
        paper = f'<rect width="{width}" height="{height}" fill="{_PAPER}" stroke="none"/>'
        curves, words = ([arc[part] for arc, _ in arcs] for part in (0, 1))
        drawn = [f"{head} {style}>", title, paper, *curves, *words, *boxes, "</svg>\n"]
        return "\n".join(drawn)


def _box(state: str, place: int, *, end: bool) -> str:
    top = _TOP + place * _ROW
    dashes = ' stroke-dasharray="4 3"' if end else ""
    shape = f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"{dashes}/>'
    return shape + _word(state, _LEFT + _WIDTH // 2, top + 20, "middle")


def _arc(start: int, end: int, said: str) -> tuple[tuple[str, str], int]:
    """A curve between two places in the column with its words, and how far right they go."""
    down = end > start
    side = _LEFT + _WIDTH if down else _LEFT
    reach = 20 + 66 * abs(end - start)
    bulge = side + reach if down else side - reach
    top, bottom = (_TOP + place * _ROW + _HEIGHT // 2 for place in (start, end))
    top, bottom = (top + 6, bottom - 6) if down else (top - 6, bottom + 6)
    line = f'<path d="M{side} {top} C{bulge} {top} {bulge} {bottom} {side} {bottom}"/>'
    tip = side + 7 if down else side - 7
    head = f'<path d="M{tip} {bottom - 4} L{side} {bottom} L{tip} {bottom + 4}"/>'
    middle = side + (reach * 3 // 4 + 4) * (1 if down else -1)
    words = _word(said, middle, (top + bottom) // 2 + 4, "start" if down else "end")
    return (line + head, words), middle + len(said) * _LETTER if down else 0


def _word(words: str, x: int, y: int, anchor: str) -> str:
    style = f'text-anchor="{anchor}" fill="{_INK}" stroke="{_PAPER}" stroke-width="4"'
    return f'<text x="{x}" y="{y}" {style} paint-order="stroke">{escape(words)}</text>'
