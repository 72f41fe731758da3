"""Home: what was found, what is new, who has what, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from firsthand.foundation.web import words
from firsthand.vault.acts import (
    browsing,
    changing,
    connecting,
    keeping,
    noticing,
    receiving,
    witnessing,
)
from firsthand.vault.acts import settling as settled
from firsthand.vault.pages import findings, received, saying, settling, start
from firsthand.vault.pages.ways import ways

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.acts.opened import Vault
    from firsthand.vault.pages.visits import Visit

NEW_MAX: Final = 3
KINDS_MAX: Final = 4


def show(visit: Visit) -> Response:
    """The first page: of the person who is signed in, or for who is not."""
    if visit.opened is None:
        return start.show(visit)
    if visit.person.code is not None:
        return visit.go("/keep/code")  # what was dropped is not kept before that one is done
    vault = visit.vault
    brought, having = keeping.counts(vault), deals(vault)
    messages = receiving.inbox(vault, ask=False)["messages"]
    assert isinstance(messages, list)
    unread = [each for each in messages if each["unread"]]
    fresh, _ = received.by_age(unread)
    return visit.page(
        "home.html",
        title="Home",
        here="home",
        seeking=seeking(visit),
        found=found(visit),
        ways=ways("")[1:],
        brought=in_words(brought),
        total=sum(int(str(each["things"])) for each in brought),
        fresh=[received.message(vault, each) for each in fresh[:NEW_MAX]],
        fresh_total=len(unread),
        deals=having,
        doubts=witnessing.doubts(vault),
        holding=sum(1 for each in having if each["has"]),
        settled=settling.in_words(settled.saved(vault)),
    )


def found(visit: Visit) -> findings.Shown:
    """What was found in all that is kept; where that is out of date, it is looked for elsewhere."""
    day = visit.parts.clock.now().date()
    of = noticing.mark(visit.vault)
    held = visit.person.found
    if held is None or held[0] != (day, of):
        held = ((day, of), findings.shown(noticing.noticed(visit.vault), day))
        visit.person.found = held
    shown = held[1]
    assert isinstance(shown, findings.Shown)
    return shown


def seeking(visit: Visit) -> bool:
    """Whether what was brought has yet to be looked through; if so, that begins now."""
    if not noticing.stale(visit.vault, visit.parts.clock.now().date()):
        return False
    visit.parts.nudge(visit.person.slug)
    return True


def in_words(brought: list[dict[str, Any]]) -> str:
    """What there is, in one clause: `865 payments and 370 titles watched`."""
    sums: dict[str, int] = {}
    for each in brought:
        sums[each["type"]] = sums.get(each["type"], 0) + int(each["things"])
    most = sorted(sums.items(), key=lambda item: -item[1])
    said = [saying.counted(kind, count) for kind, count in most]
    if len(said) > KINDS_MAX:
        rest = sum(count for _, count in most[KINDS_MAX - 1 :])
        said = [*said[: KINDS_MAX - 1], words.plural(rest, "more thing", "more things")]
    return saying.listed(said)


def deals(vault: Vault) -> list[dict[str, Any]]:
    """Every organisation with its state and what it has of mine; those in force first."""
    given = browsing.sums(vault)
    found = []
    for each in connecting.relationships(vault):
        state, badge = saying.STANDINGS[str(each["standing"])]
        sums = given.get(str(each["name"]), {})
        standing = changing.standing(vault, str(each["name"]))
        found.append(
            {
                **each,
                "says": state,
                "badge": badge,
                "has": sums.get("given", 0),
                "waiting": sums.get("waiting", 0),
                "standing": standing,
            }
        )
    order = {"active": 0, "ended": 1, "refused": 2, "erased": 3}
    return sorted(found, key=lambda each: order[str(each["state"])])
