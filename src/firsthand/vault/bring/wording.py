"""Reasons without the name of their file, so that files left for the same one are one line."""

from firsthand.vault.sources.text import GIVE

_CANNOT = "cannot be read. "


def without_name(why: str, name: str) -> str:
    """Why a member of an archive was not read, as it would be said of any other."""
    plain = why.replace(f'"{name}" ', "").replace(f'"{name}"', "it").removeprefix(_CANNOT)
    plain = plain.replace(GIVE, "").strip()
    return plain[:1].upper() + plain[1:] if plain else "No source knows it."
