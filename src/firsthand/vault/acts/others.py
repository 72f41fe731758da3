"""Organisations without Firsthand: which agreements they publish that they would accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firsthand.protocol.myterms import read_myterms

if TYPE_CHECKING:
    from firsthand.vault.acts.opened import Vault


def terms_at(vault: Vault, url: str) -> dict[str, object]:
    """What an organisation publishes at ``/.well-known/myterms.json``; stores and tells nothing.

    Returns url, effective_date, tos_url, ``known`` (roster ids that our roster has), ``unknown``
    (id and url each) and ``left_out``, what of it could not be used. Raises ``Refused`` and
    ``Offline``.
    """
    url = url.strip().rstrip("/")
    found = read_myterms(vault.gate.myterms(url))
    return {
        "url": url,
        "effective_date": found.effective_date,
        "tos_url": found.tos_url,
        "known": [terms.id for terms in found.known],
        "unknown": [{"id": each.id, "url": each.url} for each in found.unknown],
        "left_out": list(found.left_out),
    }
