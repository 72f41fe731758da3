"""Money over a whole life: figures are the sums of the rows behind them; corrections stay."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.vault.sense.lives import life, paid, thing

from firsthand import app
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.protocol.things import Thing
from firsthand.vault.acts import correcting, noticing
from firsthand.vault.acts.behind import Figure, behind
from firsthand.vault.acts.correcting import CorrectionRefused
from firsthand.vault.acts.money import NOT_SAID, money, shop
from firsthand.vault.acts.opened import Vault
from firsthand.vault.store import Store
from firsthand.vault.store.slots import FLOOR
from firsthand.vault.store.things import row_for


def bring(vault: Vault, things: list[Thing], name: str = "a") -> None:
    with vault.store.transaction() as tx:
        about = {"path_name": name, "source": "made", "format": "x", "sha256": name}
        row = tx.row("imports.begin", **about, at="2026-06-01T10:00:00Z")
        assert row is not None
        tx.run_many("things.add", [row_for(each, row["id"]) for each in things])
    noticing.notice(vault, vault.clock.now().date())


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A vault with a whole life, looked through. Corrections in it are undone by each test."""
    folder = tmp_path_factory.mktemp("lived") / "vault"
    store, _ = Store.create(folder, "passphrase", SystemChance(), SystemClock(), FLOOR)
    with app.vault_of(folder, store, Settings(), commands=True) as vault:
        bring(vault, life())
        yield vault


def every(vault: Vault, figure: Figure) -> list[Any]:
    found, place = list[Any](), None
    while True:
        told: Any = behind(vault, figure, before=place, limit=30)
        found += told["things"]
        place = told["older"]
        if place is None:
            return found


def total(things: list[Any]) -> str:
    return f"{sum(float(each['data']['price']) for each in things):.2f}"


@pytest.mark.parametrize("span", [None, "2025", "2025-11", "all"])
def test_each_figure_is_the_sum_of_the_rows_behind_it(lived: Vault, span: str | None) -> None:
    told = money(lived, span)
    within = {"since": told["span"]["first"], "until": told["span"]["last"]}
    assert total(every(lived, Figure(sense="money", part="out", **within))) == told["out"]
    assert total(every(lived, Figure(sense="money", part="in", **within))) == told["in"]
    for each in told["categories"]:
        rows = every(lived, Figure(sense="money", part="out", kind=each["key"], **within))
        assert (total(rows), len(rows)) == (each["amount"], each["payments"]), each
    for each in told["shops"]:
        rows = every(lived, Figure(sense="money", part="out", who=each["key"], **within))
        assert (total(rows), len(rows)) == (each["amount"], each["payments"]), each
    assert f"{sum(float(each['out']) for each in told['months']):.2f}" == told["out"]
    assert f"{sum(float(each['amount']) for each in told['categories']):.2f}" == told["out"]


def test_a_category_that_was_corrected_stays_after_more_is_brought(lived: Vault) -> None:
    key = next(each["key"] for each in money(lived)["shops"] if each["name"] == "Kettle & Bean")
    assert shop(lived, key)["category"] == "other"  # type: ignore[index]
    correcting.correct(lived, f"category:{key}", "eating-out", "Kettle & Bean: its category")
    assert shop(lived, key)["category"] == "eating-out"  # type: ignore[index]
    bring(lived, [paid("2026-05-30", "Kettle & Bean", "3.30")], "b")
    found = shop(lived, key)
    assert found is not None
    assert found["category"] == "eating-out"
    assert [each["said"] for each in correcting.corrections(lived)] == ["eating-out"]
    assert correcting.undo(lived, f"category:{key}")
    assert noticing.stale(lived, lived.clock.now().date())
    noticing.fresh(lived, lived.clock.now().date())
    assert shop(lived, key)["category"] == "other"  # type: ignore[index]
    assert not correcting.undo(lived, f"category:{key}")


def test_a_finding_that_is_wrong_is_gone_and_no_longer_in_the_total(lived: Vault) -> None:
    before = noticing.noticed(lived)
    of = next(each for each in before if each["facts"].get("name") == "Spotify")
    sums = next(each["facts"] for each in before if each["kind"] == "recurring-total")
    correcting.correct(lived, of["key"], "wrong", of["title"])
    noticing.notice(lived, lived.clock.now().date())
    after = noticing.noticed(lived)
    assert of["key"] not in {each["key"] for each in after}
    less = next(each["facts"] for each in after if each["kind"] == "recurring-total")
    assert less["count"] == sums["count"] - 1
    gone = float(sums["yearly"]["EUR"]) - float(less["yearly"]["EUR"])
    assert round(gone, 2) == float(of["facts"]["yearly"])
    correcting.undo(lived, of["key"])
    assert noticing.noticed(lived) == before


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("category:rewe", "no such"), ("finding:", "wrong"), ("finding:recurring:x", "right"),
        ("nothing:x", "x"), ("clock", "Mars/North"), ("taste:watch:dark", "love"), ("x" * 500, "y"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_in_words(lived: Vault, key: str, said: str) -> None:
    with pytest.raises(CorrectionRefused):
        correcting.correct(lived, key, said)
    assert correcting.corrections(lived) == []


def test_what_was_deleted_is_in_no_sum(lived: Vault) -> None:
    bring(lived, [paid("2026-05-29", "Once Only Shop", "77.00")], "c")
    assert any(each["name"] == "Once Only Shop" for each in money(lived)["shops"])
    with lived.store.transaction() as tx:
        tx._connection.execute("DELETE FROM things WHERE name = 'Once Only Shop'")  # noqa: SLF001
    assert noticing.stale(lived, lived.clock.now().date())
    noticing.fresh(lived, lived.clock.now().date())
    assert not any(each["name"] == "Once Only Shop" for each in money(lived)["shops"])


def test_orders_are_told_apart_from_payments(lived: Vault) -> None:
    out = money(lived, "all")["out"]
    shop_of = {"@type": "Organization", "name": "Amazon"}
    more: dict[str, Any] = {"price": "19.90", "priceCurrency": "EUR", "seller": shop_of}
    bring(lived, [thing("BuyAction", "2026-05-01", "A lamp", **more)], "d")
    told = money(lived, "all")
    (order,) = told["orders"]
    assert (order["name"], order["amount"], order["items"]) == ("Amazon", "19.90", 1)
    rows = every(lived, Figure(sense="bought", part="order", who=order["key"]))
    assert [each["name"] for each in rows] == ["A lamp"]
    assert told["out"] == out


def test_payments_in_no_currency_that_is_said_are_not_lost(vault: Vault) -> None:
    euros = [paid(f"2026-05-0{day}", "Rewe", "20.00", "EUR", "PayAction") for day in (3, 4)]
    bring(vault, [thing("PayAction", "2026-05-02", "Netflix", price="13.49"), *euros])
    assert (money(vault)["out"], money(vault)["currencies"]) == ("40.00", ["EUR", NOT_SAID])
    told = money(vault, None, NOT_SAID)
    assert (told["currency"], told["out"]) == (None, "13.49")
    assert [shop["name"] for shop in told["shops"]] == ["Netflix"]
    for unit, out in (("EUR", "40.00"), (NOT_SAID, "13.49"), ("", "53.49")):
        assert total(every(vault, Figure(sense="money", part="out", unit=unit))) == out


def test_an_empty_vault_has_no_money(vault: Vault) -> None:
    assert money(vault)["span"] is None
    assert shop(vault, "rewe") is None
