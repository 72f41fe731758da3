"""A role is whole: what it says, a half on each side, and its page in the docs."""

from pathlib import Path

HALVES = ("protocol/roles", "vault/roles", "hub/roles")
SEVEN = {"insight", "feedback", "profile", "record", "demand", "support", "advice"}


def rooms(folder: Path) -> set[str]:
    """The roles of a folder: a file each, or a package, or more files (``profile_rules``)."""
    files = {path.stem.split("_")[0] for path in folder.glob("[!_]*.py")}
    return files | {path.parent.name for path in folder.glob("*/__init__.py")}


def test_each_role_has_its_halves_and_its_page(root: Path) -> None:
    halves = {half: rooms(root / "src" / "firsthand" / half) for half in HALVES}
    halves["docs/roles"] = {path.stem for path in (root / "docs" / "roles").glob("*.md")}
    every = set().union(*halves.values())
    assert every, "no roles: are they where they were?"
    missing = {half: sorted(every - names) for half, names in halves.items() if every - names}
    assert not missing, f"a role without its other half or its page: {missing}"


def test_there_are_no_roles_but_the_seven(root: Path) -> None:
    found = {name for half in HALVES for name in rooms(root / "src" / "firsthand" / half)}
    assert found <= SEVEN, f"a role has one of seven names, and helpers live elsewhere: {found}"
