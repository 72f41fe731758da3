"""`firsthand vault money|taste|places|...`: what the things in a vault say, in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import show
from firsthand.cli.adding import Commands, Make, add_json
from firsthand.cli.opening import opened

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from firsthand.foundation.settings import Settings
    from firsthand.vault.acts.opened import Vault

    Ask = Callable[[Vault, argparse.Namespace], dict[str, Any]]

SHOPS_MAX = 5
BRING = "Nothing of this is here yet. Bring some: firsthand vault import FILE"


def add_commands(below: Commands[argparse.ArgumentParser], command: Make) -> None:
    """Add every command of sense."""
    made = {
        name: command(below, name, run, help, description, f"firsthand vault {example}")
        for name, run, help, description, example in (
            ("money", run_money, "what goes out and comes in",
             "What you paid and received by month, category and shop. Each payment counts once.",
             "money --span 2025"),
            ("taste", run_taste, "what you watch, hear and read",
             "What you like and what you do not, across services, by what you did with it.",
             "taste"),
            ("places", run_places, "where you were",
             "Places by how often, home and work by rule, and trips.", "places"),
            ("people", run_people, "with whom you write and meet",
             "People by how often your messages, events and payments name them.", "people"),
            ("routines", run_routines, "what comes back every week",
             "What you do on the same day of the week again and again.", "routines"),
            ("year", run_year, "a year in review",
             "One year across everything you brought.", "year 2025"),
            ("changed", run_changed, "what changed lately",
             "A month against the usual of the six before it.", "changed --month 2025-03"),
            ("ready", run_ready, "whose questions you could answer",
             "Whose question could be answered with what is here, and what that would tell.",
             "ready"),
            ("corrections", run_corrections, "what you corrected",
             "List what you corrected; say one to correct it, or undo it.",
             "corrections --correct 'category:Kettle Bean=eating-out'"),
        )
    }  # fmt: skip
    _add_options(made)
    add_json(*made.values())


def _add_options(made: dict[str, argparse.ArgumentParser]) -> None:
    money, corrections = made["money"], made["corrections"]
    money.add_argument("--span", metavar="SPAN", help="a year, a month, or all; the last 12 months")
    money.add_argument(
        "--currency",
        metavar="CODE",
        help="such as EUR, or none where none is said; the most frequent",
    )
    made["year"].add_argument("year", nargs="?", metavar="YEAR", help="the newest if none is said")
    made["changed"].add_argument("--month", metavar="MONTH", help="the last whole one if none")
    corrections.add_argument("--correct", metavar="KEY=WHAT", help="what is right instead")
    corrections.add_argument("--undo", metavar="KEY", help="let our rule hold again")


def run_money(args: argparse.Namespace, settings: Settings) -> int:
    """Show what goes out and comes in."""
    from firsthand.vault.acts.money import money

    told = _told(args, settings, lambda vault, _: money(vault, args.span, args.currency))
    if args.json or told["span"] is None:
        return _plain(told, args, there=told["span"] is not None)
    currency = told["currency"]
    others = [each for each in told["currencies"] if each != (currency or "none")]
    show.pairs(
        [("Out", show.amount(told["out"], currency)), ("In", show.amount(told["in"], currency))]
    )
    print()
    rows = [[each["name"], each["payments"], each["amount"]] for each in told["categories"]]
    show.table(["CATEGORY", "PAYMENTS", "AMOUNT"], rows, right=["PAYMENTS", "AMOUNT"])
    print()
    rows = [
        [each["name"], each["category"], each["payments"], each["amount"]] for each in told["shops"]
    ]
    show.table(["SHOP", "CATEGORY", "PAYMENTS", "AMOUNT"], rows, right=["PAYMENTS", "AMOUNT"])
    for each in told["look"]:
        show.words(f"{each['title']}. {each['detail']}")
    if others:
        show.words(f"Other payments are apart, by --currency: {', '.join(others)}.")
    return _rule(told)


def run_taste(args: argparse.Namespace, settings: Settings) -> int:
    """Show likes and dislikes."""
    from firsthand.vault.acts.taste import taste

    told = _told(args, settings, lambda vault, _: taste(vault, vault.clock.now().date()))
    if args.json or not told["parts"]:
        return _plain(told, args, there=bool(told["parts"]))
    rows = [
        [part["name"], "like" if key == "likes" else "dislike", each["name"], each["why"]]
        for part in told["parts"]
        for key in ("likes", "dislikes")
        for each in part[key]
    ]
    show.table(["HOW", "TASTE", "WHAT", "WHY"], rows)
    return _rule(told)


def run_places(args: argparse.Namespace, settings: Settings) -> int:
    """Show places and trips."""
    from firsthand.vault.acts.places import places

    told = _told(args, settings, lambda vault, _: places(vault))
    if args.json or not told["places"]:
        return _plain(told, args, there=bool(told["places"]))
    rows = [[each["name"], each["mark"], each["times"], each["last"]] for each in told["places"]]
    show.table(["PLACE", "", "TIMES", "LAST"], rows, right=["TIMES"])
    if told["trips"]:
        print()
        rows = [[each["name"], each["from"], each["nights"], each["km"]] for each in told["trips"]]
        show.table(["TRIP", "FROM", "NIGHTS", "KM"], rows, right=["NIGHTS", "KM"])
    return _rule(told)


def run_people(args: argparse.Namespace, settings: Settings) -> int:
    """Show people."""
    from firsthand.vault.acts.people import people

    told = _told(args, settings, lambda vault, _: people(vault))
    if args.json or not told["people"]:
        return _plain(told, args, there=bool(told["people"]))
    rows = [
        [each["name"], each["times"], ", ".join(f"{n} {part}" for part, n in each["parts"].items()),
         each["last"]]
        for each in told["people"]
    ]  # fmt: skip
    show.table(["WHO", "TIMES", "HOW", "LAST"], rows, right=["TIMES"])
    return _rule(told)


def run_routines(args: argparse.Namespace, settings: Settings) -> int:
    """Show what comes back every week."""
    from firsthand.vault.acts.routines import routines

    told = _told(args, settings, lambda vault, _: routines(vault, vault.clock.now().date()))
    if args.json or not told["kind"]:
        return _plain(told, args, there=bool(told["kind"]))
    rows = [
        [
            each["says"],
            "by rule" if each["by"] == "rule" else f"{each['times']} of {each['of']}",
            each["last"] or "",
        ]
        for each in told["routines"]
    ]
    show.table(["WHAT", "TIMES", "LAST"], rows, right=["TIMES"])
    if not rows:
        print("Nothing comes back on the same day often enough to be called a routine.")
    return _rule(told)


def run_year(args: argparse.Namespace, settings: Settings) -> int:
    """Show a year."""
    from firsthand.vault.acts.years import year

    told = _told(args, settings, lambda vault, _: year(vault, args.year))
    if args.json or told["year"] is None:
        return _plain(told, args, there=told["year"] is not None)
    pairs = [
        ("Year", told["year"]),
        ("Things", f"{told['things']:,}"),
        ("Fullest day", told["busiest"]),
    ]
    paid = told["money"]
    if paid:
        pairs += [(name.capitalize(), show.amount(paid[name], paid["currency"]))
                  for name in ("out", "in")]  # fmt: skip
    show.pairs(pairs)
    rows = [
        [top["sense"], top["part"], each["name"], each["times"]]
        for top in told["tops"]
        for each in top["top"]
    ]
    rows += [["money", "out", shop["name"], shop["payments"]]
             for shop in paid["shops"][:SHOPS_MAX]] if paid else []  # fmt: skip
    rows += [["moved", each["part"], each["name"], each["times"]] for each in told["moves"]]
    if rows:
        print()
        show.table(["WHAT", "HOW", "NAME", "TIMES"], rows, right=["TIMES"])
    if told["trips"]:
        print()
        trips = [[each["name"], each["from"], each["to"]] for each in told["trips"]]
        show.table(["TRIP", "FROM", "TO"], trips)
    return _rule(told)


def run_changed(args: argparse.Namespace, settings: Settings) -> int:
    """Show what changed."""
    from firsthand.vault.acts.changed import changed, said

    told = _told(
        args, settings, lambda vault, _: changed(vault, vault.clock.now().date(), args.month)
    )
    if args.json or told["month"] is None:
        return _plain(told, args, there=told["month"] is not None)
    rows = [
        [each["way"], each["sense"], each["name"], said(each, each["now"]),
         said(each, each["usual"])]
        for each in told["changes"]
    ]  # fmt: skip
    print(
        f"{told['month']} against the months before:" if rows else f"{told['month']} was as usual."
    )
    show.table(["CHANGE", "WHAT", "NAME", "NOW", "USUAL"], rows, right=["NOW", "USUAL"])
    return _rule(told)


def run_ready(args: argparse.Namespace, settings: Settings) -> int:
    """Show whose questions could be answered."""
    from firsthand.vault.acts.readying import readiness

    told = _told(args, settings, lambda vault, _: readiness(vault))
    if args.json:
        return _plain(told, args, there=True)
    rows = [
        [verb["name"], each["state"], each["who"], each["asks"], each["things"]]
        for verb in told["verbs"]
        for each in verb["questions"]
    ]
    show.table(["VERB", "CAN YOU", "WHO", "ASKS", "THINGS"], rows, right=["THINGS"])
    return _rule(told)


def run_corrections(args: argparse.Namespace, settings: Settings) -> int:
    """List corrections, keep one, or undo one; 1 where one cannot be kept."""
    from firsthand.vault.acts import correcting

    with opened(args, settings) as vault:
        try:
            if args.correct:
                key, _, said = args.correct.rpartition("=")
                correcting.correct(vault, key, said)
        except correcting.CorrectionRefused as error:
            show.note(str(error))
            return 1
        if args.undo and not correcting.undo(vault, args.undo):
            show.note(f"There is no correction {args.undo}.")
            return 1
        kept: list[dict[str, Any]] = correcting.corrections(vault)
    if args.json:
        show.as_json(kept)
    elif kept:
        rows = [
            [each["key"], each["said"], each["about"], show.moment(each["at"])] for each in kept
        ]
        show.table(["KEY", "YOU SAID", "OF", "WHEN"], rows)
    else:
        print("You corrected nothing yet.")
    return 0


def _told(args: argparse.Namespace, settings: Settings, ask: Ask) -> dict[str, Any]:
    """What an act tells, after everything that was brought has been looked through."""
    from firsthand.vault.acts import noticing

    with opened(args, settings) as vault:
        noticing.fresh(vault, vault.clock.now().date())
        return ask(vault, args)


def _plain(told: dict[str, Any], args: argparse.Namespace, *, there: bool) -> int:
    if args.json:
        show.as_json(told)
    elif not there:
        print(BRING)
    return 0


def _rule(told: dict[str, Any]) -> int:
    print()
    show.words(told["rule"])
    return 0
