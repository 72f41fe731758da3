"""From the introduction to an agreement, and what is refused on the way."""

import time

import httpx
import msgspec
import pytest
from tests.hub.conftest import Person, Served, reason

from firsthand.hub.acts.inviting import invite, listed
from firsthand.hub.acts.offering import policy
from firsthand.hub.acts.people import agreed
from firsthand.hub.reads import UnknownCustomer
from firsthand.protocol import wire
from firsthand.protocol.agreements import Invited, chosen, read_agreement
from firsthand.protocol.terms import ROSTER


def test_the_introduction_is_signed_and_says_what_is_asked(served: Served) -> None:
    document = served.introduced().document
    assert (document.name, document.url) == ("Reel", served.url)
    assert document.agreements == ["FH-GIVEN", "SD-BASE", "SD-BASE-DP"]
    assert set(document.profile.asks) == {"WatchAction", "PayAction"}
    assert document.profile.rule is None


def test_myterms_names_each_accepted_agreement_and_its_text(served: Served) -> None:
    listed = served.http.get(wire.PATH_MYTERMS).json()
    assert [one["id"] for one in listed["agreements"]] == ["FH-GIVEN", "SD-BASE", "SD-BASE-DP"]
    for one in listed["agreements"]:
        page = httpx.get(one["url"], trust_env=False)
        assert page.status_code == 200
        assert ROSTER[one["id"]].title in page.text
        assert httpx.get(one["url"] + ".txt", trust_env=False).text == ROSTER[one["id"]].text()
        assert (
            httpx.get(one["url"] + ".json", trust_env=False).json() == ROSTER[one["id"]].machine()
        )


def test_both_sides_hold_the_same_bytes(served: Served) -> None:
    person = Person(served)
    agreement = person.agree()
    assert agreement.accepted
    kept = served.hub.reads.customers(table="profile_things")
    assert [one.relationship for one in kept] == [person.id]
    held = agreed(served.hub)["agreements"]
    assert isinstance(held, list)
    assert held[0]["id"] == agreement.id
    assert (held[0]["proffer"], held[0]["answer"]) == (
        agreement.proffer_jws,
        agreement.answer_jws,
    )


def test_the_same_proposal_gets_the_same_answer(served: Served) -> None:
    person = Person(served)
    proffer = person.proffer()
    first, second = person.propose(proffer), person.propose(proffer)
    assert first.json() == second.json()
    assert len(served.hub.reads.customers(table="profile_things")[0].agreements) == 1


def test_who_comes_back_under_the_same_account_is_the_one_that_is_meant(served: Served) -> None:
    def tied(account: str) -> Person:
        made = invite(served.hub, accounts=[account])["invites"]
        assert isinstance(made, list)
        token = made[0]["link"].rsplit("/", 1)[1]
        person = Person(served)
        person.agree(invite=Invited(token=token, tie=True))
        return person

    gone = tied("A-1042")
    named_so = tied(gone.id[:6])
    gone.end(wire.PATH_REVOCATIONS)
    assert served.hub.reads.resolve("A-1042") == gone.id
    back = tied("A-1042")
    assert served.hub.reads.resolve("A-1042") == back.id
    assert served.hub.reads.resolve(gone.id[:6]) == named_so.id
    assert served.hub.reads.resolve(gone.id[:8]) == gone.id
    tied("A-1042")
    with pytest.raises(UnknownCustomer, match="Not one, but 2"):
        served.hub.reads.resolve("A-1042")


def test_what_is_not_accepted_is_refused_by_name_and_kept(served: Served) -> None:
    person = Person(served)
    proffer = person.proffer("PDC-AI")
    answer = person.propose(proffer)
    assert answer.status_code == 200
    agreement = read_agreement(
        proffer, answer.json()["answer"], organisation_key=person.organisation.key
    )
    assert agreement.answer.decision == "refused"
    assert agreement.answer.reason == (
        "Reel does not accept PDC-AI. It accepts FH-GIVEN, SD-BASE, SD-BASE-DP."
    )
    person.agreement = agreement
    assert reason(person.give("Dark")) == "no_agreement"
    customers = served.hub.reads.customers(table="profile_things")
    assert [(one.state, one.agreements) for one in customers] == [("refused", ["PDC-AI"])]
    person.agree()
    customers = served.hub.reads.customers(table="profile_things")
    assert [(one.state, one.agreements) for one in customers] == [("active", ["FH-GIVEN"])]


def test_a_counter_offer_names_what_would_be_accepted(served: Served) -> None:
    policy(served.hub, counter="SD-BASE")
    person = Person(served)
    proffer = person.proffer("SD-BASE-A")
    answer = person.propose(proffer).json()
    made = read_agreement(proffer, answer["answer"], organisation_key=person.organisation.key)
    assert (made.answer.decision, made.answer.counter) == ("countered", "SD-BASE")
    assert person.agree("SD-BASE").accepted


def test_a_proposal_that_is_not_right_is_refused(served: Served) -> None:
    person, other = Person(served), Person(served)
    now = int(time.time())
    wrong = ROSTER["FH-GIVEN"]
    cases = {
        "not_yours": person.proffer(aud=other.subject),
        "clock_differs": person.proffer(iat=now - 1000),
        "expired": person.proffer(exp=now - 1),
        "proffer_invalid": person.proffer(fields={"WatchAction": ["secret"]}),
        "signature_invalid": person.proffer()[:-8] + "AAAAAAAA",
        "too_large": "a" * (wire.STATEMENT_BYTES_MAX + 1),
    }
    assert {name: reason(person.propose(text)) for name, text in cases.items()} == {
        name: name for name in cases
    }
    bent = msgspec.structs.replace(chosen(wrong, url=served.url), sha256="0" * 64)
    assert reason(person.propose(person.proffer(p7012=bent))) == "proffer_invalid"
    assert reason(person.propose(person.proffer(fields={}))) == "proffer_invalid"
    assert served.hub.reads.customers(table="profile_things") == []


def test_somebody_elses_proposal_cannot_be_handed_in(served: Served) -> None:
    person, other = Person(served), Person(served)
    assert reason(other.propose(person.proffer())) == "signature_invalid"


def test_an_invitation_ties_the_account_and_is_used_once(served: Served) -> None:
    made = invite(served.hub, accounts=["A-1042"])["invites"]
    assert isinstance(made, list)
    link = made[0]["link"]
    assert made[0]["qr"].startswith("<svg")
    token = link.rsplit("/", 1)[1]
    shown = served.http.get(f"{wire.PATH_INVITES}/{token}").json()
    assert (shown["organisation"], shown["account"]) == ("Reel", "A-1042")
    page = served.http.get(f"/invite/{token}")
    assert "A-1042" in page.text
    assert "<svg" in page.text

    refused = Person(served)
    refused.agree("PDC-AI", invite=Invited(token=token, tie=True))
    assert served.http.get(f"{wire.PATH_INVITES}/{token}").status_code == 200, "a refusal uses none"

    person = Person(served)
    person.agree(invite=Invited(token=token, tie=True))
    assert served.hub.reads.resolve("A-1042") == person.id
    assert reason(served.http.get(f"{wire.PATH_INVITES}/{token}")) == "invite_unknown"
    assert served.http.get(f"/invite/{token}").status_code == 404
    late = Person(served)
    again = late.propose(late.proffer(invite=Invited(token=token, tie=True)))
    assert reason(again) == "invite_unknown"


def test_who_does_not_want_to_be_tied_is_not(served: Served) -> None:
    made = invite(served.hub, accounts=["A-7"])["invites"]
    assert isinstance(made, list)
    token = made[0]["link"].rsplit("/", 1)[1]
    Person(served).agree(invite=Invited(token=token, tie=False))
    customers = served.hub.reads.customers(table="profile_things")
    assert [one.account for one in customers] == [None]
    kept = listed(served.hub).rows
    assert [(one.invite.account, one.state, one.by) for one in kept] == [("A-7", "open", None)]


def test_a_token_is_kept_as_its_hash_alone(served: Served) -> None:
    made = invite(served.hub)["invites"]
    assert isinstance(made, list)
    token = made[0]["link"].rsplit("/", 1)[1].encode()
    secrets = [token, *(text.encode() for text in served.made["tokens"].values())]
    secrets.append(served.made["staff"]["password"].encode())
    for path in served.folder.iterdir():
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in secrets)
            if path.suffix == ".pem":
                assert path.stat().st_mode & 0o077 == 0
    assert served.folder.stat().st_mode & 0o077 == 0
