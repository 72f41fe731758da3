"""Letters to organisations without Firsthand, their clock, and complaints to the authority."""

import email
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.sides import PASSPHRASE, Served, connected, new_vault

from firsthand import cli
from firsthand.foundation.clock import SetClock
from firsthand.protocol.refusals import Refused
from firsthand.protocol.rights import DENIALS, REGIMES, RIGHTS, Request, due
from firsthand.vault.acts import ending, letters, rights
from firsthand.vault.acts.letters import COMPLAINT_LANGUAGES, LANGUAGES, Asking, email_to
from firsthand.vault.acts.opened import Vault

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)
ASKING = Asking(
    to="Bäckerei Müller", email="post@mueller.example", sender="Greta Å <g@example.org>"
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(AT)


@pytest.fixture
def mine(tmp_path: Path, clock: SetClock) -> Any:  # noqa: ANN401 - a vault, closed afterwards
    with new_vault(tmp_path / "mine", clock) as vault:
        yield vault


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("regime", REGIMES)
def test_every_right_has_its_letter(right: str, regime: str, lang: str) -> None:
    request = Request(right=right, regime=regime, jti="abc123", at=0, details="the films {of} 2024")
    asking = Asking(to=ASKING.to, email=ASKING.email, sender=ASKING.sender, lang=lang)
    raw = email_to(asking, request, at=AT)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = read(raw)
    assert not message.defects
    assert message["To"].addresses[0].display_name == "Bäckerei Müller"
    assert message["From"].addresses[0].addr_spec == "g@example.org"
    assert message["Date"].datetime == AT
    text = message.get_content()
    assert "abc123" in text
    assert "the films {of} 2024" in text
    assert str(due(regime, AT.date()).year) in text
    assert "{" not in text.replace("{of}", "")
    assert message["X-Unsent"] == "1"
    assert " ask for that " not in text, "that is no English"


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"to": "x" * 300},
        {"to": "a\x00b"},
        {"email": "nobody"},
        {"email": "a@b"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": "ä@b.example"},
        {"sender": "Greta"},
        {"sender": "Greta <g@>"},
        {"lang": "tlh"},
    ],
    ids=str,
)
def test_what_is_no_address_is_refused_and_nothing_is_kept(
    mine: Vault, wrong: dict[str, str]
) -> None:
    values = {"to": ASKING.to, "email": ASKING.email, "sender": ASKING.sender, **wrong}
    with pytest.raises(Refused):
        rights.write(mine, Asking(**values), "access")
    assert rights.listed(mine) == []


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_no_text_adds_a_header(to: str, sender: str, details: str) -> None:
    request = Request(right="access", regime="gdpr", jti="abc", at=0, details=details)
    asking = Asking(to=to, email="a@b.example", sender=f"{sender} <g@example.org>")
    try:
        raw = email_to(asking, request, at=AT)
    except Refused:
        return
    names = [name.lower() for name in read(raw)]
    assert sorted(names) == sorted(set(names))
    assert "bcc" not in names
    assert [each.addr_spec for each in read(raw)["To"].addresses] == ["a@b.example"]


def test_a_letter_has_the_same_clock_and_is_noted_by_hand(mine: Vault, clock: SetClock) -> None:
    told: Any = rights.write(mine, ASKING, "erasure", details="everything")
    assert told["expected_by"] == "2026-03-02"  # the last of February is a Saturday
    assert told["says"].startswith("The letter is written.")
    assert "erased" in read(told["eml"].encode()).get_content()
    with pytest.raises(Refused, match="time until"):
        rights.complain(mine, told["id"], "DE")
    later: Any = rights.note(mine, told["id"], "received", day=date(2026, 1, 31))
    assert (later["state"], later["expected_by"]) == ("in_progress", "2026-03-02")
    assert later["says"] == "The organisation works on it."
    for event, day in (("received", None), ("fulfilled", date(2026, 2, 1))):
        with pytest.raises(Refused):
            rights.note(mine, told["id"], event, day=day)
    clock.advance(timedelta(days=31))
    (late,) = rights.listed(mine)
    assert (late["overdue"], late["days_left"]) == (True, -1)
    letter: Any = rights.complain(mine, told["id"], "ch")
    assert "one day ago" in letter["text"]
    assert "Article 49" in letter["basis"]
    assert letter["basis_source"].startswith("https://")
    rights.note(mine, told["id"], "denied", reason="no_match", words="Wir kennen Sie nicht.")
    german: Any = rights.complain(mine, told["id"], "AT", lang="de", sender="Greta")
    assert "Wir kennen Sie nicht." in german["text"]
    assert german["text"].endswith("Greta\n")
    with pytest.raises(Refused):
        rights.note(mine, told["id"], "fulfilled")


def test_a_restriction_by_letter_is_lifted_and_other_rights_are_not(mine: Vault) -> None:
    for right, lifted in (("restriction", True), ("access", False)):
        told: Any = rights.write(mine, ASKING, right)
        rights.note(mine, told["id"], "fulfilled")
        if lifted:
            assert rights.take_back(mine, told["id"])["state"] == "revoked"
        with pytest.raises(Refused, match="any more"):
            rights.take_back(mine, told["id"])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lifted", [True, False])
def test_what_is_taken_back_has_its_letter_until_they_know_it(
    mine: Vault, clock: SetClock, *, lifted: bool, lang: str
) -> None:
    asking = Asking(to=ASKING.to, email=ASKING.email, sender=ASKING.sender, lang=lang)
    told: Any = rights.write(mine, asking, "restriction")
    assert (told["eml_back"], told["unconfirmed"]) == (None, False)
    if lifted:
        rights.note(mine, told["id"], "fulfilled")
    with pytest.raises(Refused, match="did not take it back"):
        rights.note(mine, told["id"], "confirmed")
    clock.advance(timedelta(days=3))
    back: Any = rights.take_back(mine, told["id"])
    assert (back["state"], back["unconfirmed"], back["open"]) == ("revoked", True, False)
    first, message = read(told["eml"].encode()), read(back["eml_back"].encode())
    assert not message.defects
    assert message["In-Reply-To"] == message["References"] == first["Message-ID"]
    assert message["Message-ID"] != first["Message-ID"]
    assert (message["To"], message["Content-Language"]) == (first["To"], lang)
    assert message["Date"].datetime == AT + timedelta(days=3)
    text = message.get_content()
    assert told["id"] in text
    assert "{" not in text
    words = letters._words(lang)["taken_back"]  # noqa: SLF001 - the data itself
    assert (words["lifted"] in text, words["open"] in text) == (lifted, not lifted)
    clock.advance(timedelta(days=1))
    known: Any = rights.note(mine, told["id"], "confirmed", words="Noted.")
    assert (known["state"], known["unconfirmed"]) == ("revoked", False)
    assert known["eml_back"] == back["eml_back"]
    assert known["answers"][-1]["words"] == "Noted."
    with pytest.raises(Refused, match="noted that they know"):
        rights.note(mine, told["id"], "confirmed")


@pytest.mark.parametrize(
    ("event", "how"),
    [
        ("denied", {}),
        ("denied", {"reason": "a whim"}),
        ("fulfilled", {"reason": "other"}),
        ("fulfilled", {"day": date(2020, 1, 1)}),
        ("dance", {}),
        ("fulfilled", {"words": "x" * 5000}),
    ],
)
def test_what_cannot_be_noted(mine: Vault, event: str, how: dict[str, Any]) -> None:
    told: Any = rights.write(mine, ASKING, "access")
    with pytest.raises(Refused):
        rights.note(mine, told["id"], event, **how)
    assert rights.shown(mine, told["id"])["state"] == "open"


@pytest.mark.parametrize("lang", COMPLAINT_LANGUAGES)
@pytest.mark.parametrize("country", [code for code, _ in letters.countries()])
def test_every_authority_has_its_letter(
    mine: Vault, clock: SetClock, country: str, lang: str
) -> None:
    told: Any = rights.write(mine, ASKING, "access")
    clock.advance(timedelta(days=60))
    letter: Any = rights.complain(mine, told["id"], country, lang=lang)
    assert letter["web"].startswith("https://")
    assert letter["basis"] in letter["text"]
    assert letter["authority"] in letter["text"]
    assert "{" not in letter["text"]
    with pytest.raises(Refused, match="AT, BE"):
        rights.complain(mine, told["id"], "ZZ")


def test_the_union_and_its_neighbours_are_there() -> None:
    codes = {code for code, _ in letters.countries()}
    union = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
    assert set(union.split()) | {"GB", "CH", "US-CA"} <= codes
    for lang in COMPLAINT_LANGUAGES:
        words = letters._words(lang)  # noqa: SLF001 - the data itself
        for part in ("rights", "asks"):
            assert words[part].keys() == RIGHTS.keys()
        assert words["denials"].keys() == DENIALS.keys()
        assert all(words["articles"][regime].keys() == RIGHTS.keys() for regime in REGIMES)


def test_by_command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    new_vault(tmp_path / "mine").close()
    monkeypatch.setenv("FIRSTHAND_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("FIRSTHAND_VAULT", str(tmp_path / "mine"))
    monkeypatch.chdir(tmp_path)
    to = ["--to", "Acme", "--email", "privacy@acme.example", "--sender", "Greta <g@example.org>"]
    assert cli.main(["vault", "rights"]) == 0
    assert cli.main(["vault", "right", "access", *to, "--lang", "de"]) == 0
    assert read((tmp_path / "acme-access.eml").read_bytes())["Content-Language"] == "de"
    assert cli.main(["vault", "right", "access", *to]) == 2  # the file is there already
    capsys.readouterr()
    assert cli.main(["vault", "right", "erasure", *to, "--eml", "e.eml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == "e.eml"
    assert cli.main(["vault", "right", "objection", *to, "--eml", "o.eml", "--json"]) == 0
    objection = json.loads(capsys.readouterr().out)["id"][:10]
    assert cli.main(["vault", "rights", objection, "--take-back"]) == 0
    assert "revoked" in capsys.readouterr().out
    back = read((tmp_path / "acme-objection-taken-back.eml").read_bytes())
    assert back["In-Reply-To"] == read((tmp_path / "o.eml").read_bytes())["Message-ID"]
    assert cli.main(["vault", "rights", objection, "--take-back"]) == 2  # the file is there
    assert cli.main(["vault", "rights", objection, "--confirmed"]) == 0
    assert cli.main(["vault", "rights", told["id"][:10], "--denied", "other", "--why", "no"]) == 0
    assert cli.main(["vault", "rights", told["id"][:10], "--complain", "de", "--json"]) == 0
    assert "BfDI" in capsys.readouterr().out
    assert cli.main(["vault", "rights", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["state"] for each in listed[:1]] == ["open"]
    assert sorted(each["state"] for each in listed[1:]) == ["denied", "revoked"]
    wrongs = ("reel", "reel dance", "access --to Acme", "reel access --eml x")
    for wrong in (words.split() for words in wrongs):
        assert cli.main(["vault", "right", *wrong]) == 2
    assert cli.main(["vault", "right", "reel", "access"]) == 1
    assert cli.main(["vault", "rights", "nothing"]) == 1
    assert cli.main(["vault", "rights", told["id"], "--fetch"]) == 1


@pytest.mark.parametrize("lang", COMPLAINT_LANGUAGES)
@pytest.mark.parametrize("erase", [True, False])
def test_an_end_that_nobody_confirmed_has_its_letter(
    serve: Callable[..., Served], tmp_path: Path, *, erase: bool, lang: str
) -> None:
    clock = SetClock(datetime.now(UTC))
    served = serve("Reel", clock=clock)
    with new_vault(tmp_path / "late", clock) as vault:
        name = connected(vault, served)
        served.stop()
        ending.revoke(vault, name, erase=erase)
        clock.advance(timedelta(days=30))
        with pytest.raises(Refused, match="no end is overdue"):
            ending.complain(vault, name, "DE")
        clock.advance(timedelta(days=3))
        letter: Any = ending.complain(vault, name, "DE", lang=lang, sender="Greta")
        if not erase:
            with pytest.raises(Refused, match="erased as well"):
                ending.complain(vault, name, "us-ca")
    assert ("17" if erase else "7") in letter["text"]
    assert "Reel" in letter["subject"]
    assert "{" not in letter["text"]
    assert letter["text"].endswith("Greta\n")


def test_what_is_said_of_authorities_was_compared() -> None:
    known = letters._known()  # noqa: SLF001 - the data itself
    assert date.fromisoformat(known.checked) <= datetime.now(UTC).date()
    assert {each.basis for each in known.authorities} == set(known.bases)
