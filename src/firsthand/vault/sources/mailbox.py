"""Mailboxes and single messages as a source: receipts as shops and carriers write them down.

Many confirmations carry what they say once more in schema.org terms. Only that is read: a message
without it stays where it is, and its text is not kept.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Each, Export, Row, Skipped, Unreadable
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.mails import Message, messages, read_message
from firsthand.vault.sources.markup import Broken, nodes, of_json
from firsthand.vault.sources.receipts import Receipt, Sent, receipts
from firsthand.vault.sources.source import Facts, Head, Source
from firsthand.vault.sources.streamed import Streamed, kept

KEY = "email"
_POSTMARK = re.compile(rb"From \S{1,200}[ \t]+[^\r\n]{0,120}\d\d:\d\d[^\r\n]{0,60}\r?\n")
_LENGTH = re.compile(rb"\s*\d{1,12}[ \t]*\r?\n")
_FIELD = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{0,60}:|[ \t])")
_KNOWN = re.compile(
    rb"^(?:Received|Return-Path|Delivered-To|Message-I[dD]|From|To|Subject|Date|MIME-Version|"
    rb"Content-Type|DKIM-Signature|X-Gmail-Labels):",
    re.IGNORECASE | re.MULTILINE,
)
NOTHING = "a message without a receipt in it"
TOLD = "a receipt that an earlier message has told already"

MAIL = Facts(
    name="E-mail receipts",
    files=("All mail Including Spam and Trash.mbox", "….mbox", "….eml"),
    how=(
        "Gmail: takeout.google.com, Mail, and choose the label that has your orders.",
        "Apple Mail: select the mailbox, Mailbox, Export Mailbox; the file mbox is inside.",
        "Thunderbird, Outlook: drag a message to a folder to save it as .eml.",
    ),
    holds="Orders, invoices, parcels, flights, trains, hotels, tables and tickets.",
    finds="What you ordered where, which parcel is missing, and every journey with its price.",
    wait="at once, minutes to days from Takeout",
    days_max=60,
)


def claims(head: Head) -> bool:
    """Whether a file is a mailbox or a message."""
    raw = head.raw.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if match := _POSTMARK.match(raw) or _LENGTH.match(raw):
        raw = raw[match.end() :]
    fields = re.split(rb"\r?\n\r?\n", raw[:32768], maxsplit=1)[0]
    first = fields.splitlines()[:5]
    if not first or not all(map(_FIELD.match, first)):
        return False
    return len({found.lower() for found in _KNOWN.findall(fields)}) >= 2


def open_mail(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open a mailbox or a message."""
    del name  # nothing is refused as a whole
    return Streamed(KEY, "E-mail", lambda: _rows(stream))


def _rows(stream: BinaryIO) -> Iterator[Each]:
    identity = Identity(KEY)
    seen = set[int]()
    for number, raw in enumerate(messages(stream), 1):
        message = read_message(raw)
        found, broken = _found(message)
        if not found:
            yield (
                Unreadable(number, "Its receipt is no JSON: it is damaged.")
                if broken
                else Skipped(number, NOTHING)
            )
        for receipt in found:
            key = hash(tuple(receipt.key))
            if key in seen:
                yield Skipped(number, TOLD)
                continue
            seen.add(key)
            yield Row(number, _thing(receipt, identity))


def _found(message: Message) -> tuple[list[Receipt], bool]:
    """The receipts of a message, and whether it has data that cannot be read."""
    sent = Sent(kept(message.sender, 200) or "the sender", message.time)
    found: list[Receipt] = []
    broken = False
    for read, texts in ((nodes, message.pages), (of_json, message.data)):
        for text in texts:
            try:
                for node in read(text):
                    found += receipts(node, sent)
            except Broken:
                broken = True
    return found, broken


def _thing(receipt: Receipt, identity: Identity) -> Thing:
    return Thing(
        id=identity.of(receipt.key),
        type=receipt.kind,
        name=receipt.name,
        time=receipt.time,
        source=KEY,
        data=receipt.data,
    )


SOURCE = Source(key=KEY, facts=MAIL, claims=claims, open=open_mail)
