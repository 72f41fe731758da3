"""Files of many services through the import, beside the public parsers that read the same files.

Every run is a process of its own; time, processor time and the peak of memory are of it and of all
that it begins. Where things are kept, the passphrase costs memory on purpose before the first of
them is read: that peak, and the one from then on, are told beside the greater of the two.

`read`   our sources read the files, and nothing is kept.
`keep`   what `firsthand vault import` does: a confined process reads, another keeps everything in
         the encrypted file, with its words to search for. The opening of the vault is in it.
`peer`   a public parser at the same files, in the same run. Most only read: their ratio is to
         `read`. Those that keep rows do so in a plain SQLite file: their ratio is to `keep`.

No peer is needed by this project. Put those that you want to compare with into a folder:

    pip install --target PEERS google_takeout_parser apple-health healthkit-to-sqlite \
        spotify-to-sqlite google-takeout-to-sqlite browserexport

HPI reads Takeout by google_takeout_parser and histories by browserexport.

    python benchmarks/imports.py [--things N] [--peers FOLDER] [--whole N] [--kinds WORD] [--json]
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import imports_files
from imports_peers import PEERS, found

HERE = Path(__file__).resolve().parent
SECONDS_MAX, MEMORY_MB_MAX = 60, 512
Used = dict[str, float]


def child(script: str, *words: str) -> Used:
    """Run one side; returns `{"things", "seconds", "cpu_s", "peak_mb"}`, or {} where it failed."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        sys.stderr.write(f"{script} {words[0]}: {last}\n")
        return {}
    used: Used = json.loads(done.stdout.rpartition("\n")[2])
    return used


def made(folder: Path, kind: str, things: int) -> None:
    """Write the files in a process of its own, so that what that takes counts for nobody."""
    context = multiprocessing.get_context("spawn")
    maker = context.Process(target=imports_files.write, args=(folder, kind, things))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise SystemExit(maker.exitcode)


def kept(folder: Path, place: Path) -> Used:
    """Into a vault that was made for it."""
    child("imports_ours.py", "init", str(place))
    return child("imports_ours.py", "keep", str(folder), str(place))


def ratios(ours: Used, peer: Used) -> Used:
    """Ours to the peer's: above 1 we are ahead in speed, below 1 we take less memory.

    Where things are kept, "once open" is things a processor second without the opening, which
    costs the same for one thing as for a million.
    """
    if not ours or not peer or not peer["things"]:
        return {}
    each, its = (side["things"] / side["seconds"] for side in (ours, peer))
    per_cpu, its_cpu = (side["things"] / side["cpu_s"] for side in (ours, peer))
    told = {
        "things a second": each / its,
        "things a cpu second": per_cpu / its_cpu,
        "peak memory": ours["peak_mb"] / peer["peak_mb"],
    }
    if "import_cpu_s" in ours:
        told["once open"] = ours["things"] / ours["import_cpu_s"] / its_cpu
    return told


def side_by_side(base: Path, kind: str, things: int, packages: Path | None) -> dict[str, Any]:
    """One kind of file: ours, and every peer that reads it."""
    folder = base / kind.replace(" ", "-")
    made(folder, kind, things)
    ours = {
        False: child("imports_ours.py", "read", str(folder)),
        True: kept(folder, base / f"{folder.name}-vault"),
    }
    told: dict[str, Any] = {"read": ours[False], "keep": ours[True], "peers": {}}
    for number, peer in enumerate(PEERS):
        if kind in peer.kinds and packages and found(peer, packages):
            used = child("imports_peers.py", str(number), str(folder), str(packages))
            ratio = ratios(ours[peer.keeps], used)
            told["peers"][peer.package] = {"used": used, "ratios": ratio, "keeps": peer.keeps}
    return told


def whole(base: Path, things: int) -> dict[str, Any]:
    """All kinds at once into one vault."""
    folder, share = base / "whole", things // len(imports_files.KINDS) + 1
    for number, kind in enumerate(imports_files.KINDS):
        made(folder / str(number), kind, share)
    load = os.getloadavg()[0]
    used = kept(folder, base / "whole-vault")
    return {"load_average_before": load, "used": used}


def main() -> int:
    """Compare, then bring all of it at once."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--things", type=int, default=20_000, help="of each kind, side by side")
    parser.add_argument("--whole", type=int, default=1_000_000, help="of all kinds; 0 leaves it")
    parser.add_argument("--peers", type=Path, help="a folder with the packages of the peers")
    parser.add_argument("--kinds", default="", help="only kinds with this word in their name")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    missing = sorted({p.package for p in PEERS if not asked.peers or not found(p, asked.peers)})
    told: dict[str, Any] = {"missing": missing, "kinds": {}}
    say = sys.stderr if asked.json else sys.stdout
    if missing:
        how = f"pip install --target FOLDER {' '.join(missing)}"
        say.write(f"not compared with, as not found: {', '.join(missing)}\n")
        say.write(f"  to have them: {how}, then --peers FOLDER\n")
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        for kind in imports_files.KINDS:
            if asked.things and asked.kinds.casefold() in kind.casefold():
                row = side_by_side(base, kind, asked.things, asked.peers)
                told["kinds"][kind] = row
                print_kind(say, kind, row)
        if asked.whole:
            told["whole"] = whole(base, asked.whole)
            print_whole(say, told["whole"])
    if asked.json:
        print(json.dumps(told, indent=2))
    return 0


def print_kind(say: Any, kind: str, row: dict[str, Any]) -> None:  # noqa: ANN401 - a stream of text
    """One kind, a line for each side."""
    say.write(f"\n{kind}\n")
    for side in ("read", "keep"):
        say.write(f"  {side:28} {_figures(row[side])}\n")
    for package, peer in row["peers"].items():
        name = f"{package} ({'keeps' if peer['keeps'] else 'reads'})"
        say.write(f"  {name:28} {_figures(peer['used'])}\n")
        cells = "  ".join(f"{what} {ratio:.2f}" for what, ratio in peer["ratios"].items())
        say.write(f"    ours / it: {cells}\n")
    if not row["peers"]:
        say.write("  beside nothing\n")
    say.flush()


def print_whole(say: Any, told: dict[str, Any]) -> None:  # noqa: ANN401
    """All at once, and whether that is within the budget."""
    used = told["used"]
    say.write(f"\nall kinds at once; load average before: {told['load_average_before']:.1f}\n")
    say.write(f"  {'keep':28} {_figures(used)}\n")
    if used:
        within = used["seconds"] < SECONDS_MAX and used["peak_mb"] < MEMORY_MB_MAX
        say.write(f"  within {SECONDS_MAX} s and {MEMORY_MB_MAX} MB: {'yes' if within else 'no'}\n")


def _figures(used: Used) -> str:
    if not used:
        return "failed"
    speed = used["things"] / used["seconds"]
    told = (
        f"{used['things']:>9,.0f} things  {speed:>9,.0f} a s  {used['seconds']:>7.1f} s  "
        f"cpu {used['cpu_s']:>6.1f} s  peak {used['peak_mb']:>6.0f} MB"
    )
    if "import_mb" in used:
        told += (
            f" (opening {used['opening_mb']:.0f} MB {used['opening_cpu_s']:.1f} s, "
            f"import {used['import_mb']:.0f} MB {used['import_cpu_s']:.1f} s)"
        )
    return told


if __name__ == "__main__":
    sys.exit(main())
