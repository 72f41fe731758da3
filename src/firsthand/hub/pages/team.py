"""Who of the staff may sign in, and everybody's own password."""

from typing import Any, Final

from starlette.responses import Response

from firsthand.foundation.web.kit import Flash
from firsthand.hub.acts import staffing
from firsthand.hub.pages import entering
from firsthand.hub.pages.visits import TEAM, Visit
from firsthand.hub.staff.accounts import (
    MEMBER,
    OWNER,
    PASSWORD_CHARS_MAX,
    PASSWORD_CHARS_MIN,
    ROLES,
    AccountRefused,
)

NAME_CHARS_MAX: Final = 40
CHANGED: Final = "Your password is another one now. Every other browser was signed out."


def show(visit: Visit) -> Response:
    """Everybody, and a password that was just made, once."""
    sitting = visit.staff
    made, sitting.password = sitting.password, None
    return _page(visit, made=made)


def add(visit: Visit) -> Response:
    """Let somebody in."""
    name, role = visit.form.one("name").strip()[:100], visit.form.one("role")
    try:
        made = staffing.add(visit.hub, name=name, role=role)
    except AccountRefused as refused:
        return _page(visit, 422, wrong=str(refused), called=name, role=role)
    visit.staff.password = (name, str(made["password"]))
    return visit.go(TEAM)


def remove(visit: Visit) -> Response:
    """Take somebody out."""
    name = visit.form.one("name")
    try:
        staffing.remove(visit.hub, name=name)
    except AccountRefused as refused:
        return visit.wrong(422, "That cannot be", str(refused))
    return visit.go(TEAM, f"{name} cannot sign in any more.")


def renew(visit: Visit) -> Response:
    """Give somebody a new password."""
    name = visit.form.one("name")
    try:
        made = staffing.renew(visit.hub, name=name)
    except AccountRefused as refused:
        return visit.wrong(422, "That cannot be", str(refused))
    visit.staff.password = (name, str(made["password"]))
    return visit.go(TEAM)


def change(visit: Visit) -> Response:
    """Change one's own password; tries at the one before are slowed down as at the door."""
    sitting, form, throttle = visit.staff, visit.form, visit.parts.throttle
    wait_ms = throttle.wait_ms("name", sitting.name)
    if wait_ms:
        return _page(visit, 429, own=f"That was often. Wait {entering.span(wait_ms)}.")
    throttle.failed("name", sitting.name)
    try:
        changed = staffing.change(
            visit.hub, name=sitting.name, now=form.one("now"), wanted=form.one("wanted")
        )
    except AccountRefused as refused:
        return _page(visit, 422, own=str(refused))
    throttle.succeeded("name", sitting.name)
    answer = visit.go(TEAM)
    entering.sit(visit, answer, changed, flash=Flash(text=CHANGED))
    return answer


def _page(visit: Visit, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
    found = staffing.staff(visit.hub)["staff"]
    assert isinstance(found, list), "a list of accounts"
    owners = sum(one["role"] == OWNER for one in found)
    whole: dict[str, Any] = {"wrong": "", "own": "", "called": "", "role": MEMBER, "made": None}
    return visit.page(
        "team.html",
        status,
        title="Staff",
        here="team",
        owner=visit.staff.is_owner,
        rows=[
            {
                "name": one["name"],
                "says": _ROLES[one["role"]][0].lower(),
                "you": one["name"] == visit.staff.name,
                "stays": one["role"] == OWNER and owners == 1,
            }
            for one in found
        ],
        options=[
            {"value": one, "label": _ROLES[one][0], "help": _ROLES[one][1]} for one in ROLES[::-1]
        ],
        name_chars_max=NAME_CHARS_MAX,
        password_chars_min=PASSWORD_CHARS_MIN,
        password_chars_max=PASSWORD_CHARS_MAX,
        **{**whole, **context},
    )


_ROLES: Final = {
    MEMBER: ("Member", "Looks at customers for a purpose, invites people, downloads."),
    OWNER: ("Owner", "Also changes deals, the catalogue, tokens and staff."),
}
