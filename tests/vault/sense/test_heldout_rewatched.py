"""Going on with a film after midnight is not seeing it again."""

import datetime
import io

import pytest

from firsthand.vault.sense import findings
from firsthand.vault.sources import Row, open_export

HEADER = "Profile Name,Start Time,Duration,Title,Supplemental Video Type,Device Type,Country\n"


@pytest.mark.parametrize(
    ("second", "seen_again"),
    [("2024-01-02 00:20:00", False), ("2024-01-02 06:00:00", False), ("2024-01-02 20:00:00", True)],
)
def test_only_a_new_start_counts(second: str, *, seen_again: bool) -> None:
    rows = f"June,{second},01:10:00,Heat,,TV,DE\nJune,2024-01-01 22:50:00,01:20:00,Heat,,TV,DE\n"
    export = open_export("x.csv", io.BytesIO((HEADER + rows).encode()), {})
    things = [row.thing for row in export.rows() if isinstance(row, Row)]
    kinds = {found.kind for found in findings(things, today=datetime.date(2024, 2, 1))}
    assert ("rewatched" in kinds) == seen_again
