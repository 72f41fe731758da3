"""Named SQL: `things.newest` is the block under `-- name: newest` in `sql/things.sql`."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)
_SCHEMA = "schema"
_UPGRADE = "upgrading_"
# What came, or was made anew, as a whole with a form of the vault.
_MADE_WITH = {
    "schema_words": 2,
    "schema_evidence": 4,
    "schema_sense": 5,
    "schema_bringing": 6,
    "schema_settling": 7,
}


class NoSuchQuery(KeyError):
    """There is no block of this name: look in `vault/store/sql`."""


@cache
def queries() -> dict[str, str]:
    """All statements by `file.name`. Raises `ValueError` where a file names one twice."""
    found: dict[str, str] = {}
    for stem, text in _texts().items():
        if stem.startswith(_SCHEMA):
            continue
        parts = _NAME.split(text)
        for name, statement in zip(parts[1::2], parts[2::2], strict=True):
            whole = f"{stem}.{name}"
            if whole in found:
                raise ValueError(f"{whole} is there twice.")
            found[whole] = _without_remarks(statement)
    return found


def query(name: str) -> str:
    """The statement called `name`. Raises `NoSuchQuery`."""
    try:
        return queries()[name]
    except KeyError:
        raise NoSuchQuery(name) from None


def schema() -> str:
    """What makes a new vault's tables: all `schema*.sql`, the files in the order of their names."""
    return "\n".join(text for stem, text in _texts().items() if stem.startswith(_SCHEMA))


def upgrade(before: int, version: int) -> str:
    """What makes form `version` of a vault of form `before`: one transaction, without its words."""
    texts = _texts()
    steps = [texts[f"{_UPGRADE}{form}"] for form in range(before + 1, version + 1)]
    steps += [texts[stem] for stem, form in _MADE_WITH.items() if before < form <= version]
    body = "\n".join(steps)
    return f"BEGIN IMMEDIATE;\n{body}\nPRAGMA user_version = {version}; COMMIT;"


@cache
def _texts() -> dict[str, str]:
    folder = files("firsthand.vault.store") / "sql"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return {
        entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8")
        for entry in sorted(found, key=lambda entry: entry.name)
    }


def _without_remarks(statement: str) -> str:
    kept = [line for line in statement.splitlines() if not line.startswith("--")]
    return "\n".join(kept).strip().rstrip(";")
