"""Lives of two sides: whatever a person, an organisation and their machines do, in any order.

A state machine of Hypothesis. Each step is ordinary use; after each every promise is looked at.
"""

import contextlib
import json
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from tests.harness.both import TITLES, URL
from tests.harness.promises import Promises
from tests.harness.truth import Deal, Look, counted
from tests.harness.within import FAULTS, Stopped

from firsthand.hub.acts import deciding
from firsthand.protocol import wire
from firsthand.protocol.canonical import canonical
from firsthand.protocol.changes import Change, read_change_receipt
from firsthand.protocol.refusals import Refused
from firsthand.protocol.roles.profile import PURPOSE, TYPE_GIVEN
from firsthand.protocol.roster import PURPOSES
from firsthand.vault.acts import (
    bringing,
    changing,
    connecting,
    ending,
    exporting,
    receiving,
)
from firsthand.vault.gate import Offline, Request
from firsthand.vault.terms.relationships import agreement_of, find, signer_of

TERMS = ("FH-GIVEN", "SD-BASE", "SD-BASE-ATP", "PDC-AI", "PDC-GOOD", "PDC-INTENT")
OFTEN = ("FH-GIVEN", "FH-GIVEN", "SD-BASE-ATP")  # they allow what most is given for
LEAPS_S = (*(60, 7_200, 3 * 86_400) * 4, 20 * 86_400, 45 * 86_400, 400 * 86_400)
KINDS = ("staff", "command", "token")
some_things = st.sets(st.integers(0, len(TITLES) - 1), min_size=1, max_size=4)
purposes = st.sampled_from([*[PURPOSE] * 5, *PURPOSES])
weather = st.sampled_from([*["fine"] * 9, *FAULTS, "away"])


class Lives(Promises):
    """What can happen, in any order."""

    # --- what the person does ---------------------------------------------------------------

    @initialize(terms=st.sampled_from(OFTEN), picks=some_things, known=st.integers(0, 19))
    def begin(self, terms: str, picks: set[int], known: int) -> None:
        """Most lives begin with a deal under which something was given."""
        if known:
            self.connect(terms, "fine")
            self.give(picks, PURPOSE, "fine", later=9)

    @rule(terms=st.sampled_from([*OFTEN, *OFTEN, *TERMS]), weather=weather)
    @precondition(lambda self: self.active() is None)
    def connect(self, terms: str, weather: str) -> None:
        """Propose terms; some are refused."""
        with self.living(weather):
            connecting.connect(self.both.vault, URL, terms=terms)

    @rule(picks=some_things, purpose=purposes, later=st.integers(0, 9), weather=weather)
    @precondition(lambda self: self.active() is not None)
    def give(self, picks: set[int], purpose: str, weather: str, later: int) -> None:
        """Give some things, for any purpose; some at a moment that chance draws."""
        self.last = (picks, purpose)
        self._give(picks, purpose, weather, later=later == 0)

    @rule(picks=st.lists(some_things, min_size=1, max_size=3), weather=weather)
    @precondition(lambda self: self.active() is not None)
    def give_at_once(self, picks: list[set[int]], weather: str) -> None:
        """Give some things as most do, in bad weather the last of them."""
        for each in picks:
            self.give(each, PURPOSE, weather if each is picks[-1] else "fine", later=9)

    @rule(weather=weather)
    @precondition(lambda self: self.active() is not None and self.last is not None)
    def give_the_same_again(self, weather: str) -> None:
        """Give once more what was given last."""
        assert self.last is not None
        self._give(*self.last, weather, later=False)

    def _give(self, picks: set[int], purpose: str, weather: str, *, later: bool) -> None:
        name = self.active()
        if name is None:
            return
        chosen = [self.things[one] for one in sorted(picks)]
        request = Request(
            role="profile", type=TYPE_GIVEN, purpose=purpose, things=chosen, later=later
        )
        with self.living(weather):
            self.both.vault.gate.disclose(name, request)

    @rule(how=st.sampled_from(["all", "all", "now", "log"]), weather=weather)
    @precondition(lambda self: self.active() is not None)
    def visit(self, how: str, weather: str) -> None:
        """Send what waits and read what came; send all now; have the log's growth proven."""
        name = str(self.active())
        with self.living(weather):
            if how == "now":
                self.both.vault.gate.send_now(name)
            elif how == "log":
                self.both.vault.gate.follow_log(name)
            else:
                receiving.inbox(self.both.vault)

    @rule()
    @precondition(lambda self: self.named() != [])
    def come_back(self) -> None:
        """The organisation is there again, if it was out of reach; all goes on."""
        self.both.away(away=False)
        with self.living():
            receiving.inbox(self.both.vault)

    @rule(how=st.integers(0, 5), weather=weather)
    @precondition(lambda self: self.named() != [])
    def end(self, how: int, weather: str) -> None:
        """End the newest deal, the organisation being there or not."""
        if how > 2 and self.steps < 8:  # most deals last for a while
            return
        with self.living(weather):
            ending.revoke(self.both.vault, self.named()[-1].name, erase=how % 2 == 0)

    @rule(what=st.sampled_from(["pause", "resume", "renew"]), weather=weather)
    @precondition(lambda self: self.active() is not None)
    def turn(self, what: str, weather: str) -> None:
        """Let the deal rest, go on with it, make it last longer."""
        act: Any = {"pause": changing.pause, "resume": changing.resume, "renew": changing.renew}
        with self.living(weather):
            act[what](self.both.vault, str(self.active()))

    @rule(terms=st.sampled_from(TERMS), weather=weather)
    @precondition(lambda self: self.active() is not None)
    def change(self, terms: str, weather: str) -> None:
        """Propose another deal in the place of this one."""
        with self.living(weather):
            wanted = changing.Wanted(terms=terms)
            changing.change(self.both.vault, str(self.active()), wanted)

    @rule(change=st.sampled_from(["paused", "resumed"]), weather=weather)
    @precondition(lambda self: self.active() is not None)
    def turn_elsewhere(self, change: str, weather: str) -> None:
        """Pause or resume, by another device of the same person."""
        relationship = find(self.both.vault.store, str(self.active()))
        signer, gate = signer_of(self.both.vault.store, relationship), self.both.vault.gate
        assert relationship.agreement is not None
        asked = Change(
            agreement=relationship.agreement, change=change, jti=self.both.chance.token(),
            at=self.both.now(),
        )  # fmt: skip
        body = canonical(msgspec.to_builtins(asked))
        line = gate._line_to(relationship)  # noqa: SLF001 - what another device would do
        headers, _ = line.sealed(wire.PATH_CHANGES, body, wire.TYPE_JSON, signer, waits=True)
        with self.living(weather):
            answer = line.post(wire.PATH_CHANGES, body, headers)
            if answer.status == 200:
                read_change_receipt(
                    json.loads(answer.body)["receipt"], key=relationship.key_log.current,
                    agreement=agreement_of(self.both.vault.store, relationship), jti=asked.jti,
                )  # fmt: skip

    # --- what the organisation does -----------------------------------------------------------

    @rule(kind=st.sampled_from(KINDS), purpose=st.sampled_from(PURPOSES))
    @precondition(lambda self: self.truth.people != [])
    def read(self, kind: str, purpose: str) -> None:
        """Somebody there reads, for any purpose."""
        if kind == "token":
            self._facts(purpose)
        else:
            for person in self.truth.people:
                self._look(person, purpose, kind)

    @rule()
    @precondition(lambda self: self.truth.batches != [])
    def answer(self) -> None:
        """The rule reads and answers."""
        self.both.follow()
        hub, now = self.both.hub, self.both.now()
        before = {person: hub.reads.noted(person, rows_max=500) for person in self.truth.people}
        hub.answering.answer_some()
        for person in self.truth.people:
            new = len(hub.reads.noted(person, rows_max=500)) - len(before[person])
            found = self.truth.to_read(person, PURPOSE, now, seen=self.truth.seen)
            allowed = self.truth.allowing(person, PURPOSE, now)
            assert not new or allowed, "a rule has read what it may not"
            if new:
                counts = counted(found, sorted(allowed))
                rule_name = hub.offering().rule.name  # type: ignore[union-attr]
                self.truth.looked(
                    person, [Look(rule_name, "rule", PURPOSE, *each) for each in counts.items()]
                )

    @rule(what=st.sampled_from([*["pause", "resume"] * 3, "end"]), which=st.integers(0, 9))
    @precondition(lambda self: self.standing() != [])
    def decide(self, what: str, which: int) -> None:
        """The organisation rests a deal, goes on with it, or ends it."""
        deals = self.standing()
        deal = deals[which % len(deals)]
        now = self.both.now()
        open_ = not (deal.ended or deal.after is not None or now >= deal.exp)
        try:
            {"pause": deciding.pause, "resume": deciding.resume, "end": deciding.end}[what](
                self.both.hub, agreement=deal.id
            )
        except Refused:
            assert not open_, "it could have decided"
            return
        if what == "end" and deal.after is None:
            self.truth.end(deal.id, now)
        elif open_:
            self.truth.turn(deal.id, "organisation", "paused" if what == "pause" else "resumed")

    # --- what happens to both -----------------------------------------------------------------

    @rule(who=st.sampled_from(["hub", "vault", "both"]), crash=st.booleans())
    def restart(self, who: str, *, crash: bool) -> None:
        """A machine stops, in order or not, and starts."""
        if who != "vault":
            (self.both.crash_hub if crash else self.both.restart_hub)()
        if who != "hub":
            (self.both.crash_vault if crash else self.both.restart_vault)()

    @rule(leap_s=st.sampled_from(LEAPS_S))
    def time_passes(self, leap_s: int) -> None:
        """The clock moves on, and the organisation keeps house as it does every hour."""
        self.both.clock.advance(timedelta(seconds=leap_s))
        self.both.keep_house()

    @rule()
    @precondition(lambda self: self.truth.batches != [] and self.exported is None)
    def export(self) -> None:
        """Take everything along."""
        path = self.both.folder / f"export {self.both.chance.token(6)}.json"
        exporting.export(self.both.vault, path)
        self.exported = path.read_bytes()
        path.unlink()

    @rule()
    @precondition(lambda self: self.exported is not None)
    def restore(self) -> None:
        """Go on from what was taken along, with all that was done since forgotten here."""
        assert self.exported is not None
        path = self.both.folder / "export.json"
        path.write_bytes(self.exported)
        self.both.fresh_vault()
        self.copied = True
        report: Any = bringing.import_paths(self.both.vault, [path])
        assert "error" not in report["files"][0], report
        path.unlink()

    @contextlib.contextmanager
    def living(self, weather: str = "fine") -> Any:  # noqa: ANN401 - a context
        """What may come of an act: done, told no, nobody there, or the machine stops.

        In bad ``weather`` the first statement that leaves is lost, comes twice, is the last one
        before the machine stops, or the organisation is away from now on.
        """
        if weather == "away":
            self.both.away(away=True)
        self.both.wire.fault = weather if weather in FAULTS else None
        try:
            yield
        except (Offline, Refused):
            pass
        except Stopped:
            self.both.crash_vault()
        finally:
            self.both.wire.fault = None

    def standing(self) -> list[Deal]:
        """The deals that the organisation knows."""
        return [one for one in self.truth.deals.values() if not one.erased]


class DurableLives(Lives):
    """The same over a journal in a file."""

    durable = True
