"""Whether an exported log holds: checked with nothing but the file and the organisation's keys.

Everything that a proof can show is proven again: keys, agreements, what was signed, what the
organisation took, that its log only grew, that it ended and erased, who looked. The person's seal
shows that nobody else changed the file. Only the person could leave out the last things of a row.
"""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from firsthand.protocol.agreements import Agreement, read_agreement, read_proffer
from firsthand.protocol.changes import read_change_receipt
from firsthand.protocol.checkpoints import Checkpoint, verify_checkpoint
from firsthand.protocol.evidence_rows import (
    check_body,
    check_disclosed,
    check_ending,
    check_ending_receipt,
    check_reads,
    lane_of,
)
from firsthand.protocol.exported_log import (
    Changed,
    Disclosed,
    Ended,
    Kept,
    Part,
    check_seal,
    read_log,
)
from firsthand.protocol.identity import subject_of, thumbprint_of
from firsthand.protocol.keylog import KeyLog, read_key_log
from firsthand.protocol.merkle import EMPTY_ROOT, verify_consistency
from firsthand.protocol.receipts import ErasureReceipt
from firsthand.protocol.refusals import Refused, refuse
from firsthand.protocol.terms import ROSTER

P = ParamSpec("P")
T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: ``what``, ``where`` in the file, and ``why`` it does not hold.

    Without ``shown`` there was nothing to prove it by: that is no failure, and no proof either.
    """

    ok: bool
    what: str
    where: str
    why: str = ""
    shown: bool = True


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What an exported log says that it holds of one connection; a whole one may be left out."""

    organisation: str
    url: str
    agreements: int
    entries: int


def about(body: bytes) -> list[About]:
    """What an exported log is about, unchecked; nothing where it cannot be read."""
    try:
        log = read_log(body)
    except Refused:
        return []
    return [
        About(
            organisation=part.organisation.name,
            url=part.organisation.url,
            agreements=len(part.agreements),
            entries=len(part.disclosures),
        )
        for part in log.parts
    ]


def check(body: bytes, keys: Sequence[KeyLog] = ()) -> list[Finding]:
    """Check an exported log, offline. ``keys`` are key logs that were got from elsewhere.

    Without them the file's own are believed as far as they lead back to the first key, whose name
    the person signed. It holds if every finding is ``ok``; nothing is raised for what does not.
    """
    try:
        log = read_log(body)
    except Refused as error:
        return [Finding(ok=False, what="file", where="the file", why=str(error))]
    findings: list[Finding] = []
    if not log.parts:
        findings.append(Finding(ok=False, what="file", where="the file", why="It is empty."))
    named = {part.organisation.subject for part in log.parts}
    for given in keys:
        if given.subject not in named:
            why = "The keys are of an organisation that the file does not name."
            findings.append(Finding(ok=False, what="keys", where=given.subject, why=why))
    twice = len({part.person for part in log.parts}) != len(log.parts)
    if twice:
        why = "One relationship is there more than once."
        findings.append(Finding(ok=False, what="file", where="the file", why=why))
    for part in log.parts:
        _Check(part, findings).run([each for each in keys if each.subject == part.organisation.subject])  # fmt: skip  # noqa: E501 - one line
    return findings


class _Check:
    """Checks one part; what it finds goes into ``findings``, in the order of the file."""

    def __init__(self, part: Part, findings: list[Finding]) -> None:
        self.part = part
        self.findings = findings
        self.agreements: dict[str, Agreement] = {}
        self.checkpoints: list[tuple[str, Checkpoint]] = []
        self.ended: dict[str, int] = {}
        self.log: KeyLog
        self.key: EllipticCurvePublicKey

    def run(self, given: Sequence[KeyLog]) -> None:
        """All of it. Without the keys of both sides nothing else can be proven."""
        log = self._try("key log", "organisation", self._key_log, given)
        key = self._try("person", "agreements", self._person)
        if log is None or key is None:
            return
        self.log, self.key = log, key
        self._try("seal", "the whole", check_seal, self.part, key)
        for n, kept in enumerate(self.part.agreements, 1):
            self._try("agreement", f"agreement {n}", self._agreement, kept)
        self._disclosures()
        self._endings()
        for n, changed in enumerate(self.part.changes, 1):
            self._try("change", f"change {n}", self._change, changed)
        self._checkpoints()
        self._reads()

    # --- who ------------------------------------------------------------------------------------

    def _key_log(self, given: Sequence[KeyLog]) -> KeyLog:
        """The longest log of keys of those that go on from each other."""
        longest = read_key_log(self.part.organisation.key_log)
        if longest.subject != self.part.organisation.subject:
            raise refuse("signature_invalid", "It begins with another key than the organisation's.")
        for other in given:
            if other.extends(longest):
                longest = other
            elif not longest.extends(other):
                raise refuse("signature_invalid", "The keys that you gave say otherwise.")
        return longest

    def _person(self) -> EllipticCurvePublicKey:
        if not self.part.agreements:
            raise refuse("signature_invalid", "There is no agreement, so nobody's key.")
        _, key = read_proffer(self.part.agreements[0].proffer)
        if subject_of(thumbprint_of(key)) != self.part.person:
            raise refuse("signature_invalid", "The first proposal was signed by somebody else.")
        return key

    def _agreement(self, kept: Kept) -> None:
        key = self.log.key_for(kept.answer)
        found = read_agreement(kept.proffer, kept.answer, organisation_key=key)
        if found.id != kept.id:
            raise refuse("digest_invalid", "It has another id than it is listed by.")
        if (found.proffer.iss, found.proffer.aud) != (self.part.person, self.log.subject):
            raise refuse("not_yours", "It is between others.")
        if found.proffer.p7012.agreement not in ROSTER:
            raise refuse("proffer_invalid", "Its terms are not known here.")
        if found.id in self.agreements:
            raise refuse("shape_invalid", "It is there twice.")
        self.agreements[found.id] = found

    def _named(self, agreement: str) -> Agreement:
        found = self.agreements.get(agreement)
        if found is None or not found.accepted:
            raise refuse("no_agreement", "It stands under no agreement that was accepted.")
        return found

    # --- what left ------------------------------------------------------------------------------

    def _disclosures(self) -> None:
        url = self.part.organisation.url
        last, placed, taken = 0, list[tuple[str, int, int, str]](), dict[int, str]()
        for entry in self.part.disclosures:
            where = f"entry {entry.position}"
            self._try("order", where, _check_position, entry, last)
            last = max(last, entry.position)
            self._try("agreement", where, self._allowed, entry)
            self._try("content", where, check_body, entry, self.part.person)
            if entry.headers is None and entry.receipt is None and not _was_taken(entry):
                continue
            self._try("signature", where, check_disclosed, entry, key=self.key, url=url)
            if entry.receipt is None and not _was_taken(entry):
                continue
            found = self._try("receipt", where, lane_of, entry, self.log)
            if found is not None:
                lane, n, index, checkpoint = found
                self.checkpoints.append((where, checkpoint))
                placed.append((lane, n, index, where))
                leaf = entry.receipt.leaf if entry.receipt else ""
                self._try("log", where, _check_place, index, leaf, taken)

        self._rows(placed)

    def _rows(self, placed: list[tuple[str, int, int, str]]) -> None:
        """By number: what waited for a moment of its own has a later one than what stands below."""
        lanes = dict[str, tuple[int, int]]()
        for lane, n, index, where in sorted(placed):
            self._try("row", where, _check_lane, lane, (n, index), lanes)

    def _allowed(self, entry: Disclosed) -> None:
        agreement = self._named(entry.agreement)
        if not agreement.allows(entry.purpose):
            raise refuse("purpose_not_allowed")
        agreed = {field for fields in agreement.proffer.fields.values() for field in fields}
        beyond = sorted(set(entry.fields) - agreed - _ALWAYS)
        if beyond:
            raise refuse("field_not_allowed", f"{beyond[0]} is not in the agreement.")

    # --- how it ended ---------------------------------------------------------------------------

    def _endings(self) -> None:
        seen: set[tuple[str, str]] = set()
        for n, ending in enumerate(self.part.endings, 1):
            where = f"{ending.kind} {n}"
            self._try("ending", where, self._ending, ending, seen)
            if ending.receipt is None:
                why = "The organisation has not confirmed it."
                self._add(ok=True, what="confirmation", where=where, why=why, shown=False)
                continue
            self._try("confirmation", where, self._confirmed, ending, where)

    def _ending(self, ending: Ended, seen: set[tuple[str, str]]) -> None:
        self._named(ending.agreement)
        if (ending.agreement, ending.kind) in seen:
            raise refuse("shape_invalid", "It is there twice.")
        seen.add((ending.agreement, ending.kind))
        check_ending(ending, key=self.key, url=self.part.organisation.url)

    def _confirmed(self, ending: Ended, where: str) -> None:
        receipt = check_ending_receipt(
            ending, log=self.log, person=self.part.person, disclosures=self.part.disclosures
        )
        if isinstance(receipt, ErasureReceipt):
            self.checkpoints.append((where, self._checkpoint(receipt.checkpoint)))
            at = receipt.erased_at
        else:
            at = receipt.ended_at
        self.ended[ending.agreement] = min(at, self.ended.get(ending.agreement, at))

    def _change(self, changed: Changed) -> None:
        key = self.log.key_for(changed.receipt)
        read_change_receipt(changed.receipt, key=key, agreement=self._named(changed.agreement))

    # --- the organisation's log -----------------------------------------------------------------

    def _checkpoints(self) -> None:
        """The checkpoints grow out of each other, and every receipt's is one of them."""
        before: Checkpoint | None = None
        roots: dict[int, bytes] = {}
        for n, seen in enumerate(self.part.checkpoints, 1):
            where, text = f"checkpoint {n}", seen.checkpoint
            verified = self._try("checkpoint", where, self._checkpoint, text)
            if verified is None:
                continue
            roots.setdefault(verified.size, verified.root)
            if seen.proof is None and before is not None and before.size < verified.size:
                why = "No proof was fetched that it adds to the one before."
                self._add(ok=True, what="growth", where=where, why=why, shown=False)
            else:
                proof = seen.proof or []
                self._try("growth", where, _check_growth, before, verified, proof)
            before = verified
        loose = 0
        for where, checkpoint in self.checkpoints:
            known = roots.get(checkpoint.size)
            loose += known is None
            roots.setdefault(checkpoint.size, checkpoint.root)
            if known is not None:
                same = known == checkpoint.root
                why = "" if same else "The organisation has shown two logs of one length."
                self._add(ok=same, what="one log", where=where, why=why)
        if loose:
            why = (
                f"{loose} of the receipts name a checkpoint without a proof between it and others."
            )
            self._add(ok=True, what="growth", where="receipts", why=why, shown=False)

    def _checkpoint(self, text: str) -> Checkpoint:
        return verify_checkpoint(text, self.log.log_key_for(text))

    def _reads(self) -> None:
        after: int | None = 0
        for n, token in enumerate(self.part.reads, 1):
            where = f"looks {n}"
            if after is None:
                return
            after = self._try(
                "looks",
                where,
                check_reads,
                token,
                log=self.log,
                person=self.part.person,
                after=after,
                agreements=self.agreements,
                ended=self.ended,
            )

    # --- saying it ------------------------------------------------------------------------------

    def _try(
        self, what: str, where: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Do ``work``; say that it held, or why it did not."""
        try:
            found = work(*args, **kwargs)
        except (Refused, ValueError) as error:
            self._add(ok=False, what=what, where=where, why=str(error))
            return None
        self._add(ok=True, what=what, where=where)
        return found

    def _add(self, *, ok: bool, what: str, where: str, why: str = "", shown: bool = True) -> None:
        place = f"{self.part.organisation.name}, {where}"
        self.findings.append(Finding(ok=ok, what=what, where=place, why=why, shown=shown))


# What stands with every thing that is given, whatever was agreed.
_ALWAYS = {"@type", "timePrecision", "isBasedOn"}


def _was_taken(entry: Disclosed) -> bool:
    return entry.state in {"given", "erased"}


def _check_position(entry: Disclosed, last: int) -> None:
    if entry.position <= last:
        raise refuse("shape_invalid", f"It stands after entry {last}.")


def _check_lane(lane: str, place: tuple[int, int], lanes: dict[str, tuple[int, int]]) -> None:
    """Numbers of one copy follow each other without a gap, and so do their places in the log."""
    last, index = lanes.get(lane, (0, -1))
    lanes[lane] = place
    if place[0] != last + 1:
        raise refuse("lane_gap", f"Its number is {place[0]}, after {last}: something is missing.")
    if place[1] <= index:
        raise refuse("shape_invalid", "The organisation's log has it before an earlier one.")


def _check_place(index: int, leaf: str, taken: dict[int, str]) -> None:
    if taken.setdefault(index, leaf) != leaf:
        raise refuse("signature_invalid", "The organisation's log shows two things at one place.")


def _check_growth(before: Checkpoint | None, after: Checkpoint, proof: Sequence[str]) -> None:
    steps = [bytes.fromhex(step) for step in proof]
    if before is None:
        if steps or (after.size == 0 and after.root != EMPTY_ROOT):
            raise refuse("signature_invalid", "The first checkpoint has nothing to add to.")
        return
    if before.origin != after.origin:
        raise refuse("signature_invalid", "It is of another log.")
    if after.size < before.size:
        raise refuse("signature_invalid", "It is older than the one before.")
    if not verify_consistency(before.size, before.root, after.size, after.root, steps):
        raise refuse("signature_invalid", "It does not add to the one before: history was changed.")
