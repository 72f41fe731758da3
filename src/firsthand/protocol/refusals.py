"""Why something was not taken: every reason has a name, a meaning and a way on.

A refusal is a value. The door that refuses counts it by its reason, the other side shows it to
a person. ``retry`` means the same bytes may be taken later; ``final`` means they never will.
"""

from __future__ import annotations

import msgspec


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason: its HTTP status (RFC 9110), whether to try again, and words for a person."""

    status: int
    retry: bool
    help: str


REASONS: dict[str, Reason] = {
    "too_large": Reason(
        status=413, retry=False, help="The message is larger than this organisation takes at once."
    ),
    "unknown_relationship": Reason(
        status=401, retry=False, help="This organisation does not know the key that signed this."
    ),
    "signature_missing": Reason(
        status=401, retry=False, help="The message carries no signature in the agreed form."
    ),
    "signature_invalid": Reason(
        status=401, retry=False, help="The signature does not fit the message or the key."
    ),
    "clock_differs": Reason(
        status=401,
        retry=False,
        help="The times of the two sides differ by more than five minutes. Set the clock.",
    ),
    "expired": Reason(status=401, retry=False, help="The message waited for too long and lapsed."),
    "digest_invalid": Reason(
        status=400, retry=False, help="The content does not match its digest."
    ),
    "shape_invalid": Reason(
        status=422, retry=False, help="The content is not in a form that this role knows."
    ),
    "not_yours": Reason(
        status=403, retry=False, help="The content names another relationship than its signature."
    ),
    "no_agreement": Reason(
        status=403, retry=False, help="There is no agreement of this id in this relationship."
    ),
    "agreement_ended": Reason(
        status=403, retry=False, help="The agreement has ended; nothing more is taken under it."
    ),
    "agreement_paused": Reason(
        status=409, retry=True, help="The agreement is paused; it is taken when it goes on again."
    ),
    "purpose_not_allowed": Reason(
        status=403, retry=False, help="The agreement does not allow this purpose."
    ),
    "field_not_allowed": Reason(
        status=403, retry=False, help="The agreement does not allow one of these fields."
    ),
    "precision_too_fine": Reason(
        status=403, retry=False, help="The times are finer than the agreement allows."
    ),
    "lane_gap": Reason(
        status=409, retry=True, help="An earlier message of this copy has not arrived yet."
    ),
    "lane_conflict": Reason(
        status=409,
        retry=False,
        help="Another copy of this vault has used this number. Go on in a new lane.",
    ),
    "invite_unknown": Reason(
        status=404, retry=False, help="This invitation is unknown, already used or lapsed."
    ),
    "proffer_invalid": Reason(
        status=422, retry=False, help="The proposal of terms is not well formed."
    ),
    "not_found": Reason(status=404, retry=False, help="There is nothing here."),
    "not_allowed": Reason(status=403, retry=False, help="This is not open to the one who asks."),
    "busy": Reason(
        status=503, retry=True, help="The organisation cannot take more right now. Try later."
    ),
    "unable_to_store": Reason(
        status=503, retry=True, help="The organisation could not store it. Nothing was taken."
    ),
}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was refused: a reason of ``REASONS`` and what exactly was wrong."""

    reason: str
    detail: str = ""

    @property
    def status(self) -> int:
        """The HTTP status of this reason."""
        return REASONS[self.reason].status

    @property
    def retry(self) -> bool:
        """Whether the same bytes may be taken later."""
        return REASONS[self.reason].retry

    def problem(self) -> dict[str, object]:
        """The refusal as an RFC 9457 problem document."""
        reason = REASONS[self.reason]
        return {
            "type": f"urn:firsthand:refusal:{self.reason}",
            "title": reason.help,
            "status": reason.status,
            "detail": self.detail or reason.help,
            "reason": self.reason,
            "outcome": "retry" if reason.retry else "final",
        }


class Refused(Exception):
    """The other side, or our own gate, did not take something; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail or REASONS[refusal.reason].help)
        self.refusal = refusal


def refuse(reason: str, detail: str = "") -> Refused:
    """Make a ``Refused`` of a named reason; ``KeyError`` if the reason has no entry."""
    _ = REASONS[reason]
    return Refused(Refusal(reason=reason, detail=detail))
