"""A graph of states is whole or is not made, and it is drawn from what it says."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.hub.terms.relationships import GRAPH as RELATIONSHIP
from firsthand.protocol.agreement_life import LIFE
from firsthand.protocol.graphs import Graph, GraphRefused, UnableToChangeState
from firsthand.protocol.terms import ROSTER

EVERY = pytest.mark.parametrize("graph", [LIFE, RELATIONSHIP], ids=lambda graph: graph.name)


def lamp(**changes: object) -> Graph:
    parts: dict[str, object] = {
        "name": "A lamp",
        "states": {"off": "It is dark.", "on": "It is light.", "broken": "It is of no use."},
        "first": ("off",),
        "follows": {"off": {"on": "on"}, "on": {"off": "off", "fell": "broken"}, "broken": {}},
        "ends": ("broken",),
    }
    return Graph(**{**parts, **changes})  # type: ignore[arg-type]


def test_what_follows_is_found_and_what_does_not_is_refused() -> None:
    graph = lamp()
    assert graph.after("off", "on") == "on"
    assert graph.next_states("on") == ("off", "broken")
    assert graph.reached() == {"off", "on", "broken"}
    with pytest.raises(UnableToChangeState, match="it is an end"):
        graph.after("broken", "on")
    with pytest.raises(UnableToChangeState, match="there is off, fell"):
        graph.after("on", "on")
    with pytest.raises(UnableToChangeState, match="no state 'blue'"):
        graph.after("blue", "on")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"states": {"off": "It is dark.", "on": "It is light.", "broken": ""}}, "no sentence"),
        ({"states": {"off": "It is dark."}}, "missing"),
        ({"follows": {"off": {"on": "on"}}}, "missing"),
        ({"follows": {"off": {"on": "blue"}, "on": {}, "broken": {}}}, "leads nowhere"),
        ({"first": ("blue",)}, "leads nowhere"),
        ({"ends": ("blue",)}, "leads nowhere"),
        ({"first": ()}, "never reached"),
        ({"first": ("on",), "follows": {"off": {"on": "on"}, "on": {"x": "broken"}, "broken": {}}},
         "never reached: .'off'"),
        ({"ends": ()}, "ends"),
        ({"ends": ("broken", "on")}, "ends"),
    ],
)  # fmt: skip
def test_a_graph_that_is_not_whole_is_not_made(changes: dict[str, object], words: str) -> None:
    with pytest.raises(GraphRefused, match=words):
        lamp(**changes)


@EVERY
def test_each_line_is_in_each_drawing(graph: Graph) -> None:
    mermaid, svg = graph.mermaid(), graph.svg()
    for state, event, after in graph.lines():
        assert f"    {state} --> {after}: {event}\n" in mermaid
        assert graph.after(state, event) == after
    texts = " ".join(node.text or "" for node in ElementTree.fromstring(svg).iter())  # noqa: S314 - drawn here
    for state, words in graph.states.items():
        assert state in texts
        assert f"| {state} | {words} |" in graph.table()
    for _, event, _ in graph.lines():
        assert event in texts
    assert svg.count('rx="6"') == len(graph.states)
    assert svg.count("stroke-dasharray") == len(graph.ends)


def test_the_page_in_the_docs_is_drawn_from_the_graph() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    page = (docs / "agreements.md").read_text(encoding="utf-8")
    assert LIFE.mermaid() in page
    assert LIFE.table() in page
    assert (docs / "pictures" / "agreement-life.svg").read_text(encoding="utf-8") == LIFE.svg()
    for terms in ROSTER.values():
        assert terms.text() in page


@EVERY
@given(data=st.data())
def test_from_wherever_one_is_an_end_can_be_reached(graph: Graph, data: st.DataObject) -> None:
    state = data.draw(st.sampled_from(sorted(graph.states)))
    seen = {state}
    while state not in graph.ends:
        fresh = [after for after in graph.next_states(state) if after not in seen]
        if not fresh:
            break
        state = data.draw(st.sampled_from(fresh))
        seen.add(state)
    reached = {state}
    left = [state]
    while left:
        for after in graph.next_states(left.pop()):
            if after not in reached:
                reached.add(after)
                left.append(after)
    assert reached & set(graph.ends)


def test_words_that_are_markup_stay_words() -> None:
    graph = lamp(name="<b>", states={"off": "A.", "on": "B.", "broken": "C."})
    assert "<title>&lt;b&gt;</title>" in graph.svg()
