"""What was given is packed into rows, and found again in them."""

from collections.abc import Sequence

import msgspec

from firsthand.hub import packing
from firsthand.protocol.roles.profile import PURPOSE, Given


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    agreement: str = "a"
    purpose: str = PURPOSE
    received_ms: int = 1
    body: bytes


def test_a_large_batch_becomes_several_rows_in_its_order() -> None:
    long = "x" * 4000
    signals = [
        {"id": f"id {n}", "data": {"@type": "WatchAction", "name": f"{n} {long}",
         "isBasedOn": "netflix"}}
        for n in range(500)
    ]  # fmt: skip
    batch = Batch(position=7, body=msgspec.json.encode(signals))
    rows = packing.rows_of([(batch, packing.signals_of(batch))])
    assert len(rows) > 1
    assert all(len(value) <= packing.ROW_BYTES_MAX for _, value in rows)
    assert {packing.position_of(key) for key, _ in rows} == {7}
    unpacked = [packing.unpacked(value) for _, value in sorted(rows)]
    assert [one for row in unpacked for one in packing.ids_of(row)] == [
        f"id {n}" for n in range(500)
    ]
    held = packing.Holding((7, row) for row in reversed(unpacked))
    places = held.places({"id 499", "id 0", "id 250"})
    inside = dict(pair for pairs in held.batches(places).values() for pair in pairs)
    assert {held.ids[place]: inside[place] for place in places} == {
        "id 0": 0, "id 250": 250, "id 499": 499,
    }  # fmt: skip


def test_batches_that_came_together_share_a_row_and_are_told_apart() -> None:
    made = [
        Batch(position=place, purpose=purpose, agreement=deal, body=a_body(ids), received_ms=place)
        for place, purpose, deal, ids in [
            (2, "a", "first", ["one", "two"]),
            (3, "b", "first", ["other"]),
            (5, "a", "first", ["two"]),
            (6, "a", "second", ["one"]),
            (9, "a", "first", ["three", "one"]),
        ]
    ]
    groups = list(packing.joined((one, packing.signals_of(one)) for one in made))
    assert sorted([batch.position for batch, _ in group] for group in groups) == [
        [2, 5], [3], [6], [9],
    ]  # fmt: skip
    rows = sorted((row for group in groups for row in packing.rows_of(group)), reverse=True)
    unpacked = [(packing.position_of(key), packing.unpacked(value)) for key, value in rows]
    held = packing.Holding(pair for pair in unpacked if pair[1].purpose == "a")
    found = held.batches(range(len(held)))
    assert {
        held.ids[place]: (position, inside)
        for position, pairs in found.items()
        for place, inside in pairs
    } == {"three": (9, 0), "one": (9, 1), "two": (5, 0)}
    assert held.behind(held.places({"two", "three"})) == (["first"], 9)
    assert held.behind(held.places({"two"})) == (["first"], 5)


def a_body(ids: Sequence[str]) -> bytes:
    return msgspec.json.encode(
        [
            {"id": one, "data": {"@type": "WatchAction", "name": one, "isBasedOn": "netflix"}}
            for one in ids
        ]
    )


def test_every_field_that_can_be_given_is_known_to_the_columns() -> None:
    assert set(packing.Data.__struct_encode_fields__) == set(Given.__struct_encode_fields__)
