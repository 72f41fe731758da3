"""What must be so, by what went over the line: a model of both sides, without any of their code.

It is told each request and its answer, and says what the organisation must hold, what it may read
for which purpose, and what it may refuse. All the roster says is taken from the roster.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tests.harness.within import Asked

from firsthand.foundation.egress import Answer
from firsthand.protocol import wire
from firsthand.protocol.agreements import agreement_id, read_proffer
from firsthand.protocol.identity import thumbprint_of
from firsthand.protocol.jws import read_jws
from firsthand.protocol.roster import PURPOSES, ROSTER

REFUSED_DAYS = 30


@dataclass
class Deal:
    """An accepted agreement. ``after`` is the one that took its place, ``ended`` by anybody.

    ``ended_at`` is when the first of the two was; ``cleared``: what came under it was erased.
    """

    person: str
    id: str
    terms: str
    purposes: tuple[str, ...]
    exp: int
    proffer: str
    answer: str
    ended: bool = False
    ended_at: int | None = None
    cleared: bool = False
    after: str | None = None
    paused: set[str] = field(default_factory=set)
    erased: bool = False


@dataclass(frozen=True)
class Batch:
    """What was taken, by its place in the log."""

    place: int
    person: str
    lane: str
    n: int
    agreement: str
    purpose: str
    body: bytes
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """A read that must stand in the log of reads."""

    name: str
    kind: str
    purpose: str
    agreement: str
    count: int


class Truth:
    """All of it, for one organisation and one person under as many keys as there were."""

    def __init__(self) -> None:
        self.deals: dict[str, Deal] = {}
        self.batches: list[Batch] = []
        self.gone: set[int] = set()
        self.turned: set[str] = set()
        self.people: list[str] = []
        self.erased: set[str] = set()
        # Who was only ever told no: since the last no, by the proposals that had one.
        self.refused: dict[str, dict[str, int]] = {}
        self.dropped: set[str] = set()  # proposals of before they forgot who had made them
        self.looks: dict[str, list[Look]] = {}
        self.seen = 0  # how many batches are projected

    # --- what is told -----------------------------------------------------------------------

    def arrived(self, asked: Asked, answer: Answer, now: int) -> None:
        """Take in what was answered, and object to what may not be answered."""
        if asked.method != "POST":
            return
        if asked.path == wire.PATH_SIGNALS:
            self._signals(asked, answer, now)
        elif answer.status != 200:
            return
        elif asked.path == wire.PATH_AGREEMENTS:
            self._agreed(asked.body.decode(), json.loads(answer.body)["answer"], now)
        elif asked.path == wire.PATH_REVOCATIONS:
            self.revoke(json.loads(asked.body)["agreement"], now)
        elif asked.path == wire.PATH_ERASURES:
            self.erase(self.deals[json.loads(asked.body)["agreement"]].person)
        elif asked.path == wire.PATH_CHANGES:
            said = json.loads(asked.body)
            if said["jti"] not in self.turned:  # the same one again changes nothing
                self.turned.add(said["jti"])
                self.turn(said["agreement"], "person", said["change"])

    def _agreed(self, proffer_jws: str, answer_jws: str, now: int) -> None:
        proffer, key = read_proffer(proffer_jws)
        person, id = thumbprint_of(key), agreement_id(proffer_jws, answer_jws)
        same = [one for one in self.deals.values() if one.proffer == proffer_jws]
        assert all(one.answer == answer_jws for one in same), "another answer to the same proposal"
        if person not in self.people:
            self.people.append(person)
        if self.forgotten(person, now):
            self.dropped |= self.refused.pop(person).keys()
        if read_jws(answer_jws)[1]["decision"] != "accepted":
            self.dropped.discard(proffer_jws)  # the same proposal is a new one there
            self.refused.setdefault(person, {}).setdefault(proffer_jws, now)
            return
        if id in self.deals:
            return
        assert person not in self.erased, "a key that was erased may agree to nothing"
        terms = ROSTER[proffer.p7012.agreement]
        made = Deal(person, id, terms.id, terms.purposes, proffer.exp, proffer_jws, answer_jws)
        self.deals[id] = made
        if proffer.supersedes is not None:
            old = self.deals[proffer.supersedes]
            assert not old.ended, "what has ended is not replaced"
            assert old.after is None, "replaced twice"
            old.after, old.ended_at = id, now

    def _signals(self, asked: Asked, answer: Answer, now: int) -> None:
        made = self._batch_of(asked)
        first = next((one for one in self.batches if _label(one) == _label(made)), None)
        why = self.why_not_taken(made.agreement, made.purpose, now)
        if answer.status == 200:
            index = json.loads(answer.body)["index"]
            if first is not None:
                assert first.body == made.body, "another batch under the same number"
                assert index == first.place, "the same batch was receipted at another place"
                return
            assert why is None, f"it was taken, though: {why}"
            assert index == len(self.batches), "a place was left out, or taken twice"
            assert made.n == 1 + self._last(made), "a number was left out"
            self.batches.append(replace(made, place=index))
            return
        reason = json.loads(answer.body).get("reason")
        here = first is not None and first.place not in self.gone and first.body == made.body
        assert not here or why == "unknown_relationship", "it is there, and no receipt came again"
        if reason in {"lane_gap", "lane_conflict"}:
            due = 1 + self._last(made)
            assert made.n != due, f"number {due} was due"
            assert first is None or first.body != made.body, "the same batch was refused"
        else:
            assert reason == why, f"refused with {reason}, and not with {why}"

    def end(self, agreement: str, now: int) -> None:
        """An agreement was ended, by whomever."""
        deal = self.deals[agreement]
        deal.ended, deal.ended_at = True, now if deal.ended_at is None else deal.ended_at

    def revoke(self, agreement: str, now: int) -> None:
        """A person ended an agreement, and with it those that took its place."""
        last: str | None = agreement
        while last is not None:
            self.end(last, now)
            last = self.deals[last].after

    def turn(self, agreement: str, by: str, change: str) -> None:
        """An agreement was paused or resumed."""
        paused = self.deals[agreement].paused
        (paused.add if change == "paused" else paused.discard)(by)

    def erase(self, person: str) -> None:
        """All of a person is gone, and nothing of it may be anywhere."""
        self.erased.add(person)
        for deal in self.deals.values():
            if deal.person == person:
                deal.ended = deal.erased = True
        self.gone |= {one.place for one in self.batches if one.person == person}
        self.looks.pop(person, None)

    def kept_house(self, now: int) -> None:
        """All that has to be erased by now was erased."""
        for person in [one for one in self.people if one not in self.erased]:
            own = [one for one in self.deals.values() if one.person == person]
            due = [one for one in own if now >= self.kept_until(one)]
            if own and all(one in due or one.cleared for one in own):
                self.erase(person)
            for deal in due:
                deal.cleared = True
                places = {one.place for one in self.batches if one.agreement == deal.id}
                self.gone |= places

    def forgotten(self, person: str, now: int) -> bool:
        """Whether nothing was ever agreed with somebody, and not asked for lately either."""
        if any(one.person == person for one in self.deals.values()) or person not in self.refused:
            return False
        return now >= max(self.refused[person].values()) + REFUSED_DAYS * 86_400

    def kept_until(self, deal: Deal) -> int:
        """The last hour of keeping what came under an agreement; none that goes on has one."""
        last, days = deal, ROSTER[deal.terms].retention_days
        while last.after is not None and not last.ended:
            last = self.deals[last.after]
            days = min(days, ROSTER[last.terms].retention_days)
        end = min(last.exp, last.exp if last.ended_at is None else last.ended_at)
        return end + days * 86_400 - (3_600 if ROSTER[deal.terms].retention_days else 0)

    def looked(self, person: str, looks: Iterable[Look]) -> None:
        """Somebody read."""
        self.looks.setdefault(person, []).extend(looks)

    # --- what must be -----------------------------------------------------------------------

    def why_not_taken(self, agreement: str, purpose: str, now: int) -> str | None:
        """Why nothing may come in under an agreement: a reason; None if it must be taken."""
        deal = self.deals.get(agreement)
        if deal is None:
            return "no_agreement"
        if deal.person in self.erased:
            return "unknown_relationship"
        if purpose not in deal.purposes:
            return "purpose_not_allowed"
        if deal.ended or deal.after is not None or now >= deal.exp:
            return "agreement_ended"
        return "agreement_paused" if deal.paused else None

    def readable(self, deal: Deal, now: int) -> tuple[str, ...]:
        """The purposes that what came under an agreement may be read for now."""
        last, purposes = deal, set(deal.purposes)
        while last.after is not None and not last.ended:
            last = self.deals[last.after]
            purposes &= set(last.purposes)
        if last.ended or last.paused or now >= last.exp or deal.person in self.erased:
            return ()
        return tuple(purpose for purpose in PURPOSES if purpose in purposes)

    def allowing(self, person: str, purpose: str, now: int) -> frozenset[str]:
        """The agreements of a person under which may be read for a purpose now."""
        every = [one for one in self.deals.values() if one.person == person]
        return frozenset(one.id for one in every if purpose in self.readable(one, now))

    def to_read(self, person: str, purpose: str, now: int, *, seen: int) -> dict[str, set[str]]:
        """By agreement, the ids that a read must find: each under the deal it came under last."""
        allowed = self.allowing(person, purpose, now)
        newest: dict[str, str] = {}
        for one in self.batches[:seen]:
            own = one.person == person and one.purpose == purpose
            if own and one.agreement in allowed and one.place not in self.gone:
                newest.update(dict.fromkeys(one.ids, one.agreement))
        found: dict[str, set[str]] = {}
        for id, agreement in newest.items():
            found.setdefault(agreement, set()).add(id)
        return found

    def held(self) -> list[Batch]:
        """What the organisation's log must hold, in its order."""
        return [one for one in self.batches if one.place not in self.gone]

    def _last(self, like: Batch) -> int:
        lane = [one for one in self.held() if _label(one)[:2] == _label(like)[:2]]
        return max((one.n for one in lane), default=0)

    @staticmethod
    def _batch_of(asked: Asked) -> Batch:
        signals = json.loads(asked.body)
        label = dict(
            part.strip().split("=", 1) for part in asked.headers["firsthand-batch"].split(",")
        )
        keyid = asked.headers["signature-input"].split('keyid="')[1].split('"')[0]
        return Batch(
            place=-1,
            person=keyid,
            lane=label["lane"].strip('"'),
            n=int(label["n"]),
            agreement=signals[0]["agreement"],
            purpose=signals[0]["purpose"],
            body=asked.body,
            ids=tuple(one["id"] for one in signals),
        )


def _label(batch: Batch) -> tuple[str, str, int]:
    return batch.person, batch.lane, batch.n


def counted(found: dict[str, set[str]], allowed: Sequence[str]) -> dict[str, int]:
    """How many of each agreement a read must write down; one that found nothing is written too."""
    return {id: len(ids) for id, ids in found.items()} or {min(allowed): 0}
