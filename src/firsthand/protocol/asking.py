"""Over-asking: what an organisation asks for, compared with what its role needs at most.

Each role has a template: the fields it can use of each schema.org type, the purposes it serves, and
the finest time that changes its answer. What goes beyond is named, each with the reason in words
for a person, and the ask can be cut down to the template.
"""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from firsthand.protocol.roster import PRECISIONS

NAME = "name"  # without it a thing of any kind says nothing


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a role needs at most: fields for each schema.org type, purposes, the finest time."""

    kinds: dict[str, tuple[str, ...]]
    purposes: tuple[str, ...]
    precision: str


class Beyond(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that goes beyond what the role needs.

    ``what`` is ``kind``, ``field``, ``purpose`` or ``precision``. ``kind`` is the schema.org type,
    for a kind or a field; ``name`` the field, purpose or precision; ``why`` says it to a person.
    """

    what: str
    kind: str = ""
    name: str = ""
    why: str


NEEDS: dict[str, Need] = {
    "profile": Need(
        kinds={
            "WatchAction": ("name", "object", "startTime"),
            "PayAction": ("name", "price", "priceCurrency", "startTime"),
        },
        purposes=("service", "support", "personalisation", "offers"),
        precision="week",
    ),
}

_KINDS = {
    "ViewAction": "The pages and trailers you saw say little about what you like. What you watched "
    "is enough for a recommendation.",
    "ReceiveAction": "What you earn and who pays you is not needed to recommend anything to you.",
    "SearchAction": "What you searched for shows thoughts that you may never have acted on.",
    "MoveAction": "Where you have been is not needed to recommend anything to you.",
    "TravelAction": "Where you have been is not needed to recommend anything to you.",
    "CommunicateAction": "Whom you talk to is not needed to recommend anything to you.",
}
_FIELDS = {
    "agent": "This is the name of the profile at home, so it tells who of you it was.",
    "participant": "This tells who else was there.",
    "instrument": "This is the device you used. It helps to recognise you elsewhere.",
    "location": "This is where you were.",
    "fromLocation": "This is where you were.",
    "toLocation": "This is where you went.",
    "description": "This is the bank's raw text. It can hold names, places and account numbers.",
    "identifier": "This is the bank's own number for the payment. With it, it can be found again.",
    "accountId": "This is the number of your account.",
    "customer": "This is the number or name that another company knows you by.",
    "paymentMethod": "This tells how you pay. What you pay is enough.",
    "paymentMethodId": "This tells which card or account you pay from.",
    "recipient": "Who was paid stands in the name already. This adds the company behind it.",
    "sender": "This tells who pays you.",
    "duration": "How long you watched is not needed: that you watched it is enough.",
    "endTime": "The end gives away how long it took and when you stopped.",
    "ipAddress": "This is the address of your connection. It tells where you are.",
    "email": "This names you to everybody.",
    "telephone": "This names you to everybody.",
    "birthDate": "This helps to recognise you elsewhere.",
    "address": "This is where you live.",
}
_OTHER_KIND = "Nothing that this organisation does for you with it needs things of this kind."
_OTHER_FIELD = "Nothing that this organisation does for you with it needs this."
_PURPOSES = {
    "improvement": "Making the service better for all is its own wish. You get your answer "
    "without it.",
    "research": "Research is not what you came for. You can agree to it in a deal of its own.",
    "training": "Training models is not what you came for. A trained model does not forget.",
}
_OTHER_PURPOSE = "This is not what you came for."
_FINER = {
    "hour": "The hour shows when you sleep, work and are at home.",
    "day": "The day is enough to tell which account elsewhere is yours.",
    "week": "The week shows the rhythm of your life.",
    "month": "The month shows when your life changed.",
}
_NO_NAME = "Without its name nothing can be done with it, so there is no use in asking for it."


def compare(
    asks: Mapping[str, Collection[str]],
    purposes: Collection[str],
    precision: str,
    *,
    role: str = "profile",
) -> list[Beyond]:
    """What of an ask goes beyond what ``role`` needs, and why, in words for a person.

    ``asks`` names the fields wanted of each schema.org type, ``precision`` the finest time wanted
    (one of ``PRECISIONS``; any other word counts as finer than all). Empty if nothing goes beyond.
    Raises ``KeyError`` for a role that has no template.
    """
    need = NEEDS[role]
    found = [each for kind, fields in asks.items() for each in _in_kind(need, kind, fields)]
    found += [
        Beyond(what="purpose", name=purpose, why=_PURPOSES.get(purpose, _OTHER_PURPOSE))
        for purpose in purposes
        if purpose not in need.purposes
    ]
    if _fineness(precision) < _fineness(need.precision):
        why = f"{_FINER.get(precision, _FINER['hour'])} By the {need.precision} is enough here."
        found.append(Beyond(what="precision", name=precision, why=why))
    return found


def smaller(asks: Mapping[str, Collection[str]], *, role: str = "profile") -> dict[str, list[str]]:
    """The ask cut to what ``role`` needs, in its own order; empty if nothing of it is needed.

    Kinds of which not even the name is asked for fall out. Raises ``KeyError`` as ``compare``.
    """
    need = NEEDS[role]
    cut = {
        kind: [field for field in dict.fromkeys(fields) if field in need.kinds.get(kind, ())]
        for kind, fields in asks.items()
    }
    return {kind: fields for kind, fields in cut.items() if NAME in fields}


def _in_kind(need: Need, kind: str, fields: Collection[str]) -> Iterator[Beyond]:
    needed = need.kinds.get(kind)
    if needed is None:
        yield Beyond(what="kind", kind=kind, why=_KINDS.get(kind, _OTHER_KIND))
        return
    if NAME not in fields:
        yield Beyond(what="kind", kind=kind, why=_NO_NAME)
    for field in dict.fromkeys(fields):
        if field not in needed:
            why = _FIELDS.get(field, _OTHER_FIELD)
            yield Beyond(what="field", kind=kind, name=field, why=why)


def _fineness(precision: str) -> int:
    return PRECISIONS.index(precision) if precision in PRECISIONS else -1
