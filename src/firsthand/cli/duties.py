"""What an organisation owes to people beyond its answers: trusted keys, and rights answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.reaching import do

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings

_SHORT = 12
_TO_READ = "read the words, and fulfil it with --purpose for each that they mean, or all"


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a folder, its help and an example."""
    make(
        below,
        "rotate-key",
        run_rotate_key,
        "change the organisation's keys",
        "Make new keys, signed for by the old ones, and use them at once, also in a hub that is "
        "being served. The old ones are deleted. Nobody has to agree anew.",
        "firsthand hub rotate-key",
    )


def add_check(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add `check`; `make` as above."""
    make(
        below,
        "check",
        run_check,
        "see that all is as it came",
        "Compare every delivery that is kept with its place in the log and with what was signed, "
        "the log with its checkpoint, and deals, messages, requests and what staff are shown with "
        "what they stand on; say what was changed since. Whenever serving begins, deliveries and "
        "log are looked through by themselves, without the signatures.",
        "firsthand hub check",
    )


def run_check(args: argparse.Namespace, settings: Settings) -> int:
    """Check; 1 where something was changed."""
    found: dict[str, Any] = do(args, settings, "check", {})
    if args.json:
        show.as_json(found)
    else:
        show.words(found["says"])
        if found["changed"]:
            print(f"Places in the log: {', '.join(map(str, found['changed']))}.")
        rows = [(one["what"], one["relationship"][:_SHORT], one["key"]) for one in found["others"]]
        if rows:
            show.table(("what", "customer", "which"), rows)
    return 0 if found["holds"] else 1


def add_rights(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands below `rights`; `make` as above."""
    make(
        below,
        "list",
        run_list,
        "list what people ask by right",
        "List every request, those that wait first, with the days that are left to answer.",
        "firsthand hub rights list",
    )
    one = make(
        below,
        "show",
        run_show,
        "show one request",
        "Show one request with what it asks, and what was answered.",
        "firsthand hub rights show 3f9a1c22",
    )
    fulfil = make(
        below,
        "fulfil",
        run_fulfil,
        "do what was asked",
        "Say that it is done. What a correction names is read as corrected; one that was asked in "
        "words needs --why. An objection in free words needs --purpose, or all.",
        "firsthand hub rights fulfil 3f9a1c22",
    )
    deny = make(
        below,
        "deny",
        run_deny,
        "say no, with a reason",
        "Deny a request. The person is told the reason, and that they can go to the authority.",
        "firsthand hub rights deny 3f9a1c22 --reason no_match",
    )
    extend = make(
        below,
        "extend",
        run_extend,
        "take the further time that the law gives, once",
        "Take more time, before the first is over. The person is told why.",
        'firsthand hub rights extend 3f9a1c22 --why "The archive is on paper."',
    )
    _add_purposes(fulfil)
    deny.add_argument("--reason", required=True, metavar="REASON", help="a word of the protocol")
    extend.add_argument("--why", required=True, metavar="WORDS", help="what the person is told")
    for parser in (fulfil, deny):
        parser.add_argument("--why", default="", metavar="WORDS", help="what the person is told")
    for parser in (one, fulfil, deny, extend):
        parser.add_argument("id", metavar="ID", help="the request's id, or its beginning")


def _add_purposes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--purpose", action="append", default=[], metavar="PURPOSE",
        help="what an objection in words means: a purpose, or all",
    )  # fmt: skip


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """List every request."""
    found: dict[str, Any] = do(args, settings, "rights", {})
    if args.json:
        show.as_json(found)
        return 0
    rows = [
        (one["id"][:_SHORT], one["account"] or one["relationship"][:_SHORT], one["right"],
         one["regime"], one["received"], one["expected_by"], _left(one), one["status"])
        for one in found["rights"]
    ]  # fmt: skip
    heads = ("id", "customer", "right", "law", "received", "until", "days left", "state")
    show.table(heads, rows, right=("days left",))
    if not rows:
        show.note("Nobody has asked. Most requests are done at once; a correction waits for you.")
    return 0


def run_show(args: argparse.Namespace, settings: Settings) -> int:
    """Show one request."""
    return _shown(args, do(args, settings, "rights show", {"reference": args.id}))


def run_fulfil(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked."""
    arguments = {"reference": args.id, "why": args.why, "purposes": args.purpose}
    return _shown(args, do(args, settings, "rights fulfil", arguments))


def run_deny(args: argparse.Namespace, settings: Settings) -> int:
    """Say no."""
    arguments = {"reference": args.id, "reason": args.reason, "why": args.why}
    return _shown(args, do(args, settings, "rights deny", arguments))


def run_extend(args: argparse.Namespace, settings: Settings) -> int:
    """Take more time."""
    arguments = {"reference": args.id, "why": args.why}
    return _shown(args, do(args, settings, "rights extend", arguments))


def _shown(args: argparse.Namespace, one: dict[str, Any]) -> int:
    if args.json:
        show.as_json(one)
        return 0
    fixes = [
        f"{field} of {fix['thing']}: {value}"
        for fix in one["corrections"]
        for field, value in fix["fields"].items()
    ]
    show.pairs(
        [
            ("id", one["id"]),
            ("customer", one["account"] or one["relationship"]),
            ("right", one["right"]),
            ("law", one["regime"]),
            ("received", one["received"]),
            ("until", one["expected_by"]),
            ("days left", _left(one)),
            ("state", one["status"]),
            ("reason", one["reason"]),
            ("asks", "" if fixes else one["details"]),
            ("stops", ", ".join(one["purposes"])),
            ("deal allows", ", ".join(one["agreed_purposes"]) if one["words_to_read"] else ""),
            ("to do", _TO_READ if one["words_to_read"] else ""),
            *(("put right", fix) for fix in fixes),
            ("told", one["processing_details"]),
        ]
    )
    return 0


def _left(one: dict[str, Any]) -> str:
    return "" if one["days_left"] is None else str(one["days_left"])


def run_rotate_key(args: argparse.Namespace, settings: Settings) -> int:
    """Change the keys; print what they are now."""
    made: dict[str, Any] = do(args, settings, "rotate key", {})
    if args.json:
        show.as_json(made)
        return 0
    show.pairs([("key", made["key"]), ("before", made["before"]), ("log key", made["log_key"])])
    show.words(
        "The old keys are deleted. People's software finds the new ones in your public log of "
        "keys. Copies that you made of the folder hold the old ones: delete those too."
    )
    return 0
