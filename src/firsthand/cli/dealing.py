"""`firsthand vault connect` and what follows: inbox, log, revoke. Giving is in `sharing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.cli import changing, overview, rights, sharing, show
from firsthand.cli.adding import add_json
from firsthand.cli.opening import WrongUsage, opened

if TYPE_CHECKING:
    import argparse

    from firsthand.cli.adding import Commands, Make
    from firsthand.foundation.settings import Settings

_VERDICTS = {
    "fits": "checked: it follows from what you gave",
    "differs": "does not follow from what you gave",
    "unverifiable": "cannot be checked",
}
_STATEMENTS = {
    "fits": "checked",
    "differs": "it does not hold",
    "unverifiable": "cannot be checked",
}


def add_commands(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    """Add the commands; `make` makes one with its place for a vault, its help and an example."""
    connect = make(
        below,
        "connect",
        run_connect,
        "propose your terms to an organisation",
        "Read who an organisation is, propose your terms, and keep its answer, yes or no. Nothing "
        "of yours is given by this.",
        "firsthand vault connect https://reel.example/invite/Xb3k9... --terms FH-GIVEN",
    )
    connect.add_argument("url", metavar="URL_OR_INVITE", help="its address, or its invitation")
    connect.add_argument("--terms", metavar="ID", help="which terms to propose (FH-GIVEN)")
    connect.add_argument(
        "--no-tie",
        action="store_true",
        help="do not be known by the account that the invitation names",
    )
    connect.add_argument(
        "--precision",
        choices=["hour", "day", "week", "month", "year"],
        help="the finest time that may leave, if not that of the terms",
    )
    connect.add_argument(
        "--delay",
        metavar="MINUTES",
        type=int,
        help="let what is given leave at a random moment within so many minutes",
    )
    connect.add_argument(
        "--together",
        metavar="THINGS",
        type=int,
        help="with --delay: wait until so many things leave together, a week at most",
    )
    connect.add_argument(
        "--all-asked",
        action="store_true",
        help="let them have also what goes beyond what they need",
    )
    add_json(connect)
    sharing.add_commands(below, make)
    changing.add_commands(below, make)
    overview.add_commands(below, make)
    _add_following(below, make)


def _add_following(below: Commands[argparse.ArgumentParser], make: Make) -> None:
    connections = make(
        below,
        "relationships",
        run_relationships,
        "list whom you deal with",
        "List the organisations you are connected to, under which terms, since when.",
        "firsthand vault relationships",
    )
    inbox = make(
        below,
        "inbox",
        run_inbox,
        "read what came back",
        "Send what waits, fetch what organisations answered, and check each answer against what "
        "you gave.",
        "firsthand vault inbox",
    )
    log = make(
        below,
        "log",
        run_log,
        "see what left the vault",
        "List all that left the vault: when, to whom, under which terms, with which receipt. With "
        "--verify every receipt is proven again. With --export all of it is written to a file that "
        "anybody can check: firsthand verify FILE.",
        "firsthand vault log --verify",
    )
    log.add_argument("--verify", action="store_true", help="prove every receipt again")
    log.add_argument("--export", metavar="FILE", help="write the log with its proofs to a new file")
    log.add_argument("--of", metavar="NAME", help="with --export: of this connection alone")
    revoke = make(
        below,
        "revoke",
        run_revoke,
        "end a deal",
        "End what you agreed with an organisation. It works at once, also while the organisation "
        "is away: it is told when it is back.",
        "firsthand vault revoke reel --erase",
    )
    revoke.add_argument("name", metavar="NAME", help="whom, as `relationships` lists it")
    revoke.add_argument("--erase", action="store_true", help="have erased what you gave, too")
    revoke.add_argument(
        "--complain", metavar="COUNTRY",
        help="end nothing: write to the authority, such as of DE, about an end that is overdue",
    )  # fmt: skip
    revoke.add_argument("--lang", choices=["en", "de"], default="en", help="with --complain")
    add_json(connections, inbox, log, revoke)


def run_connect(args: argparse.Namespace, settings: Settings) -> int:
    """Propose terms; 1 where the answer is no."""
    from firsthand.protocol.agreements import Delivery
    from firsthand.vault.acts.connecting import connect
    from firsthand.vault.acts.proposing import Way

    if args.together is not None and args.delay is None:
        raise WrongUsage("--together says how many leave after a --delay: name both.")
    delivery = None
    if args.delay is not None:
        delivery = Delivery(batch_min=args.together or 1, jitter_s_max=60 * args.delay)
    way = Way(precision=args.precision, delivery=delivery, all_asked=args.all_asked)
    with opened(args, settings) as vault:
        done: dict[str, Any] = connect(
            vault, args.url, terms=args.terms, tie=not args.no_tie, way=way
        )
    accepted = done["decision"] == "accepted"
    if args.json:
        show.as_json(done)
    elif accepted:
        _show_beyond(done)
        print(f"Connected to {show.plain(done['organisation'])}.")
        show.pairs(
            [
                ("name here", done["name"]),
                ("address", done["url"]),
                ("terms", done["terms"]),
                ("known there as", done["account"]),
                ("agreement", done["agreement"]),
            ]
        )
    if not accepted:
        reason = f" It says: {done['reason']}" if done.get("reason") else ""
        said = f"{done['organisation']} did not accept {done['terms']}.{reason}"
        counter = done.get("counter")
        said += f" It would take {counter}: --terms {counter}" if counter else ""
        show.note(f"firsthand: {said}")
    return 0 if accepted else 1


def _show_beyond(done: dict[str, Any]) -> None:
    """Say what is asked for and not needed, and that the deal is without it, or with it."""
    if not done["beyond"]:
        return
    given = "You agreed to it all the same" if done["all_asked"] else "The deal is without it"
    show.words(f"{done['organisation']} asks for more than it needs. {given}:")
    for each in done["beyond"]:
        what = " of ".join(part for part in (each["name"], each["kind"]) if part)
        show.words(f"{what}: {each['why']}", "  ")
    print()


def run_relationships(args: argparse.Namespace, settings: Settings) -> int:
    """List the organisations."""
    from firsthand.vault.acts.connecting import relationships

    with opened(args, settings) as vault:
        found: list[dict[str, Any]] = relationships(vault)
    if args.json:
        show.as_json(found)
    elif not found:
        print("You deal with nobody yet. Begin: firsthand vault connect ADDRESS")
    else:
        show.table(
            ["NAME", "ORGANISATION", "STATE", "TERMS", "SINCE", "KNOWN AS", "ADDRESS"],
            [
                [
                    each["called"],
                    each["organisation"],
                    each["standing"],
                    each["terms"],
                    show.moment(each["since"]),
                    each["account"],
                    each["url"],
                ]
                for each in found
            ],
        )
    return 0


def run_inbox(args: argparse.Namespace, settings: Settings) -> int:
    """Read what came back; who is away is only told of."""
    from firsthand.protocol.roles.profile import TYPE_ANSWERED
    from firsthand.vault.acts.receiving import inbox, mark_read

    with opened(args, settings) as vault:
        found: dict[str, Any] = inbox(vault)
        sharing.show_doubts(vault)
        if not args.json:
            for name in {each["relationship"] for each in found["messages"] if each["unread"]}:
                mark_read(vault, name)
    for name, problem in found["problems"].items():
        show.note(f"firsthand: {name}: {problem}")
    if args.json:
        show.as_json(found)
        return 0
    if not found["messages"]:
        print("Nothing came back yet.")
    for message in found["messages"]:
        answer = message["type"] == TYPE_ANSWERED
        words = _VERDICTS if answer else _STATEMENTS
        verdict = words.get(message["verdict"], message["verdict"])
        new = "  (new)" if message["unread"] else ""
        print(f"{show.moment(message['at'])}  {show.plain(message['organisation'])}{new}")
        if answer:
            sharing.show_answer(message["data"])
        else:
            show.words(stated(message), "  ")
        detail = f": {message['verdict_detail']}" if message["verdict_detail"] else ""
        show.words(f"{verdict}{detail}", "  ")
        print()
    return 0


def stated(message: dict[str, Any]) -> str:
    """What a message that is no answer says of a deal or of a request by right."""
    from firsthand.protocol.jws import JwsRefused, read_jws
    from firsthand.protocol.wire import TYPE_RIGHT_CHANGED, TYPE_TAKEN_BACK

    data, right = message["data"], message["type"] == TYPE_RIGHT_CHANGED
    if message["type"] == TYPE_TAKEN_BACK:
        return "They deleted what they had said here."
    if "erasure" in data:
        return "They erased what you gave under a deal that is over."
    try:
        said = read_jws(str(data.get("status" if right else "receipt")))[1]
    except JwsRefused:
        return "They say how something stands, and did not sign it."
    if right:
        named = str(said.get("request"))[:8]
        return f"How your request {named} stands: {said.get('status')}. See: firsthand vault rights"
    return f"How your deal stands: {said.get('state')}. See: firsthand vault relationships"


def run_log(args: argparse.Namespace, settings: Settings) -> int:
    """List what left; 1 where something did not verify. With `--export` write it to a file."""
    from firsthand.vault.acts.logging import log

    if args.export is not None:
        return _export_log(args, settings)
    if args.of is not None:
        raise WrongUsage("--of goes with --export FILE.")
    with opened(args, settings) as vault:
        found: dict[str, Any] = log(vault, verify=args.verify)
    problems = [each for each in [*found["disclosures"], *found["endings"]] if each["problem"]]
    if args.json:
        show.as_json(found)
    elif not found["disclosures"] and not found["endings"]:
        print("Nothing has left this vault.")
    else:
        _show_log(found)
        if args.verify and not problems and not found["growth"]:
            print()
            grew = "." if found["gone_on"] else ", and that their logs only grew."
            print(f"Every receipt was proven again{grew}")
    for each in problems:
        show.note(
            f"firsthand: {each['organisation']}, {show.moment(each['at'])}: {each['problem']}"
        )
    for problem in found["growth"]:
        show.note(f"firsthand: {problem}")
    for each in found["gone_on"]:
        show.note(f"firsthand: {each} You went on all the same.")
    return 1 if problems or found["growth"] else 0


def _export_log(args: argparse.Namespace, settings: Settings) -> int:
    from firsthand.vault.acts.proving import export_log

    with opened(args, settings) as vault:
        done: dict[str, Any] = export_log(vault, args.export, args.of)
    if args.json:
        show.as_json(done)
        return 0
    print(f"Written: {done['file']} ({done['bytes']:,} bytes).")
    print(f"Check it with: firsthand verify {show.plain(done['file'])}")
    print()
    show.words(done["warning"])
    return 0


def run_revoke(args: argparse.Namespace, settings: Settings) -> int:
    """End a deal; it has ended here even where the organisation is away."""
    from firsthand.vault.acts.connecting import meant
    from firsthand.vault.acts.ending import complain, revoke

    if args.complain:
        with opened(args, settings) as vault:
            letter: dict[str, Any] = complain(vault, args.name, args.complain, lang=args.lang)
        rights.show_letter(args, letter)
        return 0
    with opened(args, settings) as vault:
        done: dict[str, Any] = revoke(vault, meant(vault, args.name), erase=args.erase)
    if args.json:
        show.as_json(done)
        return 0
    print(f"Ended with {show.plain(done['organisation'])} ({done['name']}).")
    show.table(
        ["ASKED", "WHEN", "STATE", "CONFIRMED", "WHY"],
        [_ending(each) for each in done["endings"]],
    )
    for each in done["endings"]:
        if each["reason"] and each["state"] != "confirmed":
            print()
            show.words(each["reason"])
    if not done["confirmed"]:
        print()
        refused = any(each["state"] == "refused" for each in done["endings"])
        again = f"revoke {show.plain(args.name)}" if refused else "inbox"
        said = "They did not take it. Ask" if refused else "Not confirmed yet. It is sent"
        show.words(f"{said} again with: firsthand vault {again}")
    return 0


def _show_log(found: dict[str, Any]) -> None:
    show.table(
        ["N", "WHEN", "TO", "THINGS", "FIELDS", "FOR", "STATE", "RECEIPT"],
        [
            [
                each["position"],
                show.moment(each["at"]),
                each["organisation"],
                each["things"],
                ", ".join(each["fields"]),
                each["purpose"],
                each["state"],
                _receipt(each),
            ]
            for each in found["disclosures"]
        ],
        right=["N", "THINGS"],
    )
    if found["endings"]:
        print()
        show.table(
            ["ASKED", "WHEN", "TO", "STATE", "CONFIRMED", "WHY"],
            [
                [kind, at, each["organisation"], *rest]
                for each in found["endings"]
                for kind, at, *rest in [_ending(each)]
            ],
        )


def _receipt(entry: dict[str, Any]) -> str:
    if entry["problem"]:
        return "does not hold"
    if entry["verified"]:
        return "proven"
    return "kept" if entry["receipt"] else ""


def _ending(end: dict[str, Any]) -> list[str]:
    asked = {"revocation": "to stop", "erasure": "to erase"}.get(end["kind"], end["kind"])
    confirmed = show.moment(end["confirmed_at"])
    return [asked, show.moment(end["at"]), end["state"], confirmed, end["reason"] or ""]
