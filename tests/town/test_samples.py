"""The samples of the first page can be read, and there is something to find in them."""

import datetime
import io

from firsthand.foundation.clock import SetClock
from firsthand.town.samples import samples
from firsthand.vault.sense import findings
from firsthand.vault.sources import Row, open_export

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)


def test_the_samples_are_read_whole_and_show_something() -> None:
    found = samples(SetClock(NOW))
    assert len({sample.name for sample in found}) == 2
    things = []
    for sample in found:
        export = open_export(sample.name, io.BytesIO(sample.content), {})
        assert not export.questions
        rows = list(export.rows())
        read = [row.thing for row in rows if isinstance(row, Row)]
        assert len(read) == len(rows) > 300
        things += read
        assert sample.label
        assert sample.words
    kinds = {finding.kind for finding in findings(things, today=NOW.date())}
    assert {"recurring", "rewatched", "abandoned"} <= kinds
    assert "2026-04-30" <= max(thing.time or "" for thing in things)[:10] <= "2026-05-03"


def test_the_same_day_gives_the_same_samples() -> None:
    assert samples(SetClock(NOW)) == samples(SetClock(NOW))
