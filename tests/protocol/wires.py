"""What comes over the wire or is typed in by an organisation, as targets of the fuzzer.

Each is fed bytes that nobody sent. Whatever it makes of them, it may only refuse them in its own
way; what it takes, it writes down again as it was.
"""

import contextlib
import json
from collections.abc import Callable

from tests.vault.sources.led import led_by

with led_by("firsthand.protocol", "firsthand.hub.terms"):
    from firsthand.hub.terms.catalogue import CatalogueRefused, read_catalogue
    from firsthand.hub.terms.invites import InviteRefused, read_accounts
    from firsthand.protocol.canonical import UnableToReadJson, canonical, read_json
    from firsthand.protocol.changes import read_change, read_ending
    from firsthand.protocol.checkpoints import CheckpointRefused, verifier_key, verify_checkpoint
    from firsthand.protocol.digests import DigestRefused, check_content_digest, content_digest
    from firsthand.protocol.discovery import Document, ProfileRole, read_document, sign_document
    from firsthand.protocol.events import EventRefused, decode_batch, encode_batch
    from firsthand.protocol.exported_log import read_log
    from firsthand.protocol.fields import FieldRefused, parse_dictionary, serialise_dictionary
    from firsthand.protocol.jws import JwsRefused, read_jws, sign_jws, verify_jws
    from firsthand.protocol.myterms import read_myterms
    from firsthand.protocol.receipts import read_batch_label
    from firsthand.protocol.rights import read_request
    from firsthand.protocol.signals import decode_signals
    from firsthand.protocol.signatures import Message, SignatureRefused, keyid_of, sign, verify

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firsthand.protocol.checkpoints import Checkpoint, sign_checkpoint
from firsthand.protocol.identity import jwk_of, subject_of, thumbprint_of
from firsthand.protocol.keylog import sign_first
from firsthand.protocol.refusals import Refused

KEY = derive_private_key(21, SECP256R1())
LOG = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
LOG_KEY = verifier_key("reel.example", LOG.public_key())
_DEAL = "a" * 64


def jsons(content: bytes) -> None:
    """Strict JSON: what is read can be written, and is read again as the same."""
    with contextlib.suppress(UnableToReadJson):
        value = read_json(content)
        assert read_json(canonical(value)) == value


def tokens(content: bytes) -> None:
    """A signed statement, and the header of a batch."""
    token = content.decode("latin-1")
    with contextlib.suppress(JwsRefused):
        read_jws(token)
    with contextlib.suppress(JwsRefused):
        verify_jws(token, public_key=KEY.public_key(), typ="x")
    with contextlib.suppress(Refused):
        read_batch_label(token)


def signals(content: bytes) -> None:
    """What is given, as an organisation takes it."""
    with contextlib.suppress(Refused):
        decode_signals(content)


def events(content: bytes) -> None:
    """What is given, in the form of others."""
    with contextlib.suppress(EventRefused):
        found = decode_batch(content)
        assert decode_batch(encode_batch(found)) == found


def bodies(content: bytes) -> None:
    """Every other body: the first byte says which, as each looks for its own members."""
    readers: tuple[Callable[[bytes], object], ...] = (
        read_document, read_request, read_change, read_ending, read_log, read_myterms,
    )  # fmt: skip
    if content:
        with contextlib.suppress(Refused):
            readers[content[0] % len(readers)](content[1:])


def checkpoints(content: bytes) -> None:
    """A signed note of how long a log is."""
    with contextlib.suppress(CheckpointRefused):
        verify_checkpoint(content.decode("utf-8", "replace"), LOG_KEY)


def headers(content: bytes) -> None:
    """Structured fields, a digest, and the two headers of a signature: a line each."""
    text = content.decode("latin-1")
    with contextlib.suppress(FieldRefused):
        found = parse_dictionary(text)
        assert parse_dictionary(serialise_dictionary(found)) == found
    with contextlib.suppress(DigestRefused):
        check_content_digest(text, b"a")
    lines = [*text.split("\n"), "", "", ""]
    said = {"signature-input": lines[0], "signature": lines[1], "content-digest": lines[2]}
    with contextlib.suppress(SignatureRefused):
        keyid_of(said)
        message = Message(method="POST", target_uri="https://reel.example/a?b=c", headers=said)
        verify(message, public_key=KEY.public_key(), required=["@method"], now=1)


def tables(content: bytes) -> None:
    """The files in columns that an organisation gives its own side."""
    with contextlib.suppress(CatalogueRefused):
        read_catalogue(content)
    with contextlib.suppress(InviteRefused):
        read_accounts(content)


def _signed_document() -> bytes:
    made = Document(
        version="1", name="Reel", url="https://reel.example",
        subject=subject_of(thumbprint_of(KEY.public_key())), keys=[jwk_of(KEY.public_key())],
        log_key=LOG_KEY, agreements=["FH-GIVEN"], backup_days=30,
        profile=ProfileRole(
            asks={"WatchAction": ["name"]}, words="What you watched.", purposes=["personalisation"]
        ),
        key_log=[sign_first(KEY, log_key=LOG_KEY, at=1)],
    )  # fmt: skip
    return sign_document(made, KEY)


def _written(*every: object) -> list[bytes]:
    return [json.dumps(each).encode() for each in every]


def _whole_bodies() -> list[bytes]:
    ending = {"agreement": _DEAL, "jti": "one", "at": 1}
    change = {**ending, "change": "paused"}
    request = {"right": "access", "regime": "gdpr", "jti": "one", "at": 1, "details": ""}
    log = {"format": "firsthand-log", "version": 1, "parts": []}
    terms = {"agreements": [{"id": "P7012-1", "url": "https://a.example"}]}
    rest = _written(request, change, ending, log, terms)
    return [bytes([at]) + each for at, each in enumerate([_signed_document(), *rest])]


def _whole_headers() -> list[bytes]:
    digest = content_digest(b"a")
    message = Message(
        method="POST", target_uri="https://reel.example/a?b=c", headers={"content-digest": digest}
    )
    covered = ("@method", "@target-uri", "@path", "@query", "@authority", "content-digest")
    made = sign(message, key=KEY, covered=covered, created=1, expires=None, keyid="k")
    signed = "\n".join([made["Signature-Input"], made["Signature"], digest])
    return [signed.encode(), digest.encode(), b'a=1;b="c", d=(e ?1 :YQ==:);f, g']


_SIGNAL = {
    "specversion": "1.0", "id": "1", "source": "urn:me", "type": "firsthand.profile.given",
    "agreement": _DEAL, "purpose": "personalisation",
    "data": {
        "@type": "WatchAction", "name": "Dark", "startTime": "2024-01-03",
        "isBasedOn": "netflix", "timePrecision": "P1D",
    },
}  # fmt: skip
_JSON = {"a": [1, -2.5e3, None, True, "ü\U0001f600"], "b": {"c": {}}}
SEEDS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "jsons": (jsons, lambda: _written(_JSON, [], "a", 12)),
    "tokens": (
        tokens,
        lambda: [
            sign_jws({"a": 1}, key=KEY, typ="x").encode(),
            b'lane="a", n=1, salt=:AAAAAAAAAAAAAAAAAAAAAA==:',
        ],
    ),
    "signals": (signals, lambda: _written([_SIGNAL])),
    "events": (
        events,
        lambda: _written([
            {**_SIGNAL, "time": "2024-01-03T20:15:00Z"},
            {"specversion": "1.0", "id": "1", "source": "a", "type": "b", "data_base64": "YQ=="},
        ]),
    ),
    "bodies": (bodies, _whole_bodies),
    "checkpoints": (
        checkpoints,
        lambda: [
            sign_checkpoint(
                Checkpoint(origin="reel.example", size=1, root=b"r" * 32), LOG
            ).encode()
        ],
    ),
    "headers": (headers, _whole_headers),
    "tables": (
        tables,
        lambda: [b"id,title,genre\n1,Dark,drama\n", b'account\n"malik"\n'],
    ),
}  # fmt: skip
