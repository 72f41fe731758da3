"""The roster as data: the agreements that a person can proffer, and what each of them allows.

Ids and what they stand for follow IEEE 7012-2025 and the W3C DPV P7012 vocabulary; ``FH-GIVEN`` is
an agreement of our own and says so. The plain words are ours everywhere. Each text is served at
``/terms/ID`` and named by its hash.
"""

import msgspec

from firsthand.protocol.canonical import canonical, sha256_hex
from firsthand.protocol.refusals import refuse

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
PRECISIONS = ("hour", "day", "week", "month", "year")  # from fine to coarse
DEFAULT = "FH-GIVEN"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """One agreement of the roster: its plain words and what a machine may conclude from them.

    ``fields`` limits what may be given of each schema.org type; None leaves it to the proposal.
    ``precision`` is the finest time that may leave unless the proposal names another: one of
    ``PRECISIONS``. What goes by itself waits for ``batch_min`` things, and leaves after a delay of
    at most ``jitter_s_max`` seconds. ``retention_days`` is how long what was given may be kept
    after the end; 0 means not at all. ``k_min`` is the least number of people that anything
    counted may be about. ``ours``: no roster but ours has this agreement.
    """

    id: str
    title: str
    summary: str
    points: tuple[str, ...]
    purposes: tuple[str, ...]
    fields: dict[str, tuple[str, ...]] | None = None
    precision: str = "week"
    batch_min: int = 10
    jitter_s_max: int = 7 * 86_400
    retention_days: int = 30
    onward: bool = False
    tracking: bool = False
    profiling: bool = False
    analytics: bool = False
    training: bool = False
    portability: bool = False
    k_min: int = 10
    p7012_class: str
    ours: bool = False

    @property
    def mark(self) -> str:
        """Whose agreement and whose words these are, in a sentence."""
        if self.ours:
            return "This agreement and its words are Firsthand's own. No other roster has it."
        return f"The agreement is {self.id} of IEEE 7012. These plain words for it are Firsthand's."

    def text(self) -> str:
        """The whole agreement in plain words; its SHA-256 stands in every proffer."""
        points = (f"- {point}" for point in self.points)
        lines = [self.title, "", self.summary, "", *points, "", self.mark]
        return "\n".join(lines) + "\n"

    def machine(self) -> dict[str, object]:
        """The terms as data, for software that compares agreements."""
        limits = self.fields
        return {
            "id": self.id,
            "class": P7012 + self.p7012_class,
            "ours": self.ours,
            "purposes": list(self.purposes),
            "fields": None if limits is None else {kind: list(limits[kind]) for kind in limits},
            "precision": self.precision,
            "delivery": {"batch_min": self.batch_min, "jitter_s_max": self.jitter_s_max},
            "retention_days": self.retention_days,
            "onward": self.onward,
            "tracking": self.tracking,
            "profiling": self.profiling,
            "analytics": self.analytics,
            "training": self.training,
            "portability": self.portability,
            "k_min": self.k_min,
        }

    @property
    def sha256(self) -> str:
        """SHA-256 over the text and the machine-readable terms, in lower-case hex."""
        return sha256_hex(self.text().encode() + canonical(self.machine()))


_ENDS = (
    "I can end this any day, and it ends by itself on its last day. When it ends you stop at once. "
    "You erase it within 30 days, or at once when I say so."
)
_WEEKS = "You learn when things happened by the week, no finer, unless this deal says otherwise."
_MONTHS = "You learn when things happened by the month, no finer, unless this deal says otherwise."
_NO_TRACKING = "You do not track me: you keep no watch on what I do, here or anywhere else."
_TRACKING = (
    "You may track me on your own pages and in your own apps: what I open, tap and look for there. "
    "You do not follow me anywhere else."
)
_NO_PROFILING = "You draw no picture of what I am like, and you do not guess what I might do."
_PROFILING = (
    "You may draw a picture of what I like from it. You use that to suit what you show me to me, "
    "and to make me offers."
)
_NO_PASSING = "You do not pass anything on to anyone else."
_PASSING = (
    "You may pass on to others what no longer shows who I am: only numbers, each about at least "
    "50 people. Nothing about me alone leaves you."
)
_NO_TRAINING = "You do not train models on it."
_SERVE = "You use it to do what I came to you for, and to help me when I ask."
_ANALYTICS = (
    "You may count and compare what I and others gave, to make your service better. What you count "
    "is about at least 10 people."
)
_PORTABLE = "When I ask, you give me all of it in a form that other software can read."

_EXTENSIONS: dict[str, tuple[str, str]] = {
    "SD-BASE": (
        "Only what the service needs",
        "Use what I give you to do what I came for and to help me with it. Nothing else.",
    ),
    "SD-BASE-A": (
        "The service, and counting to make it better",
        "Use what I give you for the service, and count it with others to make the service better.",
    ),
    "SD-BASE-AT": (
        "The service, counting, and watching what I do there",
        (
            "Use what I give you for the service and to make it better. You may also watch what "
            "I do with your service."
        ),
    ),
    "SD-BASE-ATP": (
        "The service, counting, watching, and a picture of what I like",
        (
            "Use what I give you for the service and to make it better. You may watch what I do "
            "with it and draw a picture of what I like, to suit things to me and make me offers."
        ),
    ),
    "SD-BASE-ATP-S3P": (
        "All of that, and passing on what no longer shows who I am",
        (
            "You may do all of this with it: the service, counting, watching, a picture of what I "
            "like. You may pass on to others what no longer shows who anyone is."
        ),
    ),
}


def _service(base: str, *, portable: bool) -> Terms:
    """An agreement of the service-delivery family: each letter of its id allows one thing more."""
    title, summary = _EXTENSIONS[base]
    letters, shared = base.removeprefix("SD-BASE").partition("-S3P")[0], base.endswith("-S3P")
    analytics, tracking, profiling = (letter in letters for letter in "ATP")
    purposes = {"service", "support"}
    purposes |= {"improvement"} if analytics else set()
    purposes |= {"personalisation", "offers"} if profiling else set()
    points = (
        _SERVE,
        *((_PORTABLE,) if portable else ()),
        *((_ANALYTICS,) if analytics else ()),
        _TRACKING if tracking else _NO_TRACKING,
        _PROFILING if profiling else _NO_PROFILING,
        _PASSING if shared else _NO_PASSING,
        _NO_TRAINING,
        _WEEKS,
        _ENDS,
    )
    return Terms(
        id=f"{base}-DP" if portable else base,
        title=f"{title}. I can take my data with me" if portable else title,
        summary=f"{summary} Hand me my data when I ask for it." if portable else summary,
        points=points,
        purposes=tuple(purpose for purpose in PURPOSES if purpose in purposes),
        onward=shared,
        tracking=tracking,
        profiling=profiling,
        analytics=analytics,
        portability=portable,
        k_min=50 if shared else 10,
        p7012_class=f"{base}-DP" if portable else base,
    )


_GIVEN = Terms(
    id="FH-GIVEN",
    title="Use what I give you, for what I gave it for",
    summary="Use what I give you, for what I gave it for. No tracking, no passing on, "
    "no training. I can end it any day, and then you erase it.",
    points=(
        _SERVE,
        "You may suit what you show me to what I gave you. You guess nothing else about me.",
        "You make me offers only when I ask for them.",
        _NO_TRACKING,
        _NO_PASSING,
        _NO_TRAINING,
        _WEEKS,
        _ENDS,
    ),
    purposes=("service", "support", "personalisation", "offers"),
    profiling=True,
    p7012_class="ServiceProvision",
    ours=True,
)
_INTENT = Terms(
    id="PDC-INTENT",
    title="Answer my need, until it is met",
    summary="I say what I am looking for. Use what I give you to make me an offer for it.",
    points=(
        "You use it to make me offers for this one need, and for nothing else.",
        _NO_TRACKING,
        _NO_PROFILING,
        _NO_PASSING,
        _NO_TRAINING,
        _WEEKS,
        (
            "It ends when the need is met or its time is over, and I can end it sooner any day. "
            "When it ends you erase what I gave at once."
        ),
    ),
    purposes=("offers",),
    batch_min=1,
    jitter_s_max=60,
    retention_days=0,
    p7012_class="PDC-INTENT",
)
_GOOD = Terms(
    id="PDC-GOOD",
    title="For research that is good for all",
    summary="Use what I give you for research that everybody can gain from.",
    points=(
        "You use it for research in the public interest, and for nothing else.",
        "What you publish does not show who I am: every number is about at least 20 people.",
        _NO_TRACKING,
        _NO_PROFILING,
        _NO_PASSING,
        _NO_TRAINING,
        _MONTHS,
        _ENDS,
        "What is published already stays published.",
    ),
    purposes=("research",),
    precision="month",
    batch_min=50,
    k_min=20,
    p7012_class="PDC-GOOD",
)
_AI = Terms(
    id="PDC-AI",
    title="You may train models on it",
    summary="Use what I give you to train models. Nothing else.",
    points=(
        "You use it to train models, as for artificial intelligence, and for nothing else.",
        _NO_TRACKING,
        _NO_PROFILING,
        _NO_PASSING,
        _MONTHS,
        _ENDS,
        "A model that is trained does not forget: ending this stops further training, and no more.",
    ),
    purposes=("training",),
    precision="month",
    batch_min=50,
    training=True,
    k_min=20,
    p7012_class="PDC-AI",
)

ROSTER: dict[str, Terms] = {
    terms.id: terms
    for terms in (
        _GIVEN,
        *(_service(base, portable=dp) for base in _EXTENSIONS for dp in (False, True)),
        _INTENT,
        _GOOD,
        _AI,
    )
}


def terms_of(id: str, sha256: str) -> Terms:
    """The terms of this name whose text has this hash.

    Raises ``Refused`` (``proffer_invalid``) where the roster has no such name, or another text.
    """
    terms = ROSTER.get(id)
    if terms is None:
        raise refuse("proffer_invalid", f"No roster entry is called {id[:60]!r}.")
    if terms.sha256 != sha256:
        raise refuse("proffer_invalid", f"The text of {terms.id} has another hash here.")
    return terms


def terms_allowing(purpose: str) -> list[Terms]:
    """The agreements of the roster that allow ``purpose``, the narrowest first."""
    able = [terms for terms in ROSTER.values() if purpose in terms.purposes]
    return sorted(able, key=lambda terms: (len(terms.purposes), terms.tracking, terms.onward))
