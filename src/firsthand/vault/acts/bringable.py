"""What could be brought: every source with how to get its files, as one list for all."""

from typing import Any, Final

from firsthand.vault.sources import SOURCES

_FIRST: Final = ("bank", "netflix")


def every_source() -> list[dict[str, Any]]:
    """Every source: `key`, `name`, `files`, `how`, `holds`, `finds`, `wait`, `days_max`.

    Those that say most at once come first. Several parsers may be one source to a person: their
    files are together.
    """
    found: dict[str, dict[str, Any]] = {}
    for source in SOURCES:
        facts = source.facts
        known = found.get(source.key)
        if known is not None:
            known["files"] += [each for each in facts.files if each not in known["files"]]
            continue
        found[source.key] = {
            "key": source.key, "name": facts.name, "files": list(facts.files),
            "how": list(facts.how), "holds": facts.holds, "finds": facts.finds,
            "wait": facts.wait, "days_max": facts.days_max,
        }  # fmt: skip
    first = [found.pop(key) for key in _FIRST if key in found]
    return first + sorted(found.values(), key=lambda each: str(each["name"]).casefold())


def name_of(key: str) -> str:
    """A source as a person knows it, within a sentence: `Netflix`, `your bank`."""
    for source in SOURCES:
        if source.key == key:
            name = source.facts.name
            return "your " + name[5:] if name.startswith("Your ") else name
    return key[:1].upper() + key[1:]
