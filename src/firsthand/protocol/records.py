"""The record of what is proposed and the receipt of what was agreed: ISO/IEC TS 27560 in DPV JSON.

The record travels inside the signed proffer, so both sides hold the same bytes of it. The receipt
is made around it from the countersigned agreement; either side makes the same one.
"""

import datetime
from collections.abc import Mapping, Sequence

from firsthand.protocol.canonical import canonical
from firsthand.protocol.clocks import stamp_of
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roster import P7012, Terms

DPV_RECORD = "https://w3id.org/dpv/schema/dpv-27560#record"
DPV_RECEIPT = "https://w3id.org/dpv/schema/dpv-27560#receipt"
CONTEXT: dict[str, str] = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "p7012": P7012,
    "schema": "https://schema.org/",
}
# Withdrawal, access, rectification, erasure, restriction and portability, by article.
RIGHTS = ("A7-3", "A15", "A16", "A17", "A18", "A20")
WORD_CHARS_MAX = 500
# What each decision is called in P7012.
ANSWERED = {
    "accepted": "AgreementAccepted",
    "countered": "AgreementNegotiationCounterOfferMade",
    "refused": "AgreementRefused",
}
# What a record says of its own accord; all else follows from the proposal that holds it.
_OWN = ("dct:identifier", "dpv:hasJurisdiction", "dpv:hasApplicableLaw")


def consent_record(  # noqa: PLR0913 - a record has these members
    *, terms: Terms, person: str, organisation: str, name: str,
    fields: Mapping[str, Sequence[str]], identifier: str, at: str,
    jurisdiction: str | None = None, law: str | None = None,
) -> dict[str, object]:  # fmt: skip
    """The ISO/IEC TS 27560 record of what is proposed, in DPV's JSON form.

    ``person`` and ``organisation`` are thumbprint URIs, ``fields`` what may be given of each
    schema.org type, ``at`` RFC 3339 in UTC.
    """
    data = [f"schema:{kind}/{field}" for kind in sorted(fields) for field in sorted(fields[kind])]
    record: dict[str, object] = {
        "@type": "dpv:ConsentRecord",
        "dct:identifier": identifier,
        "dct:conformsTo": DPV_RECORD,
        "dpv:hasDataSubject": person,
        "dpv:hasDataController": {"@id": organisation, "schema:name": name},
        "dpv:hasDataProcessor": [],
        "dpv:hasLegalBasis": "dpv:Consent",
        "dpv:hasProcess": [
            {
                "dpv:hasPurpose": [f"p7012:{purpose}" for purpose in terms.purposes],
                "dpv:hasPersonalData": data,
                "dpv:hasRecipient": [organisation],
                "dpv:hasStorageCondition": [
                    {
                        "dpv:hasDuration": f"P{terms.retention_days}D",
                        "schema:description": "after the agreement ends",
                    }
                ],
            }
        ],
        "dpv:hasConsentControl": [
            {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": "the person's own vault"}
        ],
        "dpv:hasRight": [f"eu-gdpr:{article}" for article in RIGHTS],
        "dpv:hasNotice": f"/terms/{terms.id}",
        "dpv:hasConsentStatus": [
            {
                "@type": "dpv:ConsentGiven",
                "dpv:isIndicatedBy": person,
                "dpv:hasIndicationMethod": "signed proffer",
                "dpv:isIndicatedAtTime": at,
            }
        ],
    }
    own = {"dpv:hasJurisdiction": jurisdiction, "dpv:hasApplicableLaw": law}
    record.update({name: value for name, value in own.items() if value is not None})
    return record


def check_record(
    record: Mapping[str, object], *, terms: Terms, person: str, organisation: str,
    fields: Mapping[str, Sequence[str]], iat: int, skew_s_max: int,
) -> None:  # fmt: skip
    """Check that a record says what the proposal around it says, and nothing else.

    ``iat`` is when the proposal was signed (seconds since 1970); the record's own time lies within
    ``skew_s_max`` of it. Raises ``Refused`` (``proffer_invalid``) naming the member that differs.
    """
    name = _text(_inside(record.get("dpv:hasDataController"), "schema:name"))
    status = record.get("dpv:hasConsentStatus")
    first = status[0] if isinstance(status, list) and status else None
    at = _text(_inside(first, "dpv:isIndicatedAtTime"))
    own = [_text(record[member]) if member in record else None for member in _OWN]
    identifier, jurisdiction, law = own
    wanted = consent_record(
        terms=terms, person=person, organisation=organisation, name=name, fields=fields,
        identifier=identifier or "", at=at, jurisdiction=jurisdiction, law=law,
    )  # fmt: skip
    for member in sorted({*wanted, *record}):
        if member not in record or member not in wanted or record[member] != wanted[member]:
            raise refuse("proffer_invalid", f"The record and the proposal differ: {member[:60]!r}.")
    if not identifier:
        raise refuse("proffer_invalid", "The record has no identifier.")
    said = _seconds(at)
    if said is None or abs(said - iat) > skew_s_max:
        raise refuse("proffer_invalid", "The record was not made when the proposal was signed.")


def consent_receipt(
    record: Mapping[str, object], *, agreement: str, person: str, organisation: str, decision: str,
    at: int,
) -> dict[str, object]:  # fmt: skip
    """The ISO/IEC TS 27560 receipt around a record, by its publisher for its recipient.

    ``agreement`` is the agreement's id and ``at`` when it was answered, seconds since 1970.
    """
    return {
        "@context": CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": f"urn:firsthand:agreement:{agreement}",
        "dct:conformsTo": DPV_RECEIPT,
        "dct:created": stamp_of(at),
        "dct:publisher": organisation,
        "schema:recipient": person,
        "dpv:hasStatus": f"p7012:{ANSWERED[decision]}",
        "dpv:hasRecordOfActivity": dict(record),
    }


def exported(statement: Mapping[str, object]) -> bytes:
    """A record or a receipt as a file: JSON-LD with its context, in canonical form (RFC 8785)."""
    return canonical({"@context": CONTEXT, **statement}) + b"\n"


def _seconds(at: str) -> int | None:
    try:
        moment = datetime.datetime.fromisoformat(at)
    except ValueError:
        return None
    seconds = None if moment.tzinfo is None else int(moment.timestamp())
    return seconds if seconds is not None and stamp_of(seconds) == at else None


def _inside(value: object, member: str) -> object:
    return value.get(member) if isinstance(value, dict) else None


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > WORD_CHARS_MAX:
        raise refuse("proffer_invalid", "The record is not in the form of ISO/IEC TS 27560.")
    return value
