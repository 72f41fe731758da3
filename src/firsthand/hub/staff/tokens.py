"""Tokens by which the organisation's own systems read: one for each purpose, hashes only."""

import hashlib

import msgspec

from firsthand.foundation.ids import Chance
from firsthand.foundation.tables import Reader, Table, Tx

TABLE = "tokens"
TABLES = (Table(name=TABLE, erased=False),)
TOKEN_BYTES = 24
TOKENS_MAX = 1_000


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a token opens: reading for one purpose, under a name that each read is noted by."""

    name: str
    purpose: str


def make(chance: Chance) -> str:
    """A new token, 24 random bytes as text. It cannot be shown again later."""
    return chance.token(TOKEN_BYTES)


def put(tx: Tx, text: str, token: Token) -> None:
    """Keep a token under its hash."""
    tx.put(TABLE, "", _hashed(text), msgspec.json.encode(token))


def replace(tx: Tx, text: str, token: Token) -> None:
    """Keep a token in place of those of the same purpose, which open nothing any more."""
    for entry in tx.scan(TABLE, "", rows_max=TOKENS_MAX):
        if msgspec.json.decode(entry.value, type=Token).purpose == token.purpose:
            tx.delete(TABLE, "", entry.key)
    put(tx, text, token)


def get(reader: Reader, text: str) -> Token | None:
    """What a token opens, or None."""
    raw = reader.get(TABLE, "", _hashed(text))
    return None if raw is None else msgspec.json.decode(raw, type=Token)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
