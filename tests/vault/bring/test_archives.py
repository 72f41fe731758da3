"""Archives as they come: every member goes to its source, and what would harm is refused."""

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from firsthand.vault.bring import kinds, members, tars, zips
from firsthand.vault.bring.inflating import Inflated
from firsthand.vault.bring.members import ArchiveRefused, Left, Member, held
from firsthand.vault.bring.report import Report
from firsthand.vault.bring.unpacking import each_of
from firsthand.vault.store import Store

Bring = Callable[..., Report]
Packer = Callable[[dict[str, bytes]], bytes]


def viewed(*titles: str) -> bytes:
    return ("Title,Date\n" + "".join(f'"{title}","1/13/24"\n' for title in titles)).encode()


BANK = b"Date,Payee,Amount,Currency\n2024-01-03,Spotify,-9.99,EUR\n2024-01-04,X,?,EUR\n"
JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def tgz(files: dict[str, bytes]) -> bytes:
    return gzip.compress(tarred(files))


FORMS = {"zip": zipped, "tar": tarred, "tgz": tgz}
packers = pytest.mark.parametrize("pack", FORMS.values(), ids=FORMS)


def found(raw: bytes, name: str = "a.zip") -> dict[str, str]:
    """What becomes of each member: its content in short, or why it is left."""
    told = {}
    for each in each_of(name, io.BytesIO(raw)):
        if isinstance(each, Left):
            told[each.name] = each.why
            continue
        with held(each) as stream:
            told[each.name] = stream.read(20).decode()
            stream.seek(0)
            assert stream.read(20).decode() == told[each.name]
    return told


@packers
def test_each_member_goes_to_the_source_that_knows_it(
    store: Store, bring: Bring, pack: Packer
) -> None:
    inner = zipped({"x/old.csv": viewed("Heimat")})
    raw = pack(
        {
            "Netflix/viewed.csv": viewed("Dark", "Dark", "Ozark"),
            "p/1.jpg": JPEG,
            "p/2.jpg": JPEG,
            "readme.html": b"<html><p>Hello",
            "bank/s.csv": BANK,
            "inner.zip": inner,
        }
    )
    report = bring(store, ("takeout-001", raw))
    assert (report.read, report.added, report.unreadable_rows, report.error) == (6, 5, 1, None)
    by_name = {each.name: (each.read, each.added, each.source) for each in report.members}
    assert by_name == {
        "Netflix/viewed.csv": (3, 3, "netflix"),
        "bank/s.csv": (2, 1, "bank"),
        "inner.zip/x/old.csv": (1, 1, "netflix"),
    }
    assert [(each.member, each.line) for each in report.unreadable] == [("bank/s.csv", 3)]
    left = {each.why: (each.files, each.names) for each in report.left}
    assert left.pop(kinds.MEDIA) == (2, ["p/1.jpg", "p/2.jpg"])
    assert list(left.values()) == [(1, ["readme.html"])]
    again = bring(store, ("takeout-001", raw))
    assert (again.read, again.added, again.known) == (6, 0, 5)
    assert [row["state"] for row in store.rows("imports.all")] == ["done", "done"]


def test_a_gzip_of_one_file_and_several_parts(store: Store, bring: Bring) -> None:
    raw = gzip.compress(viewed("Dark")) + gzip.compress(b'"Heimat","1/14/24"\n')
    assert bring(store, ("viewed.csv.gz", raw)).added == 2
    parts = [("t-001.zip", zipped({"a": viewed("A1")})), ("t-002.zip", zipped({"b": viewed("B1")}))]
    assert [bring(store, part).added for part in parts] == [1, 1]


def test_an_archive_of_which_nothing_is_read_is_no_import(store: Store, bring: Bring) -> None:
    report = bring(store, ("photos.zip", zipped({"a.jpg": JPEG})))
    assert [each.files for each in report.left] == [1]
    assert store.rows("imports.all") == []
    assert "no file" in str(bring(store, ("empty.zip", zipped({}))).error)


def entry(name: str, **how: Any) -> zipfile.ZipInfo:  # noqa: ANN401 - fields of a ZipInfo
    info = zipfile.ZipInfo(name)
    for key, value in how.items():
        setattr(info, key, value)
    return info


def crafted(*infos: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for info, content in infos:
            archive.writestr(info, content)
    return packed.getvalue()


GOOD = (zipfile.ZipInfo("good.csv"), b"good")


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (entry("../up.csv"), "leads out"),
        (entry("a/../../up.csv"), "leads out"),
        (entry("..\\up.csv"), "leads out"),
        (entry("/etc/x"), "root of a disk"),
        (entry("C:\\x"), "root of a disk"),
        (entry("link", external_attr=0o120777 << 16), "link or a device"),
        (entry("l" * 5000), "too long"),
        (entry("", external_attr=0), "no name"),
        (entry("lzma.csv", compress_type=zipfile.ZIP_LZMA), "packed in a way"),
    ],
)
def test_a_member_that_no_export_has_is_refused_alone(info: zipfile.ZipInfo, why: str) -> None:
    told = found(crafted((info, b"bad"), GOOD))
    assert told.pop("good.csv") == "good"
    (said,) = told.values()
    assert said.startswith("Refused:")
    assert why in said


def test_locked_and_nul_names_are_refused() -> None:
    raw = zipped({"locked.csv": b"x", "nul_.csv": b"y", "good.csv": b"good"}, zipfile.ZIP_STORED)
    raw = raw.replace(b"nul_.csv", b"nul\x00.csv")
    central = raw.index(b"PK\x01\x02")
    raw = raw[: central + 8] + struct.pack("<H", 1) + raw[central + 10 :]
    told = found(raw)
    assert told["good.csv"] == "good"
    assert "password" in told["locked.csv"]
    assert any("NUL" in why for why in told.values())


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(kind: bytes) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("bad")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
        up = tarfile.TarInfo("../up")
        archive.addfile(up)
    told = found(packed.getvalue(), "a.tar")
    assert "link or a device" in told["bad"]
    assert "leads out" in told["../up"]


def test_what_lies_over_each_other_is_refused_whole(store: Store, bring: Bring) -> None:
    raw = bytearray(zipped({"a.csv": viewed("Dark"), "b.csv": viewed("Dark")}, zipfile.ZIP_STORED))
    second = raw.rindex(b"PK\x01\x02")
    raw[second + 42 : second + 46] = struct.pack("<I", 0)  # both at the start (APPNOTE 4.3.12)
    with pytest.raises(ArchiveRefused, match="over each other"):
        list(each_of("a.zip", io.BytesIO(bytes(raw))))
    report = bring(store, ("a.zip", bytes(raw)))
    assert "over each other" in str(report.error)
    assert store.row("things.count") == {"things": 0}


def test_what_would_become_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = bytes(9 * 1024 * 1024)
    assert "times as large" in found(zipped({"bomb": bomb}))["bomb"]
    with pytest.raises(ArchiveRefused, match="times as large"):
        found(gzip.compress(b"x" + bomb), "a.gz")
    for name, most in (("FILES_MAX", 1), ("TOTAL_BYTES_MAX", 3)):
        for module in (zips, tars):
            monkeypatch.setattr(module, name, most)
        for pack in FORMS.values():
            with pytest.raises(ArchiveRefused, match="more than"):
                list(each_of("a", io.BytesIO(pack({"a": b"12", "b": b"34"}))))
        monkeypatch.undo()
    for module in (zips, tars):
        monkeypatch.setattr(module, "MEMBER_BYTES_MAX", 2)
    for pack in FORMS.values():
        assert "16 GiB" in found(pack({"a": b"123", "b": b"ok"}))["a"]


@pytest.mark.parametrize("first", ["[Content_Types].xml", "_rels/.rels", "docProps/app.xml"])
def test_a_spreadsheet_is_no_archive_and_says_what_to_do(
    first: str, store: Store, bring: Bring
) -> None:
    packed = zipped({first: b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    report = bring(store, ("statement.xlsx", packed))
    assert "save it as CSV" in (report.error or "")


def test_only_one_archive_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = zipped({"x.zip": zipped({"y.zip": zipped({"z": b"z"})}), "t.tgz": tgz({"z": b"zz"})})
    assert found(deep) == {"x.zip/y.zip": kinds.TOO_DEEP, "t.tgz/z": "zz"}
    monkeypatch.setattr(kinds, "NESTED_ZIP_BYTES_MAX", 10)
    assert "64 MiB" in found(deep)["x.zip"]


@packers
@pytest.mark.parametrize("size_bytes", [10, 3000, 70_000])
def test_a_member_is_gone_through_again_as_often_as_asked(
    monkeypatch: pytest.MonkeyPatch, pack: Packer, size_bytes: int
) -> None:
    monkeypatch.setattr(members, "IN_MEMORY_BYTES_MAX", 1000)
    content = bytes(number * 7919 % 251 for number in range(size_bytes))
    raw = pack({"first": b"1" * 100_000, "big": content, "last": b"last"})
    seen = []
    for each in each_of("a", io.BytesIO(raw)):
        assert isinstance(each, Member)
        seen.append(each.name)
        with held(each) as stream:
            if each.name == "big":
                for start in (0, size_bytes // 2, 3, size_bytes, 0):
                    assert stream.seek(start) == start
                    assert stream.read() == content[start:]
                assert stream.seek(0, io.SEEK_END) == size_bytes
    assert seen == ["first", "big", "last"]


def test_a_gzip_goes_back_to_its_mark_and_before_it() -> None:
    content = bytes(number * 31 % 253 for number in range(900_000))
    stream = Inflated(io.BytesIO(gzip.compress(content)))
    for place in (700_000, 5, 300_000, 899_999, 100):
        stream.seek(place)
        stream.mark()
        assert stream.read(10) == content[place : place + 10]
        stream.seek(place + 1)
        assert stream.read(10) == content[place + 1 : place + 11]
    assert stream.seek(0, io.SEEK_END) == len(content)


@packers
def test_what_is_damaged_is_told_of_and_the_rest_is_kept(
    store: Store, bring: Bring, pack: Packer
) -> None:
    raw = pack({"a.csv": viewed("Dark"), "b.csv": viewed(*(f"Film {n}" for n in range(3000)))})
    cut = bring(store, ("a", raw[: len(raw) // 2]))
    assert cut.error or cut.left
    for at in range(0, len(raw), max(1, len(raw) // 40)):
        bad = bytearray(raw)
        bad[at] ^= 0x55
        try:
            for each in each_of("a", io.BytesIO(bytes(bad))):
                if isinstance(each, Member):
                    held(each).read()
        except (ArchiveRefused, *zips.FAULTS):
            continue


def test_nothing_touches_the_disk(
    store: Store, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(path.name for path in store.folder.iterdir())
    monkeypatch.setattr("tempfile.mkstemp", lambda *_a, **_k: pytest.fail("a file was made"))
    bring(store, ("a.zip", zipped({"a.csv": viewed("Dark")})))
    assert sorted(path.name for path in store.folder.iterdir()) == before


def test_what_is_asked_about_a_member_is_answered_for_it_alone(store: Store, bring: Bring) -> None:
    asks = b'Title,Date\n"Dark","1/2/24"\n"Heimat","1/2/24"\n'
    given = ("t.zip", zipped({"clear.csv": viewed("Ozark"), "asks.csv": asks, "last.csv": BANK}))
    first = bring(store, given)
    (question,) = first.questions
    assert (first.added, first.waiting) == (2, 2)
    second = bring(store, given, {question.id: "day first"})
    assert (second.added, second.known, second.questions) == (2, 2, [])
    times = {row["name"]: row["time"] for row in store.rows("things.newest", limit=-1)}
    assert times["Dark"] == times["Heimat"] == "2024-02-01"
    assert (bring(store, given).known, len(times)) == (4, 4), "and it is remembered"
    third = bring(store, given, {question.id: "month first"})
    assert (third.added, third.known) == (2, 2)
    times = {row["name"]: row["time"] for row in store.rows("things.newest", limit=-1)}
    assert (times["Dark"], len(times)) == ("2024-01-02", 4), "what was misread has gone"
    assert times["Ozark"]
    assert store.row("things.count") == {"things": 4}
