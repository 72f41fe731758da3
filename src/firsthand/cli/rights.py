"""`firsthand vault right` and `rights`: ask for what the law gives, and follow it to its end."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import WrongUsage, opened

if TYPE_CHECKING:
    from datetime import date

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings
    from firsthand.vault.acts.opened import Vault

RIGHTS = ("access", "portability", "rectification", "erasure", "restriction", "objection")
_OVER = "over: they erased it all"
SPOKEN = ["en", "de", "fr", "es", "it", "nl", "pt"]  # letters that ask by right


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    right = make(
        below,
        "right",
        run_right,
        "ask for something by right",
        "Ask an organisation for what the law gives you: to see what it has, to take it along, to "
        "have it put right, erased, kept unused, or not used for something. One that does not have "
        "Firsthand gets an e-mail, which is written to a file for you to send.",
        "firsthand vault right reel access",
    )
    right.add_argument("words", metavar="NAME RIGHT", nargs="+", help="whom, and which right")
    right.add_argument("--details", metavar="TEXT", default="", help="what you mean in particular")
    right.add_argument("--thing", metavar="ID", help="with rectification: which thing of yours")
    right.add_argument(
        "--put-right", metavar="FIELD=VALUE", action="append", default=[],
        help="with --thing: how it is, such as name=Dark",
    )  # fmt: skip
    right.add_argument("--regime", choices=["gdpr", "ccpa"], default="gdpr", help="which law")
    right.add_argument("--to", metavar="ORGANISATION", help="one that does not have Firsthand")
    right.add_argument("--email", metavar="ADDRESS", help="with --to: its address")
    right.add_argument(
        "--sender", metavar="'NAME <ADDRESS>'", help="with --to: who you are, for the letter"
    )
    right.add_argument("--lang", choices=SPOKEN, default="en", help="with --to: the language")
    right.add_argument("--eml", metavar="FILE", help="with --to: a new file for the e-mail")
    rights = make(
        below,
        "rights",
        run_rights,
        "see what you asked for by right",
        "List what you asked for by right, with the days that are left. With the name of one: see "
        "it, fetch what was delivered, note what came by post, or write to the authority.",
        "firsthand vault rights --json",
    )
    rights.add_argument("request", metavar="REQUEST", nargs="?", help="its name, or how it begins")
    _add_choices(rights)
    add_json(right, rights)


def _add_choices(rights: argparse.ArgumentParser) -> None:
    """What can be done about one request, and what goes with it."""
    what = rights.add_mutually_exclusive_group()
    what.add_argument(
        "--fetch", action="store_true", help="take what they delivered into the vault"
    )
    what.add_argument(
        "--received", action="store_true", help="note: they confirmed that it arrived"
    )
    what.add_argument("--fulfilled", action="store_true", help="note: they did it")
    what.add_argument("--denied", metavar="REASON", help="note: they said no")
    what.add_argument("--took-back", action="store_true", help="note: you took it back")
    what.add_argument(
        "--confirmed", action="store_true", help="note: they know that you took it back"
    )
    what.add_argument(
        "--take-back", action="store_true", help="take it back, or lift what it holds back"
    )
    what.add_argument("--complain", metavar="COUNTRY", help="write to the authority, such as of DE")
    rights.add_argument("--on", metavar="DAY", type=_day, help="on which day that was, YYYY-MM-DD")
    rights.add_argument("--why", metavar="TEXT", default="", help="what they said")
    rights.add_argument(
        "--eml", metavar="FILE", help="with --take-back: a new file for the e-mail, if it was one"
    )
    rights.add_argument("--save", metavar="FILE", help="with --fetch: all of it, in a new file")
    rights.add_argument("--lang", choices=["en", "de"], help="with --complain: the language")
    rights.add_argument("--sender", metavar="NAME", default="", help="with --complain: your name")


def run_right(args: argparse.Namespace, settings: Settings) -> int:
    """Ask; 1 where it was not taken."""
    from firsthand.vault.acts import connecting, rights

    name, right = _whom(args)
    with opened(args, settings) as vault:
        if name is not None:
            name = connecting.meant(vault, name)
        if name is not None and args.thing:
            told: dict[str, Any] = _put_right(args, vault, name)
            file = None
        elif name is not None:
            told = rights.ask(vault, name, right, details=args.details, regime=args.regime)
            file = None
        else:
            told, file = _write(args, vault, right)
    if args.json:
        show.as_json({**told, "file": file} if file else told)
    else:
        _show_one(told)
        if file:
            print(f"Written: {show.plain(file)}. Open it with your mail program, and send it.")
    if told["problem"] and told["relationship"]:
        show.note(f"firsthand: {told['problem']} It is sent again with: firsthand vault rights")
    return 0


def run_rights(args: argparse.Namespace, settings: Settings) -> int:
    """List the requests, or do something about one."""
    from firsthand.vault.acts import rights

    if args.request is None:
        return _list(args, settings)
    with opened(args, settings) as vault:
        if args.fetch:
            return _fetch(args, vault)
        if args.complain:
            letter: dict[str, Any] = rights.complain(
                vault, args.request, args.complain, lang=args.lang, sender=args.sender
            )
            show_letter(args, letter)
            return 0
        event, file = _event(args), None
        if args.take_back:
            told, file = _take_back(args, vault)
        elif event is not None:
            told = rights.note(
                vault, args.request, event, day=args.on, reason=args.denied, words=args.why
            )
        else:
            told = rights.shown(vault, args.request)
    if args.json:
        show.as_json({**told, "file": file} if file else told)
    else:
        _show_one(told)
        if file:
            print(f"Written: {show.plain(file)}. Open it with your mail program, and send it.")
    if args.take_back and told["problem"]:
        show.note(f"firsthand: {told['problem']} They are told again with: firsthand vault rights")
    return 0


def _whom(args: argparse.Namespace) -> tuple[str | None, str]:
    """The relationship, or None for a letter, and the right."""
    *name, right = args.words
    if right not in RIGHTS:
        raise WrongUsage(f"{right!r} is no right. There are: {', '.join(RIGHTS)}.")
    if len(name) != (0 if args.to else 1):
        raise WrongUsage("Say NAME RIGHT, or --to ORGANISATION --email ADDRESS RIGHT.")
    if args.to and not (args.email and args.sender):
        raise WrongUsage("A letter needs --email ADDRESS and --sender 'NAME <ADDRESS>'.")
    if bool(args.thing) != bool(args.put_right) or (args.thing and right != "rectification"):
        raise WrongUsage("A rectification takes --thing ID and --put-right FIELD=VALUE together.")
    if not args.to and (args.email or args.eml or args.sender):
        raise WrongUsage("--email, --sender and --eml go with --to ORGANISATION.")
    return (name[0] if name else None), right


def _put_right(args: argparse.Namespace, vault: Vault, name: str) -> dict[str, Any]:
    """Ask for fields of one thing."""
    from firsthand.vault.acts import rectifying

    said = [each.partition("=") for each in args.put_right]
    if not said or not all(field and value for field, _, value in said):
        raise WrongUsage("Say how it is, such as --put-right name=Dark.")
    fields = {field: value for field, _, value in said}
    return rectifying.ask(vault, name, args.thing, fields, regime=args.regime)


def _write(args: argparse.Namespace, vault: Vault, right: str) -> tuple[dict[str, Any], str]:
    """Write a letter, into the file that was named or one by the organisation's name."""
    from firsthand.vault.acts import rights
    from firsthand.vault.acts.letters import Asking
    from firsthand.vault.terms.relationships import short_name

    path = Path(args.eml or f"{short_name(args.to)}-{right}.eml")
    if path.exists():
        raise WrongUsage(f"{path} is there already, and was not touched. Choose another: --eml.")
    letter = Asking(to=args.to, email=args.email, sender=args.sender, lang=args.lang)
    told: dict[str, Any] = rights.write(
        vault, letter, right, details=args.details, regime=args.regime
    )
    with path.open("xb") as file:
        file.write(told["eml"].encode())
    return told, str(path)


def _take_back(args: argparse.Namespace, vault: Vault) -> tuple[dict[str, Any], str | None]:
    """Take one back; of a letter, write the one that says so into a file."""
    from firsthand.vault.acts import rights
    from firsthand.vault.terms.relationships import short_name

    before = rights.shown(vault, args.request)
    if before["eml"] is None:
        return rights.take_back(vault, args.request), None
    name = short_name(str(before["organisation"]))
    path = Path(args.eml or f"{name}-{before['right']}-taken-back.eml")
    if path.exists():
        raise WrongUsage(f"{path} is there already, and was not touched. Choose another: --eml.")
    told: dict[str, Any] = rights.take_back(vault, args.request)
    with path.open("xb") as file:
        file.write(told["eml_back"].encode())
    return told, str(path)


def _list(args: argparse.Namespace, settings: Settings) -> int:
    from firsthand.protocol.refusals import Refused
    from firsthand.vault.acts import rights
    from firsthand.vault.gate import Offline

    with opened(args, settings) as vault:
        names = {
            each["relationship"]
            for each in rights.listed(vault)
            if each["open"] or each["unconfirmed"]
        }
        for name in sorted(str(name) for name in names - {None}):
            try:
                rights.check(vault, name)
            except (Offline, Refused) as error:
                show.note(f"firsthand: {name}: {error}")
        found: list[dict[str, Any]] = rights.listed(vault)
    if args.json:
        show.as_json(found)
    elif not found:
        print("You have asked for nothing by right yet. Begin: firsthand vault right NAME access")
    else:
        show.table(
            ["REQUEST", "OF", "FOR", "ASKED", "STATE", "UNTIL", "LEFT"],
            [
                [
                    each["id"][:8],
                    each["organisation"],
                    each["right"],
                    show.moment(each["at"])[:10],
                    _state(each),
                    each["expected_by"] if each["open"] else "",
                    _left(each),
                ]
                for each in found
            ],
        )
        for each in found:
            if each["problem"]:
                show.note(f"firsthand: {each['id'][:8]}: {each['problem']}")
    return 0


def _fetch(args: argparse.Namespace, vault: Vault) -> int:
    from firsthand.vault.acts.delivering import fetch

    if args.save and Path(args.save).exists():
        raise WrongUsage(f"{args.save} is there already, and was not touched.")
    done: dict[str, Any] = fetch(vault, args.request)
    document = done.pop("document")
    if args.save:
        import msgspec

        with Path(args.save).open("xb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
    if args.json:
        show.as_json({**done, "document": document})
    else:
        read, added = show.many(done["read"], "thing"), done["added"]
        print(f"{show.plain(done['organisation'])} delivered {read}: {added} new, the rest known.")
        found = done["compared"]
        print(f"Of {show.many(found['given'], 'thing')} that you gave, {found['missing']} missing, "
              f"{found['changed']} altered;")  # fmt: skip
        print(f"{found['elsewhere']} delivered that you never gave from here.")
        for what, names in found["which"].items():
            for name in names:
                print(f"  {what}: {show.plain(name)}")
    return 0


def _state(told: dict[str, Any]) -> str:
    if told["erased"] and not told["open"] and told["state"] in {"open", "in_progress"}:
        return _OVER
    state = str(told["state"])
    return state if told["sent_at"] else "waiting to be sent"


def _show_one(told: dict[str, Any]) -> None:
    state = _state(told)
    back = f"firsthand vault rights {told['id'][:8]} --take-back"
    show.pairs(
        [
            ("request", told["id"]),
            ("of", told["organisation"]),
            ("for", f"{told['right']}: {told['meaning']}"),
            ("in particular", told["details"]),
            ("state", state if state == _OVER else f"{state}: {told['says']}"),
            ("reason", told["reason_says"]),
            ("they say", told["words"]),
            ("until", f"{told['expected_by']} ({_left(told)})" if told["open"] else None),
            ("say hello by", told["hello_by"] if told["open"] else None),
            ("taken back", "by you; they have not confirmed it" if told["unconfirmed"] else None),
            ("take it back with", back if told["can_take_back"] else None),
            ("fetch it with", f"firsthand vault rights {told['id'][:8]} --fetch"
             if told["has_data"] and not told["fetched_at"] else None),
            ("complain with", f"firsthand vault rights {told['id'][:8]} --complain COUNTRY"
             if told["overdue"] or told["state"] == "denied" else None),
        ]
    )  # fmt: skip


def show_letter(args: argparse.Namespace, letter: dict[str, Any]) -> None:
    """A letter to an authority, ready to send."""
    if args.json:
        show.as_json(letter)
        return
    print(letter["subject"])
    print()
    for line in letter["text"].splitlines():
        show.words(line) if line else print()
    print()
    show.words(f"Send it to {letter['authority']}: {letter['web']}. {letter['note'] or ''}")


def _left(told: dict[str, Any]) -> str:
    left = told["days_left"]
    if left is None:
        return ""
    return f"{show.many(-left, 'day')} over" if left < 0 else show.many(left, "day")


def _event(args: argparse.Namespace) -> str | None:
    chosen = {
        "received": args.received,
        "fulfilled": args.fulfilled,
        "denied": args.denied is not None,
        "took back": args.took_back,
        "confirmed": args.confirmed,
    }
    return next((event for event, yes in chosen.items() if yes), None)


def _day(text: str) -> date:
    import datetime

    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day as YYYY-MM-DD") from error
