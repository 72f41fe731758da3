"""I have one already: bring a vault here from a backup, or from another device by its code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse
from starlette.routing import Route

from firsthand.vault.acts import backing, browsing, keeping, moving
from firsthand.vault.acts.uploading import UploadRefused, in_words
from firsthand.vault.acts.visiting import BACKUP
from firsthand.vault.gate.handing import UnableToHand, read_code
from firsthand.vault.pages import home, saying
from firsthand.vault.pages.arrivals import Arrival, Place
from firsthand.vault.pages.forms import FILES_BYTES_MAX
from firsthand.vault.pages.keep import PASSPHRASE_CHARACTERS_MIN, new_place, wrong_passphrase
from firsthand.vault.pages.visits import Sitting, Visit, anyone, kept

if TYPE_CHECKING:
    from starlette.responses import Response

    from firsthand.vault.acts.uploading import Upload
    from firsthand.vault.pages.visits import Parts

HERE: Final = "/have"
GOING: Final = f"{HERE}/going"
CAME: Final = f"{HERE}/came"
SLICES: Final = f"{HERE}/backup/upload"
TYPED: Final = ("name", "address", "path", "sent")  # what is no secret
SECRET_CHARACTERS_MAX: Final = 1024
PATH_CHARACTERS_MAX: Final = 4096
GONE: Final = "What you sent is not here any more: it is kept for half an hour. Choose it again."
OFTEN: Final = "That was often. Wait a minute, then try again."
# On a host for many nobody learns by this what answers at which address of its network.
NOBODY: Final = (
    "Nobody waits there with this code. Look at both on the other device: the code is good once "
    "and for five minutes, and both devices have to be in one network."
)


def routes(parts: Parts) -> list[Route]:
    """The pages for who has a vault elsewhere.

    What many reach from anywhere has no network in common with their devices, and must not dial
    into its own at the word of a stranger: there, a backup is the way.
    """
    by_code = [
        Route(f"{HERE}/code", anyone(parts, ask_code), methods=["GET"]),
        Route(f"{HERE}/code", anyone(parts, take_code), methods=["POST"]),
    ]
    return [
        *(by_code if parts.near else ()),
        Route(HERE, anyone(parts, ask), methods=["GET"]),
        Route(f"{HERE}/backup", anyone(parts, ask_backup), methods=["GET"]),
        Route(
            f"{HERE}/backup",
            anyone(parts, take_backup, bytes_max=FILES_BYTES_MAX),
            methods=["POST"],
        ),
        Route(GOING, anyone(parts, going), methods=["GET"]),
        Route(f"{HERE}/state", anyone(parts, state), methods=["GET"]),
        Route(CAME, kept(parts, came), methods=["GET"]),
    ]


def ask(visit: Visit) -> Response:
    """From where."""
    return _taken(visit) or visit.page(
        "have.html", title="I have one already", way="", near=visit.parts.near
    )


def ask_backup(visit: Visit) -> Response:
    """Which backup, and what opens it."""
    return _taken(visit) or _asked(visit, "backup")


def ask_code(visit: Visit) -> Response:
    """What the other device shows."""
    return _taken(visit) or _asked(visit, "code")


def take_backup(visit: Visit) -> Response:
    """Begin to make a vault of a backup that was sent, or that lies on one's own machine."""
    if (taken := _taken(visit)) is not None:
        return taken
    form, file, raw = visit.form, "", b""
    secret = form.one("secret")[:SECRET_CHARACTERS_MAX]
    sent, visits = None, visit.parts.looks.visits
    if form.one("sent"):
        if (sent := _sent_of(visit, form.one("sent"))) is None:
            return _asked(visit, "backup", {"file": GONE}, 422)
        file = sent.name
    elif form.files:
        file, raw = form.files[0].name, form.files[0].content
    elif visit.parts.single is not None and (path := form.one("path").strip()):
        file = path[:PATH_CHARACTERS_MAX]
    if not file:
        return _asked(visit, "backup", {"file": "Choose the file of the backup first."}, 422)
    on_disk = not form.files and sent is None

    def opened(arrival: Arrival) -> bytes:
        arrival.tell("The backup is opened. That takes a moment, on purpose.")
        whole = backing.read_backup(Path(file)) if on_disk else raw
        if sent is not None:
            with visits.open(sent) as stream:
                whole = stream.read()
        if backing.holds_export(whole):
            return whole
        return backing.unsealed(whole, name=file, passphrase=secret)

    return _begun(visit, "backup", opened, file)


def take_code(visit: Visit) -> Response:
    """Begin to fetch from another device."""
    if (taken := _taken(visit)) is not None:
        return taken
    parts = visit.parts
    address, code = visit.form.one("address").strip(), visit.form.one("code")
    try:
        read_code(code)
    except UnableToHand as error:
        return _asked(visit, "code", {"code": str(error)}, 422)

    def fetched(arrival: Arrival) -> bytes:
        arrival.tell("The other device is asked.")

        def told(at: int) -> None:
            arrival.tell(f"{saying.size(at)} came.")

        try:
            return moving.fetch(address, code, parts.chance, told=told)
        except UnableToHand as error:
            if parts.single is None:
                raise UnableToHand(NOBODY) from error
            raise

    return _begun(visit, "code", fetched, "the other device")


def going(visit: Visit) -> Response:
    """How far it is; in the end its recovery code, or what was wrong."""
    parts = visit.parts
    token = parts.arrival_cookie.read(visit.request)
    arrival = parts.arrivals.read(token)
    if arrival is None:
        return visit.go(HERE)
    if arrival.state == "going":
        return visit.page("arriving.html", title="It comes over", arrival=arrival)
    parts.arrivals.forget(token)
    if arrival.made is None:
        where = "file" if arrival.way == "backup" else "code"
        return _asked(visit, arrival.way, {where: arrival.fault}, 422, arrival.typed)
    made = arrival.made
    parts.looks.visits.forget(parts.look_cookie.read(visit.request) or "", BACKUP)
    parts.sittings.close(parts.cookie.read(visit.request))
    opened = parts.sittings.open(
        Sitting(slug=arrival.slug, called=made["called"], proved_ms=made["proved_ms"],
                code=made["code"], came=arrival.way)
    )  # fmt: skip
    parts.nudge(arrival.slug)
    answer = visit.go("/keep/code")
    parts.arrival_cookie.drop(answer)
    parts.cookie.put(answer, opened)
    return answer


def state(visit: Visit) -> Response:
    """How far it is, for the page that waits."""
    arrival = visit.parts.arrivals.read(visit.parts.arrival_cookie.read(visit.request))
    told: dict[str, Any] = {"state": "none"}
    if arrival is not None:
        told = {name: getattr(arrival, name) for name in ("state", "says", "at", "size")}
    return JSONResponse(told)


def came(visit: Visit) -> Response:
    """What came, and what to do on the device that it came from."""
    if not visit.person.came:
        return visit.go("/more")
    given = sum(sums.get("given", 0) for sums in browsing.sums(visit.vault).values())
    counts = keeping.counts(visit.vault)
    return visit.page(
        "came.html",
        title="It is all here",
        here="more",
        by=visit.person.came,
        brought=home.in_words(counts),
        things=sum(int(str(each["things"])) for each in counts),
        deals=home.deals(visit.vault),
        given=given,
    )


def _begun(visit: Visit, way: str, fetch: Any, name: str) -> Response:  # noqa: ANN401 - a function
    parts, form = visit.parts, visit.form
    first = form.one("passphrase")
    address = visit.request.client.host if visit.request.client else ""
    if parts.throttle.wait_ms("have", address):
        return _asked(visit, way, {"file" if way == "backup" else "code": OFTEN}, 429)
    wrong = wrong_passphrase(first, form.one("again"), form.one("name"))
    if wrong:
        return _asked(visit, way, wrong, 422)
    slug, called, wrong = new_place(visit)
    if wrong:
        return _asked(visit, way, wrong, 422)
    parts.throttle.failed("have", address)  # each costs memory, and could be a guess
    place = Place(slug=slug, called=called, passphrase=first)
    arrival = Arrival(way=way, slug=slug, typed={each: form.one(each) for each in TYPED})
    token = parts.arrivals.begin(arrival, place, fetch, name)
    answer = visit.go(GOING)
    parts.arrival_cookie.put(answer, token)
    return answer


def _sent_of(visit: Visit, id: str) -> Upload | None:
    """The backup that came in slices, whole; None where it is not here."""
    look, visits = visit.look(), visit.parts.looks.visits
    try:
        upload = visits.one(look.token if look else "", BACKUP, id)
    except UploadRefused:
        return None
    return upload if visits.is_whole(upload) else None


def _taken(visit: Visit) -> Response | None:
    """Where to go instead: on a machine of one's own there is one place, and it may be taken."""
    if visit.opened is not None:
        return visit.go("/bring")
    single = visit.parts.single
    if single is not None and visit.parts.cabinet.there_is(single.name):
        return visit.go("/unlock")
    return None


def _asked(
    visit: Visit,
    way: str,
    wrong: dict[str, str] | None = None,
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    said = typed or {name: visit.form.one(name) for name in TYPED}
    here = _sent_of(visit, said.get("sent", "")) if way == "backup" else None
    return visit.page(
        "have.html",
        status,
        title="From a backup" if way == "backup" else "From another device",
        way=way,
        wrong=wrong or {},
        typed={**said, "sent": here.id if here else ""},
        sent_name=here.name if here else "",
        slices=SLICES,
        bounds=visit.parts.uploads,
        largest=(largest := visit.parts.looks.visits.largest(BACKUP)),
        largest_said=in_words(largest),
        single=visit.parts.single is not None,
        characters_min=PASSPHRASE_CHARACTERS_MIN,
    )
