"""Public parsers of the same files, one run in a process of its own: `PEER FOLDER PACKAGES`.

They are no part of this project: they are loaded from the folder PACKAGES, where whoever wants to
compare has put them. Each is called at the function of its own that reads one file.
"""

import importlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from imports_used import measured


class Peer(NamedTuple):
    """A parser: its package, where its module is, what it does with files, and whether it keeps."""

    package: str
    module: str
    run: Callable[[Any, list[Path]], int]
    kinds: tuple[str, ...]
    keeps: bool = False


def _counted(results: Iterable[object]) -> int:
    """How many things; what it could not read comes as exceptions."""
    return sum(not isinstance(each, Exception) for each in results)


def _by(name: str) -> Callable[[Any, list[Path]], int]:
    def run(module: Any, paths: list[Path]) -> int:  # noqa: ANN401 - it has no types here
        return sum(_counted(getattr(module, name)(path)) for path in paths)

    return run


def _apple_health(module: Any, paths: list[Path]) -> int:  # noqa: ANN401
    things = 0
    for path in paths:
        data = module.HealthData.read(str(path), include_me=False)
        things += len(data.records) + len(data.workouts) + len(data.activity_summaries)
    return things


def _browser(module: Any, paths: list[Path]) -> int:  # noqa: ANN401
    return sum(_counted(module.read_visits(path)) for path in paths)


def _rows(database: Any) -> int:  # noqa: ANN401
    return sum(table.count for table in database.tables if "_fts" not in table.name)


def _healthkit(module: Any, paths: list[Path]) -> int:  # noqa: ANN401
    sqlite_utils = importlib.import_module("sqlite_utils")
    with tempfile.TemporaryDirectory() as place:
        database = sqlite_utils.Database(str(Path(place) / "health.db"))
        for path in paths:
            with path.open("rb") as stream:
                module.convert_xml_to_sqlite(stream, database)
        return _rows(database)


def _spotify(module: Any, paths: list[Path]) -> int:  # noqa: ANN401
    sqlite_utils = importlib.import_module("sqlite_utils")
    with tempfile.TemporaryDirectory() as place:
        packed, kept = Path(place) / "my_spotify_data.zip", Path(place) / "spotify.db"
        with zipfile.ZipFile(packed, "w") as archive:
            for number, path in enumerate(paths):
                archive.write(path, f"MyData/{path.stem}_{number}.json")
        module.convert_export(packed, kept)
        return _rows(sqlite_utils.Database(str(kept)))


def _takeout_kept(module: Any, paths: list[Path]) -> int:  # noqa: ANN401
    sqlite_utils = importlib.import_module("sqlite_utils")
    with tempfile.TemporaryDirectory() as place:
        packed = Path(place) / "takeout.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for number, path in enumerate(paths):
                archive.write(path, f"Takeout/{number}/My Activity.json")
        database = sqlite_utils.Database(str(Path(place) / "takeout.db"))
        with zipfile.ZipFile(packed) as archive:
            module.save_my_activity(database, archive)
        return int(database["my_activity"].count)


_JSON, _HTML = "google_takeout_parser.parse_json", "google_takeout_parser.parse_html.activity"
_TAKEOUT = "google_takeout_parser"
PEERS = (
    Peer(
        _TAKEOUT, _JSON, _by("_parse_json_activity"), ("YouTube history, JSON", "My Activity, JSON")
    ),
    Peer(_TAKEOUT, _HTML, _by("_parse_html_activity"), ("YouTube history, HTML",)),
    Peer(_TAKEOUT, _JSON, _by("_parse_location_history"), ("location, Records.json",)),
    Peer(_TAKEOUT, _JSON, _by("_parse_semantic_location_history"), ("location, months",)),
    Peer(
        "google-takeout-to-sqlite", "google_takeout_to_sqlite.utils", _takeout_kept,
        ("My Activity, JSON",), keeps=True,
    ),
    Peer("browserexport", "browserexport.parse", _browser, ("browser history",)),
    Peer("apple-health", "health", _apple_health, ("Apple Health",)),
    Peer(
        "healthkit-to-sqlite", "healthkit_to_sqlite.utils", _healthkit, ("Apple Health",),
        keeps=True,
    ),
    Peer(
        "spotify-to-sqlite", "spotify_to_sqlite.utils", _spotify, ("Spotify, extended",), keeps=True
    ),
)  # fmt: skip


def found(peer: Peer, packages: Path) -> bool:
    """Whether a folder holds its code; nothing is loaded."""
    return (packages / peer.module.partition(".")[0]).is_dir()


def main() -> int:
    """Run one, found by its number in `PEERS`, and print what it used."""
    number, folder, packages = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    sys.path.insert(0, packages)
    peer = PEERS[number]
    paths = sorted(folder.rglob("*.*"))
    used = measured(lambda: peer.run(importlib.import_module(peer.module), paths))
    sys.stdout.write("\n" + json.dumps(used))
    return 0


if __name__ == "__main__":
    sys.exit(main())
