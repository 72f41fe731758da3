"""From bytes to lines of text: what kind of file it is, its encoding, its line ends.

Lines are read one at a time and have a limit, so that memory stays small whatever the file.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from firsthand.vault.sources.export import UnableToRead

SIZE_BYTES_MAX = 256 * 1024 * 1024
LINES_MAX = 1_200_000
LINE_CHARS_MAX = 64 * 1024
CHUNK_BYTES = 1024 * 1024
HEAD_BYTES = 64 * 1024

GIVE = (
    "Give the file as the service made it. What can be read, and how to get it, is on the page "
    '"What could I bring?", and is said by: firsthand sources.'
)
_PACKED = "It is packed ({}). Unpack it and give the files inside."
_SHEET = (
    "It is a spreadsheet file. Open it and save it as CSV, or export the statement as CSV or OFX."
)
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", _PACKED.format("zip")),
    (b"PK\x05\x06", _PACKED.format("zip")),
    (b"\x1f\x8b", _PACKED.format("gzip")),
    (b"BZh", _PACKED.format("bzip2")),
    (b"\xfd7zXZ\x00", _PACKED.format("xz")),
    (b"7z\xbc\xaf\x27\x1c", _PACKED.format("7-zip")),
    (b"Rar!\x1a\x07", _PACKED.format("rar")),
    (b"\x28\xb5\x2f\xfd", _PACKED.format("zstd")),
    (b"%PDF", "It is a PDF, which has no rows to read. Export the statement as CSV or OFX."),
    (b"\xd0\xcf\x11\xe0", _SHEET),
    (b"\x89PNG", "It is a picture. " + GIVE),
    (b"\xff\xd8\xff", "It is a picture. " + GIVE),
    (b"GIF8", "It is a picture. " + GIVE),
    (b"SQLite format 3\x00", "It is a database. " + GIVE),
)
# Words above the columns of a statement that tell an encoding where nothing else does.
_TELLING = {
    "cp932": ("日付", "取引日", "残高", "入金", "出金", "金額", "摘要"),
    "gb18030": ("日期", "余额", "金额", "收入", "支出", "摘要"),
    "big5": ("日期", "餘額", "金額", "收入", "支出", "摘要"),
    "cp949": ("날짜", "거래일", "잔액", "금액", "적요", "내용"),
}
# Bytes that are signs in cp1252 but letters in cp1250 (Polish, Czech, Hungarian).
_CENTRAL = frozenset(b"\xb9\xb3\xbf\xa3\xaf\xbe\xbb\xa5")
_ASCII = bytes(range(0x80))
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROLS = bytes(range(32)).translate(None, b"\t\n\r\x0c\x1a\x1b")

Line = tuple[int, str | None, str | None]


class TextFile:
    """A file of text: its lines may be read again and again, from the start each time."""

    def __init__(self, stream: BinaryIO, digest: str, encoding: str, end: bytes) -> None:
        """Made by `open_text`."""
        self._stream = stream
        self._end = end
        self.digest = digest
        self.encoding = encoding

    def lines(self) -> Iterator[Line]:
        """Yield (number from 1, text without line end, None) or (number, None, why not)."""
        wide = self.encoding.startswith("utf-16") or self.encoding.startswith("utf-32")
        pieces = self._wide_lines() if wide else self._narrow_lines()
        for number, text in enumerate(pieces, 1):
            if text is None:
                yield number, None, "This line is longer than 64 KiB."
            elif "\x00" in text:
                yield number, None, "This line has a NUL character: it is damaged."
            else:
                yield number, text, None

    def chunks(self, encoding: str) -> Iterator[str]:
        """The whole text in pieces, for formats that do not go by lines."""
        self._stream.seek(0)
        wide = self.encoding.startswith(("utf-16", "utf-32"))
        wrapper = io.TextIOWrapper(
            self._stream,
            encoding=self.encoding if wide else encoding,
            errors="replace",
            newline="",
        )
        try:
            while text := wrapper.read(HEAD_BYTES):
                yield text
        finally:
            wrapper.detach()

    def _wide_lines(self) -> Iterator[str | None]:
        self._stream.seek(0)
        wrapper = io.TextIOWrapper(
            self._stream, encoding=self.encoding, errors="replace", newline=self._end.decode()
        )
        end = self._end.decode()
        first = True
        try:
            while text := wrapper.readline(LINE_CHARS_MAX + 2):
                if not text.endswith(end) and len(text) > LINE_CHARS_MAX:
                    while text and not text.endswith(end):
                        text = wrapper.readline(LINE_CHARS_MAX)
                    yield None
                    continue
                yield text.lstrip("\ufeff").rstrip("\r\n") if first else text.rstrip("\r\n")
                first = False
        finally:
            wrapper.detach()

    def _narrow_lines(self) -> Iterator[str | None]:
        fallback = "cp1252" if self.encoding == "utf-8" else self.encoding
        raws = _lines_by_lf(self._stream) if self._end == b"\n" else _lines_by_cr(self._stream)
        for number, raw in enumerate(raws):
            if raw is None:
                yield None
                continue
            line = raw[3:] if number == 0 and raw.startswith(b"\xef\xbb\xbf") else raw
            # Some banks join rows of several encodings in one file: decide by the line.
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError:
                yield line.decode(fallback, "replace")


def _lines_by_lf(stream: BinaryIO) -> Iterator[bytes | None]:
    stream.seek(0)
    while raw := stream.readline(LINE_CHARS_MAX + 2):
        if not raw.endswith(b"\n") and len(raw) > LINE_CHARS_MAX:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(LINE_CHARS_MAX)
            yield None
            continue
        yield raw.rstrip(b"\r\n")


def _lines_by_cr(stream: BinaryIO) -> Iterator[bytes | None]:
    stream.seek(0)
    rest = b""
    while chunk := stream.read(HEAD_BYTES):
        *whole, rest = (rest + chunk).split(b"\r")
        for raw in whole:
            yield raw if len(raw) <= LINE_CHARS_MAX else None
        rest = rest[: LINE_CHARS_MAX + 1]
    if rest:
        yield rest if len(rest) <= LINE_CHARS_MAX else None


def open_text(name: str, stream: BinaryIO) -> TextFile:
    """Look through a seekable stream once. Raises UnableToRead if it is not text or too large."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if not head.strip():
        message = f'"{name}" is empty. {GIVE}'
        raise UnableToRead(message)
    _refuse_known_binary(name, stream, head)
    encoding = _wide_encoding(head)
    if encoding is None and _looks_binary(head):
        message = f'"{name}" is not text. {GIVE}'
        raise UnableToRead(message)
    digest, newline, central, western = _look_through(name, stream)
    if encoding is None:
        encoding = _other_script(head) or ("cp1250" if central > western else "utf-8")
        end = b"\n" if newline else b"\r"
    else:
        sample = head[: len(head) // 4 * 4].decode(encoding, "replace")
        end = b"\n" if "\n" in sample or "\r" not in sample else b"\r"
    return TextFile(stream, digest, encoding, end)


def _refuse_known_binary(name: str, stream: BinaryIO, head: bytes) -> None:
    for magic, usual in _MAGIC:
        if head.startswith(magic):
            sheet = magic.startswith(b"PK") and (
                b"xl/" in head or b"opendocument.spreadsheet" in head or b"xl/" in _tail(stream)
            )
            why = _SHEET if sheet else usual
            message = f'"{name}" cannot be read. {why}'
            raise UnableToRead(message)


def _tail(stream: BinaryIO) -> bytes:
    size_bytes = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size_bytes - HEAD_BYTES))
    return stream.read(HEAD_BYTES)


def _wide_encoding(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:4096]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.6 * half and sample[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _other_script(head: bytes) -> str | None:
    """The encoding of Asian or Cyrillic text that is not UTF-8, by its words or its bytes."""
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return None
    high = len(head.translate(None, _ASCII))
    kana = len(re.findall(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|[\xa6-\xdf]{4,}", head))
    if kana >= 2:
        try:
            head[: head.rfind(b"\n") + 1].decode("cp932")
        except UnicodeDecodeError:
            pass
        else:
            return "cp932"
    for encoding, words in _TELLING.items():
        if sum(word.encode(encoding) in head for word in words) >= 2:
            try:
                head[: head.rfind(b"\n") + 1].decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    runs = sum(len(run) for run in re.findall(rb"[\xc0-\xff\xa8\xb8]{4,}", head))
    return "cp1251" if runs > 0.5 * high and runs >= 8 else None


def _looks_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > 0.05 * len(head)


def _look_through(name: str, stream: BinaryIO) -> tuple[str, bool, int, int]:
    """Digest, whether any line feed is there, letters of central and of western Europe."""
    stream.seek(0)
    digest = hashlib.sha256()
    size_bytes = lines = 0
    newline = False
    central = western = 0
    while chunk := stream.read(CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes > SIZE_BYTES_MAX:
            message = (
                f'"{name}" is larger than {SIZE_BYTES_MAX // 1024 // 1024} MiB. '
                "Export a shorter time and give the files one after the other."
            )
            raise UnableToRead(message)
        digest.update(chunk)
        lines += max(chunk.count(b"\n"), chunk.count(b"\r"))
        if lines > LINES_MAX:
            message = (
                f'"{name}" has more than {LINES_MAX} lines. '
                "Export a shorter time and give the files one after the other."
            )
            raise UnableToRead(message)
        newline = newline or b"\n" in chunk
        if size_bytes <= CHUNK_BYTES:
            central, western = _letters(chunk)
    return digest.hexdigest(), newline, central, western


def _alone(before: int, after: int) -> bool:
    """Whether one neighbour is a letter and the other no sign of money's figures."""
    letters = bytes([before]).isalpha() + bytes([after]).isalpha()
    return letters > 0 and not bytes([before]).isdigit() and not bytes([after]).isdigit()


def _czech(chunk: bytes) -> bool:
    """Czech and Slovak: letters that are Norse or Italian in cp1252, beside acute ones."""
    own = sum(chunk.count(byte) for byte in b"\xec\xf8\xf9\x9a\x9e\xfd")
    acute = chunk.count(b"\xed") + chunk.count(b"\xe1")
    foreign = sum(chunk.count(byte) for byte in b"\xe5\xe6\xe0\xf6\xe3")
    return own >= 2 and acute >= 1 and foreign == 0


def _letters(chunk: bytes) -> tuple[int, int]:
    if chunk.isascii():
        return 0, 0
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError as trouble:
        if trouble.start >= len(chunk) - 3:
            return 0, 0
    else:
        return 0, 0
    if _czech(chunk):
        return 1, 0
    central = western = 0
    for found in _HIGH.finditer(chunk, 1, len(chunk) - 1):
        before, byte, after = chunk[found.start() - 1 : found.end() + 1]
        if not (bytes([before, after]).isalpha() or before >= 0xC0 or _alone(before, after)):
            continue
        if byte in _CENTRAL or byte in b"\x9c\x9f":
            central += 1
        elif byte in b"\xe4\xfc\xe8\xe0\xe5\xf8":
            western += 1
    return central, western
