"""What the organisation has to say to a person: signed, numbered, waiting until it is fetched.

The vault always dials: nothing leaves by itself. The number of a relationship's messages goes
1, 2, 3 without gaps, and asking for what follows N says that N has arrived.
"""

import threading
from collections.abc import Callable, Mapping, Sequence

import msgspec

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance, uuid8_from
from firsthand.foundation.tables import Reader, Table, Tx
from firsthand.hub.terms.organisation import Organisation
from firsthand.protocol.identity import subject_of
from firsthand.protocol.jws import read_jws, sign_jws
from firsthand.protocol.wire import (
    MESSAGES_MAX,
    TYP_MESSAGE,
    TYPE_AGREEMENT_CHANGED,
    TYPE_RIGHT_CHANGED,
    TYPE_TAKEN_BACK,
)

TABLE = "outbox"
HEADS = "outbox_heads"
SENT = "outbox_sent"
TABLES = (
    Table(name=TABLE, erased=True, given=True),
    Table(name=HEADS, erased=True),
    Table(name=SENT, erased=False, hot=True),
)
LISTENERS_MAX = 1_000
# They are about the deal and the person's rights, and hold nothing of what was given.
LASTING_TYPES = frozenset({TYPE_AGREEMENT_CHANGED, TYPE_RIGHT_CHANGED, TYPE_TAKEN_BACK})
_HEAD = "n"
_TOTAL = "total"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it waits: its number and the signed statement."""

    n: int
    jws: str


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says. ``answers`` is the leaf (hex) of the newest batch that it stands on."""

    type: str
    agreement: str
    answers: str
    data: Mapping[str, object]


class UnableToListen(RuntimeError):
    """Too many wait for messages already. Try again later, or ask without holding the line."""


class Outbox:
    """The outbox of one hub, whose messages ``organisation`` signs."""

    def __init__(self, *, organisation: Organisation, clock: Clock, chance: Chance) -> None:
        self._organisation = organisation
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    def prepared(self, reader: Reader, relationship: str, content: Content) -> Message:
        """Sign a message under the next number, outside of the writer; nothing is kept yet."""
        return self.numbered(_last(reader, relationship) + 1, relationship, content)

    def numbered(self, n: int, relationship: str, content: Content) -> Message:
        """Sign a message under this number."""
        event = {
            "specversion": "1.0",
            "id": uuid8_from(self._chance.bytes(16)),
            "source": self._organisation.subject,
            "type": content.type,
            "subject": subject_of(relationship),
            "datacontenttype": "application/json",
            "agreement": content.agreement,
            "sequence": n,
            "answers": content.answers,
            "data": dict(content.data),
            "iat": int(self._clock.now().timestamp()),
        }
        return Message(n=n, jws=sign_jws(event, key=self._organisation.key, typ=TYP_MESSAGE))

    def put(self, tx: Tx, relationship: str, message: Message) -> bool:
        """Let a prepared message wait; False if its number has been taken meanwhile.

        Call ``told`` once it is durable.
        """
        if _last(tx, relationship) + 1 != message.n:
            return False
        tx.put(TABLE, relationship, f"{message.n:012d}", message.jws.encode())
        tx.put(HEADS, relationship, _HEAD, str(message.n).encode())
        tx.put(SENT, "", _TOTAL, str(self.sent(tx) + 1).encode())
        return True

    def standing_on(self, reader: Reader, relationship: str, since: int) -> list[Message]:
        """What takes the place of the answers from ``since`` (seconds) on: the same numbers, empty.

        Numbers have no gaps, so that nobody can leave a message out unseen; so an answer that stood
        on what was taken back is replaced, and not deleted. Nothing is kept yet: see ``replace``.
        """
        found, after = [], ""
        while rows := reader.scan(TABLE, relationship, after=after, rows_max=MESSAGES_MAX):
            after = rows[-1].key
            for row in rows:
                _, said = read_jws(row.value.decode())
                if said["type"] in LASTING_TYPES or int(str(said["iat"])) < since:
                    continue
                content = Content(
                    type=TYPE_TAKEN_BACK, agreement=str(said["agreement"]), answers="", data={}
                )
                found.append(self.numbered(int(row.key), relationship, content))
        return found

    @staticmethod
    def replace(tx: Tx, relationship: str, messages: Sequence[Message]) -> None:
        """Put these messages in the place of those of their numbers, where there still are any."""
        for message in messages:
            key = f"{message.n:012d}"
            if tx.get(TABLE, relationship, key) is not None:
                tx.put(TABLE, relationship, key, message.jws.encode())

    @staticmethod
    def sent(reader: Reader) -> int:
        """How many messages there were ever, to all; it names nobody, so it outlives erasing."""
        return int(reader.get(SENT, "", _TOTAL) or b"0")

    @staticmethod
    def newest(reader: Reader, relationship: str, rows_max: int) -> list[Message]:
        """The newest messages to one person that are still kept, the newest first."""
        entries = reader.scan(TABLE, relationship, rows_max=rows_max, newest_first=True)
        return [Message(n=int(entry.key), jws=entry.value.decode()) for entry in entries]

    @staticmethod
    def after(reader: Reader, relationship: str, n: int) -> tuple[list[Message], bool]:
        """Messages after number ``n``, at most ``MESSAGES_MAX``, and whether there are more."""
        entries = reader.scan(
            TABLE, relationship, after=f"{max(n, 0):012d}", rows_max=MESSAGES_MAX + 1
        )
        found = [Message(n=int(entry.key), jws=entry.value.decode()) for entry in entries]
        return found[:MESSAGES_MAX], len(found) > MESSAGES_MAX

    def told(self, relationship: str) -> None:
        """Wake those who wait for messages of this relationship."""
        with self._lock:
            waiting = list(self._listeners.get(relationship, ()))
        for wake in waiting:
            wake()

    def listen(self, relationship: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called (from any thread) at each message; returns what ends it.

        Raises ``UnableToListen`` beyond ``LISTENERS_MAX``.
        """
        with self._lock:
            if sum(len(one) for one in self._listeners.values()) >= LISTENERS_MAX:
                raise UnableToListen(f"{LISTENERS_MAX} wait already.")
            self._listeners.setdefault(relationship, []).append(wake)

        def stop() -> None:
            with self._lock:
                left = self._listeners.get(relationship, [])
                if wake in left:
                    left.remove(wake)
                if not left:
                    self._listeners.pop(relationship, None)

        return stop


def _last(reader: Reader, relationship: str) -> int:
    """The number of the newest message to a person; 0 where there was none."""
    return int(reader.get(HEADS, relationship, _HEAD) or b"0")
