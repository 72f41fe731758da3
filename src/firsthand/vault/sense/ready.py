"""Ready to give: which question of which organisation what is here could answer.

The list is data: a verb of the seven, who asks, what they ask, of which kinds of things the answer
is made, and what it would tell them about the person.
"""

from collections.abc import Mapping, Sequence

import msgspec

ENOUGH_THINGS = 20
VERBS = {
    "show": "Show", "ask": "Ask for", "tell": "Tell", "update": "Update", "rate": "Rate",
    "help": "Help", "recommend": "Recommend",
}  # fmt: skip


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question: `verb` is a key of `VERBS`, `types` are schema.org types of the answer.

    `needs` is a sense whose findings the answer also takes, such as `recurring`; `guide` is which
    source to bring if there is nothing.
    """

    key: str
    verb: str
    who: str
    asks: str
    types: tuple[str, ...]
    tells: str
    guide: str
    sense: tuple[str, str] | None = None


QUESTIONS = (
    Question(
        key="show-watch", verb="show", who="A film or series service",
        asks="What should we show you first?", types=("WatchAction",), sense=("taste", "watch"),
        tells="What you watch and when: your evenings and free days, your holidays, who shares "
        "your account, and moods that you may not have told anybody.",
        guide="your viewing history of Netflix or YouTube",
    ),
    Question(
        key="show-listen", verb="show", who="A music or podcast service",
        asks="What would you like to hear?", types=("ListenAction",), sense=("taste", "listen"),
        tells="What you hear and when: how you wake, work and sleep, and often your age.",
        guide="your history of Spotify",
    ),
    Question(
        key="show-read", verb="show", who="A bookshop or library",
        asks="What will you read next?", types=("ReadAction", "WantAction"),
        sense=("taste", "read"),
        tells="What occupies you: belief, health and politics show in what somebody reads.",
        guide="your books of Goodreads",
    ),
    Question(
        key="show-offers", verb="show", who="A shop you buy from",
        asks="Which offers are worth something to you?", types=("BuyAction", "PayAction"),
        sense=("money", "out"),
        tells="What you spend and where: your income by and large, your household, your health.",
        guide="a statement of your bank or your orders of Amazon",
    ),
    Question(
        key="ask-plan", verb="ask", who="A telephone, energy or insurance company",
        asks="What do you pay now, so that we can better it?", types=("PayAction",),
        sense=("money", "out"),
        tells="What you pay to whom every month, and how long you have been with them.",
        guide="a statement of your bank",
    ),
    Question(
        key="ask-health", verb="ask", who="A health insurer or a sports club",
        asks="How much do you move?", types=("ExerciseAction", "Observation"),
        sense=("moves", "sport"),
        tells="How fit you are, when you are ill, and where you live: routes begin at home.",
        guide="your export of Apple Health or Strava",
    ),
    Question(
        key="tell-use", verb="tell", who="A maker, or a university",
        asks="How do you really use what you have?",
        types=("WatchAction", "ListenAction", "ExerciseAction", "SearchAction"),
        sense=("taste", "watch"),
        tells="Your habits by the hour, if you do not give them coarser.",
        guide="the export of any service that you use often",
    ),
    Question(
        key="tell-cost", verb="tell", who="A research institute",
        asks="What does life cost you?", types=("PayAction", "ReceiveAction"),
        sense=("money", "out"),
        tells="What you earn and spend, by category, if you give no shops.",
        guide="a statement of your bank",
    ),
    Question(
        key="update-moved", verb="update", who="Everybody who writes to you",
        asks="Do you still live there?", types=("ArriveAction", "Person"),
        sense=("places", "visit"),
        tells="Your address, and since when.", guide="your timeline of Google Maps",
    ),
    Question(
        key="update-known", verb="update", who="A company that knows you from others",
        asks="Is what we hold of you still right?", types=("WatchAction", "PayAction", "BuyAction"),
        tells="Where its picture of you is wrong, and so what is right.",
        guide="any export of theirs",
    ),
    Question(
        key="rate-bought", verb="rate", who="A shop or a maker",
        asks="How was what you bought?", types=("BuyAction", "ReturnAction"),
        sense=("bought", "order"),
        tells="What you bought, kept and sent back.", guide="your orders of Amazon",
    ),
    Question(
        key="rate-seen", verb="rate", who="A film service or a publisher",
        asks="How was it?", types=("WatchAction", "ReadAction"), sense=("taste", "watch"),
        tells="What you finished, left, and saw again.",
        guide="your films of Letterboxd or your books of Goodreads",
    ),
    Question(
        key="help-order", verb="help", who="A shop's service",
        asks="What went wrong with your order?", types=("BuyAction", "TrackAction", "ReturnAction"),
        sense=("bought", "order"),
        tells="What you ordered, when it came, and what did not.",
        guide="receipts from your mailbox",
    ),
    Question(
        key="help-payment", verb="help", who="Your bank or who you paid",
        asks="Which payment is not right?", types=("PayAction",), sense=("money", "out"),
        tells="The payments that you contest, and no others.", guide="a statement of your bank",
    ),
    Question(
        key="recommend-liked", verb="recommend", who="Somebody whose work you like",
        asks="Whom would you tell of us?", types=("ListenAction", "WatchAction", "LikeAction"),
        sense=("taste", "listen"),
        tells="What you like, and whom you know that may like it too.",
        guide="your history of Spotify or YouTube",
    ),
)  # fmt: skip


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """How far an answer is there: `yes`, `little` or `no`, of how much, from when to when."""

    question: Question
    state: str
    things: int
    first: str | None
    last: str | None


def ready(counts: Sequence[Mapping[str, object]]) -> list[Ready]:
    """Every question with how far it can be answered from `counts`, those that can be first.

    counts: `{"type", "things", "first", "last"}` each, as `keeping.counts` gives them.
    """
    found = [_ready(question, counts) for question in QUESTIONS]
    order = {"yes": 0, "little": 1, "no": 2}
    return sorted(found, key=lambda each: order[each.state])


def _ready(question: Question, counts: Sequence[Mapping[str, object]]) -> Ready:
    mine = [each for each in counts if each["type"] in question.types]
    things = sum(int(str(each["things"])) for each in mine)
    return Ready(
        question=question,
        state="yes" if things >= ENOUGH_THINGS else "little" if things else "no",
        things=things,
        first=min((str(each["first"]) for each in mine if each["first"]), default=None),
        last=max((str(each["last"]) for each in mine if each["last"]), default=None),
    )
