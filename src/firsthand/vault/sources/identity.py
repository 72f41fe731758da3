"""Ids of things: the same row of the same account has the same id, whatever file it came in."""

from hashlib import sha256 as _sha256

import msgspec

_encode = msgspec.json.Encoder().encode


class Identity:
    """Gives the ids of one file's rows, in the file's order.

    An id is the first 32 hex digits of a SHA-256 over the source, the identifying fields and the
    row's ordinal among equal rows of this file. So the same file gives the same ids, an
    overlapping newer file adds only what is new, and the same row n times is n things.
    """

    def __init__(self, source: str) -> None:
        """`source` is the kind of export: "netflix" or "bank"."""
        self._source = source
        self._seen = set[int]()
        self._again: dict[int, int] = {}

    def of(self, fields: list[str | None]) -> str:
        """The id of the next row with these identifying fields (raw text, in a fixed order)."""
        body = _encode((self._source, fields))
        # 64 bits a row keep a million rows within 100 MB; a chance meeting is one in 10^7 files.
        # They are of Python's own hash, which is quick: they only tell whether a row came before.
        key, count = hash(body), len(self._seen)
        self._seen.add(key)
        if len(self._seen) > count:
            return _sha256(body + b"#0").digest()[:16].hex()
        ordinal = self._again[key] = self._again.get(key, 0) + 1
        return _sha256(b"%b#%d" % (body, ordinal)).digest()[:16].hex()
