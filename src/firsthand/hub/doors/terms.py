"""Pages in plain words for persons: the agreements that are accepted, and what an invitation is."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from firsthand.hub.acts import inviting
from firsthand.hub.acts.opened import Hub
from firsthand.hub.doors.answers import Handler, door, json_response
from firsthand.hub.doors.published import open_invite
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.terms import ROSTER, Terms


def terms_list_door(hub: Hub) -> Handler:
    """GET /terms: what this organisation accepts."""

    @door
    async def listed(_: Request) -> Response:
        policy = await run_in_threadpool(hub.policy)
        rows = "".join(
            f'<li><a href="/terms/{name}">{escape(ROSTER[name].title)}</a>: '
            f"{escape(ROSTER[name].summary)}</li>"
            for name in policy.accepts
        )
        title = f"What {hub.organisation.name} agrees to"
        lead = "You propose the terms. These are the ones that are answered with yes."
        return _page(hub, title, f"<p>{lead}</p><ul>{rows}</ul>")

    return listed


def terms_door(hub: Hub) -> Handler:
    """GET /terms/ID, /terms/ID.txt and /terms/ID.json: a page, its exact text, its data."""

    @door
    async def shown(request: Request) -> Response:
        name, dot, form = request.path_params["name"].partition(".")
        terms = ROSTER.get(name)
        if terms is None or (dot and form not in {"txt", "json"}):
            raise refuse("not_found", "No agreement has this name.")
        if form == "txt":
            return PlainTextResponse(terms.text())
        if form == "json":
            return json_response(terms.machine())
        return _page(hub, terms.title, _terms_html(terms))

    return shown


def invitation_door(hub: Hub) -> Handler:
    """GET /invite/TOKEN: what a person sees who follows an invitation."""

    @door
    async def invitation(request: Request) -> Response:
        token = request.path_params["token"]
        try:
            invite = await run_in_threadpool(open_invite, hub, token)
        except Refused as refused:
            words = "<p>This invitation was used already, or its time is over. Ask for another.</p>"
            return _page(hub, "No open invitation", words, status=refused.refusal.status)
        link = inviting.link(hub, token)
        code = await run_in_threadpool(inviting.qr_svg, link)
        account = f" It is for {escape(invite.account)}." if invite.account else ""
        name = escape(hub.organisation.name)
        return _page(
            hub,
            f"An invitation from {hub.organisation.name}",
            f"<p>{name} asks you to show what you want to show, under your own terms.{account}</p>"
            f"<p>Give this address to your Firsthand, or scan it:</p>"
            f"<p><code>firsthand vault connect {escape(link)}</code></p>{code}",
        )

    return invitation


def _terms_html(terms: Terms) -> str:
    points = "".join(f"<li>{escape(point)}</li>" for point in terms.points)
    return (
        f"<p>{escape(terms.summary)}</p><ul>{points}</ul>"
        f'<p><a href="/terms/{terms.id}.txt">The exact text</a>, SHA-256 with its data: '
        f"<code>{terms.sha256}</code></p>"
    )


def _page(hub: Hub, title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - {escape(hub.organisation.name)}</title></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        status_code=status,
    )
