"""An ending is sent while its vault is locked, by one who can read nothing in it."""

from collections.abc import Iterator

import msgspec
import pytest
from tests.vault.gate.heard import Asked, Heard, Heeded, answer, refusing
from tests.vault.gate.test_spool import BUSY, on_disk, revoked

from firsthand.foundation.clock import SetClock
from firsthand.foundation.egress import Answer, EgressRefused, Unreachable
from firsthand.foundation.ids import SystemChance
from firsthand.protocol import wire
from firsthand.protocol.refusals import REASONS
from firsthand.vault.gate import Courier
from firsthand.vault.gate.ending import DATED_OTHERWISE
from firsthand.vault.terms import spool

pytestmark = pytest.mark.usefixtures("refused_in_words")


@pytest.fixture
def courier(deal: Heeded) -> Iterator[tuple[Courier, Heard]]:
    heard = Heard()
    made = Courier(heard, deal.clock, SystemChance(), commands=True)
    yield made, heard
    made.close()


def test_a_courier_sends_what_was_signed_and_keeps_what_lasts(
    deal: Heeded, courier: tuple[Courier, Heard]
) -> None:
    carrier, heard = courier
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (file,) = spool.files(deal.vault.folder)
    assert file.spooled is not None
    lasting = {
        reason
        for reason, meaning in REASONS.items()
        if not meaning.retry and reason not in DATED_OTHERWISE
    }
    for said in (Unreachable("nobody"), EgressRefused("No."), b"\xff", b"x" * 70_000):

        def instead(_: Asked, said: object = said) -> Answer:
            if isinstance(said, Exception):
                raise said
            return answer(said)

        heard.instead = instead
        assert not carrier.carry(file.place)
        assert spool.read(file.place) == file.spooled
    for reason in REASONS:
        spool.put(file.place, file.spooled, "again")
        with heard.answering("/", refusing(reason)):
            assert carrier.carry(file.place) is (reason in lasting), reason
        held = spool.read(file.place)
        assert held is not None
        assert (held.status is not None) is (reason in lasting)
    spool.put(file.place, file.spooled, "again")
    heard.asked.clear()
    with heard.answering("/", b"y" * wire.STATEMENT_BYTES_MAX):
        assert carrier.carry(file.place)
    (asked,) = heard.asked
    assert (asked.method, asked.path) == ("POST", wire.PATH_REVOCATIONS)
    assert (asked.url, asked.content) == (
        deal.served.url + wire.PATH_REVOCATIONS, file.spooled.body.encode(),
    )  # fmt: skip
    assert (asked.headers, asked.literal) == (file.spooled.headers, True)
    assert asked.pool == file.place.name
    held = spool.read(file.place)
    kept = msgspec.structs.replace(file.spooled, status=200, answer="y" * wire.STATEMENT_BYTES_MAX)
    assert held == kept
    assert carrier.carry(file.place), "it has its answer"
    assert len(heard.asked) == 1
    file.place.write_bytes(b"{")
    assert not carrier.carry(file.place), "it is no ending"


@pytest.mark.parametrize("literal", [True, False])
@pytest.mark.parametrize("commands", [True, False])
def test_this_machine_is_dialled_only_where_a_person_typed_it(
    deal: Heeded, *, literal: bool, commands: bool
) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (file,) = spool.files(deal.vault.folder)
    assert file.spooled is not None
    spool.put(file.place, msgspec.structs.replace(file.spooled, literal=literal), "typed")
    heard = Heard()
    heard.instead = lambda _: BUSY
    carrier = Courier(heard, SetClock(deal.clock.now()), SystemChance(), commands=commands)
    assert not carrier.carry(file.place)
    carrier.close()
    assert [asked.literal for asked in heard.asked] == [literal and commands]


def test_what_was_settled_meanwhile_is_left_alone(
    deal: Heeded, courier: tuple[Courier, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier, heard = courier
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (file,) = spool.files(deal.vault.folder)
    assert file.spooled is not None
    changed = msgspec.structs.replace(file.spooled, headers={"signature": "anew"})

    def meanwhile(_: Asked) -> Answer:
        spool.put(file.place, changed, "meanwhile")
        return answer({"receipt": "a.b.c"})

    heard.instead = meanwhile
    assert not carrier.carry(file.place)
    assert spool.read(file.place) == changed

    def full(*_: object) -> None:
        raise OSError(28, "full")

    heard.instead = lambda _: answer({"receipt": "a.b.c"})
    with monkeypatch.context() as patched:
        patched.setattr(spool, "put", full)
        assert not carrier.carry(file.place)
    assert carrier.carry(file.place)


def test_what_was_answered_while_it_was_locked_is_judged_when_it_is_open(deal: Heeded) -> None:
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    (file,) = spool.files(deal.vault.folder)
    assert file.spooled is not None

    spooled = file.spooled

    def answered(said: Answer) -> str:
        """What it comes to, once the vault was opened and looked at it."""
        held = msgspec.structs.replace(
            spooled, status=said.status, answer=said.body.decode()
        )  # fmt: skip
        spool.put(file.place, held, "answered")
        deal.heard.asked.clear()
        deal.gate.settle()
        assert deal.heard.paths() == [], "nobody is dialled"
        return str(
            deal.row("endings.one", agreement=deal.relationship.agreement, kind="revocation")[
                "state"
            ]
        )

    assert answered(answer({"receipt": "a.b.c"})) == "waiting"
    assert on_disk(deal) == [file.spooled], "so that it is asked again"
    assert deal.warnings()[0].startswith("A confirmation of Reel: ")
    assert answered(refusing("not_allowed")) == "refused"
    assert on_disk(deal) == []
    with deal.heard.answering("/v1/", BUSY):
        deal.gate.end("reel", erase=False)
    assert answered(answer(revoked(deal))) == "confirmed"
    assert on_disk(deal) == []
    spool.put(file.place, file.spooled, "late")
    deal.gate.settle()
    assert on_disk(deal) == [], "what is confirmed need not be sent"
