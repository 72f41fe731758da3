"""Many records at once are the records one by one: whatever they hold, wherever they are cut."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.vault.sources import json_runs, jsons
from firsthand.vault.sources.json_runs import Runs
from firsthand.vault.sources.jsons import elements

_TEXTS = st.text(max_size=12) | st.sampled_from(["a:b", 'sa"id": "x', "},{", "\\u003a", "}, {\n"])
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
_RECORDS = st.lists(
    st.fixed_dictionaries({"header": _TEXTS}, optional={"more": _PLAIN, "n": st.integers()}),
    max_size=30,
)
_HARM = ["{", "}", "[", "]", ",", '"', ":", "\\", "NaN", "9" * 450, "1e999", "\\ud800", "\\u003a",
         '"a":1,"a":2', "[" * 70 + "]" * 70, "\x01", "\x00", "-0", "é", "\U0001f600"]  # fmt: skip


@contextmanager
def chunks_of(size_bytes: int, *, one_by_one: bool = False) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsons, "CHUNK_BYTES", size_bytes)
        if one_by_one:
            patch.setattr(Runs, "take", lambda *_: None)
        yield


def read(raw: bytes) -> list[tuple[int, str, str, str | None]]:
    """Every element; by its `repr`, so that 1 is not 1.0 and the names keep their order."""
    return [
        (each.number, each.key, repr(each.value), each.why)
        for each in elements("a.json", io.BytesIO(raw))
    ]


@settings(max_examples=60)
@given(
    records=_RECORDS, size=st.integers(16, 4000), indent=st.sampled_from([None, 0, 2]),
    plain=st.booleans(), within=st.booleans(),
)  # fmt: skip
def test_the_records_are_those_of_the_whole(
    records: list[dict[str, object]], size: int, indent: int | None, *, plain: bool, within: bool
) -> None:
    whole: object = {"list": records} if within else records
    text = json.dumps(whole, indent=indent, ensure_ascii=plain)
    with chunks_of(size):
        found = read(text.encode())
    key, wanted = ("list" if within else ""), json.loads(text)
    wanted = wanted["list"] if within else wanted
    assert found == [(n, key, repr(each), None) for n, each in enumerate(wanted, 1)]


@settings(max_examples=120)
@given(
    records=_RECORDS, size=st.integers(16, 4000), indent=st.sampled_from([None, 2]),
    harms=st.lists(st.tuples(st.integers(0, 2**16), st.sampled_from(_HARM), st.integers(0, 9))),
)  # fmt: skip
def test_a_file_that_is_damaged_is_read_as_one_by_one(
    records: list[dict[str, object]], size: int, indent: int | None,
    harms: list[tuple[int, str, int]],
) -> None:  # fmt: skip
    text = json.dumps(records, indent=indent)
    for at, harm, gone in harms:
        begin = at % len(text)
        text = text[:begin] + harm + text[begin + gone :]
    raw = ("[" + text[1:]).encode()
    with chunks_of(size, one_by_one=True):
        wanted = read(raw)
    with chunks_of(size):
        assert read(raw) == wanted


def test_most_records_come_many_at_once() -> None:
    raw = json.dumps([{"header": "YouTube", "n": n} for n in range(20_000)], indent=2).encode()
    sizes = [len(run.values) for run in jsons.runs("a.json", io.BytesIO(raw))]
    assert sum(sizes) == 20_000
    assert len(sizes) < 40


@pytest.mark.parametrize(
    "bad",
    ['{"a": 1, "b": 2, "a": 1}', '{"a": 1, "b": {"c": 1, "c": 1}}', '{"a": ' + "9" * 401 + "}",
     '{"a": ' + "[" * 64 + "]" * 64 + "}", '{"a": "\\u003a", "b": 1, "b": 2}'],
    ids=["twice", "twice within", "digits", "deep", "twice behind a colon by its number"],
)  # fmt: skip
def test_what_is_not_read_is_told_at_its_number_among_thousands(bad: str) -> None:
    records = [f'{{"a": {n}}}' for n in range(5000)]
    found = read(f"[{', '.join([*records[:3000], bad, *records[3000:]])}]".encode())
    assert len(found) == 3001
    assert found[-1][0] == 3001
    assert found[-1][3] is not None


def test_records_among_which_no_border_is_sure_are_still_read() -> None:
    lists = [{"a": n, "b": [{"a": 1}, {"a": 2}]} for n in range(3000)]
    raw = json.dumps(lists, separators=(",", ":")).encode()
    assert read(raw) == [(n, "", repr(each), None) for n, each in enumerate(lists, 1)]


def test_what_is_looked_for_in_vain_is_looked_for_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[int]()
    plain = json_runs.plain

    def counted(part: str) -> list[object] | None:
        looked.append(len(part))
        return plain(part)

    monkeypatch.setattr(json_runs, "plain", counted)
    records = [{"a": {"n": 10**30 + n}} for n in range(4000)]
    assert len(read(json.dumps(records).encode())) == 4000
    assert 1 < len(looked) < 20
