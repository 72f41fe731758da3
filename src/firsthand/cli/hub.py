"""`firsthand hub ...`: what an organisation's staff do at a terminal.

While `firsthand hub serve` runs, the other commands reach it through a socket in its folder;
otherwise they open the folder themselves. What they do is the same either way.
"""

from __future__ import annotations

import argparse
import json
import threading
from typing import TYPE_CHECKING, Any

from firsthand.cli import deciding, duties, show, staffing
from firsthand.cli.adding import Commands, Place, add_place, adding, port
from firsthand.cli.reaching import do, folder_of, place, text_of

if TYPE_CHECKING:
    from firsthand.foundation.settings import Settings

HUB = Place(option="--hub", help="the organisation's folder (or set FIRSTHAND_HUB)")
FOLLOW_EVERY_S = 0.5
SHORT_CHARS = 12
NUMBER_DIGITS_MAX = 12
_command = adding(HUB, as_json=True)


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `hub` and everything below it."""
    hub = commands.add_parser(
        "hub",
        help="be an organisation that is given data, and answers",
        description="An organisation's side in one folder: invite people, say which terms you "
        "accept, publish what you answer from, and read what you were given for what it was given.",
    )
    add_place(hub, HUB)
    below = hub.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_founding(below)
    _add_looking(below)
    _add_offering(below)
    deciding.add_commands(below, _command)
    duties.add_commands(below, _command)
    duties.add_check(below, _command)
    rights = below.add_parser(
        "rights",
        help="answer what people ask by right",
        description="See what people ask by right, do it, deny it, or take more time.",
    )
    add_place(rights, HUB)
    asked = rights.add_subparsers(title="commands", metavar="COMMAND", required=True)
    duties.add_rights(asked, _command)
    staff = below.add_parser(
        "staff",
        help="say who may sign in",
        description="Let people of the staff in, take them out, give them another password.",
    )
    add_place(staff, HUB)
    named = staff.add_subparsers(title="commands", metavar="COMMAND", required=True)
    staffing.add_commands(named, _command)


def _add_founding(below: Commands[argparse.ArgumentParser]) -> None:
    init = _command(
        below,
        "init",
        run_init,
        "make an organisation",
        "Make an organisation's folder with its keys, and print a password and tokens, once.",
        "firsthand hub init --hub reel --name Reel --url https://reel.example",
    )
    init.add_argument("--name", required=True, help="the name that people know")
    init.add_argument("--url", required=True, help="the address that people's software will call")
    serve = _command(
        below,
        "serve",
        run_serve,
        "serve people and staff",
        "Serve the organisation's address until it is stopped with Ctrl-C.",
        "firsthand hub serve --hub reel --port 8702",
    )
    serve.add_argument("--host", help="where to listen; on a loopback address only there")
    serve.add_argument("--port", type=port, metavar="N", help="the address's own if not said")
    invite = _command(
        below,
        "invite",
        run_invite,
        "invite people",
        "Make links that one person each can use, once; for nobody in particular if none is named.",
        "firsthand hub invite --account A-1042",
    )
    invite.add_argument(
        "--account", action="append", default=[], metavar="REF", help="your reference of a customer"
    )
    invite.add_argument("--csv", metavar="FILE", help="a table with a column account")
    invite.add_argument(
        "--days", type=int, default=30, metavar="N", help="how long: 30 if not said"
    )


def _add_looking(below: Commands[argparse.ArgumentParser]) -> None:
    _command(
        below,
        "customers",
        run_customers,
        "list who is known",
        "List the customers: since when, under which agreements, how much they gave.",
        "firsthand hub customers",
    )
    customer = _command(
        below,
        "customer",
        run_customer,
        "read what one customer gave",
        "Read what one customer gave, for a purpose that they agreed to. The read is noted.",
        "firsthand hub customer A-1042 --purpose personalisation",
    )
    customer.add_argument("id", metavar="ID", help="an id, the beginning of one, or an account")
    customer.add_argument("--purpose", required=True, help="what it is read for")
    facts = _command(
        below,
        "facts",
        run_facts,
        "watch what comes in",
        "List what came in: from whom and how much, never what is in it.",
        "firsthand hub facts --follow",
    )
    facts.add_argument("--follow", action="store_true", help="go on as more comes")
    facts.add_argument("--after", type=_number, default=0, metavar="N", help="begin after this one")
    agreements = _command(
        below,
        "agreements",
        run_agreements,
        "list agreements and refusals",
        "List what people proposed and what was answered.",
        "firsthand hub agreements --customer A-1042",
    )
    agreements.add_argument("--customer", metavar="ID", help="of this customer only")


def _add_offering(below: Commands[argparse.ArgumentParser]) -> None:
    policy = _command(
        below,
        "policy",
        run_policy,
        "show or change which terms are accepted",
        "Show which agreements are accepted. What was agreed before stays as it is.",
        "firsthand hub policy --accept SD-BASE-A --refuse SD-BASE",
    )
    policy.add_argument("--accept", nargs="+", action="extend", default=[], metavar="ID")
    policy.add_argument("--refuse", nargs="+", action="extend", default=[], metavar="ID")
    instead = policy.add_mutually_exclusive_group()
    instead.add_argument("--counter", metavar="ID", help="what to offer to whoever is refused")
    instead.add_argument(
        "--no-counter", action="store_true", help="offer nothing to whoever is refused"
    )
    catalogue = _command(
        below,
        "catalogue",
        run_catalogue,
        "publish what you answer from",
        "Publish a table of titles or plans; everybody who gave something is answered anew.",
        "firsthand hub catalogue films.csv",
    )
    catalogue.add_argument("file", metavar="FILE.csv", help="a table with column names")
    catalogue.add_argument("--rule", metavar="NAME", help="titles-by-taste or plan-that-fits")


def run_init(args: argparse.Namespace, settings: Settings) -> int:
    """Make an organisation; print its password and tokens, once."""
    from firsthand import app

    made: dict[str, Any] = app.found_hub(
        folder_of(args, settings), name=args.name, url=args.url, settings=settings
    )
    if args.json:
        show.as_json(made)
        return 0
    show.pairs((key, made[key]) for key in ("hub", "name", "url", "subject"))
    print()
    show.words("Write these down: they are shown this once.")
    show.pairs(
        [
            ("staff", made["staff"]["name"]),
            ("password", made["staff"]["password"]),
            *((f"token for {purpose}", token) for purpose, token in made["tokens"].items()),
        ]
    )
    return 0


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until it is stopped; prints one line when it listens."""
    from firsthand import app
    from firsthand.cli.serving import serve
    from firsthand.hub.acts import checking
    from firsthand.hub.acts.console import Console

    hub = app.open_hub(folder_of(args, settings), settings)
    try:
        console = Console(hub)
        try:
            host, number = place(hub.organisation.url, args.host, args.port)
            line = f"{hub.organisation.name} answers at {hub.organisation.url}"
            served = app.hub_application(hub)
            checking.beside(hub, show.note)
            return serve(served, host=host, port=number, line=line, ending=hub.part)
        finally:
            console.close()
    finally:
        hub.close()


def run_invite(args: argparse.Namespace, settings: Settings) -> int:
    """Make invitations and print their links."""
    csv = text_of(args.csv) if args.csv else None
    arguments = {"accounts": args.account, "csv": csv, "days": args.days}
    made = do(args, settings, "invite", arguments)
    if args.json:
        show.as_json(made)
        return 0
    show.table(
        ("for", "until", "link"),
        [
            (one["account"] or "anybody", one["expires"][:10], one["link"])
            for one in made["invites"]
        ],
    )
    return 0


def run_customers(args: argparse.Namespace, settings: Settings) -> int:
    """List the customers."""
    found = do(args, settings, "customers", {})
    if args.json:
        show.as_json(found)
        return 0
    rows = [
        (
            one["relationship"][:SHORT_CHARS],
            one["account"] or "",
            one["since"][:10],
            one["state"],
            ", ".join(one["agreements"]),
            one["things"],
        )
        for one in found["customers"]
    ]
    show.table(("id", "account", "since", "state", "agreements", "things"), rows, right=("things",))
    if not rows:
        show.note("Nobody yet. Invite somebody: firsthand hub invite")
    return 0


def run_customer(args: argparse.Namespace, settings: Settings) -> int:
    """Read what one customer gave."""
    arguments = {"reference": args.id, "purpose": args.purpose}
    found = do(args, settings, "customer", arguments)
    if args.json:
        show.as_json(found)
        return 0
    rows = [(one["time"] or "", one["type"], one["source"], one["name"]) for one in found["things"]]
    show.table(("when", "what", "from", "name"), rows)
    if not rows:
        show.note("Nothing of it was given for this.")
    return 0


def run_facts(args: argparse.Namespace, settings: Settings) -> int:
    """List what came in, and go on with `--follow`; then JSON is one line for each."""
    after, everything = args.after, []
    while True:
        found = do(args, settings, "facts", {"after": after})
        more = found["next"] > after
        after = found["next"]
        if args.follow:
            _follow(found["facts"], as_json=args.json)
            if not more:
                threading.Event().wait(FOLLOW_EVERY_S)
            continue
        everything += found["facts"]
        if not more:
            break
    if args.json:
        show.as_json({"facts": everything, "next": after})
        return 0
    names = ("number", "at", "customer", "role", "purpose", "signals", "bytes")
    show.table(names, map(_fact_cells, everything), right=("number", "signals", "bytes"))
    if not everything:
        show.note("Nothing came in." if args.after else "Nothing came in yet.")
    return 0


def run_agreements(args: argparse.Namespace, settings: Settings) -> int:
    """List agreements and refusals."""
    found = do(args, settings, "agreements", {"reference": args.customer})
    if args.json:
        show.as_json(found)
        return 0
    rows = [
        (one["relationship"][:SHORT_CHARS], one["account"] or "", one["agreement"], one["state"],
         show.moment(one["at"]), one["id"][:SHORT_CHARS])
        for one in found["agreements"]
    ]  # fmt: skip
    show.table(("customer", "account", "agreement", "state", "at", "id"), rows)
    if not rows:
        show.note("None yet. Invite somebody: firsthand hub invite")
    return 0


def run_policy(args: argparse.Namespace, settings: Settings) -> int:
    """Show or change which agreements are accepted."""
    arguments = {
        "accept": args.accept, "refuse": args.refuse, "counter": args.counter,
        "plain_no": args.no_counter,
    }  # fmt: skip
    found = do(args, settings, "policy", arguments)
    if args.json:
        show.as_json(found)
        return 0
    show.pairs(
        [
            ("accepts", ", ".join(found["accepts"])),
            ("refuses", ", ".join(found["refuses"])),
            ("offers instead", found["counter"]),
            ("since", found["since"]),
        ]
    )
    return 0


def run_catalogue(args: argparse.Namespace, settings: Settings) -> int:
    """Publish a catalogue and its rule."""
    arguments = {"csv": text_of(args.file), "rule": args.rule}
    made = do(args, settings, "catalogue", arguments)
    if args.json:
        show.as_json(made)
        return 0
    show.words(f"{show.many(made['items'], 'row')} published, answered by the rule {made['rule']}.")
    return 0


def _follow(facts: list[dict[str, Any]], *, as_json: bool) -> None:
    for one in facts:
        line = json.dumps(one) if as_json else "  ".join(map(show.plain, _fact_cells(one)))
        print(line, flush=True)


def _fact_cells(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["position"], show.moment(one["at"]), one["relationship"][:SHORT_CHARS], one["role"],
        one["purpose"], one["events"], one["bytes"],
    )  # fmt: skip


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > NUMBER_DIGITS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of the list: 0, 1, 2 and so on")
    return int(text)
