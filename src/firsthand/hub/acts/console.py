"""Lets commands reach a hub that another process is serving: a socket in its folder.

One line of JSON asks, ``{"act": ..., "arguments": {...}}``, one line answers. The folder is open to
its owner alone, and so is the socket. A path to a socket holds at most 107 bytes, so the folder is
named by its descriptor.
"""

import contextlib
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from firsthand.hub.acts import (
    checking,
    deciding,
    inviting,
    offering,
    people,
    register,
    rekeying,
    requests,
    staffing,
)
from firsthand.hub.acts.deciding import DealRefused
from firsthand.hub.acts.opened import Hub
from firsthand.hub.reads import PurposeRefused, UnknownCustomer
from firsthand.hub.staff.accounts import AccountRefused
from firsthand.hub.terms.catalogue import CatalogueRefused
from firsthand.hub.terms.invites import InviteRefused
from firsthand.hub.terms.policy import PolicyRefused
from firsthand.hub.terms.rights import RequestRefused
from firsthand.protocol.refusals import Refused

SOCKET = "console.sock"
ASK_BYTES_MAX = 16 * 1024 * 1024
ANSWER_BYTES_MAX = 1024 * 1024 * 1024
WAIT_S = 120.0
LONG_S = 86_400.0  # for what looks at everything that is kept
LONG = {"check"}

Act = Callable[..., dict[str, object]]
ACTS: dict[str, Act] = {
    "invite": inviting.invite,
    "customers": people.customers,
    "customer": people.customer,
    "facts": people.envelopes,
    "agreements": people.agreed,
    "register": register.register,
    "end": deciding.end,
    "pause": deciding.pause,
    "resume": deciding.resume,
    "policy": offering.policy,
    "catalogue": offering.catalogue,
    "rotate key": rekeying.rotate,
    "check": checking.check,
    "rights": requests.listed,
    "rights show": requests.shown,
    "rights fulfil": requests.fulfil,
    "rights deny": requests.deny,
    "rights extend": requests.extend,
    "staff": staffing.staff,
    "staff add": staffing.add,
    "staff remove": staffing.remove,
    "staff passphrase": staffing.renew,
}
REFUSALS = (
    PurposeRefused, UnknownCustomer, CatalogueRefused, InviteRefused, PolicyRefused,
    AccountRefused, DealRefused, RequestRefused, Refused,
)  # fmt: skip

_log = logging.getLogger(__name__)


class ActRefused(RuntimeError):
    """The serving hub did not do what was asked; the message is its reason."""


class UnableToAsk(RuntimeError):
    """The serving hub was reached, and the line broke before it had answered. Ask again."""


def run(hub: Hub, act: str, arguments: Mapping[str, object]) -> dict[str, object]:
    """Do one act in this process. Raises ``ActRefused`` with the reason.

    What is kept in the folder and cannot be read any more is such a reason: bytes of it changed.
    """
    if act not in ACTS:
        raise ActRefused(f"There is no act {act!r}.")
    try:
        return ACTS[act](hub, **arguments)
    except REFUSALS as refused:
        raise ActRefused(str(refused)) from refused
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ActRefused(
            f"Something that is kept in {hub.folder} cannot be read: {error}. It is damaged or was "
            "changed. Put back your last backup of the whole folder."
        ) from error


class Console:
    """The serving side: answers in threads of its own until it is closed."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(hub.folder) as path:
            # Who holds the folder's lock is alone here: a socket that is left is a dead one's.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108 - the path goes through a descriptor
            self._socket.bind(path)
            os.chmod(path, 0o600)  # noqa: PTH101 - the same
        self._socket.listen(16)
        self._thread = threading.Thread(target=self._serve, name="console", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the socket away; whoever is being answered is answered."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        with contextlib.suppress(FileNotFoundError):
            (self._hub.folder / SOCKET).unlink()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        line.settimeout(WAIT_S)
        with line, contextlib.suppress(OSError):
            answer: dict[str, object]
            try:
                asked = json.loads(_read_line(line, ASK_BYTES_MAX))
                answer = {"result": run(self._hub, asked["act"], asked["arguments"])}
            except ActRefused as refused:
                answer = {"refused": str(refused)}
            except (ValueError, KeyError, TypeError) as error:
                answer = {"refused": f"It was not asked in the right form: {error}"}
            except Exception:  # noqa: BLE001 - a bad act must not end the console
                _log.exception("an act failed")
                answer = {"refused": "The hub could not do this. Its log says why."}
            line.sendall(json.dumps(answer).encode() + b"\n")


def ask(folder: Path, act: str, arguments: Mapping[str, object]) -> dict[str, object] | None:
    """Have a serving hub do an act; None if none is serving this folder.

    Raises ``ActRefused`` with its reason and ``UnableToAsk``.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(LONG_S if act in LONG else WAIT_S)
    with line:
        try:
            with _short(folder) as path:
                line.connect(path)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return None
        try:
            line.sendall(json.dumps({"act": act, "arguments": arguments}).encode() + b"\n")
            answer = json.loads(_read_line(line, ANSWER_BYTES_MAX))
        except (OSError, ValueError) as error:
            raise UnableToAsk(f"The serving hub did not answer: {error}.") from error
    if "refused" in answer:
        raise ActRefused(answer["refused"])
    result: dict[str, object] = answer["result"]
    return result


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A path of a few bytes to the socket in ``folder``, good while this is open."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def _read_line(line: socket.socket, size_bytes_max: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        part = line.recv(1 << 16)
        if not part:
            raise ValueError("the line broke")
        size += len(part)
        parts.append(part)
        if part.endswith(b"\n"):
            return b"".join(parts)
        if size > size_bytes_max:
            raise ValueError(f"longer than {size_bytes_max} bytes")
