"""Settings say what they are, refuse what they are not, and never show the passphrase."""

import os
from pathlib import Path

import msgspec
import pytest

from firsthand.foundation.settings import (
    VARIABLES,
    SettingRefused,
    Settings,
    from_environment,
    read_settings,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_nothing_set_is_nothing_set() -> None:
    assert read_settings({"HOME": "/home/ada", "PATH": "/bin"}) == Settings()
    assert Settings().egress == "public"


def test_everything_set_is_read() -> None:
    given = {
        "FIRSTHAND_VAULT": "/data/ada.vault",
        "FIRSTHAND_PASSPHRASE": " correct horse ",
        "FIRSTHAND_NEW_PASSPHRASE": " battery staple ",
        "FIRSTHAND_HUB": "hub",
        "FIRSTHAND_EGRESS": "loopback",
        "FIRSTHAND_DATA": "/data",
        "FIRSTHAND_DEVICE": "/device",
        "FIRSTHAND_BACKUP_PASSPHRASE": " four green owls ",
        "FIRSTHAND_UPLOAD_MB_MAX": "300",
        "FIRSTHAND_SPOOL_MB_MAX": "400",
        "FIRSTHAND_VISIT_MB_MAX": "500",
        "FIRSTHAND_VISITS_MB_MAX": "600",
    }
    assert set(given) == set(VARIABLES.values())
    assert read_settings(given) == Settings(
        vault=Path("/data/ada.vault"),
        passphrase=" correct horse ",
        new_passphrase=" battery staple ",
        backup_passphrase=" four green owls ",
        upload_mb_max=300,
        spool_mb_max=400,
        visit_mb_max=500,
        visits_mb_max=600,
        hub=Path("hub"),
        egress="loopback",
        data=Path("/data"),
        device=Path("/device"),
    )


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("FIRSTHAND_EGRESS", "open", "public, loopback"),
        ("FIRSTHAND_EGRESS", "", "public, loopback"),
        ("FIRSTHAND_EGRESS", "Loopback", "public, loopback"),
        ("FIRSTHAND_VAULT", "", "path"),
        ("FIRSTHAND_VAULT", " ", "path"),
        ("FIRSTHAND_HUB", "~/hub", "no ~"),
        ("FIRSTHAND_DATA", "a\x00b", "path"),
        ("FIRSTHAND_DATA", "a" * 5000, "4096"),
        ("FIRSTHAND_UPLOAD_MB_MAX", "0", "from 1 to"),
        ("FIRSTHAND_SPOOL_MB_MAX", "1e9", "from 1 to"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(name: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        read_settings({name: value})
    assert name in str(caught.value)
    assert repr(value[:80]) in str(caught.value)
    assert allowed in str(caught.value)


def test_a_name_that_nobody_knows_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(SettingRefused, match=r"Did you mean FIRSTHAND_PASSPHRASE\?"):
        read_settings({"FIRSTHAND_PASSPHRAZE": "x"})


@pytest.mark.parametrize("word", ["", "hunter2" * 200])
def test_a_passphrase_is_not_shown_when_it_is_refused(word: str) -> None:
    with pytest.raises(SettingRefused, match="FIRSTHAND_PASSPHRASE") as caught:
        read_settings({"FIRSTHAND_PASSPHRASE": word})
    assert "hunter2" not in str(caught.value)


def test_a_passphrase_is_not_shown_by_any_printer() -> None:
    made = read_settings(
        {"FIRSTHAND_PASSPHRASE": "hunter2", "FIRSTHAND_NEW_PASSPHRASE": "hunter22"}
    )
    for shown in (repr(made), str(made), f"{made}", repr(made.__rich_repr__()), repr([made])):
        assert "hunter2" not in shown
        assert "..." in shown
    assert "passphrase=None, new_passphrase=None" in repr(Settings())


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Settings().egress = "loopback"  # type: ignore[misc]
    assert msgspec.structs.replace(Settings(), egress="loopback").egress == "loopback"


def test_the_environment_is_read_at_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FIRSTHAND_")]:
        monkeypatch.delenv(name)
    assert from_environment() == Settings()
    monkeypatch.setenv("FIRSTHAND_HUB", "/srv/hub")
    assert from_environment() == Settings(hub=Path("/srv/hub"))


def test_every_setting_has_its_heading_and_every_heading_its_setting() -> None:
    page = (DOCS / "settings.md").read_text()
    headings = [line[3:].strip("` ") for line in page.splitlines() if line.startswith("## ")]
    assert headings == list(VARIABLES.values())
    assert list(VARIABLES) == list(Settings.__struct_fields__)
