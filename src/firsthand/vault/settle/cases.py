"""A case: what is to be settled with whom, and the states that it goes through."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from firsthand.protocol.graphs import Graph

CASE: Final = Graph(
    name="a case",
    states={
        "written": "The message is ready, and has not been sent.",
        "sent": "You sent it, and the clock runs.",
        "reminded": "You sent it again, and the clock runs anew.",
        "refused": "They said no, or it went on all the same.",
        "settled": "It is settled.",
        "dropped": "You let it be.",
    },
    first=("written",),
    follows={
        "written": {"send": "sent", "settle": "settled", "drop": "dropped"},
        "sent": {"remind": "reminded", "settle": "settled", "refuse": "refused", "drop": "dropped"},
        "reminded": {
            "remind": "reminded", "settle": "settled", "refuse": "refused", "drop": "dropped",
        },
        "refused": {"remind": "reminded", "settle": "settled", "drop": "dropped"},
        "settled": {"refuse": "refused"},
        "dropped": {},
    },
    ends=("dropped",),
)  # fmt: skip


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What can be settled: its name on pages, what it needs, and how many days they have.

    `days` is how long they have where no law says so. `needs` are the fields of a subject that
    the message cannot be without. `by_import` says whether a later import can confirm it.
    """

    title: str
    help: str
    days: int
    needs: tuple[str, ...] = ()
    by_import: bool = False


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "cancel": Kind(
            title="Cancel it",
            help="They end it at the next date that they can.",
            days=14, by_import=True,
        ),
        "renegotiate": Kind(
            title="Ask for a better price",
            help="You name what it cost before, and say that you would leave.",
            days=14, needs=("amount",), by_import=True,
        ),
        "contest": Kind(
            title="Have it paid back",
            help="It was taken twice, by mistake, or without your saying so.",
            days=14, needs=("amount",), by_import=True,
        ),
        "recall": Kind(
            title="Have your bank fetch it back",
            help="The bank gives a direct debit back, for some weeks without a reason.",
            days=14, needs=("amount",), by_import=True,
        ),
        "refund": Kind(
            title="Chase a refund",
            help="You sent it back, or it was cancelled, and the money has not come.",
            days=14, needs=("what", "amount"), by_import=True,
        ),
        "parcel": Kind(
            title="Chase a parcel",
            help="It was paid for, and has not come.",
            days=14, needs=("what",), by_import=True,
        ),
        "moved": Kind(
            title="Tell them that you moved",
            help="Your new address, number or e-mail, and that the old one goes.",
            days=31, needs=("news",),
        ),
    }
)  # fmt: skip
BANK_NEXT: Final = frozenset({"contest"})  # where they do not answer, the bank can


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a case is of, as its rows say. Amounts are decimal strings, days are ISO dates.

    `what` is the product or the name of the payment, `rows` the payments that it is of: (day,
    amount). `every_days` and `next` are of what is paid again and again; `was` is what it cost
    before `risen_on`. `merchant` is the key by which later payments are known to be the same.
    `news` is a new address or number. `reference` is a customer, order or parcel number.
    """

    what: str = ""
    amount: str = ""
    currency: str = ""
    yearly: str = ""
    every_days: int = 0
    next: str = ""
    was: str = ""
    risen_on: str = ""
    merchant: str = ""
    source: str = ""
    rows: list[tuple[str, str]] = []
    news: str = ""
    reference: str = ""
    things: list[str] = []
