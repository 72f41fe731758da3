"""Ids of things: the same row of the same account has the same id, whatever file it came in."""

import hashlib

import msgspec


class Identity:
    """Gives the ids of one file's rows, in the file's order.

    An id is the first 32 hex digits of a SHA-256 over the source, the identifying fields and the
    row's ordinal among equal rows of this file. So the same file gives the same ids, an
    overlapping newer file adds only what is new, and the same row n times is n things.
    """

    def __init__(self, source: str) -> None:
        """`source` is the kind of export: "netflix" or "bank"."""
        self._source = source
        self._seen: dict[int, int] = {}

    def of(self, fields: list[str | None]) -> str:
        """The id of the next row with these identifying fields (raw text, in a fixed order)."""
        body = msgspec.json.encode([self._source, fields])
        # 64 bits a row keep a million rows within 100 MB; a chance meeting is one in 10^7 files.
        digest = hashlib.sha256(body)
        key = int.from_bytes(digest.digest()[:8])
        ordinal = self._seen.get(key, 0)
        self._seen[key] = ordinal + 1
        digest.update(b"#%d" % ordinal)
        return digest.hexdigest()[:32]
