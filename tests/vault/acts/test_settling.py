"""From a finding to a message, and from there to what the next statement says."""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import new_vault

from firsthand.foundation.clock import SetClock
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import bringing, exporting, noticing, redacting, settling
from firsthand.vault.acts.opened import Vault
from firsthand.vault.settle import Subject, Writing

WRITING = Writing(to="Tunes", sender="Greta", country="DE", lang="de", email="help@tunes.example")
ROWS = [(f"2025-{month:02}-10", "TUNES LTD", "-12.99") for month in range(4, 13)]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.datetime(2025, 12, 20, 9, tzinfo=datetime.UTC))


@pytest.fixture
def mine(tmp_path: Path, clock: SetClock) -> Iterator[Vault]:
    with new_vault(tmp_path / "mine", clock) as vault:
        yield vault


def bring(vault: Vault, path: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    """Bring a statement, and look through everything."""
    lines = ["Date,Description,Amount,Currency", *(f"{d},{n},{a},EUR" for d, n, a in rows)]
    path.write_text("\n".join(lines))
    told: Any = bringing.import_paths(vault, [path])
    assert not told["questions"], told
    noticing.notice(vault, vault.clock.now().date())


def begun(vault: Vault, kind: str = "cancel") -> dict[str, Any]:
    about = str(settling.matters(vault)[0]["about"])
    subject, to = settling.prepared(vault, about=about)
    assert to
    return settling.begin(vault, kind, WRITING, subject, about=about)


def test_what_is_paid_again_and_again_can_be_cancelled_and_the_next_statement_says_so(
    mine: Vault, tmp_path: Path, clock: SetClock
) -> None:
    bring(mine, tmp_path / "a.csv", ROWS)
    matter = settling.matters(mine)[0]
    assert matter["kinds"] == ["cancel", "renegotiate"]
    case: Any = begun(mine)
    assert "hiermit kündige ich" in case["letter"]["text"]
    assert "- 10. Dezember 2025: 12,99 EUR" in case["letter"]["text"]
    assert "§ 309 Nr. 9 BGB" in case["letter"]["text"]
    assert (case["state"], case["next"]) == ("written", "send")
    assert settling.matters(mine) == [], "it is being settled"
    sent = settling.mark(mine, case["id"], "send")
    assert (sent["state"], sent["due_on"], sent["days_left"]) == ("sent", "2026-01-03", 14)
    assert settling.check(mine) == 0, "nothing was paid since"
    clock.advance(datetime.timedelta(days=60))
    assert settling.shown(mine, case["id"])["overdue"]
    assert settling.shown(mine, case["id"])["next"] == "remind"
    other = [("2026-01-10", "TUNES LTD", "-12.99"), ("2026-02-15", "BAKER", "-3.20")]
    bring(mine, tmp_path / "b.csv", other)
    assert settling.check(mine) == 0, "February's may still come"
    clock.advance(datetime.timedelta(days=30))
    bring(mine, tmp_path / "c.csv", [("2026-03-19", "BAKER", "-3.40")])
    assert settling.check(mine) == 1
    assert settling.check(mine) == 0
    done: Any = settling.shown(mine, case["id"])
    assert (done["state"], done["saved"], done["each"]) == ("settled", "155.88", "year")
    assert settling.saved(mine) == {"settled": 1, "yearly": {"EUR": "155.88"}, "once": {}}
    clock.advance(datetime.timedelta(days=30))
    bring(mine, tmp_path / "d.csv", [("2026-04-10", "TUNES LTD", "-12.99")])
    assert settling.check(mine) == 1, "it was taken again after all"
    went_on: Any = settling.shown(mine, case["id"])
    assert (went_on["state"], went_on["next"]) == ("refused", "remind")
    assert len(went_on["events"][-1]["things"]) == 1
    assert settling.saved(mine)["settled"] == 0


def test_what_was_taken_twice_comes_back(mine: Vault, tmp_path: Path, clock: SetClock) -> None:
    rows = [("2025-12-01", "TUNES LTD", "-30.00")]
    bring(mine, tmp_path / "a.csv", rows)
    thing = mine.store.rows("cases.payments_since", since="2025-01-01", limit=1)[0]["id"]
    subject, to = settling.prepared(mine, thing=thing)
    assert (subject.amount, to) == ("30.00", "Tunes Ltd")
    case: Any = settling.begin(mine, "contest", WRITING, subject)
    settling.mark(mine, case["id"], "send", day=datetime.date(2025, 12, 5))
    clock.advance(datetime.timedelta(days=20))
    assert settling.shown(mine, case["id"])["next"] == "bank"
    bring(mine, tmp_path / "b.csv", [*rows, ("2025-12-28", "TUNES LTD", "30.00")])
    assert settling.check(mine) == 1
    assert settling.saved(mine)["once"] == {"EUR": "30.00"}
    recall: Any = settling.begin(mine, "recall", WRITING, subject)
    assert recall["possible_until"] == "2026-01-26"


def test_what_cannot_follow_changes_nothing(mine: Vault) -> None:
    subject = Subject(what="Shoes", amount="80", currency="EUR")
    case: Any = settling.begin(mine, "refund", WRITING, subject)
    for event, day in (("remind", None), ("dance", None), ("send", datetime.date(2030, 1, 1))):
        with pytest.raises(Refused):
            settling.mark(mine, case["id"], event, day=day)
    for wrong in ("", "nothing"):
        with pytest.raises(Refused):
            settling.shown(mine, wrong)
    with pytest.raises(Refused):
        settling.prepared(mine, about="finding:nothing")
    with pytest.raises(Refused):
        settling.prepared(mine, thing="nothing")
    with pytest.raises(Refused):
        settling.begin(mine, "refund", WRITING, Subject())
    assert [each["state"] for each in settling.listed(mine)] == ["written"]


def test_cases_are_taken_along(mine: Vault, tmp_path: Path) -> None:
    subject = Subject(what="Shoes", amount="80", currency="EUR", rows=[("2025-12-01", "80")])
    case: Any = settling.begin(mine, "refund", WRITING, subject)
    settling.mark(mine, case["id"], "send", words="by e-mail")
    exporting.export(mine, tmp_path / "all.jsonld")
    with new_vault(tmp_path / "other", mine.clock) as other:
        bringing.import_paths(other, [tmp_path / "all.jsonld"])
        assert settling.shown(other, case["id"]) == settling.shown(mine, case["id"])


def test_another_accounts_statement_says_nothing_of_a_cancelled_payment(
    mine: Vault, tmp_path: Path, clock: SetClock
) -> None:
    def of(account: str, rows: Iterable[tuple[str, str, str]], path: Path) -> None:
        lines = ["Date,Description,Amount,Currency,Account"]
        path.write_text("\n".join([*lines, *(f"{d},{n},{a},EUR,{account}" for d, n, a in rows)]))
        told: Any = bringing.import_paths(mine, [path])
        assert not told["questions"], told
        noticing.notice(mine, mine.clock.now().date())

    of("DE02 1203", ROWS, tmp_path / "a.csv")
    case: Any = begun(mine)
    settling.mark(mine, case["id"], "send")
    clock.advance(datetime.timedelta(days=120))
    of("DE75 5121", [("2026-04-01", "BAKER", "-3.20")], tmp_path / "b.csv")
    assert settling.check(mine) == 0
    lines = ["Booked,Payee,Amount (EUR)", *(f"2026-04-0{day},BAKER,-3.20" for day in range(2, 9))]
    (tmp_path / "d.csv").write_text("\n".join(lines))
    assert not bringing.import_paths(mine, [tmp_path / "d.csv"])["questions"]
    assert settling.check(mine) == 0, "of a bank that names no account"
    of("DE021203", [("2026-04-02", "BAKER", "-3.20")], tmp_path / "c.csv")
    assert settling.check(mine) == 1
    assert settling.shown(mine, case["id"])["state"] == "settled"


def test_one_payment_can_be_cancelled_and_nobody_says_that_it_stopped(
    mine: Vault, tmp_path: Path, clock: SetClock
) -> None:
    bring(mine, tmp_path / "a.csv", [("2025-12-01", "LAMP SHOP", "-30.00")])
    thing = mine.store.rows("cases.payments_since", since="2025-01-01", limit=1)[0]["id"]
    subject, _ = settling.prepared(mine, thing=thing)
    case: Any = settling.begin(mine, "cancel", WRITING, subject)
    settling.mark(mine, case["id"], "send")
    clock.advance(datetime.timedelta(days=200))
    bring(mine, tmp_path / "b.csv", [("2026-06-02", "BAKER", "-3.20")])
    assert settling.check(mine) == 0
    bring(mine, tmp_path / "c.csv", ROWS)
    again = mine.store.rows("cases.payments_since", since="2025-12-10", limit=1)[0]["id"]
    subject, _ = settling.prepared(mine, thing=again)
    assert (subject.every_days, subject.yearly) == (31, "155.88")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("79,90", "79.90"), ("1.234,56 €", "1234.56"), ("1,234.5", "1234.50"), ("80", "80.00")],
)
def test_a_refund_in_own_words_comes_back_as_its_amount_was_typed(
    mine: Vault, tmp_path: Path, clock: SetClock, typed: str, kept: str
) -> None:
    subject = Subject(what="Shoes", amount=typed, currency="eur")
    case: Any = settling.begin(mine, "refund", WRITING, subject)
    assert (case["amount"], case["currency"]) == (kept, "EUR")
    settling.mark(mine, case["id"], "send")
    clock.advance(datetime.timedelta(days=10))
    paid = [("2025-12-27", "BAKER", "-3.20"), ("2025-12-28", "TUNES", kept)]
    bring(mine, tmp_path / "b.csv", paid)
    assert settling.check(mine) == 1
    assert settling.saved(mine)["once"] == {"EUR": kept}


def test_a_shop_pays_back_by_a_firm_of_another_name(
    mine: Vault, tmp_path: Path, clock: SetClock
) -> None:
    for amount in ("79.90", "12.00"):
        subject = Subject(what="Shoes", amount=amount, currency="EUR")
        case: Any = settling.begin(mine, "refund", WRITING, subject)
        settling.mark(mine, case["id"], "send")
    clock.advance(datetime.timedelta(days=20))
    paid = [("2025-12-28", "TUNES PAYMENTS", "79.90"), ("2025-12-29", "TUNESMITH", "12.00")]
    spent = [(f"2025-12-{day}", "BAKER", "-3.20") for day in range(20, 28)]
    bring(mine, tmp_path / "b.csv", [*spent, *paid])
    assert settling.check(mine) == 1
    assert settling.saved(mine)["once"] == {"EUR": "79.90"}


@pytest.mark.parametrize("amount", ["-5", "0", "1e9999", "9" * 30, "nine", "1.234"])
def test_what_is_no_amount_is_said(mine: Vault, amount: str) -> None:
    with pytest.raises(Refused):
        settling.begin(mine, "refund", WRITING, Subject(what="Shoes", amount=amount))
    with pytest.raises(Refused):
        settling.begin(
            mine, "cancel", Writing(to="T", sender="G", country="XX", lang="de"), Subject()
        )


def test_a_parcel_has_come_when_a_message_says_so(
    mine: Vault, tmp_path: Path, clock: SetClock
) -> None:
    def mail(status: str, day: int) -> None:
        parcel = (
            '{"@context":"http://schema.org","@type":"ParcelDelivery","trackingNumber":"1Z 99",'
            f'"deliveryStatus":"http://schema.org/{status}","itemShipped":{{"@type":"Product",'
            '"name":"Lamp"},"partOfOrder":{"@type":"Order","orderNumber":"A-7"}}'
        )
        path = tmp_path / f"{status}.eml"
        path.write_text(
            f"From: shop@lamps.example\nDate: {day} Jan 2026 10:00:00 +0000\n"
            f"Message-ID: <{status}@x>\nSubject: Your parcel\nContent-Type: text/html\n\n"
            f'<script type="application/ld+json">{parcel}</script>\n'
        )
        bringing.import_paths(mine, [path])

    subject = Subject(what="Lamp", reference="1z99")
    case: Any = settling.begin(mine, "parcel", WRITING, subject)
    settling.mark(mine, case["id"], "send")
    clock.advance(datetime.timedelta(days=30))
    mail("OrderInTransit", 4)
    assert settling.check(mine) == 0
    mail("OrderDelivered", 9)
    assert settling.check(mine) == 1
    done: Any = settling.shown(mine, case["id"])
    assert done["events"][-1]["words"] == "arrived"


def test_a_case_about_what_was_left_out_is_told_of_and_can_be_deleted(
    mine: Vault, tmp_path: Path
) -> None:
    bring(mine, tmp_path / "a.csv", ROWS)
    case: Any = begun(mine)
    settling.mark(mine, case["id"], "send")
    assert redacting.redact(mine, redacting.Rule(words="nothing"))["cases"] == 0
    assert redacting.redact(mine, redacting.Rule(words="tunes"))["cases"] == 1
    settling.forget(mine, case["id"])
    assert settling.listed(mine) == []
    with pytest.raises(Refused):
        settling.forget(mine, case["id"])
    exporting.export(mine, tmp_path / "all.jsonld")
    assert "Tunes Ltd" not in (tmp_path / "all.jsonld").read_text()
