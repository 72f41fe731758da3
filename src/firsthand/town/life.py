"""One person's life with their data: they bring it, connect, give, read, end, and begin again.

Each step is one act that a command has as well. What to do next follows from what the vault holds,
so that a stop at any moment, or a visitor who does something in between, changes nothing.
"""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firsthand.foundation.clock import Clock
from firsthand.foundation.ids import Chance
from firsthand.town.dice import Dice
from firsthand.town.people import PASSPHRASE, REEL, Member, Person
from firsthand.vault.acts import bringing, connecting, ending, giving, keeping, receiving
from firsthand.vault.acts import logging as looking_back
from firsthand.vault.acts.opened import Vault

BEHIND_DAYS = 10
WINDOW_DAYS = 75
STEP_DAYS_MAX = 2
TITLES_FIRST, TITLES_MAX = 70, 4
BILLS_FIRST, BILLS_MAX = 3, 1
GIFTS_AT_FIRST, GIFTS_PER_DAY = 300, 24
ENDINGS_AT_FIRST, ENDINGS_PER_WEEK, ENDINGS_MAX = 2, 1, 12

Invite = Callable[[str, str], str]


class Life:
    """A person and their open vault. Not to be used by two threads at once."""

    def __init__(  # noqa: PLR0913 - everything that a life depends on
        self,
        person: Person,
        folder: Path,
        open_vault: Callable[[Path, str], Vault],
        invite: Invite,
        *,
        addresses: dict[str, str],
        begun: datetime.date,
        clock: Clock,
        chance: Chance,
        dice: Dice,
    ) -> None:
        """`invite(organisation, account)` gives a link, `addresses` are theirs by name."""
        self.person = person
        self._folder = folder
        self._open_vault = open_vault
        self._invite = invite
        self._addresses = addresses
        self._begun = begun
        self._clock = clock
        self._chance = chance
        self._dice = dice
        self._vault: Vault | None = None

    @property
    def vault(self) -> Vault:
        """The open vault; `wake` opens it."""
        assert self._vault is not None, "wake comes first"
        return self._vault

    def wake(self) -> None:
        """Open the vault; the first time, make it and bring the older part of what there is."""
        if not (self._folder / "vault.db").exists():
            keeping.init(self._folder, PASSPHRASE, self._chance, self._clock)
        self._vault = self._open_vault(self._folder, PASSPHRASE)
        if not keeping.counts(self.vault):
            self._bring(self._begun, self._yesterday() - datetime.timedelta(days=BEHIND_DAYS))

    def settle(self) -> None:
        """Connect with everybody they are with, give a first part, and read what comes back."""
        for member in self.missing():
            self.connect(member)
            self.give(member)
        self.read()

    def missing(self) -> list[Member]:
        """With whom they have never been connected, though they mean to be."""
        return [member for member in self.person.members if not self._ever_with(member)]

    def close(self) -> None:
        """Close the vault."""
        if self._vault is not None:
            self._vault.close()
            self._vault = None

    def step(self) -> str:
        """Do one thing, the likeliest that makes sense now; returns it in words."""
        member = self._dice.pick(self.person.members)
        name = self._name_with(member)
        if name is None:
            if self._may_give() and self._dice.hits(60):
                return self.connect(member) + " " + self.give(member)
            return self.read()
        roll = self._dice.below(100)
        if roll < 35 and self._behind():  # noqa: PLR2004 - odds
            return self.bring()
        if roll < 65 and (given := self.give(member)):  # noqa: PLR2004 - odds
            return given
        if roll >= 97 and self._may_end():  # noqa: PLR2004 - odds
            return self.end(member)
        return self.read()

    def bring(self) -> str:
        """Bring newer exports: a day or two more than there is, never later than yesterday.

        Days on which nothing happened are passed over.
        """
        until, added = self._until(), 0
        while not added and until < self._yesterday():
            until += datetime.timedelta(days=self._dice.between(1, STEP_DAYS_MAX))
            until = min(until, self._yesterday())
            added = self._bring(until - datetime.timedelta(days=WINDOW_DAYS), until)
        return f"brought {added} new things"

    def connect(self, member: Member) -> str:
        """Connect by an invitation. Who wants other terms at first is refused, and asks again."""
        link = self._invite(member.organisation, member.account)
        if member.first is not None and not self._with(member):
            connecting.connect(self.vault, link, terms=member.first, tie=member.tied)
        made = connecting.connect(self.vault, link, tie=member.tied)
        return f"asked {member.organisation} for a deal: {made['decision']}."

    def give(self, member: Member) -> str:
        """Give what was not given yet, the newest first: titles to Reel, phone bills to others.

        Returns "" where there is nothing to give, or enough was given for now.
        """
        name = self._name_with(member)
        if name is None or not self._may_give():
            return ""
        known = set(receiving.named_things(self.vault, name).values())
        things = self._titles(known) if member.organisation == REEL else self._bills(known)
        if not things:
            return ""
        choice = giving.Choice(
            things=tuple(thing["id"] for thing in things), type=things[0]["type"]
        )
        done = giving.share(self.vault, name, choice)
        return f"gave {done['things']} things to {member.organisation}: {done['state']}"

    def end(self, member: Member) -> str:
        """End a deal, and mostly have everything erased."""
        name = self._name_with(member)
        assert name is not None, "asked only while there is a deal"
        erase = self._dice.hits(60)
        ending.revoke(self.vault, name, erase=erase)
        return f"ended the deal with {member.organisation}{', erasing all' if erase else ''}"

    def read(self) -> str:
        """Fetch and check what organisations answered."""
        told = receiving.refresh(self.vault)
        new: Any = told["new"]
        return f"read {sum(new.values()) if isinstance(new, dict) else 0} answers"

    def _titles(self, known: set[str]) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = keeping.things(
            self.vault, type="WatchAction", source="netflix", limit=0
        )
        new = [each for each in seen if each["id"] not in known]
        return new[: self._dice.between(1, TITLES_MAX) if known else TITLES_FIRST]

    def _bills(self, known: set[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = keeping.things(
            self.vault, type="PayAction", source="bank", search=self.person.phone, limit=0
        )
        phone = [each for each in found if each["name"] == self.person.phone]
        new = [each for each in phone if each["id"] not in known]
        return new[: BILLS_MAX if known else BILLS_FIRST]

    def _bring(self, first: datetime.date, last: datetime.date) -> int:
        exports = self.person.exports(self._begun, max(first, self._begun), last)
        report: Any = bringing.import_streams(self.vault, exports)
        return sum(file["added"] for file in report["files"])

    def _yesterday(self) -> datetime.date:
        return self._clock.now().date() - datetime.timedelta(days=1)

    def _until(self) -> datetime.date:
        last = max(str(row["last"]) for row in keeping.counts(self.vault) if row["last"])
        return datetime.date.fromisoformat(last[:10])

    def _behind(self) -> bool:
        return self._until() < self._yesterday()

    def _with(self, member: Member) -> list[dict[str, Any]]:
        url = self._addresses[member.organisation]
        return [each for each in connecting.relationships(self.vault) if each["url"] == url]

    def _ever_with(self, member: Member) -> bool:
        return any(each["state"] != "refused" for each in self._with(member))

    def _name_with(self, member: Member) -> str | None:
        names = [each["name"] for each in self._with(member) if each["state"] == "active"]
        return names[-1] if names else None

    def _days(self) -> int:
        made = datetime.datetime.fromisoformat(self.vault.store.made_at)
        return max(0, (self._clock.now() - made).days)

    def _may_give(self) -> bool:
        given: Any = looking_back.log(self.vault)["disclosures"]
        return len(given) < GIFTS_AT_FIRST + GIFTS_PER_DAY * self._days()

    def _may_end(self) -> bool:
        allowed = ENDINGS_AT_FIRST + ENDINGS_PER_WEEK * self._days() // 7
        return self._ended() < min(allowed, ENDINGS_MAX)

    def _ended(self) -> int:
        return sum(each["state"] != "active" for each in connecting.relationships(self.vault))
