"""Decisions are numbered without a gap, and each names the check that keeps it."""

import re
from pathlib import Path

PARTS = ["Context", "Decision", "Consequences", "The check"]
NAME = re.compile(r"^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md$")


def test_every_decision_has_its_number_and_its_four_parts(root: Path) -> None:
    pages = sorted((root / "docs" / "decisions").glob("*.md"))
    numbers = [int(match[1]) if (match := NAME.match(page.name)) else -1 for page in pages]
    assert numbers == list(range(len(pages))), [page.name for page in pages]
    assert pages
    for number, page in enumerate(pages):
        text = page.read_text()
        assert text.startswith(f"# {number}. "), page.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS, page.name


def test_the_tests_that_decisions_name_are_there(root: Path) -> None:
    missing = {
        f"{page.name}: {name}"
        for page in (root / "docs" / "decisions").glob("*.md")
        for name in re.findall(r"`(tests/[\w./]+)`", page.read_text())
        if not (root / name).exists()
    }
    assert not missing
