"""An export is the same as a folder and packed: what a service put where says whose it is."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from firsthand.vault.acts.bringing import import_paths
from firsthand.vault.acts.opened import Vault

PLACE = "your_instagram_activity/messages/inbox/greta_1/message_1.json"
TALK = {
    "participants": [{"name": "Greta Holm"}, {"name": "Malik"}],
    "messages": [
        {"sender_name": "Greta Holm", "timestamp_ms": 1700000000000, "content": "See you there"}
    ],
    "title": "Greta Holm",
}  # fmt: skip


def unpacked(folder: Path) -> Path:
    path = folder / "export" / PLACE
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(TALK))
    return folder / "export"


def test_a_folder_is_read_as_the_archive_that_it_came_in(vault: Vault, tmp_path: Path) -> None:
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(PLACE, json.dumps(TALK))
    told: Any = [import_paths(vault, [path])["files"] for path in (unpacked(tmp_path), packed)]
    (folder,), (archive_report,) = told
    assert folder["source"] == archive_report["source"] == "instagram"
    assert (folder["added"], archive_report["added"], archive_report["known"]) == (1, 0, 1)


def test_what_is_said_of_a_file_in_a_folder_names_it_once(vault: Vault, tmp_path: Path) -> None:
    page = unpacked(tmp_path) / "archive_browser.html"
    page.write_text("<!DOCTYPE html><title>What is in here</title>")
    told: Any = import_paths(vault, [tmp_path / "export"])
    (wrong,) = [each for each in told["files"] if "error" in each]
    assert wrong["path"] == str(page)
    assert wrong["error"].startswith('"archive_browser.html" cannot be read. It is a web page.')


def test_a_name_in_utf_8_is_one_though_the_packer_did_not_say_so(
    vault: Vault, tmp_path: Path
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("XXbersicht.html", "<!DOCTYPE html>")
        archive.writestr("YYnchen.html", "<!DOCTYPE html>")
    path = tmp_path / "mac.zip"
    path.write_bytes(
        held.getvalue().replace(b"XXbersicht", "übersicht".encode()).replace(b"YYn", b"Y\x81n")
    )
    told: Any = import_paths(vault, [path])
    (left,) = told["files"][0]["left"]
    assert left["names"] == ["übersicht.html", "Yünchen.html"]
