"""`firsthand vault settle`: from what was found to a message, its clock, and what came of it."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from firsthand.cli import show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import WrongUsage, opened

if TYPE_CHECKING:
    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings
    from firsthand.vault.acts.opened import Vault

KINDS = ("cancel", "renegotiate", "contest", "recall", "refund", "parcel", "moved")
EVENTS = ("send", "remind", "settle", "refuse", "drop")


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the command; `make` makes it with its place for a vault, its help and an example."""
    settle = make(
        below,
        "settle",
        run,
        "settle what costs you money or went wrong",
        "List what could be settled and what is under way. With a kind: write the message, from a "
        "finding (--about), a thing (--thing) or your own words. With the name of a case: see it, "
        "or note what happened. Nothing is sent from here; the message is yours to send.",
        "firsthand vault settle cancel --about finding:recurring:spotify:EUR --sender Greta",
    )
    settle.add_argument(
        "what", nargs="?", metavar="KIND|CASE", help=f"{', '.join(KINDS)}; or the name of a case"
    )
    settle.add_argument("--about", metavar="KEY", default="", help="what was found, as listed")
    settle.add_argument("--thing", metavar="ID", default="", help="one of your things")
    settle.add_argument("--to", metavar="NAME", default="", help="whom you write to")
    settle.add_argument("--email", metavar="ADDRESS", default="", help="their address, if by mail")
    settle.add_argument("--sender", metavar="NAME", default="", help="your name, as it is signed")
    settle.add_argument("--subject", metavar="TEXT", default="", help="what it is about")
    settle.add_argument("--amount", metavar="FIGURE", default="", help="how much, such as 79.90")
    settle.add_argument("--currency", metavar="CODE", default="", help="in which currency")
    settle.add_argument(
        "--reference", metavar="NUMBER", default="", help="customer or order number"
    )
    settle.add_argument("--news", metavar="TEXT", default="", help="a new address or number")
    settle.add_argument("--country", metavar="CODE", default="DE", help="whose law (default: DE)")
    settle.add_argument("--lang", metavar="CODE", help="the language of the message")
    settle.add_argument("--note", choices=EVENTS, help="with a case: what happened")
    settle.add_argument("--on", metavar="DAY", type=_day, help="with --note: the day, YYYY-MM-DD")
    settle.add_argument("--words", metavar="TEXT", default="", help="with --note: what was said")
    settle.add_argument("--delete", action="store_true", help="with a case: delete all of it")
    settle.add_argument("--eml", metavar="FILE", help="write the message to a new file, as e-mail")
    add_json(settle)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List, begin, show or note."""
    from firsthand.vault.acts import noticing, settling

    with opened(args, settings) as vault:
        noticing.fresh(vault, vault.clock.now().date())
        settling.check(vault)
        if args.what is None:
            return _list(args, vault)
        if args.what in KINDS:
            told = _begin(args, vault)
        elif args.delete:
            settling.forget(vault, args.what)
            print("It is deleted, with its message and all that you noted.")
            return 0
        elif args.note:
            told = settling.mark(vault, args.what, args.note, day=args.on, words=args.words)
        else:
            told = settling.shown(vault, args.what)
        if args.eml:
            _write(Path(args.eml), str(told["eml"]))
    if args.json:
        show.as_json(told)
    else:
        _show(told)
    return 0


def _begin(args: argparse.Namespace, vault: Vault) -> dict[str, Any]:
    from firsthand.vault.acts import settling
    from firsthand.vault.settle import Writing, language_of

    if not args.sender:
        raise WrongUsage("Say who signs it: --sender NAME.")
    subject, to = settling.prepared(vault, about=args.about, thing=args.thing)
    said = {"what": args.subject, "amount": args.amount, "currency": args.currency}
    subject = msgspec.structs.replace(
        subject,
        **{name: text for name, text in said.items() if text},
        reference=args.reference or subject.reference,
        news=args.news,
    )
    country = args.country.upper()
    writing = Writing(
        to=args.to or to, email=args.email, sender=args.sender, country=country,
        lang=args.lang or language_of(country),
    )  # fmt: skip
    return settling.begin(vault, args.what, writing, subject, about=args.about)


def _list(args: argparse.Namespace, vault: Vault) -> int:
    from firsthand.vault.acts import settling

    told: dict[str, Any] = {
        "matters": settling.matters(vault),
        "cases": settling.listed(vault),
        "saved": settling.saved(vault),
    }
    if args.json:
        show.as_json(told)
        return 0
    show.table(
        ("Could be settled", "How", "About"),
        [(m["title"], ", ".join(m["kinds"]), m["about"]) for m in told["matters"]],
        whole=("About",),
    )
    if told["matters"] and told["cases"]:
        print()
    show.table(
        ("Case", "What", "With", "State", "Until"),
        [(c["id"], c["title"], c["to"], c["state"], c["due_on"] or "") for c in told["cases"]],
    )
    if not told["matters"] and not told["cases"]:
        print("Nothing was found that needs settling. Bring a bank statement:")
        print("  firsthand vault import FILE")
    for currency, amount in told["saved"]["yearly"].items():
        print(f"Saved every year: {amount} {currency}")
    for currency, amount in told["saved"]["once"].items():
        print(f"Came back: {amount} {currency}")
    return 0


def _show(told: dict[str, Any]) -> None:
    law = told["law"]
    show.pairs(
        [
            ("Case", told["id"]),
            ("What", told["title"]),
            ("With", told["to"]),
            ("State", told["state"]),
            ("Sent", told["sent_on"]),
            ("Until", told["due_on"]),
            ("Next", told["next"]),
            ("Law", f"{law['basis']} ({law['source']})" if law else ""),
        ]
    )
    for event in told["events"]:
        print(f"{event['on_day']}  {event['event']}  {show.plain(event['words'])}")
    if told["state"] not in {"settled", "dropped"}:
        print()
        print(told["letter"]["subject"])
        print()
        for line in told["letter"]["text"].splitlines():
            print(show.plain(line))


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError as error:
        raise WrongUsage(f"{path} was not written: {error.strerror}. Name a new file.") from error


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-03-02") from None
