"""`firsthand vault import`, `imports`, `undo` and `redact`: what comes in, and what stays out."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import Commands, Make, add_json, count
from firsthand.cli.look import failures, show_doubts, show_left, show_questions
from firsthand.cli.opening import opened

if TYPE_CHECKING:
    from firsthand.foundation.settings import Settings
    from firsthand.vault.bring.going import Control, Progress

_TOLD_EVERY_MS = 500
_TOLD_AFTER_MS = 300
_AT_ONCE_BYTES_MIN = 4 * 1024 * 1024  # what takes a while is told of from its beginning
_MIB = 1024 * 1024
_STATES = {"done": "", "undone": "taken back", "stopped": "half done", "going": "half done"}


def add_commands(below: "Commands[argparse.ArgumentParser]", command: Make) -> None:
    """Add the commands about what comes in."""
    bring = command(
        below,
        "import",
        run_import,
        "bring files into the vault",
        "Read exports and keep what is in them: files, folders, and archives as they come (.zip, "
        ".tgz, .tar, .gz), of which nothing is unpacked to the disk. A row that is there already "
        "is not kept twice. What was stopped goes on where it ended when it is given again. An "
        "export of a vault brings everything back into a new vault.",
        "firsthand vault import takeout-001.zip takeout-002.zip statements/",
    )
    bring.add_argument("paths", nargs="+", metavar="PATH", help="a file, an archive or a folder")
    bring.add_argument(
        "--answer",
        action="append",
        default=[],
        type=_answer,
        metavar="ID=CHOICE",
        help="answer a question about a file, or correct a guess",
    )
    add_json(bring)
    imports = command(
        below,
        "imports",
        run_imports,
        "list what was brought so far",
        "List every import, the newest first; with a number, all that was said of that one.",
        "firsthand vault imports 3",
    )
    imports.add_argument("number", nargs="?", type=count, metavar="N", help="one import")
    add_json(imports)
    undo = command(
        below,
        "undo",
        run_undo,
        "take back an import",
        "Take out what only this import brought; what another brought too stays. What was given "
        "to somebody stays there. Without --yes it is only said what would go.",
        "firsthand vault undo 3 --yes",
    )
    undo.add_argument("number", type=count, metavar="N", help="its number in the list of imports")
    undo.add_argument("--yes", action="store_true", help="do it")
    add_json(undo)
    _add_redact(below, command)


def _add_redact(below: "Commands[argparse.ArgumentParser]", command: Make) -> None:
    redact = command(
        below,
        "redact",
        run_redact,
        "leave something out, now and later",
        "Take things out of the vault, and keep them out when they come again. All that is said "
        "must hold of a thing; with --field only that goes. Without --yes it is only said what "
        "would go; without anything the rules are listed.",
        'firsthand vault redact --person "June" --since 2023-01-01 --yes',
    )
    redact.add_argument("--thing", metavar="ID", help="a single thing")
    redact.add_argument("--words", metavar="Q", help="with all of these words")
    redact.add_argument("--person", metavar="NAME", help="with this person in them")
    redact.add_argument("--place", metavar="NAME", help="at this place")
    redact.add_argument("--near", type=_point, metavar="LAT,LON", help="near this point")
    redact.add_argument("--metres", type=count, default=500, metavar="N", help="how near; 500")
    redact.add_argument("--since", metavar="DAY", help="from this day on, such as 2024-01-31")
    redact.add_argument("--until", metavar="DAY", help="until this day")
    redact.add_argument("--source", help="from this source, such as bank")
    redact.add_argument("--type", help="of this type, such as PayAction")
    redact.add_argument("--field", help="only this field, such as location or description")
    redact.add_argument("--remove", type=count, metavar="N", help="take back a rule")
    redact.add_argument("--yes", action="store_true", help="do it")
    add_json(redact)


def run_import(args: argparse.Namespace, settings: "Settings") -> int:
    """Bring files; 1 where one of them could not be read."""
    from firsthand.vault.acts.bringing import Control, import_paths

    control = Control()
    with opened(args, settings) as vault, _ending(control):
        line = _Line(vault.clock.ticks_ms)
        done: dict[str, Any] = import_paths(
            vault, args.paths, dict(args.answer), progress=line.tell, control=control
        )
        line.clear()
    if args.json:
        show.as_json(done)
    else:
        show_import(done)
    _tell_unasked(done, [id for id, _ in args.answer])
    if control.stopped:
        show.note("firsthand: Stopped. Give the same files again, and it goes on where it ended.")
    return failures(done["files"])


def run_imports(args: argparse.Namespace, settings: "Settings") -> int:
    """List imports, or tell of one."""
    from firsthand.vault.acts import bringing

    with opened(args, settings) as vault:
        if args.number is not None:
            return _show_one(bringing.one_import(vault, args.number), args)
        found = bringing.imports(vault)
    if args.json:
        show.as_json(found)
    elif not found:
        print("Nothing was brought yet. Bring something: firsthand vault import FILE")
    else:
        heads = ["NO", "WHEN", "FILE", "WHAT IT IS", "READ", "ADDED", "KNOWN", "UNREADABLE", ""]
        rows = [
            [
                each["id"],
                show.moment(each["at"]),
                each["path_name"],
                each["format"] or each["source"],
                each["read"],
                each["added"],
                each["known"],
                each["unreadable"],
                _STATES[each["state"]],
            ]
            for each in found
        ]
        show.table(heads, rows, right=["NO", *heads[4:8]])
        if any(_STATES[each["state"]] == "half done" for each in found):
            print("What is half done goes on when its file is given again.")
    return 0


def run_undo(args: argparse.Namespace, settings: "Settings") -> int:
    """Take back an import, or say what that would do."""
    from firsthand.vault.acts import bringing

    with opened(args, settings) as vault:
        act = bringing.undo_import if args.yes else bringing.undo_preview
        told: dict[str, Any] = act(vault, args.number)
    if args.json:
        show.as_json({**told, "done": args.yes})
        return 0
    many = show.many(told["gone"], "thing")
    said = f"{many} went" if args.yes else f"{many} would go"
    print(f"{told['path_name']}: {said}, {told['stay']} stay as another import brought them too.")
    if told["given"]:
        show.words(
            f"{told['given']} of them were given to somebody. That is not taken back by this: see "
            "firsthand vault given"
        )
    if not args.yes:
        print(f"Do it: firsthand vault undo {args.number} --yes")
    return 0


def run_redact(args: argparse.Namespace, settings: "Settings") -> int:
    """Leave something out, say what that would do, list the rules, or take one back."""
    from firsthand.vault.acts import redacting

    with opened(args, settings) as vault:
        if args.remove is not None:
            return _show_unredacted(redacting.unredact(vault, args.remove), args)
        rule = redacting.Rule(
            **{
                name: getattr(args, name)
                for name in redacting.Rule.__struct_fields__
                if getattr(args, name) is not None
            }
        )
        if rule == redacting.Rule(metres=args.metres):
            return _show_rules(redacting.redactions(vault), args)
        act = redacting.redact if args.yes else redacting.preview
        told = act(vault, rule)
    if args.json:
        show.as_json({**told, "done": args.yes})
        return 0
    what = f'"{args.field}" of {show.many(told["things"], "thing")}' if args.field else (
        show.many(told["things"], "thing")
    )  # fmt: skip
    print(f"{what} {'went' if args.yes else 'would go'}, and will not come back with an import.")
    for each in told.get("examples", []):
        show.words(f"{show.moment(each['time'])}  {each['name']}", "  ")
    if told["given"]:
        show.words(f"{told['given']} of them were given to somebody, and stay there.")
    if told.get("cases"):
        show.words("Messages about what went are still there: firsthand vault settle CASE --delete")
    print(
        f"Take it back: firsthand vault redact --remove {told['id']}"
        if args.yes
        else "Do it: the same with --yes"
    )
    return 0


def _show_rules(rules: list[dict[str, Any]], args: argparse.Namespace) -> int:
    if args.json:
        show.as_json(rules)
    elif not rules:
        print("Nothing is left out. Leave something out: firsthand vault redact --words ...")
    else:
        rows = [[each["id"], show.moment(each["at"]), each["says"]] for each in rules]
        show.table(["NO", "SINCE", "LEFT OUT"], rows, right=["NO"])
    return 0


def _show_unredacted(told: dict[str, Any], args: argparse.Namespace) -> int:
    if args.json:
        show.as_json(told)
    else:
        show.words(f"No longer left out: {told['says']}. The next import brings it again.")
    return 0


def _show_one(told: dict[str, Any] | None, args: argparse.Namespace) -> int:
    if told is None:
        show.note(f"firsthand: There is no import {args.number}. See them: firsthand vault imports")
        return 1
    if args.json:
        show.as_json(told)
        return 0
    report = {**told["report"], "path": told["path_name"]}
    show_import({"files": [report], "questions": []})
    print()
    state = _STATES[told["state"]]
    here = show.many(told["here"], "thing")
    print(f"{show.moment(told['at'])}: {here} of it here{', ' + state if state else ''}.")
    return 0


def show_import(done: dict[str, Any]) -> None:
    """Print what became of files, and of the members of archives."""
    if not done["files"]:
        print("There is no file to bring.")
    read = [file for file in done["files"] if not file.get("error") or file.get("members")]
    heads = ["FILE", "WHAT IT IS", "READ", "ADDED", "KNOWN", "WAITING", "LEFT OUT", "UNREADABLE"]
    rows = []
    for file in read:
        rows.append(_counts(file["path"], file))
        rows += [_counts(f"  {each['name']}", each) for each in file["members"]]
    show.table(heads, rows, right=heads[2:])
    for file in read:
        show_left(file)
    if done["questions"]:
        print()
        print("Nothing of a file is kept until what is asked about it is answered:")
        show_questions(done["questions"], "firsthand vault import FILE")
    show_doubts(read)


def _counts(name: str, counts: dict[str, Any]) -> list[object]:
    names = ("read", "added", "known", "waiting", "redacted", "unreadable_rows")
    what = counts.get("format") or counts.get("source") or ""
    return [name, what, *(counts[each] for each in names)]


@contextlib.contextmanager
def _ending(control: "Control") -> Iterator[None]:
    """Ctrl-C keeps what was read and ends; once more, and it ends at once."""

    def end(_number: int, _frame: object) -> None:
        if control.stopped:
            raise KeyboardInterrupt
        control.stop()

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Line:
    """How far an import is: on a terminal only, and only where it takes a while."""

    def __init__(self, ticks_ms: "Callable[[], float]") -> None:
        self._ticks_ms = ticks_ms
        self._next_ms = ticks_ms() + _TOLD_AFTER_MS
        self._told = False

    def tell(self, progress: "Progress") -> None:
        """Say where it is, at most twice a second."""
        first = not self._told and progress.size_bytes >= _AT_ONCE_BYTES_MIN
        if sys.stderr.isatty() and (first or self._ticks_ms() >= self._next_ms):
            self._next_ms = self._ticks_ms() + _TOLD_EVERY_MS
            self._told = True
            print(f"\r\033[K{line_of(progress)}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away again."""
        if self._told:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def line_of(progress: "Progress") -> str:
    """How far an import is, in one line."""
    parts = [f"{show.plain(progress.path)}: {progress.rows:,} rows"]
    if progress.files > 1:
        parts[0] = f"file {progress.file} of {progress.files}: {parts[0]}"
    if progress.members:
        parts.append(f"{progress.members:,} files in it")
    if progress.size_bytes:
        at, size = progress.at_bytes / _MIB, progress.size_bytes / _MIB
        parts.append(f"{at:,.0f} of {size:,.0f} MB")
    return ", ".join(parts)


def _tell_unasked(done: dict[str, Any], answered: list[str]) -> None:
    """Say which answers fit nothing that was asked or guessed, where every file was read."""
    if any(file.get("error") for file in done["files"]):
        return
    known = {asked["id"].casefold() for asked in done["questions"]}
    known |= {guess["id"].casefold() for file in done["files"] for guess in file["guesses"]}
    for id in answered:
        if id.casefold() not in known:
            show.note(f"firsthand: No question or guess is called {id}; it was not used.")


def _answer(text: str) -> tuple[str, str]:
    id, sign, choice = text.partition("=")
    if not sign or not id.strip() or not choice.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form ID=CHOICE")
    return id.strip(), choice.strip()


def _point(text: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError as error:
        message = f"{text!r} is not of the form 52.52,13.40"
        raise argparse.ArgumentTypeError(message) from error
    return latitude, longitude
