"""A signal: one CloudEvent in the narrow form that travels from a person to an organisation.

The general codec is in ``events``. This one knows our profile alone: required attributes, no
``time`` (the coarsened time is in ``data``), nothing else. It is strict and fast: unknown
attributes and unknown fields of ``data`` are refused by the decoder itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from firsthand.protocol.canonical import UnableToReadJson, read_json
from firsthand.protocol.refusals import refuse
from firsthand.protocol.roles.profile import Given
from firsthand.protocol.wire import BATCH_EVENTS_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence


ID_CHARS_MAX = 64
SPECVERSION: Literal["1.0"] = "1.0"


class Signal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One thing given. ``source`` is the person's subject, ``agreement`` the id of the terms."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    datacontenttype: Literal["application/json"] = "application/json"
    agreement: str
    purpose: str
    data: Given


_DECODER = msgspec.json.Decoder(list[Signal], strict=True)
_ENCODER = msgspec.json.Encoder()


def encode_signals(signals: Sequence[Signal]) -> bytes:
    """The batch's body: a JSON array of CloudEvents, as it will be signed."""
    return _ENCODER.encode(signals)


def signals_taken(body: bytes) -> Sequence[Signal]:
    """The signals of a body that ``decode_signals`` let through before: nothing is checked again.

    Raises ``msgspec.DecodeError`` for any other body.
    """
    return _DECODER.decode(body)


def decode_signals(body: bytes) -> Sequence[Signal]:
    """Decode a batch's body: 1 to ``BATCH_EVENTS_MAX`` signals of one purpose and agreement.

    Raises ``Refused`` (``shape_invalid``) and says at which place the body is wrong.
    """
    try:
        signals = _DECODER.decode(body)
    except (ValueError, RecursionError) as error:  # broken UTF-8 is no DecodeError
        raise refuse("shape_invalid", str(error)) from error
    if _ENCODER.encode(signals) != body:
        # Written in another way than ours, which is allowed; a name said twice is not.
        try:
            read_json(body)
        except UnableToReadJson as error:
            raise refuse("shape_invalid", str(error)) from error
    if not 1 <= len(signals) <= BATCH_EVENTS_MAX:
        raise refuse("shape_invalid", f"A batch holds 1 to {BATCH_EVENTS_MAX} signals.")
    first = signals[0]
    for signal in signals:
        if (
            signal.type != first.type
            or signal.purpose != first.purpose
            or signal.agreement != first.agreement
            or signal.source != first.source
        ):
            raise refuse("shape_invalid", "A batch holds one role, purpose, agreement and source.")
        if not 1 <= len(signal.id) <= ID_CHARS_MAX:
            raise refuse("shape_invalid", f"A signal's id has 1 to {ID_CHARS_MAX} characters.")
    # Signals are kept by their ids: what cannot be kept must not get any further.
    ids = "".join([signal.id for signal in signals])
    if not (ids.isascii() and ids.isprintable()):
        raise refuse("shape_invalid", "A signal's id has plain ASCII characters alone.")
    return signals
