"""The page on adding a source is right: what it shows is a source, and its tests hold."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "add-a-source.md"
NAME = "firsthand.vault.sources.museums"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What the page shows, put together as a module."""
    block_of = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = block_of.findall(PAGE.read_text(encoding="utf-8"))
    module = ModuleType(NAME)
    monkeypatch.setitem(sys.modules, NAME, module)
    for number, block in enumerate(blocks):
        exec(compile(block, f"{PAGE.name}, block {number + 1}", "exec"), module.__dict__)  # noqa: S102
    return module


def test_what_the_page_shows_is_a_source_and_its_tests_hold(shown: ModuleType) -> None:
    tests = [value for name, value in vars(shown).items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    assert shown.SOURCE.facts.how


def test_the_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"`(\w+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 5
    folders = [ROOT / "src/firsthand/vault/sources", ROOT / "tests/vault/sources"]
    for name in named:
        assert any((folder / name).exists() for folder in folders), name
