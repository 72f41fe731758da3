"""The organisation itself: its name, its address, its keys, and how it introduces itself."""

import ipaddress
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firsthand.foundation.keys import (
    KeyRefused,
    log_key_from_pem,
    log_key_to_pem,
    new_log_key,
    new_signing_key,
    signing_key_from_pem,
    signing_key_to_pem,
)
from firsthand.foundation.signs import unseen
from firsthand.foundation.tables import Table
from firsthand.hub.terms.catalogue import Offering
from firsthand.hub.terms.policy import Policy
from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint, verifier_key
from firsthand.protocol.discovery import Document, ProfileRole, sign_document
from firsthand.protocol.identity import jwk_of
from firsthand.protocol.keylog import KeyEntry, KeyLog, read_key_log, sign_first
from firsthand.protocol.refusals import Refused
from firsthand.protocol.roles import profile, profile_rules
from firsthand.protocol.wire import VERSION

TABLE = "organisation"
TABLES = (Table(name=TABLE, erased=False),)
ABOUT_FILE = "organisation.json"
KEY_FILE = "organisation.pem"
LOG_FILE = "log.pem"
KEYS_FILE = "keys.json"
_NEXT = ".new"
BACKUP_DAYS = 30
NAME_CHARS_MAX = 100
URL_CHARS_MAX = 200


class AddressRefused(ValueError):
    """The organisation cannot be reached under this name or address.

    Give a name of 1 to 100 characters and an address such as https://reel.example: https, or http
    for this machine alone, a host, perhaps a port, and nothing after it.
    """


class UnableToFound(RuntimeError):
    """An organisation cannot be made in this folder. The message says why."""


class UnableToLoad(RuntimeError):
    """There is no organisation in this folder, or it cannot be read. The message says which."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the organisation says of itself: its name and its address without a final slash."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of one time. ``log_key`` signs the checkpoints of the journal.

    ``key_log`` is public and ends with the key of that time.
    """

    key: EllipticCurvePrivateKey
    log_key: Ed25519PrivateKey
    key_log: KeyLog


class Organisation:
    """The organisation with its keys of today; ``changing`` is held while they change."""

    def __init__(self, about: About, keys: Keys) -> None:
        self.about = about
        self.keys = keys
        self.changing = threading.Lock()

    def at_once(self) -> "Organisation":
        """The same with the keys of this moment, for what must be of one key throughout."""
        return Organisation(self.about, self.keys)

    @property
    def key(self) -> EllipticCurvePrivateKey:
        """The key of today, which signs every statement."""
        return self.keys.key

    @property
    def log_key(self) -> Ed25519PrivateKey:
        """The key of today for the checkpoints of its journal."""
        return self.keys.log_key

    @property
    def key_log(self) -> KeyLog:
        """How it came to its key of today."""
        return self.keys.key_log

    @property
    def subject(self) -> str:
        """Its name for ever: the thumbprint URI of its first key."""
        return self.key_log.subject

    @property
    def name(self) -> str:
        """Its name, as people know it."""
        return self.about.name

    @property
    def url(self) -> str:
        """Its address, without a final slash."""
        return self.about.url

    @property
    def origin(self) -> str:
        """The name of its journal in checkpoints: host and port."""
        return _origin_of(self.about)

    @property
    def verifier(self) -> str:
        """The C2SP verifier key of its journal."""
        return verifier_key(self.origin, self.log_key.public_key())

    def checkpoint(self, size: int, root: bytes) -> str:
        """Sign that the journal has ``size`` batches under ``root`` (32 bytes)."""
        return sign_checkpoint(Checkpoint(origin=self.origin, size=size, root=root), self.log_key)


def check_about(name: str, url: str) -> About:
    """A name and an address that people can use; raises ``AddressRefused``."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARS_MAX:
        raise AddressRefused(f"A name has 1 to {NAME_CHARS_MAX} characters; this is {name[:40]!r}.")
    if sign := unseen(name):
        raise AddressRefused(f"A name holds what people can see, and not {sign}: {name[:40]!a}.")
    url = url.rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused(f"{url[:80]!r} is not an address: {error}.") from error
    plain = url == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc and bool(host)
    if len(url) > URL_CHARS_MAX or not plain or port == 0 or not url.isascii():
        raise AddressRefused(f"{url[:80]!r} must be a scheme, a host and perhaps a port, alone.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise AddressRefused(f"{url[:80]!r} must begin with https:// (http is for this machine).")
    return About(name=name, url=f"{parts.scheme}://{parts.netloc.lower()}")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make_folder(folder: Path) -> None:
    """Make ``folder``, open to its owner alone; raises ``UnableToFound`` if it is not empty."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        empty = not any(folder.iterdir())
        if empty:
            folder.chmod(0o700)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UnableToFound(f"{folder} cannot be made: {why}. Name another folder.") from error
    if not empty:
        raise UnableToFound(f"{folder} is not empty. Name a new folder for the organisation.")


def make_keys(folder: Path) -> None:
    """Write new keys into ``folder``, readable by its owner alone."""
    _write(folder / KEY_FILE, signing_key_to_pem(new_signing_key()))
    _write(folder / LOG_FILE, log_key_to_pem(new_log_key()))


def write_about(folder: Path, about: About) -> None:
    """Keep what the organisation says of itself beside its keys."""
    _write(folder / ABOUT_FILE, msgspec.json.format(msgspec.json.encode(about)) + b"\n")


def begin_key_log(folder: Path, *, at: int) -> None:
    """Write the log of keys with its first entry beside the keys, unless there is one.

    ``at``: since when the key counts, in seconds since 1970; 0 where that is not known. Raises
    ``UnableToLoad``.
    """
    if (folder / KEYS_FILE).exists():
        return
    about, key, log_key = _read(folder)
    vkey = verifier_key(_origin_of(about), log_key.public_key())
    write_key_log(folder, [sign_first(key, log_key=vkey, at=at)])


def write_key_log(folder: Path, entries: Sequence[str]) -> None:
    """Keep the log of keys in place of what stood there, whole or not at all."""
    fresh = folder / f"{KEYS_FILE}{_NEXT}"
    _write_fresh(fresh, msgspec.json.format(msgspec.json.encode({"keys": list(entries)})) + b"\n")
    fresh.replace(folder / KEYS_FILE)


def put_keys(folder: Path, keys: Keys) -> None:
    """Put other keys in place of those that are there: all of them, or none at any stop.

    The log of keys is what decides: once it stands there with the new key, the new files take the
    place of the old ones, now or when the folder is loaded next. The old keys are gone then.
    """
    _write_fresh(folder / f"{KEY_FILE}{_NEXT}", signing_key_to_pem(keys.key))
    _write_fresh(folder / f"{LOG_FILE}{_NEXT}", log_key_to_pem(keys.log_key))
    _sync(folder)
    write_key_log(folder, keys.key_log.tokens)
    _sync(folder)
    _finish_putting(folder, keys.key_log)


def load(folder: Path) -> Organisation:
    """The organisation of ``folder``; raises ``UnableToLoad``.

    A folder of an earlier release has no log of keys: it gets one that begins with its key.
    """
    if (folder / KEYS_FILE).exists():
        _finish_putting(folder, _read_keys(folder))
    about, key, log_key = _read(folder)
    begin_key_log(folder, at=0)
    key_log = _read_keys(folder)
    loaded = Organisation(about, Keys(key=key, log_key=log_key, key_log=key_log))
    newest = key_log.entries[-1]
    if newest.key != jwk_of(key.public_key()) or newest.log_key != loaded.verifier:
        raise UnableToLoad(
            f"{folder / KEYS_FILE} does not end with the keys and the address of this folder. Put "
            "back the files that belong together."
        )
    return loaded


def _read_keys(folder: Path) -> KeyLog:
    try:
        content = msgspec.json.decode((folder / KEYS_FILE).read_bytes(), type=dict[str, list[str]])
        return read_key_log(content.get("keys", []))
    except (OSError, ValueError, Refused) as error:
        raise UnableToLoad(f"{folder / KEYS_FILE} cannot be read: {error}") from error


def _finish_putting(folder: Path, key_log: KeyLog) -> None:
    """Put new key files in place if the log ends with their key, and drop them if it does not."""
    (folder / f"{KEYS_FILE}{_NEXT}").unlink(missing_ok=True)
    fresh = [(folder / f"{name}{_NEXT}", folder / name) for name in (KEY_FILE, LOG_FILE)]
    if not any(new.exists() for new, _ in fresh):
        return
    newest = key_log.entries[-1]
    for new, place in fresh:
        if not new.exists():
            continue
        try:
            belongs = _belongs(new, newest)
        except KeyRefused:  # it was being written
            belongs = False
        if belongs:
            new.replace(place)
        else:
            new.unlink()
    _sync(folder)


def _belongs(path: Path, newest: KeyEntry) -> bool:
    """Whether a new key file holds the key, or the key of the log, that this entry names."""
    pem = path.read_bytes()
    if path.name.startswith(KEY_FILE):
        return jwk_of(signing_key_from_pem(pem).public_key()) == newest.key
    origin, _, _ = newest.log_key.partition("+")
    return verifier_key(origin, log_key_from_pem(pem).public_key()) == newest.log_key


def _read(folder: Path) -> tuple[About, EllipticCurvePrivateKey, Ed25519PrivateKey]:
    try:
        about = msgspec.json.decode((folder / ABOUT_FILE).read_bytes(), type=About)
        key = signing_key_from_pem((folder / KEY_FILE).read_bytes())
        log_key = log_key_from_pem((folder / LOG_FILE).read_bytes())
    except FileNotFoundError as error:
        raise UnableToLoad(
            f"{folder} holds no organisation. Make one: firsthand hub init --name NAME --url URL"
        ) from error
    except (OSError, KeyRefused, ValueError) as error:
        raise UnableToLoad(f"{folder} cannot be read: {error}") from error
    return check_about(about.name, about.url), key, log_key


def document(organisation: Organisation, policy: Policy, offering: Offering | None) -> Document:
    """The organisation's introduction, as it stands at ``/.well-known/firsthand``."""
    return Document(
        version=VERSION,
        name=organisation.name,
        url=organisation.url,
        subject=organisation.subject,
        keys=[jwk_of(organisation.key.public_key())],
        log_key=organisation.verifier,
        agreements=list(policy.accepts),
        profile=profile_role(offering),
        backup_days=BACKUP_DAYS,
        key_log=list(organisation.key_log.tokens),
    )


def profile_role(offering: Offering | None) -> ProfileRole:
    """What the organisation asks for and does with it: its rule, where it has a catalogue."""
    if offering is None:
        asks = {kind: list(profile.FIELDS[kind]) for kind in ("WatchAction", "PayAction")}
        words = "We know you by what you show us, and by nothing else."
        return ProfileRole(asks=asks, words=words, purposes=[profile.PURPOSE])
    return ProfileRole(
        asks=profile_rules.ASKS[offering.rule.name],
        words=_WORDS[offering.rule.name],
        purposes=[profile.PURPOSE],
        rule=offering.rule,
        catalogue=offering.sha256,
    )


_WORDS = {
    "titles-by-taste": "Show us what you watched, and we name what you may like next, and why.",
    "plan-that-fits": "Show us what you pay now, and we say whether a plan of ours costs you less.",
}


def discovery(organisation: Organisation, policy: Policy, offering: Offering | None) -> bytes:
    """The signed body of ``/.well-known/firsthand``."""
    organisation = organisation.at_once()
    return sign_document(document(organisation, policy, offering), organisation.key)


def myterms(organisation: Organisation, policy: Policy, effective: str) -> dict[str, object]:
    """The body of ``/.well-known/myterms.json`` (IEEE 7012): which agreements are accepted."""
    return {
        "effective_date": effective,
        "agreements": [
            {"id": accepted, "url": f"{organisation.url}/terms/{accepted}"}
            for accepted in policy.accepts
        ],
        "tos_url": f"{organisation.url}/terms",
        "tos": "The person proffers the terms; one of these agreements is answered with yes.",
    }


def _origin_of(about: About) -> str:
    return urlsplit(about.url).netloc


def _write_fresh(path: Path, content: bytes) -> None:
    """Write a file that waits to take another's place; what a stop left of it goes."""
    path.unlink(missing_ok=True)
    _write(path, content)


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder outlive a loss of power in this order."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
