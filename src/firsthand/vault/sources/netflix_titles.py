"""What Netflix's titles mean: an episode of a series, or a film with a colon in its name."""

import re
import unicodedata
from functools import lru_cache

from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.patterns import later

PREFIXES_MAX = 200_000
PARTS_MIN = 4
SHARED_MIN = 2
# Names with a colon of their own, under which films come out.
_FILMS = frozenset(["mission: impossible", "star wars: episode"])

_YEAR = later(r"(?:19|20)\d\d")
_DIGIT = later(r"\d")
_SPLIT = later(r"\s*[:：]\s+|：")
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
_SEASON_NAMED = later(
    rf"(?:(?:{_SEASON})\s+{_NUMBER}|\d{{1,3}}\s?[.ªaºoe°]*\s*(?:{_SEASON})|"
    rf"{_NUMBER}\s+(?:{_SEASON})|s\d{{1,2}}|シーズン\s*\d+|第\s*\d+\s*[季期]|시즌\s*\d+|ซีซัน\s*\d+)(?:\s.*)?"
)
_LIMITED = later(
    r"(?:limited series|mini-?\s?series?|mini-?serien?|miniserie|mini-?serie limitee|serie limitee|"
    r"serie limitada|minisserie|miniserial|mini-?sorozat|minisarja|begrenzte serie|"
    r"serie limitata|serial limitowany|beperkte serie|リミテッドシリーズ|limited edition series|"
    r"mini serial|minisorozat|the complete series|begransad serie|begraenset serie|begrenset serie|"
    r"rajoitettu sarja|sinirli dizi|ogranicena serie|mini dizi)"
)
# What a film comes in: two of them are no two episodes.
_VERSION = later(
    r"(?:the )?(?:extended|theatrical|director'?s|final|unrated|uncut|special|collector'?s|"
    r"remastered|imax|black and white|restored|anniversary|original|langfassung|version longue|"
    r"version extendida|versione estesa)\b.*"
)
_PART_NAMED = later(rf"(?:{_PART})\s+{_NUMBER}(?:\s.*)?|\d{{1,3}}\.\s*(?:{_PART})")
_EPISODE = later(
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
    # Plain letters have lost the marks of kana and the blocks of hangul.
    for form in (text, unicodedata.normalize("NFC", part).casefold().strip()):
        if _SEASON_NAMED.fullmatch(form) or _LIMITED.fullmatch(form):
            return 2
    return 1 if _PART_NAMED.fullmatch(text) else 0


@lru_cache(maxsize=1 << 14)
def _is_episode(part: str) -> bool:
    if _DIGIT.search(part) is None:
        return False
    forms = (plain(part).strip(), unicodedata.normalize("NFC", part).casefold().strip())
    return any(_EPISODE.fullmatch(form) for form in forms)


@lru_cache(maxsize=1 << 14)
def _is_version(part: str) -> bool:
    return _VERSION.fullmatch(plain(part)) is not None


class Titles:
    """What a whole file shows about which titles belong to a series.

    A title is an episode if a season stands in its middle ("Dark: Season 1: Secrets"), if a part
    does of which at least two titles tell ("Money Heist: Part 1: ..."), if at least
    two titles share all but the last part and that has numbers of episodes ("Show: Episode 4"), or
    if at least two titles of three parts share the first two ("Chef's Table: France: ..."). Else
    it is a film: "Mission: Impossible" has a colon, too, and films come in parts and versions.
    """

    def __init__(self) -> None:
        """No title seen yet."""
        self._shared: dict[str, tuple[str, ...]] = {}
        self._numbered: dict[str, tuple[str, ...]] = {}
        self._middles: dict[str, tuple[str, ...]] = {}
        self._parts: dict[str, tuple[str, ...]] = {}

    def observe(self, title: str) -> None:
        """Take in a title of the file."""
        parts = split_title(title)
        if len(parts) < 2 or len(self._shared) + len(self._numbered) > PREFIXES_MAX:
            return
        prefix, last = ": ".join(parts[:-1]), parts[-1]
        if len(parts) >= 3 and not _strength(last) and not _is_version(last):
            _note(self._shared, prefix, last)
            _note(self._middles, ": ".join(parts[:-2]), parts[-2])
        if _is_episode(last):
            _note(self._numbered, prefix, last)
        part = _part_at(parts)
        if part and not _is_version(last):
            self._observe_part(": ".join(parts[:part]), parts[part], ": ".join(parts[part + 1 :]))

    def _observe_part(self, series: str, part: str, episode: str) -> None:
        _note(self._parts, f"{series}: {part}", episode)
        if len(self._parts[f"{series}: {part}"]) >= SHARED_MIN:
            _note(self._parts, series, part)

    def meaning(self, title: str) -> dict[str, object]:
        """The schema.org object of a title: a TVEpisode or a Movie."""
        parts = split_title(title)
        season = _season_at(parts) or self._part_of_series(parts)
        if season:
            return _episode(parts[:season], parts[season], parts[season + 1 :] or [parts[season]])
        if len(parts) >= 2:
            prefix, last = ": ".join(parts[:-1]), parts[-1]
            if len(parts) >= 3 and not _strength(last) and self._is_series(parts):
                return _episode(parts[:-2], parts[-2], [last])
            least = PARTS_MIN if _strength(last) else 2
            if _is_episode(last) and len(self._numbered.get(prefix, ())) >= least:
                return _episode(parts[:-1], None, [last])
        return {"@type": "Movie", "name": title}

    def _part_of_series(self, parts: list[str]) -> int:
        """Which part is one of a series, not of films: several titles share one of its parts."""
        at = _part_at(parts)
        if not at or _is_version(parts[-1]):
            return 0
        numbered = _is_episode(parts[-1]) and not _YEAR.fullmatch(parts[-1])
        return at if numbered or ": ".join(parts[:at]) in self._parts else 0

    def _is_series(self, parts: list[str]) -> bool:
        series, prefix = ": ".join(parts[:-2]), ": ".join(parts[:-1])
        if prefix.casefold() in _FILMS:
            return False
        middles = self._middles.get(series, ())
        episodes = [len(self._shared.get(f"{series}: {middle}", ())) for middle in middles]
        return max(episodes, default=0) >= SHARED_MIN


def _season_at(parts: list[str]) -> int:
    """Which part is the season, the surest first; 0 if none is."""
    for i in range(1, len(parts)):
        if _strength(parts[i]) == 2:
            return i
        name = parts[i].casefold()
        series = parts[0].casefold()
        # "Stranger Things: Stranger Things 4: ...": the series again, with or without a number.
        if i + 1 < len(parts) and (name == series or re.fullmatch(r" \d{1,2}", _cut(name, series))):
            return i
    return 0


def _part_at(parts: list[str]) -> int:
    """Which part is a part or a volume, of a series or of films; 0 if none is."""
    return next((i for i in range(1, len(parts) - 1) if _strength(parts[i]) == 1), 0)


def _cut(name: str, series: str) -> str:
    return name.removeprefix(series) if name.startswith(series) else ""


def _note(seen: dict[str, tuple[str, ...]], prefix: str, last: str) -> None:
    """Remember the first few different last parts."""
    known = seen.get(prefix, ())
    if last not in known and len(known) < PARTS_MIN:
        seen[prefix] = (*known, last)


def _episode(series: list[str], season: str | None, episode: list[str]) -> dict[str, object]:
    found: dict[str, object] = {"@type": "TVEpisode", "name": ": ".join(episode)}
    if season is not None:
        found["partOfSeason"] = {"@type": "TVSeason", "name": season}
    found["partOfSeries"] = {"@type": "TVSeries", "name": ": ".join(series)}
    return found
