"""What `secure_delete` leaves behind: old bytes in the unused middle of a page.

SQLite zeroes what it deletes. But when it rebuilds a page, while it shares rows out anew among
neighbours, copies of rows that moved away can stay in the page between its list of cells and its
cells. Such a copy is outside any row, so that deleting the row later does not reach it. Here those
stretches are found and zeroed, straight in the file. Nothing that SQLite reads lies in them, so a
write that is cut short harms nothing. (The layout of a page: SQLite's file format, section 1.6.)

The caller makes sure that the WAL is empty and that no cache of the writing connection still holds
the pages, or the old bytes would come back.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_TREE_PAGES = {2: 12, 5: 12, 10: 8, 13: 8}  # kind of page: length of its header
_FILE_HEADER_BYTES = 100
_READ_PAGES = 256


def pages_with_residue(file: Path, page_bytes: int) -> Iterator[int]:
    """Yield the numbers, from 0, of all pages with old bytes in their unused middle.

    Pages of other kinds start with the four bytes of a page number. Its first byte looks like a
    kind of page only in files of 2**25 pages and more, so the file must be smaller.
    """
    with file.open("rb") as opened:
        number = 0
        while chunk := opened.read(page_bytes * _READ_PAGES):
            for start in range(0, len(chunk), page_bytes):
                if _unused(chunk[start : start + page_bytes], first=number == 0) is not None:
                    yield number
                number += 1


def scrub(file: Path, pages: Sequence[int], page_bytes: int) -> None:
    """Zero the unused middle of these pages and make that durable."""
    handle = os.open(file, os.O_RDWR)
    try:
        for number in pages:
            place = number * page_bytes
            unused = _unused(os.pread(handle, page_bytes, place), first=number == 0)
            if unused is not None:
                start, stop = unused
                os.pwrite(handle, bytes(stop - start), place + start)
        os.fsync(handle)
    finally:
        os.close(handle)


def _unused(page: bytes, *, first: bool) -> tuple[int, int] | None:
    """Return where the unused middle of a page starts and stops, if there is a byte in it."""
    header = _FILE_HEADER_BYTES if first else 0
    header_bytes = _TREE_PAGES.get(page[header]) if len(page) > header else None
    if header_bytes is None:
        return None
    cells = int.from_bytes(page[header + 3 : header + 5], "big")
    start = header + header_bytes + 2 * cells
    stop = int.from_bytes(page[header + 5 : header + 7], "big")  # 0 only with pages of 65,536
    if not start < stop <= len(page) or page.count(0, start, stop) == stop - start:
        return None
    return start, stop
