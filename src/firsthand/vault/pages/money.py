"""Money as pages: out and in by month, categories, shops, what to look at; one shop."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import charts, words
from firsthand.vault.acts import behind, money
from firsthand.vault.pages import pictures, sense, things
from firsthand.vault.pages.visits import NotHere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from firsthand.vault.pages.visits import Visit

SHOWN_MAX: Final = 12
MONTHS_MAX: Final = 36  # more are told by year


def show(visit: Visit) -> Response:
    """What went out and came in."""
    query = visit.request.query_params
    told = money.money(visit.vault, query.get("span"), query.get("currency"))
    span = told["span"]
    shown: dict[str, Any] = {"chart": "", "categories": "", "shops": "", "incomes": ""}
    if span is not None:
        shown = _pictures(told)
    return sense.page(
        visit,
        "money.html",
        "money",
        title="Money",
        told=told,
        shown=shown,
        spans=sense.spans(span, "/money", currency=query.get("currency")),
        currencies=[
            {"label": "not said" if each == money.NOT_SAID else each,
             "href": sense.address("/money", span=span["name"], currency=each),
             "current": each == (told["currency"] or money.NOT_SAID)}
            for each in (told["currencies"] if span else [])
        ],
        orders=pictures.bars([_order(each) for each in told["orders"][:SHOWN_MAX]]),
        look=[{**each, "shown": sense.rows_of(each)} for each in told["look"]],
    )  # fmt: skip


def _pictures(told: Mapping[str, Any]) -> dict[str, Any]:
    unit, span = told["currency"], told["span"]
    labels, steps, title = ("Out", "In"), told["months"], "Out and in, by month"
    if len(steps) > MONTHS_MAX:
        steps, title = by_year(steps), "Out and in, by year"
    columns = [
        pictures.Column(
            name=sense.month(each["month"]),
            values=(max(0.0, float(each["out"])), max(0.0, float(each["in"]))),
            said=(words.money(each["out"], unit), words.money(each["in"], unit)),
            hrefs=(_month("out", each["month"], unit), _month("in", each["month"], unit)),
        )
        for each in steps
    ]
    return {
        "chart": pictures.columns(columns, labels, unit=unit or "", title=title),
        "categories": pictures.bars([_category(each, span, unit) for each in told["categories"]]),
        "shops": pictures.bars([_shop(each, unit) for each in told["shops"][:SHOWN_MAX]]),
        "incomes": pictures.bars([_shop(each, unit) for each in told["incomes"][:SHOWN_MAX]]),
        "out": words.money(told["out"], unit), "in": words.money(told["in"], unit),
        "said": sense.in_words(span), "left": words.money(_left(told), unit),
    }  # fmt: skip


def by_year(months: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Months summed up by year; `month` is the year then."""
    sums: dict[str, list[Decimal]] = {}
    for each in months:
        held = sums.setdefault(each["month"][:4], [Decimal(0), Decimal(0)])
        held[0] += Decimal(each["out"])
        held[1] += Decimal(each["in"])
    return [{"month": year, "out": f"{out}", "in": f"{came}"} for year, (out, came) in sums.items()]


def _left(told: Mapping[str, Any]) -> str:
    return f"{float(told['in']) - float(told['out']):.2f}"


def _month(part: str, month: str, unit: str | None) -> str:
    within = {"first": month, "last": month}
    return sense.rows_href("money", part, within, unit=unit or money.NOT_SAID)


def _counts(each: Mapping[str, Any]) -> str:
    payments = words.plural(each["payments"], "payment")
    return f"{payments}, {words.plural(each['shops'], 'shop')}"


def _category(
    each: Mapping[str, Any], span: Mapping[str, Any], unit: str | None
) -> dict[str, object]:
    return {
        "name": each["name"], "value": each["amount"], "said": words.money(each["amount"], unit),
        "href": sense.rows_href(
            "money", "out", span, kind=each["key"], unit=unit or money.NOT_SAID
        ),
        "note": _counts(each),
    }  # fmt: skip


def _shop(each: Mapping[str, Any], unit: str | None) -> dict[str, object]:
    return {
        "name": each["name"], "value": max(0.0, float(each["amount"])),
        "said": words.money(each["amount"], unit),
        "href": sense.address("/money/shop", key=each["key"]),
        "note": words.plural(each["payments"], "payment"),
    }  # fmt: skip


def _order(each: Mapping[str, Any]) -> dict[str, object]:
    return {
        "name": each["name"], "value": max(0.0, float(each["amount"])),
        "said": words.money(each["amount"], each["currency"]),
        "href": sense.rows_href("bought", "order", who=each["key"]),
        "note": words.plural(each["items"], "item"),
    }  # fmt: skip


def shop(visit: Visit) -> Response:
    """One shop: its category, to correct; what it got by month; every payment."""
    key = visit.request.query_params.get("key", "")
    told = money.shop(visit.vault, key)
    if told is None:
        raise NotHere
    part = told["parts"][0]
    rows: Any = behind.behind(
        visit.vault,
        behind.Figure(sense="money", part=part["part"], who=key),
        limit=sense.BEHIND_MAX,
    )
    return sense.page(
        visit,
        "money_shop.html",
        "money",
        title=told["name"],
        told=told,
        sums=[
            (("Paid" if each["part"] == "out" else "Came back or in"),
             words.money(each["amount"], each["currency"]),
             f"{words.plural(each['payments'], 'payment')}")
            for each in told["parts"]
        ],
        chart=_by_month(part),
        months=things.by_month(rows["things"]),
        older=sense.rows_href("money", part["part"], who=key, before=rows["older"])
        if rows["older"] else None,
    )  # fmt: skip


def _by_month(part: Mapping[str, Any]) -> object:
    series = [(each["month"], int(float(each["amount"]) * 1000)) for each in part["months"]]
    filled = things.without_gaps(series)[-36:]
    return charts.bars(
        [(sense.short_month(name), max(0.0, value / 1000)) for name, value in filled],
        unit=part["currency"] or "", title="By month",
    )  # fmt: skip
