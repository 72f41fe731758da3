"""Sets what the organisation accepts and offers: its policy and its catalogue."""

from collections.abc import Sequence

from firsthand.hub.acts.opened import Hub
from firsthand.hub.terms.catalogue import put_offering, read_catalogue
from firsthand.hub.terms.policy import change, put_policy
from firsthand.protocol.terms import ROSTER


def policy(
    hub: Hub,
    *,
    accept: Sequence[str] = (),
    refuse: Sequence[str] = (),
    counter: str | None = None,
    plain_no: bool = False,
) -> dict[str, object]:
    """Show the policy, after changing it if anything is named. Raises ``PolicyRefused``.

    ``counter`` is offered from now on to whoever is refused; with ``plain_no`` nothing is.
    """
    now = hub.policy()
    if accept or refuse or counter or plain_no:
        today = hub.clock.now().date().isoformat()
        changed = change(
            now, accept=accept, refuse=refuse, counter=counter, today=today, plain_no=plain_no
        )
        hub.write(lambda tx: put_policy(tx, changed))
        now = changed
    return {
        "accepts": list(now.accepts),
        "refuses": [name for name in ROSTER if name not in now.accepts],
        "counter": now.counter,
        "since": now.since,
    }


def catalogue(hub: Hub, *, csv: str | bytes, rule: str | None = None) -> dict[str, object]:
    """Publish a catalogue (CSV) and its rule; all who gave something are answered anew.

    Raises ``CatalogueRefused``.
    """
    offering = read_catalogue(csv.encode() if isinstance(csv, str) else csv, rule=rule)
    hub.write(lambda tx: put_offering(tx, offering))
    hub.answering.everybody_again(offering.sha256)
    return {
        "rule": offering.rule.name,
        "rule_sha256": offering.rule.sha256,
        "catalogue": offering.sha256,
        "items": len(offering.items),
    }
