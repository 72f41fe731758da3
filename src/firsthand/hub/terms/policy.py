"""Which agreements of the roster the organisation accepts, and what it says to the others."""

from collections.abc import Sequence

import msgspec

from firsthand.foundation.tables import Reader, Tx
from firsthand.protocol.terms import ROSTER

TABLE = "organisation"
ACCEPTED_AT_FIRST = ("FH-GIVEN", "SD-BASE", "SD-BASE-DP")


class PolicyRefused(ValueError):
    """The policy cannot be set so.

    Name agreements of the roster, accept at least one, and counter only with one that is accepted.
    """


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The accepted roster ids, the one to counter with (if any), and since when (a date)."""

    accepts: tuple[str, ...] = ACCEPTED_AT_FIRST
    counter: str | None = None
    since: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a proposal: ``accepted``, ``countered`` (with what) or ``refused`` (why)."""

    decision: str
    counter: str | None = None
    reason: str | None = None


def get_policy(reader: Reader) -> Policy:
    """The policy as it stands."""
    raw = reader.get(TABLE, "", "policy")
    return Policy() if raw is None else msgspec.json.decode(raw, type=Policy)


def put_policy(tx: Tx, policy: Policy) -> None:
    """Keep the policy; agreements that were made before stay as they are."""
    tx.put(TABLE, "", "policy", msgspec.json.encode(policy))


def change(
    policy: Policy,
    *,
    accept: Sequence[str],
    refuse: Sequence[str],
    counter: str | None,
    today: str,
    plain_no: bool = False,
) -> Policy:
    """The policy after accepting and refusing these roster ids; raises ``PolicyRefused``.

    With ``plain_no`` nothing is offered any more to whoever is refused.
    """
    named = [*accept, *refuse, *([counter] if counter else [])]
    unknown = sorted(set(named) - set(ROSTER))
    if unknown:
        raise PolicyRefused(f"Not in the roster: {', '.join(unknown)}. It has {', '.join(ROSTER)}.")
    both = sorted(set(accept) & set(refuse))
    if both:
        raise PolicyRefused(f"Both accepted and refused: {', '.join(both)}.")
    wanted = (set(policy.accepts) | set(accept)) - set(refuse)
    if not wanted:
        raise PolicyRefused("An organisation that accepts no agreement cannot be given anything.")
    if counter and plain_no:
        raise PolicyRefused(f"Either {counter} is offered instead of a no, or nothing is.")
    kept = None if plain_no else counter or policy.counter
    if counter and counter not in wanted:
        raise PolicyRefused(f"{counter} is not accepted, so it cannot be a counter-offer.")
    return Policy(
        accepts=tuple(name for name in ROSTER if name in wanted),
        counter=kept if kept in wanted else None,
        since=today,
    )


def decide(policy: Policy, proffered: str, *, name: str, may_counter: bool = True) -> Decision:
    """Answer a proposal of the roster's ``proffered``; ``name`` is the organisation's.

    Without ``may_counter`` it is a plain no: a proposal is countered once.
    """
    if proffered in policy.accepts:
        return Decision(decision="accepted")
    accepted = ", ".join(policy.accepts)
    reason = f"{name} does not accept {proffered}. It accepts {accepted}."
    if policy.counter is not None and may_counter:
        return Decision(decision="countered", counter=policy.counter, reason=reason)
    return Decision(decision="refused", reason=reason)
