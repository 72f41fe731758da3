"""From a finding to a message, and from there to what the next statement says."""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harness.sides import new_vault

from firsthand.foundation.clock import SetClock
from firsthand.protocol.refusals import Refused
from firsthand.vault.acts import bringing, exporting, noticing, settling
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
