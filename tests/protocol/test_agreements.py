"""An agreement is two signed statements that belong together; any other pair is refused."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.agreements import (
    Agreement,
    Answer,
    Proffer,
    agreement_id,
    check_proffer,
    chosen,
    consent_record,
    read_agreement,
    read_proffer,
    sign_answer,
    sign_proffer,
)
from firsthand.protocol.canonical import sha256_hex
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.refusals import Refused
from firsthand.protocol.terms import PURPOSES, ROSTER, terms_allowing
from firsthand.protocol.wire import SKEW_S_MAX

pytestmark = pytest.mark.usefixtures("refused_in_words")

PERSON, OTHER, REEL = (derive_private_key(number, SECP256R1()) for number in (11, 12, 13))
NOW = 1_800_000_000
FIELDS = {"WatchAction": ["name", "startTime"]}


def subject(key: object) -> str:
    return subject_of(thumbprint_of(key.public_key()))  # type: ignore[attr-defined]


def proffer(terms: str = "FH-GIVEN", /, **changes: object) -> Proffer:
    picked = ROSTER[terms]
    record = consent_record(
        terms=picked,
        person=subject(PERSON),
        organisation=subject(REEL),
        name="Reel",
        fields=FIELDS,
        identifier="urn:record",
        at="2027-01-15T08:00:00Z",
    )
    made = Proffer(
        iss=subject(PERSON),
        aud=subject(REEL),
        jti="one",
        iat=NOW,
        exp=NOW + 1000,
        p7012=chosen(picked, url="https://reel.example"),
        fields=FIELDS,
        record=record,
    )
    return msgspec.structs.replace(made, **changes)


def answer(proffer_jws: str, **changes: object) -> str:
    made = Answer(
        iss=subject(REEL),
        aud=subject(PERSON),
        iat=NOW,
        proffer_sha256=sha256_hex(proffer_jws.encode()),
        decision="accepted",
    )
    return sign_answer(msgspec.structs.replace(made, **changes), REEL)


def agreed() -> Agreement:
    mine = sign_proffer(proffer(), PERSON)
    return read_agreement(mine, answer(mine), organisation_key=REEL.public_key())


def test_both_sides_make_the_same_of_the_same_bytes() -> None:
    made = agreed()
    assert made.accepted
    assert made.id == agreement_id(made.proffer_jws, made.answer_jws)
    assert made.person == thumbprint_of(PERSON.public_key())
    assert made.terms is ROSTER["FH-GIVEN"]


@given(st.data())
def test_one_changed_character_is_refused(data: st.DataObject) -> None:
    made = agreed()
    statements = [made.proffer_jws, made.answer_jws]
    which = data.draw(st.integers(0, 1))
    place = data.draw(st.integers(0, len(statements[which]) - 1))
    new = data.draw(st.sampled_from("abcXYZ019-_.=+ "))
    if statements[which][place] == new:
        return
    statements[which] = statements[which][:place] + new + statements[which][place + 1 :]
    with pytest.raises(Refused):
        read_agreement(*statements, organisation_key=REEL.public_key())


def test_an_answer_to_another_proposal_is_refused() -> None:
    first, second = (sign_proffer(proffer(jti=name), PERSON) for name in ("one", "two"))
    with pytest.raises(Refused, match="another proposal"):
        read_agreement(second, answer(first), organisation_key=REEL.public_key())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iss": subject(OTHER)}, "other parties"),
        ({"aud": subject(OTHER)}, "other parties"),
        ({"decision": "perhaps"}, "perhaps"),
    ],
)
def test_an_answer_that_is_none_is_refused(changes: dict[str, object], words: str) -> None:
    mine = sign_proffer(proffer(), PERSON)
    with pytest.raises(Refused, match=words):
        read_agreement(mine, answer(mine, **changes), organisation_key=REEL.public_key())


def test_a_proposal_signed_by_another_key_is_refused() -> None:
    with pytest.raises(Refused, match="another key") as caught:
        read_proffer(sign_proffer(proffer(), OTHER))
    assert caught.value.refusal.reason == "signature_invalid"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": subject(OTHER)}, "not_yours"),
        ({"iat": NOW - SKEW_S_MAX - 1}, "clock_differs"),
        ({"iat": NOW + SKEW_S_MAX + 1}, "clock_differs"),
        ({"exp": NOW}, "expired"),
        ({"p7012": chosen(msgspec.structs.replace(ROSTER["FH-GIVEN"], id="X"), url="u")},
         "proffer_invalid"),
        ({"p7012": chosen(msgspec.structs.replace(ROSTER["FH-GIVEN"], summary="X"), url="u")},
         "proffer_invalid"),
    ],
)  # fmt: skip
def test_a_proposal_is_checked_for_receiver_time_and_text(
    changes: dict[str, object], reason: str
) -> None:
    check_proffer(proffer(), audience=subject(REEL), now=NOW)
    with pytest.raises(Refused) as caught:
        check_proffer(proffer("FH-GIVEN", **changes), audience=subject(REEL), now=NOW)
    assert caught.value.refusal.reason == reason


@pytest.mark.parametrize("skew", [-SKEW_S_MAX, SKEW_S_MAX])
def test_clocks_may_differ_by_five_minutes(skew: int) -> None:
    check_proffer(proffer(iat=NOW + skew), audience=subject(REEL), now=NOW)


@pytest.mark.parametrize("terms", ROSTER)
def test_an_agreement_allows_what_its_terms_say_and_nothing_else(terms: str) -> None:
    mine = sign_proffer(proffer(terms), PERSON)
    accepted = read_agreement(mine, answer(mine), organisation_key=REEL.public_key())
    refused = read_agreement(
        mine, answer(mine, decision="refused"), organisation_key=REEL.public_key()
    )
    for purpose in PURPOSES:
        assert accepted.allows(purpose) is (purpose in ROSTER[terms].purposes)
        assert accepted.allows(purpose) is (ROSTER[terms] in terms_allowing(purpose))
        assert not refused.allows(purpose)


def test_the_default_forbids_tracking_training_and_passing_on() -> None:
    given_terms = ROSTER["FH-GIVEN"]
    assert given_terms.purposes == ("service", "support", "personalisation", "offers")
    assert (given_terms.onward, given_terms.tracking, given_terms.training) == (False,) * 3
    assert given_terms.precision == "week"


def test_texts_have_hashes_of_their_own() -> None:
    assert len({terms.sha256 for terms in ROSTER.values()}) == len(ROSTER)
