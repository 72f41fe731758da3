"""The roster: the agreements a person can proffer, and what each of them allows.

Ids and classes follow IEEE 7012-2025 with the W3C DPV P7012 vocabulary. ``FH-GIVEN`` is our own
and says so. Texts are pages of plain words, served at ``/terms/ID`` and named by their hash.
"""

from __future__ import annotations

import msgspec

from firsthand.protocol.canonical import canonical, sha256_hex

P7012 = "https://w3id.org/dpv/standards/p7012#"
PURPOSES = (
    "service",
    "support",
    "personalisation",
    "offers",
    "improvement",
    "research",
    "training",
)
PRECISIONS = ("day", "week", "month", "year")  # from fine to coarse


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement of the roster: its plain words and what a machine may conclude from them.

    ``precision`` is the finest time that may leave: one of ``PRECISIONS``. ``retention_days`` is
    how long what was given may be kept after the agreement ends: 0 means until it ends.
    """

    id: str
    title: str
    summary: str
    points: tuple[str, ...]
    purposes: tuple[str, ...]
    precision: str = "week"
    retention_days: int = 0
    onward: bool = False
    tracking: bool = False
    training: bool = False
    p7012_class: str
    ours: bool = False

    def text(self) -> str:
        """The whole agreement in plain words; its SHA-256 stands in every proffer."""
        lines = [self.title, "", self.summary, "", *(f"- {point}" for point in self.points)]
        return "\n".join(lines) + "\n"

    def machine(self) -> dict[str, object]:
        """The terms as data, for software that compares agreements."""
        return {
            "id": self.id,
            "class": P7012 + self.p7012_class,
            "purposes": list(self.purposes),
            "precision": self.precision,
            "retention_days": self.retention_days,
            "onward": self.onward,
            "tracking": self.tracking,
            "training": self.training,
        }

    @property
    def sha256(self) -> str:
        """SHA-256 over the text and the machine-readable terms, in lower-case hex."""
        return sha256_hex(self.text().encode() + canonical(self.machine()))


_ENDS = "I can end this any day. Then you stop at once, and you erase what I gave when I say so."
_NO_TRACKING = "You do not track me, here or elsewhere."
_NO_PASSING = "You do not pass anything on to anyone else."
_NO_TRAINING = "You do not train models on it."

ROSTER: dict[str, Terms] = {
    terms.id: terms
    for terms in (
        Terms(
            id="FH-GIVEN",
            title="Use what I give you, for what I gave it for",
            summary="Use what I give you, for what I gave it for. No tracking, no passing on, "
            "no training. I can end it any day, and then you erase it.",
            points=(
                "You may use it to serve me, to help me and to suit what you show me to me.",
                "You make me offers only when I ask for them.",
                "Times reach you no finer than the week.",
                _NO_TRACKING,
                _NO_PASSING,
                _NO_TRAINING,
                _ENDS,
            ),
            purposes=("service", "support", "personalisation", "offers"),
            p7012_class="ServiceProvision",
            ours=True,
        ),
        Terms(
            id="SD-BASE",
            title="Only what the service needs",
            summary="Use what I give you only to provide the service and to help me with it.",
            points=(
                "You use it to provide the service, and to help me when I ask.",
                "You do not use it to suit what you show me to me.",
                _NO_TRACKING,
                _NO_PASSING,
                _NO_TRAINING,
                _ENDS,
            ),
            purposes=("service", "support"),
            p7012_class="SD-BASE",
        ),
        Terms(
            id="SD-BASE-DP",
            title="Only what the service needs, and I can take it with me",
            summary="Use what I give you only for the service. Hand me my data when I ask for it.",
            points=(
                "You use it to provide the service, and to help me when I ask.",
                "You give me all of it in a form that other software can read when I ask.",
                _NO_TRACKING,
                _NO_PASSING,
                _NO_TRAINING,
                _ENDS,
            ),
            purposes=("service", "support"),
            p7012_class="SD-BASE-DP",
        ),
        Terms(
            id="SD-BASE-A",
            title="The service, and making it better",
            summary="Use what I give you for the service, and to learn how to improve it.",
            points=(
                "You use it to provide the service, and to help me when I ask.",
                "You may count and compare what I gave to make the service better.",
                _NO_TRACKING,
                _NO_PASSING,
                _NO_TRAINING,
                _ENDS,
            ),
            purposes=("service", "support", "improvement"),
            p7012_class="SD-BASE-A",
        ),
        Terms(
            id="PDC-INTENT",
            title="Answer my need, until it is met",
            summary="Use what I give you to make me an offer for the need that I stated.",
            points=(
                "You use it to make me offers for this need, and for nothing else.",
                "It ends when the need is met or its time is over.",
                _NO_TRACKING,
                _NO_PASSING,
                _NO_TRAINING,
            ),
            purposes=("offers",),
            p7012_class="PDC-INTENT",
        ),
        Terms(
            id="PDC-GOOD",
            title="For research that is good for all",
            summary="Use what I give you for research in the public interest.",
            points=(
                "You use it for research in the public interest, and for nothing else.",
                "What you publish does not show who I am.",
                _NO_TRACKING,
                _ENDS,
            ),
            purposes=("research",),
            precision="month",
            p7012_class="PDC-GOOD",
        ),
        Terms(
            id="PDC-AI",
            title="You may train models on it",
            summary="Use what I give you to train models.",
            points=(
                "You use it to train models, and for nothing else.",
                "A model that is trained does not forget: ending this stops further training.",
                _NO_TRACKING,
                _NO_PASSING,
            ),
            purposes=("training",),
            precision="month",
            training=True,
            p7012_class="PDC-AI",
        ),
    )
}
DEFAULT = "FH-GIVEN"


def terms_allowing(purpose: str) -> list[Terms]:
    """The agreements of the roster that allow ``purpose``, the narrowest first."""
    able = [terms for terms in ROSTER.values() if purpose in terms.purposes]
    return sorted(able, key=lambda terms: len(terms.purposes))
