"""Large archives by the command: progress, Ctrl-C, a kill, going on, memory, the report; and undo.

The 50 GB are a real zip with a real list at its end whose videos are holes in the file, so it takes
a few megabytes of the disk. The import runs as a person starts it, on a terminal of its own. It is
stopped by Ctrl-C, begun again, killed, and begun a third time.

    python benchmarks/archives.py [--gb N] [--rows N] [--undo N] [--pictures N] [--json]
"""

import argparse
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from vault_exports import write_exports

from firsthand.app import open_vault
from firsthand.foundation.clock import SystemClock
from firsthand.foundation.ids import SystemChance
from firsthand.foundation.settings import Settings
from firsthand.vault.acts import bringing, keeping

PASSPHRASE = "four green owls at night"
VIDEO_BYTES = 2 * 1024**3
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
PICTURE_BYTES = 48 * 1024
STEPS_MS = 0.02
_ROWS = re.compile(rb": ([\d,]+) rows")


def write_hollow(path: Path, exports: list[Path], size_gb: int) -> int:
    """A zip of so many GB: videos that are holes, and exports between them. Returns its size."""
    videos = max(len(exports), size_gb * 10**9 // VIDEO_BYTES + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        every, waiting = videos // len(exports), list(exports)
        for number in range(videos):
            _hole(archive, f"Takeout/Photos/video-{number:03d}.mp4", VIDEO_BYTES)
            if number % every == 0 and waiting:
                file = waiting.pop(0)
                archive.write(file, f"Takeout/{file.name}", zipfile.ZIP_DEFLATED)
    return path.stat().st_size


def _hole(archive: zipfile.ZipFile, name: str, size_bytes: int) -> None:
    stream = archive.fp
    assert stream is not None
    info = zipfile.ZipInfo(name)
    info.header_offset, info.file_size = stream.tell(), size_bytes
    info.compress_size = size_bytes
    info.CRC = 0  # of no matter: a video is known by its start, and left
    stream.write(info.FileHeader(zip64=False))
    stream.write(VIDEO)
    stream.seek(size_bytes - len(VIDEO), os.SEEK_CUR)
    archive.filelist.append(info)
    archive.NameToInfo[name] = info
    archive.start_dir = stream.tell()  # type: ignore[attr-defined]
    archive._didModify = True  # type: ignore[attr-defined] # noqa: SLF001


def write_pictures(path: Path, export: Path, count: int) -> int:
    """A zip with many pictures and one export. Returns its size in bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(count):
            content = b"\xff\xd8\xff" + os.urandom(PICTURE_BYTES)
            archive.writestr(f"photos/{number:05d}.jpg", content)
        archive.write(export, export.name, zipfile.ZIP_DEFLATED)
    return path.stat().st_size


class Command:
    """The import as it is started on a terminal: what it says of itself, and what it takes."""

    def __init__(self, vault: Path, path: Path) -> None:
        self.began = time.perf_counter()
        self._terminal, theirs = pty.openpty()
        environ = {**os.environ, "FIRSTHAND_PASSPHRASE": PASSPHRASE}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "firsthand.cli", "vault", "import", str(path),
             "--vault", str(vault), "--json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, env=environ,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.first_s: float | None = None
        self.rows = 0
        self.peak_mb = 0.0

    def until(self, rows: int | None) -> None:
        """Go along until it says that it has read so many rows, or to its end."""
        while self._process.poll() is None and (rows is None or self.rows < rows):
            ready, _, _ = select.select([self._terminal], [], [], STEPS_MS)
            self.peak_mb = max(self.peak_mb, _memory_mb(self._process.pid))
            if ready:
                try:
                    said = os.read(self._terminal, 4096)
                except OSError:
                    break
                found = _ROWS.findall(said)
                if found:
                    self.first_s = self.first_s or time.perf_counter() - self.began
                    self.rows = int(found[-1].replace(b",", b""))

    def end(self, sign: signal.Signals | None) -> tuple[float, str]:
        """End it by a signal, or wait for it; how long that took, and what it printed."""
        begun = time.perf_counter()
        if sign is not None:
            self._process.send_signal(sign)
        said, _ = self._process.communicate()
        os.close(self._terminal)
        return time.perf_counter() - begun, said.decode()


def _memory_mb(pid: int) -> float:
    """The most that the command and the process that reads for it held, together, in MB."""
    total = 0
    children = f"/proc/{pid}/task/{pid}/children"
    try:
        each = [pid, *map(int, Path(children).read_text().split())]
        for process in each:
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
            total += int(found[1]) if found else 0
    except OSError:
        pass
    return total / 1024


def hollow(folder: Path, vault: Path, size_gb: int, rows: int) -> dict[str, object]:
    """Import the large one with a stop and a kill on the way; figures of all three runs."""
    exports = write_exports(folder, rows)
    path = folder / "takeout.zip"
    size = write_hollow(path, exports, size_gb)
    taken = path.stat().st_blocks * 512
    runs = []
    for share, sign in ((0.2, signal.SIGINT), (0.3, signal.SIGKILL), (None, None)):
        command = Command(vault, path)
        command.until(None if share is None else int(rows * share))
        ended_s, said = command.end(sign)
        runs.append({
            "signal": sign.name if sign else "", "first_progress_s": command.first_s,
            "rows_told": command.rows, "peak_mb": command.peak_mb, "ended_after_s": ended_s,
            "took_s": time.perf_counter() - command.began,
        })  # fmt: skip
    report = json.loads(said)["files"][0]
    left = sum(each["files"] for each in report["left"])
    return {
        "size_gb": size / 1e9, "on_disk_mb": taken / 1e6, "runs": runs,
        "rows": rows, "added": report["added"], "known": report["known"],
        "unreadable": report["unreadable_rows"], "left": left, "state": report.get("state", "done"),
    }  # fmt: skip


def pictures(folder: Path, vault: Path, count: int) -> dict[str, object]:
    """Import a zip of many pictures."""
    export = write_exports(folder, 1000, seed=7)[0]
    path = folder / "pictures.zip"
    size = write_pictures(path, export, count)
    command = Command(vault, path)
    command.until(None)
    _, said = command.end(None)
    report = json.loads(said)["files"][0]
    return {
        "size_mb": size / 1024**2, "took_s": time.perf_counter() - command.began,
        "peak_mb": command.peak_mb, "left": sum(each["files"] for each in report["left"]),
        "added": report["added"],
    }  # fmt: skip


def undo(folder: Path, vault: Path, things: int) -> dict[str, object]:
    """Take back an import of many things."""
    path = write_exports(folder, things * 10 // 6, seed=11)
    packed = folder / "undo.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in path[:6]:
            archive.write(each, each.name)
    with open_vault(vault, PASSPHRASE, Settings(), commands=False) as opened:
        told = bringing.import_paths(opened, [packed])
        begun = time.perf_counter()
        id = int(told["files"][0]["import_id"])  # type: ignore[index]
        gone = bringing.undo_import(opened, id)["gone"]
        return {"gone": gone, "took_s": time.perf_counter() - begun}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Large archives by the command.")
    parser.add_argument("--gb", type=int, default=50)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--undo", type=int, default=100_000)
    parser.add_argument("--pictures", type=int, default=6000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, vaults = Path(place), Path(place) / "vaults"
        vaults.mkdir()
        for name in ("large", "pictures", "undo"):
            (folder / name).mkdir()
            keeping.init(vaults / name, PASSPHRASE, SystemChance(), SystemClock())
        told = {
            "large": hollow(folder / "large", vaults / "large", args.gb, args.rows),
            "pictures": pictures(folder / "pictures", vaults / "pictures", args.pictures),
            "undo": undo(folder / "undo", vaults / "undo", args.undo),
        }
    if args.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return 0
    _show(told)
    return 0


def _show(told: dict[str, dict[str, object]]) -> None:
    large, seen, gone = told["large"], told["pictures"], told["undo"]
    lines = [f"an archive of {large['size_gb']:.1f} GB ({large['on_disk_mb']:.0f} MB on the disk)"]
    for run in large["runs"]:  # type: ignore[attr-defined]
        how = (
            f"ended by {run['signal']} at {run['rows_told']:,} rows"
            if run["signal"]
            else "to its end"
        )
        first = "none" if run["first_progress_s"] is None else f"{run['first_progress_s']:.2f} s"
        lines.append(
            f"  first progress after {first}; {how} after {run['took_s']:.1f} s, of these "
            f"{run['ended_after_s']:.2f} s for ending; peak {run['peak_mb']:.0f} MB"
        )
    lines.append(
        f"  {large['state']}: of {large['rows']:,} rows {large['added']:,} new, {large['known']:,} "
        f"known, {large['unreadable']:,} unreadable; {large['left']} videos left"
    )
    lines.append(
        f"{seen['left']:,} pictures, {seen['size_mb']:.0f} MiB: {seen['took_s']:.1f} s, peak "
        f"{seen['peak_mb']:.0f} MB, {seen['added']} new"
    )
    lines.append(f"undo of {gone['gone']:,} things: {gone['took_s']:.1f} s")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
