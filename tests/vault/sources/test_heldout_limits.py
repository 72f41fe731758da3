"""Files made to cost much are refused at once, in words."""

import io

import pytest

from firsthand.vault.sources import UnableToRead, open_export

WIDE = b"Date,Amount," + b"c," * 20_000 + b"\n" + b"2024-01-01,1.00," + b"1," * 20_000 + b"\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (WIDE, "columns, more than 500"),
        (b"<OFX>" + b"<A>" * 400_000, "more tags"),
        (b"<OFX><STMTTRN>" + b"<A><B>x</B>" * 200_000, "more tags"),
        (b"<OFX>" + b"<STMTTRN>" * 1_200_001, "transactions"),
        (b"Date,Amount\n" + b"a\n" * 1_200_001, "lines"),
        (b"Title,Date\r" + b"a\r" * 1_200_001, "lines"),
    ],
    ids=["columns", "deep", "many", "transactions", "lines", "returns"],
)
def test_what_only_costs_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(UnableToRead, match=says):
        open_export("x", io.BytesIO(data), {})
