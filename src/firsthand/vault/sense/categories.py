"""Which category a shop belongs to: by words of its name, which stand in `categories.toml`.

The rule, in one sentence: the longest entry of the list that stands in the name decides, and what
the person said of the shop stands above it.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.payee import merchant_key

OTHER = "other"
WORDS_MAX = 4
_WORD = re.compile(r"[^\s,;:()|*]+")


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """The lists as they are looked in: entry (words joined by one space) to category."""

    names: dict[str, str]
    whole: dict[str, str]
    begins: dict[str, str]
    services: dict[str, str]
    service_names: dict[str, str]
    used: dict[str, str]


@cache
def lists() -> Lists:
    """The lists of `categories.toml`, read once."""
    text = (files("firsthand.vault.sense") / "categories.toml").read_text(encoding="utf-8")
    held = tomllib.loads(text)
    services, used = held.pop("services"), held.pop("used")
    names = {key: str(each["name"]) for key, each in held.items()}
    whole, begins = dict[str, str](), dict[str, str]()
    for key, each in held.items():
        for entry in str(each["words"]).split():
            said = entry.replace("+", " ").strip()
            into = begins if said.endswith("*") else whole
            into.setdefault(said.rstrip("*"), key)
    of_services = {
        entry.replace("+", " "): key
        for key, each in services.items()
        for entry in str(each["words"]).split()
    }
    return Lists(
        names={**names, OTHER: "Other"},
        whole=whole,
        begins=begins,
        services=of_services,
        service_names={key: str(each["name"]) for key, each in services.items()},
        used=used,
    )


def name_of(category: str) -> str:
    """A category as a person calls it."""
    return lists().names.get(category, category)


@lru_cache(maxsize=1 << 15)
def category_of(name: str) -> str:
    """The category of a shop by its name; `other` where nothing of it is in the lists."""
    found = _category(_words(name))
    return _category(merchant_key(name).split()) if found == OTHER else found


def _category(words: list[str]) -> str:
    held = lists()
    for size in range(WORDS_MAX, 0, -1):
        found = [
            held.whole[entry]
            for at in range(len(words) - size + 1)
            if (entry := " ".join(words[at : at + size])) in held.whole
        ]
        if found:
            order = list(held.names)
            return min(found, key=order.index)
    for word in words:
        for begin, category in held.begins.items():
            if word.startswith(begin):
                return category
    return OTHER


@lru_cache(maxsize=1 << 12)
def service_of(name: str) -> str | None:
    """The kind of service that a shop is, such as `music`; None for none of the list."""
    return _in(lists().services, name)


@lru_cache(maxsize=1 << 12)
def shown_by(name: str) -> str | None:
    """The source that shows whether a service is used; None where none does."""
    return _in(lists().used, name)


def _in(entries: Mapping[str, str], name: str) -> str | None:
    return _entry(entries, _words(name)) or _entry(entries, merchant_key(name).split())


def _entry(entries: Mapping[str, str], words: list[str]) -> str | None:
    for size in range(WORDS_MAX, 0, -1):
        for at in range(len(words) - size + 1):
            found = entries.get(" ".join(words[at : at + size]))
            if found is not None:
                return found
    return None


def _words(name: str) -> list[str]:
    return [word.strip(".'\"-/") for word in _WORD.findall(plain(name)) if word.strip(".'\"-/")]
