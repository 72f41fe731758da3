"""What Netflix's titles mean: an episode of a series, or a film with a colon in its name."""

import re
from functools import lru_cache

from firsthand.vault.sources.dates import plain

PREFIXES_MAX = 200_000

_DIGIT = re.compile(r"\d")
_SPLIT = re.compile(r"\s*[:：]\s+|：")
_NUMBER = (
    r"(?:\d{1,3}|[ivx]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eins|zwei|drei|vier|"
    r"un|deux|trois|quatre|uno|due|tre|quattro|dos|tres|cuatro|um|dois|quatro|een|twee|drie)"
)
# In plain letters. A season word says it surely; a part may as well be that of a film.
_SEASON = (
    r"season|series|staffel|saison|temporada|stagione|seizoen|sasong|saeson|sesong|sezon|kausi|"
    r"evad|serie|sezona|seria|reeks|tuotantokausi|musim|sezonul|сезон|σεζον|עונה|موسم|الموسم|phan|"
    r"mua|tymhor"
)
_PART = (
    r"part|teil|partie|parte|deel|del|czesc|osa|resz|volume|vol\.?|volumen|band|chapter|kapitel|"
    r"chapitre|capitulo|capitolo|hoofdstuk|rozdzial|book|buch|livre|libro|livro|boek|bok|bog|ksiega|"
    r"collection|coleccion|collezione|colecao|cycle|arc|act|akt|acte|atto|chronicle|cour|tome|cast|dil"
)
_SEASON_NAMED = re.compile(
    rf"(?:(?:{_SEASON})\s+{_NUMBER}|\d{{1,3}}\s?[.ªaºoe°]*\s*(?:{_SEASON})|"
    rf"{_NUMBER}\s+(?:{_SEASON})|シーズン\s*\d+|第\s*\d+\s*[季期]|시즌\s*\d+|ซีซัน\s*\d+)(?:\s.*)?"
)
_LIMITED = re.compile(
    r"(?:limited series|mini-?\s?series?|mini-?serien?|miniserie|mini-?serie limitee|serie limitee|"
    r"serie limitada|minisserie|miniserial|mini-?sorozat|minisarja|begrenzte serie|"
    r"serie limitata|serial limitowany|beperkte serie|リミテッドシリーズ|limited edition series|"
    r"mini serial|minisorozat|special|specials|the complete series)"
)
_PART_NAMED = re.compile(rf"(?:{_PART})\s+{_NUMBER}(?:\s.*)?|\d{{1,3}}\.\s*(?:{_PART})")
_EPISODE = re.compile(
    r"(?:episode|folge|episodio|aflevering|avsnitt|afsnit|odcinek|episod|jakso|epizod|bolum|"
    r"chapter|kapitel|chapitre|capitulo|capitolo|hoofdstuk|rozdzial|part|teil|partie|parte|deel|"
    r"del|day|night|lesson|pilot|ep\.?)\s*\d{1,4}\b.*|\d{1,4}[.)]?(?:\s.*)?|第\s*\d+\s*[話集].*|"
    r"エピソード\s*\d+.*|\d+화.*"
)


def split_title(title: str) -> list[str]:
    """The parts of a title between colons."""
    # Without runs of spaces, which would cost the pattern the square of their length.
    title = " ".join(title.split())
    return [part.strip() for part in _SPLIT.split(title) if part.strip()]


@lru_cache(maxsize=1 << 14)
def _strength(part: str) -> int:
    """2 for a season by name, 1 for a part or a volume, 0 for anything else."""
    text = plain(part).strip()
    if _SEASON_NAMED.fullmatch(text) or _LIMITED.fullmatch(text):
        return 2
    return 1 if _PART_NAMED.fullmatch(text) else 0


@lru_cache(maxsize=1 << 14)
def _is_episode(part: str) -> bool:
    return _DIGIT.search(part) is not None and _EPISODE.fullmatch(plain(part).strip()) is not None


class Titles:
    """What a whole file shows about which titles belong to a series.

    A title is an episode if a season stands in its middle ("Dark: Season 1: Secrets"), if at least
    two titles share all but the last part and that has numbers of episodes ("Show: Episode 4"), or
    if at least two titles of three parts share the first two ("Chef's Table: France: ..."). Else
    it is a film: "Mission: Impossible" has a colon, too.
    """

    def __init__(self) -> None:
        """No title seen yet."""
        self._shared: dict[str, str | None] = {}
        self._numbered: dict[str, str | None] = {}

    def observe(self, title: str) -> None:
        """Take in a title of the file."""
        parts = split_title(title)
        if len(parts) < 2 or len(self._shared) + len(self._numbered) > PREFIXES_MAX:
            return
        prefix, last = ": ".join(parts[:-1]), parts[-1]
        if len(parts) >= 3:
            _note(self._shared, prefix, last)
        if _is_episode(last):
            _note(self._numbered, prefix, last)

    def meaning(self, title: str) -> dict[str, object]:
        """The schema.org object of a title: a TVEpisode or a Movie."""
        parts = split_title(title)
        for strength in (2, 1):
            for i in range(1, len(parts)):
                if _strength(parts[i]) == strength and (i + 1 < len(parts) or strength == 2):
                    rest = parts[i + 1 :] or [parts[i]]
                    return _episode(parts[:i], parts[i], rest)
        if len(parts) >= 2:
            prefix = ": ".join(parts[:-1])
            if len(parts) >= 3 and self._shared.get(prefix, "") is None:
                return _episode(parts[:-2], parts[-2], parts[-1:])
            if _is_episode(parts[-1]) and self._numbered.get(prefix, "") is None:
                return _episode(parts[:-1], None, parts[-1:])
        return {"@type": "Movie", "name": title}


def _note(seen: dict[str, str | None], prefix: str, last: str) -> None:
    """Remember the first last part; None stands for two that differ."""
    if prefix not in seen:
        seen[prefix] = last
    elif seen[prefix] not in (None, last):
        seen[prefix] = None


def _episode(series: list[str], season: str | None, episode: list[str]) -> dict[str, object]:
    found: dict[str, object] = {"@type": "TVEpisode", "name": ": ".join(episode)}
    if season is not None:
        found["partOfSeason"] = {"@type": "TVSeason", "name": season}
    found["partOfSeries"] = {"@type": "TVSeries", "name": ": ".join(series)}
    return found
