"""`firsthand look`: what is in files, before anything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import show

if TYPE_CHECKING:
    import argparse

    from firsthand.foundation.settings import Settings

ROWS_SHOWN = 5
UNREADABLE_SHOWN = 5
LEFT_SHOWN = 2


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `look`."""
    import argparse as parsing

    parser = commands.add_parser(
        "look",
        help="say what stands out in files, and keep nothing",
        description="Read exports (a streaming history, bank statements) and say what stands out "
        "in them, each finding with the rows it stands on. Nothing is kept and nothing leaves.",
        epilog="Example: firsthand look NetflixViewingHistory.csv statement.csv",
        formatter_class=parsing.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder of files")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, _settings: Settings) -> int:
    """Look at files; 1 where one of them could not be read."""
    from firsthand.foundation.clock import SystemClock
    from firsthand.vault.acts.looking import look

    seen: dict[str, Any] = look(args.paths, SystemClock().now().date())
    if args.json:
        show.as_json(seen)
    else:
        _show(seen)
    return failures(seen["files"])


def failures(files: list[dict[str, Any]]) -> int:
    """Say on standard error which files could not be read; 1 if there are any, else 0."""
    failed = [file for file in files if file.get("error")]
    for file in failed:
        show.note(f"firsthand: {file['path']}: {file['error']}")
    return 1 if failed else 0


def show_questions(questions: list[dict[str, Any]], command: str) -> None:
    """Print what is asked and how to answer it."""
    for asked in questions:
        print()
        show.words(f"{asked['path']}: {asked['ask']}")
        for choice in asked["choices"]:
            show.words(f"{command} --answer '{asked['id']}={choice}'", "  ")


def show_left(file: dict[str, Any]) -> None:
    """Print which files of an archive were not read, and which rows were skipped, by reason."""
    if file.get("left"):
        print()
        many = sum(each["files"] for each in file["left"])
        show.words(f"{file['path']}: {show.many(many, 'file')} in it not read:")
        for each in sorted(file["left"], key=lambda each: -each["files"]):
            names = ", ".join(each["names"][:LEFT_SHOWN])
            more = ", ..." if each["files"] > LEFT_SHOWN else ""
            show.words(f"{each['files']:,}  {each['why']} ({names}{more})", "  ")
    if file.get("renewed"):
        print()
        many = show.many(file["renewed"], "thing")
        show.words(f"{file['path']}: {many} that you had already brought up to date.")
    if file.get("skipped"):
        print()
        show.words(f"{file['path']}: {show.many(file['skipped_rows'], 'row')} skipped:")
        for each in file["skipped"]:
            show.words(f"{each['rows']:,}  {each['why']}", "  ")


def show_doubts(files: list[dict[str, Any]]) -> None:
    """Print the rows that were not read, and what was recognised without being sure."""
    for file in files:
        bad, many = file["unreadable"], file["unreadable_rows"]
        if many:
            print()
            show.words(f"{file['path']}: {show.many(many, 'row')} could not be read.")
            for row in bad[:UNREADABLE_SHOWN]:
                place = f"{row['member']}, " if row.get("member") else ""
                show.words(f"{place}line {row['line']}: {row['why']}", "  ")
            if many > UNREADABLE_SHOWN:
                print(f"  and {many - UNREADABLE_SHOWN} more (--json shows the first 1,000)")
        guesses = [guess for guess in file["guesses"] if guess["guess"] != "none"]
        if guesses:
            print()
            show.words(f"{file['path']} was read like this:")
            heads = ["", "AS", "ID"]
            show.table(heads, [[each["what"], each["guess"], each["id"]] for each in guesses])
            show.words("If that is wrong: firsthand vault import FILE --answer ID=CHOICE")
        if file.get("note"):
            print()
            show.words(f"{file['path']}: {file['note']}")


def _show(seen: dict[str, Any]) -> None:
    read = [file for file in seen["files"] if not file.get("error") or file.get("members")]
    show.table(
        ["FILE", "WHAT IT IS", "ROWS", "UNREADABLE"],
        [[f["path"], f["format"] or f["source"], f["read"], f["unreadable_rows"]] for f in read],
        right=["ROWS", "UNREADABLE"],
    )
    for file in read:
        show_left(file)
    for finding in seen["findings"]:
        print()
        show.words(finding["title"])
        if finding["detail"]:
            show.words(finding["detail"], "  ")
        rows = finding["rows"]
        for row in rows[:ROWS_SHOWN]:
            amount = show.amount(row.get("amount"), row.get("currency"))
            place = f"{row['path']}:{row['line']}"
            show.words(f"{show.moment(row['time'])}  {row['name']}  {amount}  ({place})", "    ")
        if len(rows) > ROWS_SHOWN:
            print(f"    and {show.many(len(rows) - ROWS_SHOWN, 'more row', 'more rows')}")
    if not seen["files"]:
        print("There is no file to look at.")
    if read and not seen["findings"]:
        print()
        print(
            "There is nothing of yours in it."
            if not seen["questions"]
            else "There is something to ask first."
        )
    if seen["questions"]:
        show_questions(seen["questions"], "firsthand vault import FILE")
    show_doubts(read)
