"""One run of ours in a process of its own: `read FOLDER`, or `keep FOLDER VAULT`."""

import json
import sys
from pathlib import Path
from typing import Any

from imports_used import is_open, measured

PASSPHRASE = "four green owls at night"


def read(folder: Path) -> int:
    """Read all files, keep nothing."""
    from firsthand.vault.sources import Row, open_export  # noqa: PLC0415 - it is part of the cost

    things = 0
    for path in sorted(folder.rglob("*.*")):
        with path.open("rb") as stream:
            rows = open_export(path.name, stream, {}).rows()
            things += sum(isinstance(each, Row) for each in rows)
    return things


def keep(folder: Path, place: Path) -> int:
    """What `firsthand vault import` does: into the encrypted file, its opening included."""
    from firsthand.app import open_vault  # noqa: PLC0415 - it is part of the cost
    from firsthand.foundation.settings import Settings  # noqa: PLC0415
    from firsthand.vault.acts import bringing  # noqa: PLC0415

    with open_vault(place, PASSPHRASE, Settings(), commands=True) as vault:
        is_open()
        report: Any = bringing.import_paths(vault, [folder])
    bad = [each for each in report["files"] if "error" in each or each["unreadable_rows"]]
    assert not bad, bad
    assert not report["questions"], report["questions"]
    return sum(each["added"] + each["known"] for each in report["files"])


def init(place: Path) -> int:
    """A new vault, made before anything is measured."""
    from firsthand.foundation.clock import SystemClock  # noqa: PLC0415
    from firsthand.foundation.ids import SystemChance  # noqa: PLC0415
    from firsthand.vault.acts import keeping  # noqa: PLC0415

    keeping.init(place, PASSPHRASE, SystemChance(), SystemClock())
    return 0


def main() -> int:
    """Do one of them and print what it used."""
    way, *places = sys.argv[1:]
    run = {"read": read, "keep": keep, "init": init}[way]
    json.dump(measured(lambda: run(*map(Path, places))), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
