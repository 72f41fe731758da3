"""An export is read row by row, and one that was cut or changed is refused in words."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.vault.bring import own_export
from firsthand.vault.bring.own_export import (
    FORMAT,
    MEMBER,
    UnableToReadExport,
    is_own_export,
    rows_of,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def document(**more: object) -> dict[str, object]:
    return {"@context": ["https://schema.org"], "format": FORMAT, "version": 1, **more}


def read(raw: bytes) -> list[tuple[str, object]]:
    return list(rows_of(io.BytesIO(raw)))


@given(st.lists(JSON), JSON, st.sampled_from([None, 2]), st.integers(1, 40))
def test_what_was_written_is_read_whatever_the_spaces_and_the_pieces(
    rows: list[object], one: object, indent: int | None, piece: int
) -> None:
    raw = json.dumps(document(things=rows, about={"x": one}), indent=indent).encode()
    before = own_export._AT_ONCE  # noqa: SLF001 - small pieces find what large ones hide
    own_export._AT_ONCE = piece  # noqa: SLF001
    try:
        found = read(raw)
    finally:
        own_export._AT_ONCE = before  # noqa: SLF001
    assert [value for name, value in found if name == "things"] == rows
    assert ("about", {"x": one}) in found


@given(st.integers(1, 10_000))
def test_a_cut_export_is_refused(cut: int) -> None:
    raw = json.dumps(document(things=[{"id": n} for n in range(20)])).encode()
    with pytest.raises(UnableToReadExport):
        read(raw[: cut % len(raw)])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"things": []}',
        b'{"things": [{}], "format": "firsthand-export", "version": 1}',
        b'{"format": "firsthand-export", "version": 2, "things": [{}]}',
        b'{"format": "firsthand-export", "version": 1, "things": [NaN]}',
        b'{"format": "firsthand-export", "version": 1, "things": [{"a": 1, "a": 2}]}',
        b'{"format": "firsthand-export", "version": 1, "things": [], "things": []}',
        b'{"format": "firsthand-export", "version": 1, "x": 1} trailing',
        b'{"format": "firsthand-export", "version": 1, "x": ' + b"[" * 100_000,
        b'{"format": "firsthand-export", "version": 1, "x": ' + b"9" * 5000 + b"}",
        b'{"format": "firsthand-export", "version": 1, "x": "\xff"}',
    ],
)
def test_what_is_no_export_is_refused(raw: bytes) -> None:
    with pytest.raises(UnableToReadExport):
        read(raw)


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_packed_export_with_any_byte_changed_is_read_or_refused(how: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        archive.writestr(own_export.MEMBER, json.dumps(document(things=[{"id": 1}])))
    whole, refused = packed.getvalue(), 0
    # Other names in one list than in the other, a lock, packing that nobody knows, and more.
    for at in range(len(whole)):
        for changed in (whole[at] ^ 1, 0, 0xFF):
            try:
                read(whole[:at] + bytes([changed]) + whole[at + 1 :])
            except UnableToReadExport:
                refused += 1
    assert refused > len(whole)


def test_an_endless_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_export, "ROW_CHARACTERS_MAX", 1000)
    monkeypatch.setattr(own_export, "_AT_ONCE", 100)
    with pytest.raises(UnableToReadExport, match="far too long"):
        read(json.dumps(document(x="a" * 10_000)).encode())


def test_an_export_is_known_by_its_content() -> None:
    assert is_own_export(io.BytesIO(json.dumps(document()).encode()))
    assert is_own_export(io.BytesIO(b"\xef\xbb\xbf" + json.dumps(document(), indent=4).encode()))
    assert not is_own_export(io.BytesIO(b"Title,Date\n"))
    assert not is_own_export(io.BytesIO(b'{"format": "other"}'))
    assert not is_own_export(io.BytesIO(b"PK\x03\x04 broken"))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(MEMBER, json.dumps(document(things=[{"id": "a"}])))
    assert is_own_export(held)
    assert ("things", {"id": "a"}) in list(rows_of(held))
