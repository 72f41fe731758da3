"""What Reel shows: invented films and series, and the parts that a series has."""

import csv
import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
REEL_FILE = HERE / "reel_catalogue.csv"
CHORUS_FILE = HERE / "chorus_plans.csv"

_EPISODES = (
    "The Wrong Door|A Second Opinion|Low Water|What the Neighbours Saw|Half Past|The Spare Key|"
    "Nobody's Coat|A Short Walk Home|The Other Ledger|Sugar|Left Luggage|A Bad Signal|Two Chairs|"
    "The Visitor from Upstairs|Small Print|Thaw|The Long Way Round|Borrowed Plates|A Dry Run|"
    "The Fourth Caller|Loose Change|Ropes|The Photograph|Before the Rain|Unclaimed|One Spoon Short|"
    "The Inspector's Hat|Good Intentions|High Tide|An Empty Seat|The Recipe|Lost and Found Again|"
    "Signals|A Matter of Minutes|The Locksmith|Everybody's Birthday|Cold Feet|The Tin Box|"
    "Late Edition|Somebody Must Have|The Hill|Kindling|Third Time|The Cousin from Bremen|Ballast|"
    "A Window Left Open|The Toast|Receipts|Nine Steps Down|The Last Bus|Whose Turn|Fair Copy|"
    "The Apology|Overnight|A Clean Shirt|The Wager|Echo|Paper Walls|The Bench|What Remained"
)


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """One title of the catalogue. A film has no `seasons`; a series has episodes in each."""

    id: str
    title: str
    genres: tuple[str, ...]
    seasons: tuple[int, ...]

    @property
    def is_film(self) -> bool:
        """Whether it is watched in one go."""
        return not self.seasons

    @property
    def episodes(self) -> int:
        """How many episodes all seasons have together; 0 for a film."""
        return sum(self.seasons)

    def episode(self, index: int) -> tuple[int, str]:
        """The season (from 1) and the name of an episode, counted from 0 through all seasons."""
        season, left = 1, index
        for length in self.seasons:
            if left < length:
                break
            season, left = season + 1, left - length
        # Seven shares no factor with sixty: no name comes twice within a series.
        names = _EPISODES.split("|")
        return season, names[(_digest(self.id)[2] + 7 * index) % len(names)]

    @property
    def minutes(self) -> int:
        """How long the film or one episode runs, in minutes."""
        spread = _digest(self.id)[3]
        return 84 + spread % 46 if self.is_film else 22 + spread % 34


@lru_cache(maxsize=1)
def shows() -> tuple[Show, ...]:
    """Every title, in the order of the file."""
    with REEL_FILE.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Show(
                id=row["id"],
                title=row["title"],
                genres=tuple(genre.strip() for genre in row["genres"].split(",")),
                seasons=_seasons(row["id"]),
            )
            for row in csv.DictReader(stream)
        )


def show_called(title: str) -> Show:
    """The title's entry. Raises `KeyError`."""
    return {show.title: show for show in shows()}[title]


def _seasons(identifier: str) -> tuple[int, ...]:
    if identifier.startswith("film-"):
        return ()
    digest = _digest(identifier)
    return tuple(6 + digest[4 + number] % 4 for number in range(1 + digest[0] % 4))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
