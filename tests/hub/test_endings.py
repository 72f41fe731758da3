"""Ending and erasing: at once, provable, and nothing is left in any file."""

import base64
import hashlib
import json
import threading
import time

import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand import app
from firsthand.foundation.settings import Settings
from firsthand.hub.acts import statements
from firsthand.hub.acts.inviting import invite
from firsthand.hub.acts.people import customer
from firsthand.hub.reads import PurposeRefused, UnknownCustomer, Who
from firsthand.protocol import wire
from firsthand.protocol.agreements import Invited
from firsthand.protocol.receipts import (
    ReceiptJson,
    read_batch_label,
    read_erasure,
    read_revocation,
    verify_receipt,
)

WHO = Who(name="a test", kind="staff")
SECRET = 'Canary film with a quote " and umlaut ü'


def things(served: Served, person: Person) -> list[str]:
    kept = served.hub.reads.things(
        person.id, table="profile_things", purpose="personalisation", reader=WHO
    )
    return sorted(one.thing.name for one in kept)


def test_ending_stops_intake_and_reads_at_once(person: Person, served: Served) -> None:
    person.give("Dark")
    served.settle()
    assert things(served, person) == ["Dark"]
    first = person.end(wire.PATH_REVOCATIONS)
    receipt = read_revocation(first.json()["receipt"], key=person.organisation.key)
    assert (receipt.agreement, receipt.aud) == (person.agreement.id, person.subject)
    assert reason(person.give("1899")) == "agreement_ended"
    with pytest.raises(PurposeRefused, match="ended"):
        things(served, person)
    assert served.hub.reads.facts(after=0, purpose="personalisation", reader=WHO).facts == []
    assert person.end(wire.PATH_REVOCATIONS).json() == first.json(), "the same receipt again"
    assert served.hub.reads.customers(table="profile_things")[0].state == "ended"


def test_what_came_before_the_end_is_receipted_again_after_it(
    person: Person, served: Served
) -> None:
    """Whose receipt was lost must not hear that nothing was taken."""
    sent = person.batch([person.signal("Dark")])
    first = person.send(sent)
    assert first.status_code == 200
    assert person.end(wire.PATH_REVOCATIONS).status_code == 200
    again = person.send(sent)
    assert again.status_code == 200
    assert again.json()["index"] == first.json()["index"]
    assert len(served.hub.reads.envelopes(after=0)[0]) == 1
    person.n += 1
    assert reason(person.give("1899")) == "agreement_ended"
    other = person.batch([person.signal("Dark"), person.signal("1899")], n=1)
    assert reason(person.send(other)) == "agreement_ended"


def test_one_ended_agreement_takes_its_things_along_and_not_the_others(served: Served) -> None:
    person = Person(served)
    first = person.agree()
    person.give("Dark")
    second = person.agree(jti="second")
    person.give("1899")
    served.settle()
    assert things(served, person) == ["1899", "Dark"]
    person.end(wire.PATH_REVOCATIONS, first.id)
    assert things(served, person) == ["1899"]
    person.agreement = first
    assert reason(person.give("Lost")) == "agreement_ended"
    person.agreement = second
    assert person.give("Found").status_code == 200


def test_nobody_ends_what_is_anothers(served: Served) -> None:
    person, other = Person(served), Person(served)
    person.agree(), other.agree()
    for path in (wire.PATH_REVOCATIONS, wire.PATH_ERASURES):
        assert reason(other.end(path, person.agreement.id)) == "no_agreement"
        stranger = Person(served)
        assert reason(stranger.end(path, person.agreement.id)) == "unknown_relationship"
    assert person.give("Dark").status_code == 200


def test_an_agreement_under_which_nothing_may_be_read_for_it(served: Served) -> None:
    person = Person(served)
    person.agree("SD-BASE")
    assert reason(person.give("Dark")) == "purpose_not_allowed"
    request = person.batch([person.signal("Dark", purpose="service")])
    assert person.send(request).status_code == 200
    served.settle()
    with pytest.raises(PurposeRefused, match="personalisation"):
        things(served, person)
    assert customer(served.hub, reference=person.id, purpose="service")["things"] != []
    assert person.inbox() == []


def encodings(text: str) -> list[bytes]:
    """The forms in which a text could be left behind."""
    raw = text.encode()
    escaped = json.dumps(text)[1:-1].encode()
    forms = [raw, escaped, json.dumps(text, ensure_ascii=False)[1:-1].encode()]
    found = list(forms)
    for form in forms:
        found += [form.hex().encode(), form.hex().upper().encode()]
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + form)
            found.append(whole[4 : -4 if len(whole) > 12 else None])
            found.append(base64.urlsafe_b64encode(b"\0" * shift + form)[4:-4])
    return [form for form in found if len(form) > 8]


def left_in(served: Served, texts: list[str]) -> list[str]:
    forms = {form: text for text in texts for form in encodings(text)}
    found = set()
    for path in served.folder.iterdir():
        if path.is_file():
            content = path.read_bytes()
            found |= {f"{text} in {path.name}" for form, text in forms.items() if form in content}
    return sorted(found)


def test_erasing_leaves_nothing_of_it_in_any_file(served: Served) -> None:
    made = invite(served.hub, accounts=["Account-of-the-canary-77"])["invites"]
    assert isinstance(made, list)
    person, neighbour = Person(served), Person(served)
    person.agree(invite=Invited(token=made[0]["link"].rsplit("/", 1)[1], tie=True))
    neighbour.agree()
    neighbour.give("The neighbour's film")
    request = person.batch([person.signal(SECRET)])
    answer = person.send(request)
    served.settle()
    assert things(served, person) == [SECRET]
    signature = request.headers["signature"].split(":")[1]
    salt = request.headers["firsthand-batch"].split("salt=:")[1][:-1]
    canaries = [SECRET, "Account-of-the-canary-77"]
    kept_raw = [
        base64.b64decode(signature),
        base64.b64decode(salt),
        person.agreement.proffer_jws.encode(),
    ]
    assert left_in(served, canaries), "the scan must be able to find something"

    first = person.end(wire.PATH_ERASURES)
    assert first.status_code == 200, first.text
    assert left_in(served, canaries) == []
    for path in served.folder.iterdir():
        if path.is_file():
            assert not any(raw in path.read_bytes() for raw in kept_raw), path.name
    receipt = read_erasure(first.json()["receipt"], key=person.organisation.key)
    assert (receipt.batches, receipt.leaves, receipt.aud) == (1, [1], person.subject)
    assert person.end(wire.PATH_ERASURES).json() == first.json(), "the same receipt again"
    ended = person.end(wire.PATH_REVOCATIONS).json()["receipt"]
    assert read_revocation(ended, key=person.organisation.key).agreement == person.agreement.id

    assert reason(person.give("1899")) == "unknown_relationship"
    assert reason(person.propose(person.proffer())) == "agreement_ended"
    assert reason(person.get(f"{wire.PATH_INBOX}?after=0")) == "unknown_relationship"
    with pytest.raises(UnknownCustomer):
        things(served, person)
    assert served.hub.intake.recent()[0].relationship == neighbour.id
    assert things(served, neighbour) == ["The neighbour's film"]
    log_key = person.organisation.document.log_key
    label = read_batch_label(request.headers["firsthand-batch"])
    old = msgspec.json.decode(answer.content, type=ReceiptJson)
    leaf = label.leaf(hashlib.sha256(request.content).digest())
    assert verify_receipt(old, leaf=leaf, log_key=log_key) >= 2, "old proofs still verify"


def test_a_crash_in_the_middle_of_erasing_goes_on_at_the_next_start(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(served)
    person.agree()
    for number in range(5):
        person.give(f"{SECRET} {number}")
    served.settle()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(served.hub.erasing, "_truncate", crash)
        with pytest.raises(KeyboardInterrupt):
            statements.erase(served.hub, person.id, person.agreement.id)
    assert reason(person.give("Late")) == "unknown_relationship"
    served.stop()
    served.start()
    until = time.monotonic() + 10
    while time.monotonic() < until and left_in(served, [SECRET]):
        time.sleep(0.05)
    assert left_in(served, [SECRET]) == []
    receipt = read_erasure(
        person.end(wire.PATH_ERASURES).json()["receipt"], key=person.organisation.key
    )
    assert receipt.leaves == [0, 1, 2, 3, 4]


def test_a_stop_right_after_closing_goes_on_at_the_next_start(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(served)
    person.agree()
    person.give(SECRET)
    served.settle()

    def crash(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(served.hub.erasing, "_delete", crash)
        with pytest.raises(KeyboardInterrupt):
            statements.erase(served.hub, person.id, person.agreement.id)
    assert reason(person.give("Late")) == "agreement_ended"
    with pytest.raises(PurposeRefused, match="erased"):
        things(served, person)
    served.stop()
    hub = app.open_hub(served.folder, Settings())
    hub.erasing.close()
    assert left_in(served, [SECRET]) == []
    hub.close()
    served.start()


def test_nothing_is_taken_or_read_after_the_ending_was_answered(served: Served) -> None:
    """Batches and reads run against endings; what is answered later sees the ending."""
    for _ in range(10):
        person = Person(served)
        person.agree()
        ended = threading.Event()
        late: list[str] = []

        def read(
            person: Person = person, ended: threading.Event = ended, late: list[str] = late
        ) -> None:
            for _ in range(200):
                before = ended.is_set()
                try:
                    things(served, person)
                except PurposeRefused:
                    return
                if before:
                    late.append("read")

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(3):
            assert person.give(f"Film {number}").status_code == 200
        statements.revoke(served.hub, person.id, person.agreement.id)
        ended.set()
        assert reason(person.give("Late")) == "agreement_ended"
        reader.join()
        assert late == []
