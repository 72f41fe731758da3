"""Every file of an archive, those of archives in it too, and what is not even looked at."""

from collections.abc import Iterator
from typing import BinaryIO

from firsthand.vault.bring.kinds import (
    HEAD_BYTES,
    MEDIA,
    TOO_DEEP,
    is_media,
    is_packed,
    members,
    nested,
)
from firsthand.vault.bring.members import ArchiveRefused, Each, Left, Member, held
from firsthand.vault.bring.zips import FAULTS

EMPTY = "It is empty."


def each_of(name: str, stream: BinaryIO) -> Iterator[Each]:
    """The members of an archive one after the other, always in the same order.

    Of what an archive in it holds the name begins with the name of that. Raises `ArchiveRefused`
    where the outermost one is refused.
    """
    for each in members(name, stream):
        if isinstance(each, Member):
            yield from _seen(each, inside=False)
        else:
            yield each


def _seen(member: Member, *, inside: bool) -> Iterator[Each]:
    try:
        with member.open() as stream:
            head = stream.read(HEAD_BYTES)
    except (*FAULTS, OSError, ArchiveRefused):
        yield Left(name=member.name, why="It is damaged in this archive.")
        return
    if not head:
        yield Left(name=member.name, why=EMPTY)
    elif is_media(head):
        yield Left(name=member.name, why=MEDIA)
    elif not is_packed(head):
        yield member
    elif inside:
        yield Left(name=member.name, why=TOO_DEEP)
    else:
        yield from _within(member, head)


def _within(outer: Member, head: bytes) -> Iterator[Each]:
    try:
        with held(outer) as stream:
            for each in nested(outer.name, stream, head, outer.size_bytes):
                name = f"{outer.name}/{each.name}"
                if isinstance(each, Left):
                    yield Left(name=name, why=each.why)
                    continue
                inner = Member(
                    name=name,
                    size_bytes=each.size_bytes,
                    at_bytes=outer.at_bytes,
                    open=each.open,
                )
                yield from _seen(inner, inside=True)
    except ArchiveRefused as error:
        yield Left(name=outer.name, why=f"Refused: {error}")
    except (*FAULTS, OSError):
        yield Left(name=outer.name, why="It is damaged in this archive.")
