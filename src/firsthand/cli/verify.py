"""`firsthand verify`: whether an exported log holds, checked offline by anybody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.cli import show
from firsthand.cli.opening import WrongUsage

if TYPE_CHECKING:
    import argparse

    from firsthand.foundation.settings import Settings
    from firsthand.protocol.keylog import KeyLog


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `verify`."""
    parser = commands.add_parser(
        "verify",
        help="check an exported log, offline",
        description="Check a log that was written by `firsthand vault log --export`: keys, "
        "agreements, signatures, receipts, endings. Nothing but the file is needed, and no line "
        "out. With --keys it is checked against the organisation's keys as you got them yourself.",
        epilog="Example: firsthand verify log.json --keys keys.json",
    )
    parser.add_argument("file", metavar="FILE", help="an exported log")
    parser.add_argument(
        "--keys", metavar="FILE", help="the organisation's key log, as /v1/keys serves it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, _settings: Settings) -> int:
    """Check; 1 where something does not hold."""
    from firsthand.protocol.evidence import about, check

    body = _bytes_of(args.file)
    keys = [] if args.keys is None else [_keys_in(args.keys)]
    findings = check(body, keys)
    failed = [finding for finding in findings if not finding.ok]
    open_ones = [finding for finding in findings if finding.ok and not finding.shown]
    if args.json:
        show.as_json({"holds": not failed, "of": about(body), "findings": findings})
        return 1 if failed else 0
    for finding in failed:
        show.note(f"firsthand: {finding.what} ({finding.where}): {finding.why}")
    for finding in open_ones:
        print(show.plain(f"Not shown: {finding.what} ({finding.where}): {finding.why}"))
    for each in about(body):
        deals = show.many(each.agreements, "deal")
        left = show.many(each.entries, "delivery", "deliveries")
        print(show.plain(f"Of {each.organisation} ({each.url}): {deals}, {left}."))
    proven = len(findings) - len(failed) - len(open_ones)
    if failed:
        print(f"It does not hold: {len(failed)} of {show.many(len(findings), 'check')} failed.")
        return 1
    print(f"It holds: {show.many(proven, 'check')} passed.")
    return 0


def _keys_in(path: str) -> KeyLog:
    """The key log of a file: `{"keys": [...]}`. Raises `WrongUsage` for another file."""
    import msgspec

    from firsthand.protocol.canonical import UnableToReadJson, read_json
    from firsthand.protocol.keylog import read_key_log
    from firsthand.protocol.refusals import Refused

    try:
        content = msgspec.convert(read_json(_bytes_of(path)), dict[str, list[str]])
        return read_key_log(content.get("keys", []))
    except (UnableToReadJson, msgspec.ValidationError, Refused) as error:
        raise WrongUsage(f"{path} is no log of keys: {error}") from error


def _bytes_of(path: str) -> bytes:
    from firsthand.protocol.wire import LOG_BYTES_MAX

    try:
        with Path(path).open("rb") as file:
            return file.read(LOG_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        raise WrongUsage(f"{path} cannot be read: {error}") from error
