"""Leave something out: what a rule would hit, doing it, the rules, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.routing import Route

from firsthand.vault.acts import keeping, redacting
from firsthand.vault.acts.redacting import Rule, RuleRefused
from firsthand.vault.pages import saying
from firsthand.vault.pages.visits import Visit, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Parts

HERE: Final = "/bring/leave-out"
FIELDS: Final = (
    ("", "The whole thing"),
    ("description", "Only what the bank wrote"),
    ("location", "Only where it was"),
    ("agent", "Only whose profile it was"),
    ("instrument", "Only which device it was"),
    ("recipient", "Only to whom it went"),
    ("sender", "Only from whom it came"),
    ("attendee", "Only who was there"),
    ("text", "Only what was written"),
)
_NAMES: Final = ("words", "person", "place", "since", "until", "source", "field", "thing")


def routes(parts: Parts) -> list[Route]:
    """The pages about what is left out."""
    return [
        Route(HERE, kept(parts, ask), methods=["GET"]),
        Route(f"{HERE}/preview", kept(parts, preview), methods=["POST"]),
        Route(f"{HERE}/do", kept(parts, do), methods=["POST"]),
        Route(f"{HERE}/back", kept(parts, back), methods=["POST"]),
    ]


def ask(visit: Visit) -> Response:
    """What may be left out, and what is."""
    return _page(visit, {name: visit.request.query_params.get(name, "") for name in _NAMES})


def preview(visit: Visit) -> Response:
    """What a rule would hit; nothing is changed yet."""
    typed = {name: visit.form.one(name).strip() for name in _NAMES}
    try:
        rule = rule_of(typed)
        told = redacting.preview(visit.vault, rule)
    except RuleRefused as error:
        return _page(visit, typed, error=str(error), status=422)
    return _page(visit, typed, told={**told, "says": said_of(visit, rule)})


def do(visit: Visit) -> Response:
    """Take it out, and keep it out."""
    typed = {name: visit.form.one(name).strip() for name in _NAMES}
    try:
        told = redacting.redact(visit.vault, rule_of(typed))
    except RuleRefused as error:
        return _page(visit, typed, error=str(error), status=422)
    visit.parts.nudge(visit.person.slug)
    many = told["things"]
    said = f"{many:,} {'thing was' if many == 1 else 'things were'} changed or taken out."
    said += " It stays out when you bring the same again."
    if told["cases"]:
        said += " Messages that you wrote about it are still there: delete them under Settle."
    return visit.go(HERE, said)


def back(visit: Visit) -> Response:
    """Take a rule back."""
    try:
        redacting.unredact(visit.vault, int(visit.form.one("id", "0")[:9]))
    except (RuleRefused, ValueError):
        return visit.go(HERE, "That was taken back already.")
    return visit.go(HERE, "No longer left out. Bring the file again, and it is here again.")


def rule_of(typed: Mapping[str, str]) -> Rule:
    """The rule that a form says."""
    return msgspec.convert({name: value for name, value in typed.items() if value}, Rule)


def said_of(visit: Visit, rule: Rule) -> str:
    """A rule in the words of the page."""
    what = dict(FIELDS).get(rule.field or "", f"Only {rule.field}")
    parts = [
        rule.thing and f"of {_name_of(visit, rule.thing)}",
        rule.source and f"from {saying.source(rule.source)}",
        rule.words and f'with the words "{rule.words}"',
        rule.person and f"with {rule.person} in it",
        rule.place and f"at {rule.place}",
        rule.near and f"within {rule.metres} metres of a point on the map",
        rule.since and f"from {rule.since} on",
        rule.until and f"until {rule.until}",
    ]
    return ", ".join([what, *(part for part in parts if part)])


def _name_of(visit: Visit, id: str) -> str:
    found: dict[str, Any] | None = keeping.thing(visit.vault, id)
    return f'"{found["name"]}"' if found else "a single thing that is gone"


def _page(
    visit: Visit,
    typed: Mapping[str, str],
    *,
    told: dict[str, Any] | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    sources = sorted({str(each["source"]) for each in keeping.counts(visit.vault)})
    rules = [
        {**each, "says": said_of(visit, msgspec.convert(each["rule"], Rule))}
        for each in redacting.redactions(visit.vault)
    ]
    one = _name_of(visit, typed["thing"]) if typed.get("thing") else ""
    return visit.page(
        "leaving.html",
        status,
        title="Leave something out",
        here="things",
        typed=typed,
        one=one,
        told=told,
        error=error,
        fields=FIELDS,
        sources=[("", "Everything"), *((name, saying.source(name)) for name in sources)],
        rules=rules,
    )
