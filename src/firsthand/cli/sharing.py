"""`firsthand vault share`: give things, see first what would leave, send again what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import WrongUsage, opened

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings
    from firsthand.vault.acts.opened import Vault

THINGS_SHOWN = 20


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add `share`; `make` makes a command with its place for a vault, its help and an example."""
    share = make(
        below,
        "share",
        run_share,
        "give things to an organisation",
        "Give things of yours to an organisation you are connected to. With --preview nothing is "
        "given: see exactly what would leave, and what would come back with and without it.",
        "firsthand vault share reel --role profile --type WatchAction --preview",
    )
    share.add_argument("name", metavar="NAME", help="to whom, as `relationships` lists it")
    what = share.add_mutually_exclusive_group(required=True)
    what.add_argument("--role", choices=["profile"], help="what it is for")
    what.add_argument(
        "--again", action="store_true", help="send once more what they have lost, nothing else"
    )
    what.add_argument(
        "--now", action="store_true", help="send at once what waits for a moment of its own"
    )
    share.add_argument(
        "--later",
        action="store_true",
        help="let it leave at a random moment, which tells nothing",
    )
    share.add_argument("--source", metavar="S", help="only from this source, such as netflix")
    share.add_argument("--type", metavar="T", help="only this type, such as WatchAction")
    share.add_argument("--since", metavar="D", type=_day, help="only from this day, YYYY-MM-DD")
    share.add_argument(
        "--thing", metavar="ID", nargs="+", action="extend", default=[], help="only these things"
    )
    share.add_argument("--preview", action="store_true", help="only show what would happen")
    add_json(share)


def run_share(args: argparse.Namespace, settings: Settings) -> int:
    """Give things, or show what would be given; 1 where it was refused."""
    from firsthand.vault.acts import connecting, giving

    chosen = any([args.source, args.type, args.since, *args.thing, args.later])
    if args.again and chosen:
        raise WrongUsage("--again sends what they have lost: it is not chosen anew.")
    if args.now and (chosen or args.preview):
        raise WrongUsage("--now sends what waits already: nothing is chosen with it.")
    with opened(args, settings) as vault:
        name = connecting.meant(vault, args.name)
        if args.now:
            return _sent(giving.send_now(vault, name), told=args.json)
        if args.again:
            act = giving.preview_again if args.preview else giving.again
            done: dict[str, Any] = act(vault, name)
        else:
            choice = giving.Choice(
                role=args.role,
                source=args.source,
                type=args.type,
                since=args.since,
                things=tuple(args.thing),
            )
            if args.preview:
                done = giving.preview(vault, name, choice)
            else:
                done = giving.share(vault, name, choice, later=args.later)
        show_doubts(vault)
    if args.json:
        show.as_json(done)
    elif args.preview and args.again:
        print(f"Would leave once more: {show.many(len(done['things']), 'thing')}.")
        _show_things(done["things"])
        print("Nothing was given.")
    elif args.preview:
        _show_preview(done)
    return 0 if args.preview else _given(done, told=args.json)


def show_doubts(vault: Vault) -> None:
    """Say of whom the log does not fit, as far as it is known: giving to them stops."""
    from firsthand.vault.acts.witnessing import doubts

    for each in doubts(vault):
        show.note(f"firsthand: {each['why']} See: firsthand vault checkpoints {each['name']}")


def _given(done: dict[str, Any], *, told: bool) -> int:
    """Say what became of a giving, unless it was told already; 1 where it was refused."""
    if done["state"] == "refused":
        show.note(f"firsthand: Nothing was given. {done['reason'] or ''}")
        return 1
    if not told:
        given = "Given" if done["state"] == "given" else "Waiting to be sent"
        print(f"{given}: {show.many(done['things'], 'thing')}. See: firsthand vault log")
        if done["not_before"]:
            print(f"It leaves by itself, not before {show.moment(done['not_before'])}.")
            print(f"At once: firsthand vault share {show.plain(done['name'])} --now")
        if done["reason"]:
            show.words(done["reason"], "  ")
        _show_left_out(done["left_out"])
    return 0


def _sent(done: dict[str, Any], *, told: bool) -> int:
    """Say what of that which waited has left; 1 where something of it has not."""
    if told:
        show.as_json(done)
    left = [each for each in done["outcomes"] if each["kind"] == "given"]
    waits = [each for each in left if each["state"] != "given"]
    if not told:
        print(f"Sent: {len(left) - len(waits)}. Not sent: {len(waits)}. See: firsthand vault log")
    return 1 if waits else 0


def _show_preview(done: dict[str, Any]) -> None:
    print(
        f"Would leave: {show.many(len(done['things']), 'thing')}, times by the {done['precision']}."
    )
    _show_things(done["things"])
    _show_left_out(done["left_out"])
    for other in done["recognisable"]:
        both = show.many(other["count"], "thing")
        what = f"both would have the same {both}"
        if other["by"] == "course":
            what = f"they have {both} of the same time, and both would see when you were away"
        show.words(
            f"This makes you recognisable to {other['organisation']} and them together: {what}. "
            f"They can compare by the {other['precision']}."
        )
    for title, answer in (
        ("What would come back:", done["answer_with"]),
        ("What comes back without it:", done["answer_without"]),
    ):
        if answer is not None:
            print()
            print(title)
            show_answer(answer)
    if done["rule"] is None:
        print()
        show.words("It publishes no rule, so what would come back is not known beforehand.")
    print()
    print("Nothing was given.")


def _show_things(things: list[dict[str, Any]]) -> None:
    show.table(
        ["WHEN", "WHAT", "AMOUNT", "TYPE"],
        [
            [
                thing["time"],
                thing["name"],
                show.amount(thing["data"].get("price"), thing["data"].get("priceCurrency")),
                thing["type"],
            ]
            for thing in things[:THINGS_SHOWN]
        ],
        right=["AMOUNT"],
    )
    if len(things) > THINGS_SHOWN:
        print(f"and {len(things) - THINGS_SHOWN} more (--json shows all)")


def _show_left_out(left_out: dict[str, int]) -> None:
    for what, count in left_out.items():
        show.words(f"left out: {show.many(count, 'thing')}, {what}", "  ")


def show_answer(data: dict[str, Any]) -> None:
    """What an organisation answered: its picks, what they save and why."""
    for pick in data.get("picks", []):
        saves = ""
        if pick.get("saves_yearly"):
            saves = f" (saves {show.amount(pick['saves_yearly'], pick.get('currency'))} a year)"
        why = f": {pick['why']}" if pick.get("why") else ""
        show.words(f"{pick['name']}{saves}{why}", "  ")
    if data.get("note"):
        show.words(data["note"], "  ")
    if not data.get("picks") and not data.get("note"):
        show.words("Nothing to recommend.", "  ")


def _day(text: str) -> str:
    import argparse
    import datetime

    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day as YYYY-MM-DD") from error
