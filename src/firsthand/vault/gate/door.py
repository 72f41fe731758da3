"""The gate itself: one object that an opened vault has, and everything that leaves goes through."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from firsthand.foundation.clock import Clock, stamp
from firsthand.protocol import wire
from firsthand.protocol.agreements import Agreement, read_agreement
from firsthand.protocol.canonical import UnableToReadJson, canonical, read_json
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.roles.profile_rules import Item, catalogue_sha256
from firsthand.vault.gate.again import compose_again
from firsthand.vault.gate.asking import (
    OK,
    Introduction,
    Line,
    introduce,
    introduce_again,
    keep_up,
    refusal_in,
)
from firsthand.vault.gate.disclosing import COMPOSED, Leaving, Request, put_log
from firsthand.vault.gate.ending import Endings
from firsthand.vault.gate.evidence import Evidence
from firsthand.vault.gate.growth import Growth
from firsthand.vault.gate.noticing import notice, warn
from firsthand.vault.gate.reminding import Reminding
from firsthand.vault.gate.resting import Resting
from firsthand.vault.gate.sending import Outcome, Sender
from firsthand.vault.terms import checkpoints, resting
from firsthand.vault.terms.losses import put_sent_again
from firsthand.vault.terms.relationships import (
    Relationship,
    Signer,
    agreement_of,
    find,
    in_force,
    signer_of,
)

if TYPE_CHECKING:
    from firsthand.foundation.egress import Egress
    from firsthand.foundation.ids import Chance
    from firsthand.vault.store import Store


class Gate:
    """The only way out.

    ``commands`` says that a person types addresses into this process, so that a loopback address
    typed literally may be dialled for that relationship.
    """

    def __init__(
        self, store: Store, egress: Egress, clock: Clock, chance: Chance, *, commands: bool
    ) -> None:
        self._store = store
        self._egress = egress
        self._clock = clock
        self._chance = chance
        self._commands = commands

    def close(self) -> None:
        """Let go of every connection; nothing leaves afterwards."""
        self._egress.close()

    # --- asking -------------------------------------------------------------------------------

    def introduce(self, url: str) -> Introduction:
        """Who answers at ``url``: verified by the key that it names. Stores nothing."""
        return introduce(self._line(url, pool=url, literal=True))

    def introduce_again(self, name: str) -> Introduction:
        """Who answers where a relationship is: refused if its keys do not go on from the pinned."""
        relationship = find(self._store, name)
        return introduce_again(self._line_to(relationship), relationship)

    def myterms(self, url: str) -> bytes:
        """What is at ``/.well-known/myterms.json`` there, as it came. Stores nothing."""
        answer = self._line(url, pool=url, literal=True).get(wire.PATH_MYTERMS)
        if answer.status != OK:
            raise refuse("not_found", f"{url} does not say which agreements it accepts.")
        return answer.body

    def invitation(self, url: str, token: str) -> dict[str, object]:
        """What an invitation says before anything is agreed: organisation, account, expires."""
        answer = self._line(url, pool=url, literal=True).get(f"{wire.PATH_INVITES}/{token}")
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        return _object_in(answer.body)

    def proffer(self, introduction: Introduction, proffer_jws: str, signer: Signer) -> Agreement:
        """Send a proffer and read the countersigned answer: accepted or not, both sides keep it."""
        url = introduction.organisation.document.url
        line, body = self._line(url, pool=signer.thumbprint, literal=True), proffer_jws.encode()
        headers, _ = line.sealed(wire.PATH_AGREEMENTS, body, wire.TYPE_JOSE, signer, waits=False)
        answer = line.post(wire.PATH_AGREEMENTS, body, headers)
        if answer.status != OK:
            raise Refused(refusal_in(answer))
        token = _object_in(answer.body).get("answer")
        if not isinstance(token, str):
            raise refuse("shape_invalid", "The answer to the proposal holds no statement.")
        key = introduction.organisation.key_log.key_for(token)
        now = int(self._clock.now().timestamp())
        return read_agreement(proffer_jws, token, organisation_key=key, now=now)

    def refresh(self, name: str) -> Relationship:
        """Read anew what an organisation says of itself; refused if its key is not the pinned."""
        relationship = find(self._store, name)
        introduction = introduce_again(self._line_to(relationship), relationship)
        if introduction.body != relationship.document:
            with self._store.transaction() as tx:
                tx.run(
                    "relationships.replace_document",
                    name=relationship.name,
                    document=introduction.body,
                )
        return find(self._store, relationship.name)

    def keep_up(self, name: str, signed: str) -> None:
        """Read an organisation anew where a key ``signed`` that is not known here yet.

        What it shows instead of a key that goes on from the pinned one is refused and kept as a
        warning. Raises ``Refused`` and ``Offline``.
        """
        relationship = find(self._store, name)
        try:
            keep_up(self._store, self._line_to(relationship), relationship, signed)
        except Refused as error:
            warn(self._store, self._clock, relationship, str(error))
            raise

    def catalogue(self, relationship: Relationship, sha256: str) -> list[Item]:
        """A published catalogue by its hash, kept after the first time."""
        row = self._store.row("inbox.catalogue", sha256=sha256)
        if row is None:
            answer = self._line_to(relationship).get(f"{wire.PATH_CATALOGUES}/{sha256}")
            if answer.status != OK:
                raise Refused(refusal_in(answer))
            items = _items_in(answer.body)
            if catalogue_sha256(items) != sha256:
                raise refuse("digest_invalid", "The catalogue is not the one that was published.")
            body = canonical(msgspec.to_builtins(items)).decode()
            with self._store.transaction() as tx:
                tx.run("inbox.keep_catalogue", sha256=sha256, items=body)
            return items
        return msgspec.json.decode(row["items"], type=list[Item])

    def messages(self, relationship: Relationship, after: int) -> list[tuple[int, str]]:
        """What the organisation has to say, from number ``after`` + 1 on: (number, statement)."""
        signer = signer_of(self._store, relationship)
        line = self._line_to(relationship)
        answer = line.get(wire.PATH_INBOX, signer, query=f"?after={after}")
        if answer.status != OK:
            refusal = refusal_in(answer)
            notice(self._store, self._clock, relationship, refusal)
            raise Refused(refusal)
        messages = _object_in(answer.body).get("messages")
        if not isinstance(messages, list):
            raise refuse("shape_invalid", "The organisation's messages are not a list.")
        found = []
        for message in messages[: wire.MESSAGES_MAX]:
            if not isinstance(message, dict) or not isinstance(message.get("jws"), str):
                raise refuse("shape_invalid", "A message of the organisation is not signed.")
            if type(message.get("n")) is not int:
                raise refuse("shape_invalid", "A message of the organisation has no number.")
            found.append((message["n"], message["jws"]))
        return found

    # --- giving -------------------------------------------------------------------------------

    def compose(self, name: str, request: Request) -> Leaving:
        """Run the steps up to the log: exactly what would leave. Raises ``Refused``."""
        relationship = find(self._store, name)
        other = in_force(self._store, relationship.subject)
        leaving = Leaving(
            relationship=relationship,
            instead=other.name if other is not None else None,
            agreement=agreement_of(self._store, relationship),
            signer=signer_of(self._store, relationship),
            request=request,
            paused_by=resting.rests_of(self._store, relationship.agreement).paused_by,
            now=int(self._clock.now().timestamp()),
        )
        for step in COMPOSED:
            refusal = step(leaving)
            if refusal is not None:
                raise Refused(refusal)
        return leaving

    def disclose(self, name: str, request: Request) -> tuple[Leaving, list[Outcome]]:
        """Compose, write into the log, send. What cannot be sent now waits in the log."""
        doubt = checkpoints.doubted(self._store, find(self._store, name).subject)
        if doubt is not None:
            raise refuse("not_allowed", doubt)
        leaving = self.compose(name, request)
        put_log(leaving, self._store, self._clock, self._chance)
        return leaving, self.flush(leaving.relationship.name)

    def send_now(self, name: str) -> list[Outcome]:
        """Send at once what waits for a moment of its own."""
        with self._store.transaction() as tx:
            tx.run("disclosures.let_all_go", relationship=name)
        return self.flush(name)

    def lost(self, name: str) -> list[Leaving]:
        """Compose once more what an organisation has lost, without sending it.

        Raises ``Refused`` where the deal is not in force, or there is nothing to send again.
        """
        now = int(self._clock.now().timestamp())
        return compose_again(self._store, find(self._store, name), now)

    def again(self, name: str) -> tuple[list[Leaving], list[Outcome]]:
        """Give once more, from the log, what an organisation has lost. Raises as ``lost`` does.

        Who sends again goes on with them, though their log is another one since the loss.
        """
        leavings = self.lost(name)
        self.go_on(name)
        for leaving in leavings:
            put_log(leaving, self._store, self._clock, self._chance)
        name = leavings[0].relationship.name
        first = min(position for leaving in leavings for position in leaving.positions)
        self._sent_again(name, first)
        outcomes = self.flush(name)
        if self.go_on(name):
            outcomes = [each for each in outcomes if each.state != "waiting"] + self.flush(name)
        self._sent_again(name, first)  # that they had lost it may have been noticed only now
        return leavings, outcomes

    def _sent_again(self, name: str, first: int) -> None:
        with self._store.transaction() as tx:
            put_sent_again(tx, name, from_=first)

    def flush(self, name: str | None = None) -> list[Outcome]:
        """Send what waits for ``name``, or for everybody: the endings first, then the entries.

        One that is named is dialled alone, so that no other one hears at the same moment.
        """
        sender = Sender(self._store, self._clock, self._chance, self._line_to)
        outcomes = [*self._endings().send(name), *self._resting().send(name)]
        rows = self._store.rows("disclosures.waiting_relationships")
        for waiting in [row["relationship"] for row in rows]:
            rests = resting.rests_of(self._store, find(self._store, waiting).agreement)
            if name in {None, waiting} and not rests.paused_by:
                outcomes.extend(sender.disclosures(waiting))
        return outcomes

    @property
    def evidence(self) -> Evidence:
        """What is asked for as evidence and by right."""
        at = partial(self._line, pool="what another has seen", literal=True)
        return Evidence(self._store, self._line_to, at)

    # --- the organisation's log -----------------------------------------------------------------

    def follow_log(self, name: str) -> None:
        """Take an organisation's newest checkpoint, and prove that its log only grew.

        What does not fit is kept, and giving stops. Raises ``Refused`` and ``Offline``.
        """
        self._growth(find(self._store, name)).follow()

    def consistency(self, name: str, first: int, second: int) -> tuple[object, str]:
        """The proof between two sizes of an organisation's log, and the answer it came in."""
        return self._growth(find(self._store, name)).consistency(first, second)

    def go_on(self, name: str) -> int:
        """Go on with an organisation whose log does not fit: the person has decided so."""
        relationship = find(self._store, name)
        with self._store.transaction() as tx:
            return checkpoints.decide(tx, relationship, at=stamp(self._clock.now()))

    def _growth(self, relationship: Relationship) -> Growth:
        url = relationship.url
        line = self._line(url, pool=f"log {url}", literal=relationship.literal_loopback)
        again = partial(self.refresh, relationship.name)
        return Growth(self._store, self._clock, line, relationship, again)

    # --- ending -------------------------------------------------------------------------------

    def end(self, name: str, *, erase: bool) -> list[Outcome]:
        """End a deal here and now, withdraw what waits, and tell the organisation first of all.

        It is signed and on the disk, outside the encrypted file, before anything is dialled.
        """
        relationship = find(self._store, name)
        self._endings().begin(relationship, erase=erase)
        return self._endings().send(relationship.name)

    def rest(self, name: str, change: str) -> list[Outcome]:
        """Let a deal rest (``paused``) or go on with it (``resumed``), and tell the organisation.

        Raises ``Refused`` where it is not in force.
        """
        relationship = find(self._store, name)
        self._resting().ask(relationship, change)
        return self.flush(relationship.name)

    def remind(self, name: str | None = None) -> list[str]:
        """State endings and pauses once more where that is due: a backup may have been put back.

        Returns the relationships in which one was, and which are as the person said again.
        """
        again = [*self._reminding().remind(name), *self._resting().remind(name)]
        return list(dict.fromkeys(again))

    def to_remind(self) -> set[str]:
        """The relationships in which that is due. Dials nobody."""
        endings = {told.relationship for told in self._reminding().due()}
        return endings | {each.name for each, _ in self._resting().due()}

    def settle(self) -> None:
        """Take in what became of endings while the vault was locked. Dials nobody."""
        self._endings().settle()

    def _endings(self) -> Endings:
        return Endings(self._store, self._clock, self._chance, self._line_to)

    def _reminding(self) -> Reminding:
        return Reminding(self._store, self._clock, self._chance, self._line_to)

    def _resting(self) -> Resting:
        return Resting(self._store, self._clock, self._chance, self._line_to)

    # --- lines --------------------------------------------------------------------------------

    def _line_to(self, relationship: Relationship) -> Line:
        signer = signer_of(self._store, relationship)
        return self._line(
            relationship.url,
            pool=signer.thumbprint,
            literal=relationship.literal_loopback,
        )

    @property
    def typed(self) -> bool:
        """Whether addresses that come in here were typed into a command by a person."""
        return self._commands

    def _line(self, url: str, *, pool: str, literal: bool) -> Line:
        return Line(
            self._egress, self._clock, url=url, literal=literal and self._commands, pool=pool
        )


def _object_in(body: bytes) -> dict[str, object]:
    value: object = None
    with contextlib.suppress(UnableToReadJson):
        value = read_json(body)
    if not isinstance(value, dict):
        raise refuse("shape_invalid", "The organisation's answer is not a JSON object.")
    return value


def _items_in(body: bytes) -> list[Item]:
    try:
        return msgspec.json.decode(body, type=list[Item])
    except (ValueError, RecursionError) as error:
        raise refuse("shape_invalid", f"The catalogue: {error}") from error
