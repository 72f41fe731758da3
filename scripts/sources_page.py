"""The docs' page of sources, made from what each of them says of itself."""

from firsthand.vault.acts.bringable import every_source

# ruff: noqa: E501 - a page has lines as long as they come
_HEAD = """# What can be brought

<!-- made by scripts/spec.py from the facts that each source says of itself: change those -->

Every file is known by what is in it, never by its name, and comes as the service gave it: packed, in a folder, in any of its languages. `firsthand sources` says the same at a terminal, the page `/sources` of a vault in a browser. [How to add one](add-a-source.md) takes twenty minutes.

| source | what is in it | what it is good for | how long it takes | worth asking again after |
|---|---|---|---|---|
"""


def sources_page() -> str:
    """The page, with a row and a part for each source."""
    every = every_source()
    rows = [
        f"| [{each['name']}](#{_anchor(each['name'])}) | {each['holds']} | {each['finds']} "
        f"| {each['wait']} | {each['days_max']} days |"
        for each in every
    ]
    parts = []
    for each in every:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(each["how"], 1))
        files = ", ".join(f"`{file}`" for file in each["files"])
        parts.append(f"## {each['name']}\n\n{steps}\n\nFiles: {files}.\n")
    return _HEAD + "\n".join(rows) + "\n\n" + "\n".join(parts)


def _anchor(name: str) -> str:
    kept = "".join(sign for sign in name.lower() if sign.isalnum() or sign in " -")
    return kept.replace(" ", "-")
