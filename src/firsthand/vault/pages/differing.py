"""How two deals differ, in plain words: what, before, after, and whether it allows more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.protocol.asking import compare
from firsthand.protocol.terms import PRECISIONS
from firsthand.vault.pages import saying

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

YES, NO = "yes", "no"
COARSEST: Final = PRECISIONS[-1]


def rows(differences: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is different, in plain words: what, before, after, and whether it allows more.

    ``means`` is what that lets them work out, for times that are finer and for what goes beyond
    what is needed.
    """
    return [
        {
            "what": _what(each),
            "before": _said(each, each["before"]),
            "after": _said(each, each["after"]),
            "more": each["more"],
            "means": _means(each) if each["more"] else [],
        }
        for each in differences
    ]


_WHATS: Final[Mapping[str, str]] = {
    "purposes": "What they may do with it",
    "precision": "Times",
    "retention": "Kept after the end",
    "tracking": "May watch what you do there",
    "profiling": "May draw a picture of what you like",
    "analytics": "May count it with others",
    "onward": "May pass on what no longer shows who you are",
    "training": "May train models on it",
    "portability": "Give it all back when you ask",
    "until": "Lasts until",
    "given before": "What you gave before is read on to",
}


def _what(each: Mapping[str, Any]) -> str:
    if each["what"] == "fields":
        return f"Of your {saying.kind_of(str(each['kind'])).many}"
    return _WHATS[str(each["what"])]


def _means(each: Mapping[str, Any]) -> list[str]:
    if each["what"] == "precision":
        return [saying.FINENESS[each["after"]]]
    if each["what"] != "fields" or not each["after"]:
        return []
    kind, new = str(each["kind"]), set(each["after"]) - set(each["before"])
    known = saying.FIELDS.get(kind, {})
    found = compare({kind: each["after"]}, (), COARSEST)
    return [
        one.why if one.what == "kind" else _named(known.get(one.name, one.name), one.why)
        for one in found
        if one.what == "kind" or one.name in new
    ]


def _named(what: str, why: str) -> str:
    return f"{what[:1].upper()}{what[1:]}: {why}"


def _said(each: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401 - as it is different
    match each["what"]:
        case "purposes" | "given before":
            return saying.listed(saying.PURPOSES[one] for one in value) or "nothing"
        case "fields":
            known = saying.FIELDS.get(str(each["kind"]), {})
            return saying.listed(known.get(one, one) for one in value) or "nothing"
        case "precision":
            return saying.PRECISIONS[value]
        case "retention":
            return f"{value} days" if value else "not at all"
        case "until":
            return saying.day_of(value)
    return YES if value else NO
