"""Have one thing put right at an organisation that was given it: named so that machines can do it.

Only what the deal lets them know is put right there, and a time as coarse as the deal says.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from firsthand.protocol.putting_right import FIELDS, Correction, check_corrections, corrections
from firsthand.protocol.refusals import refuse
from firsthand.protocol.rights import Request
from firsthand.protocol.roles.profile import coarsen
from firsthand.vault.acts import keeping, rights
from firsthand.vault.acts.receiving import named_things
from firsthand.vault.terms.relationships import Relationship, agreement_of, find

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault

IN_WORDS: Final = {
    "name": "Name",
    "startTime": "When",
    "duration": "How long",
    "price": "Price",
    "priceCurrency": "Currency",
}


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be put right there, by its own ids there, and what it is made of now."""

    organisation: str
    name: str
    there: list[str]
    now: dict[str, str]


def fixable(vault: "Vault", name: str, thing: str) -> Fix:
    """What they may be asked to put right of a thing: field by field, as it is here.

    Raises ``Refused`` (``not_found``) where there is no such thing, or they were not given it.
    """
    relationship, found = find(vault.store, name), keeping.thing(vault, thing)
    there = [id for id, own in named_things(vault, relationship.name).items() if own == thing]
    if found is None or not there:
        who = relationship.organisation_name
        raise refuse("not_found", f"{who} was not given a thing of this id.")
    data = found["data"]
    assert isinstance(data, dict), "a thing has data"
    known = _known(vault, relationship, str(found["type"]))
    return Fix(
        organisation=relationship.organisation_name,
        name=str(found["name"]),
        there=there,
        now={field: _said(vault, relationship, field, str(data.get(field, ""))) for field in known},
    )


def ask(
    vault: "Vault", name: str, thing: str, fields: Mapping[str, str], *, regime: str = "gdpr"
) -> dict[str, object]:
    """Ask an organisation to put fields of a thing right; returns what ``rights.shown`` does.

    Raises ``Refused`` for what they were not given, do not know, or what is no such value.
    """
    fix = fixable(vault, name, thing)
    relationship = find(vault.store, name)
    odd = sorted(set(fields) - set(fix.now))
    if odd or not fields:
        told = ", ".join(fix.now)
        raise refuse("shape_invalid", f"{fix.organisation} knows of it, and can put right: {told}.")
    said = {key: _said(vault, relationship, key, text.strip()) for key, text in fields.items()}
    named = [Correction(thing=id, fields=said) for id in fix.there]
    details = msgspec.json.encode({"corrections": named}).decode()
    check_corrections(Request(right="rectification", regime=regime, jti="", at=0, details=details))
    return rights.ask(vault, name, "rectification", details=details, regime=regime)


def in_words(vault: "Vault", told: Mapping[str, object]) -> list[dict[str, str]]:
    """What a request (as ``rights.shown`` tells it) wants put right: ``thing``, ``what``, ``is``.

    Empty where it says so in words.
    """
    if told["relationship"] is None:
        return []
    asked = Request(
        right=str(told["right"]), regime="gdpr", jti="", at=0, details=str(told["details"])
    )
    behind = named_things(vault, str(told["relationship"]))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for one in corrections(asked):
        own = behind.get(one.thing, one.thing)
        thing = keeping.thing(vault, own)
        for field, value in one.fields.items():
            name = str(thing["name"]) if thing is not None else own
            said = {"thing": name, "what": IN_WORDS.get(field, field), "is": value}
            found[own, field] = said
    return list(found.values())


def _known(vault: "Vault", relationship: Relationship, kind: str) -> list[str]:
    """The fields of a kind that the deal lets them know and that can be put right."""
    agreed = agreement_of(vault.store, relationship).proffer.fields.get(kind, [])
    return [field for field in FIELDS if field in agreed]


def _said(vault: "Vault", relationship: Relationship, field: str, value: str) -> str:
    """A value as they may know it: a time as coarse as the deal says."""
    if field != "startTime" or not value:
        return value
    try:
        return coarsen(value, agreement_of(vault.store, relationship).precision)
    except ValueError as error:
        raise refuse("shape_invalid", f"{value[:40]!r} is no day as YYYY-MM-DD.") from error
