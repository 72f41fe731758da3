"""`firsthand vault pause`, `resume`, `renew` and `change`: a deal that is in force, changed."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import opened

if TYPE_CHECKING:
    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings

WHO = "whom, as `relationships` lists it"


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    pause = make(
        below,
        "pause",
        run_pause,
        "let a deal rest",
        "Let a deal rest: nothing leaves from now on, and nothing is read there once they are "
        "told. It works at once, also while they are away.",
        "firsthand vault pause reel",
    )
    resume = make(
        below,
        "resume",
        run_resume,
        "go on with a deal that rests",
        "Go on with a deal that you paused.",
        "firsthand vault resume reel",
    )
    renew = make(
        below,
        "renew",
        run_renew,
        "make a deal last longer",
        "Propose the same deal for longer: two years from now, or until a day that you say.",
        "firsthand vault renew reel --until 2028-12-31",
    )
    renew.add_argument("--until", metavar="D", type=_day, help="its last day, YYYY-MM-DD")
    for command in (pause, resume, renew):
        command.add_argument("name", metavar="NAME", help=WHO)
    add_json(pause, resume, renew)
    _add_terms(below, make)


def _add_terms(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    change = make(
        below,
        "change",
        run_change,
        "agree on other terms",
        "Propose a deal that takes the place of the one in force. What you gave before is read on "
        "only for what both allow. Without a yes the old deal stays.",
        "firsthand vault change reel --terms SD-BASE --precision month",
    )
    change.add_argument("--terms", metavar="ID", help="which terms to propose")
    change.add_argument("--precision", metavar="P", help="hour, day, week, month or year")
    change.add_argument(
        "--fields",
        metavar="KIND=FIELD,FIELD",
        nargs="+",
        type=_fields,
        help="all that may be given, for each kind of things, such as WatchAction=name,startTime",
    )
    change.add_argument("--preview", action="store_true", help="only show what would be different")
    change.add_argument("name", metavar="NAME", help=WHO)
    terms = make(
        below,
        "terms",
        run_terms,
        "see which agreements an organisation would accept",
        "Read which agreements an organisation says that it accepts, also one without Firsthand, "
        "and say in plain words what each allows. Without an address: all that there are.",
        "firsthand vault terms https://shop.example",
    )
    terms.add_argument("url", metavar="URL", nargs="?", help="its address")
    add_json(change, terms)


def run_pause(args: argparse.Namespace, settings: Settings) -> int:
    """Let a deal rest; it rests here even where the organisation is away."""
    from firsthand.vault.acts.changing import pause

    return _rested(args, settings, pause, "rests")


def run_resume(args: argparse.Namespace, settings: Settings) -> int:
    """Go on with a deal."""
    from firsthand.vault.acts.changing import resume

    return _rested(args, settings, resume, "goes on")


def _rested(args: argparse.Namespace, settings: Settings, act: Any, word: str) -> int:  # noqa: ANN401 - one of the two
    from firsthand.vault.acts.connecting import meant

    with opened(args, settings) as vault:
        done: dict[str, Any] = act(vault, meant(vault, args.name))
    if args.json:
        show.as_json(done)
        return 0
    if word == "goes on" and done["state"] == "paused":
        word = "still rests, because they paused it too"
    elif word == "goes on" and not done["outcomes"]:
        word = "is not paused by you. Where they paused it, they have to go on with it"
    print(f"Your deal with {show.plain(done['organisation'])} {word}.")
    if not done["confirmed"]:
        show.words(f"They could not be told yet: {done['reason']} It is said again by: "
                   "firsthand vault inbox")  # fmt: skip
    return 0


def run_renew(args: argparse.Namespace, settings: Settings) -> int:
    """Propose the same deal for longer; 1 where the answer is no."""
    from firsthand.vault.acts.changing import renew
    from firsthand.vault.acts.connecting import meant

    with opened(args, settings) as vault:
        done: dict[str, Any] = renew(vault, meant(vault, args.name), until=args.until)
    return _answered(args, done)


def run_change(args: argparse.Namespace, settings: Settings) -> int:
    """Propose other terms, or show what would be different; 1 where the answer is no."""
    from firsthand.vault.acts.changing import Wanted, change, preview
    from firsthand.vault.acts.connecting import meant

    fields = dict(args.fields) if args.fields is not None else None
    wanted = Wanted(terms=args.terms, precision=args.precision, fields=fields)
    with opened(args, settings) as vault:
        name = meant(vault, args.name)
        if args.preview:
            seen = preview(vault, name, wanted)
            if args.json:
                show.as_json(seen)
            else:
                _show_differences(seen)
            return 0
        done: dict[str, Any] = change(vault, name, wanted)
    return _answered(args, done)


def run_terms(args: argparse.Namespace, settings: Settings) -> int:
    """Say what an organisation would accept; 1 where it names nothing that is known here."""
    from firsthand.protocol.terms import ROSTER
    from firsthand.vault.acts.others import terms_at

    if args.url is None:
        if args.json:
            show.as_json([each.machine() for each in ROSTER.values()])
        else:
            _show_terms(list(ROSTER))
        return 0
    with opened(args, settings) as vault:
        found: dict[str, Any] = terms_at(vault, args.url)
    if args.json:
        show.as_json(found)
    else:
        _show_terms(found["known"])
    others = ", ".join(each["id"] for each in found["unknown"])
    if others and not args.json:
        show.words(f"It also names what is not known here: {others}.")
    for each in found["left_out"]:
        show.note(f"firsthand: {each}")
    if not found["known"]:
        show.note("firsthand: It accepts nothing that is known here.")
    return 0 if found["known"] else 1


def _show_terms(ids: list[str]) -> None:
    from firsthand.protocol.terms import ROSTER

    for each in ids:
        print(f"{each}: {ROSTER[each].title}")
        for point in ROSTER[each].points:
            show.words(f"- {point}", "  ")
        print()


def _answered(args: argparse.Namespace, done: dict[str, Any]) -> int:
    accepted = done["decision"] == "accepted"
    if args.json:
        show.as_json(done)
    elif accepted:
        until = show.moment(_stamp(done["until"]))
        print(f"{show.plain(done['organisation'])} accepted. The deal lasts until {until}.")
        _show_differences(done["differences"])
    if not accepted:
        reason = f" It says: {done['reason']}" if done["reason"] else ""
        said = f"{done['organisation']} did not accept {done['terms']}.{reason}"
        counter = done["counter"]
        if counter:
            said += (
                f" It would take {counter}: firsthand vault change {args.name} --terms {counter}"
            )
        show.note(f"firsthand: {said} The deal that you have stays as it is.")
    return 0 if accepted else 1


def _show_differences(rows: list[dict[str, Any]]) -> None:
    print()
    show.table(
        ["WHAT", "BEFORE", "AFTER", "ALLOWS"],
        [
            [
                f"{each['what']} of {each['kind']}" if "kind" in each else each["what"],
                _said(each["what"], each["before"]),
                _said(each["what"], each["after"]),
                "more" if each["more"] else "less",
            ]
            for each in rows
        ],
    )


def _said(what: str, value: object) -> str:
    if what == "until" and isinstance(value, int):
        return show.moment(_stamp(value))
    if what == "retention":
        return f"{value} days"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value)


def _stamp(seconds: int) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day: YYYY-MM-DD") from error


def _fields(text: str) -> tuple[str, list[str]]:
    kind, sign, names = text.partition("=")
    found = [name.strip() for name in names.split(",") if name.strip()]
    if not sign or not kind.strip() or not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KIND=FIELD,FIELD")
    return kind.strip(), found
