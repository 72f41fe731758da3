"""Netflix's two exports, as accounts in several countries get them."""

import datetime
import io
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Export, Row, Unreadable, open_export

FULL = (
    "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,"
    "Bookmark,Latest Bookmark,Country\n"
    "June,2024-01-03 20:15:00,00:47:03,,Dark: Season 1: Secrets (Episode 1),,TV,00:47:03,"
    "00:47:03,DE (Germany)\n"
    'June,2024-01-03 20:10:00,00:00:30,"Autoplayed: user action: None; ",Season 1 Trailer: Dark,'
    "TRAILER,TV,00:00:30,Not latest view,DE (Germany)\n"
)


def opened(text: str, answers: Mapping[str, str] | None = None, encoding: str = "utf-8") -> Export:
    return open_export("history.csv", io.BytesIO(text.encode(encoding)), answers or {})


def things(text: str, answers: Mapping[str, str] | None = None) -> list[Thing]:
    export = opened(text, answers)
    assert export.questions == []
    return [row.thing for row in export.rows() if isinstance(row, Row)]


def test_the_full_export_has_times_durations_profiles_and_trailers() -> None:
    export = opened(FULL)
    assert (export.source, export.format) == ("netflix", "Netflix viewing activity")
    episode, trailer = things(FULL)
    assert episode.data == {
        "@type": "WatchAction",
        "name": "Dark: Season 1: Secrets (Episode 1)",
        "startTime": "2024-01-03T20:15:00Z",
        "duration": "PT47M3S",
        "object": {
            "@type": "TVEpisode",
            "name": "Secrets (Episode 1)",
            "partOfSeason": {"@type": "TVSeason", "name": "Season 1"},
            "partOfSeries": {"@type": "TVSeries", "name": "Dark"},
        },
        "agent": {"@type": "Person", "name": "June"},
        "instrument": {"@type": "Thing", "name": "TV"},
        "location": {"@type": "Country", "name": "DE (Germany)"},
    }
    assert trailer.type == "ViewAction"
    assert trailer.data["object"] == {
        "@type": "VideoObject",
        "name": "Season 1 Trailer: Dark",
        "additionalType": "TRAILER",
    }


@pytest.mark.parametrize(
    ("header", "dates", "expected"),
    [
        ("Title,Date", ["1/13/24", "12/31/23"], ["2024-01-13", "2023-12-31"]),
        ("Titel,Datum", ["13.1.24", "31.12.23"], ["2024-01-13", "2023-12-31"]),
        ("Titre,Date", ["13/01/2024", "03/01/2024"], ["2024-01-13", "2024-01-03"]),
        ("Título,Fecha", ["3/2/24", "28/1/24"], ["2024-02-03", "2024-01-28"]),
        ("Tytuł,Data", ["2024-01-13", "2024-01-03"], ["2024-01-13", "2024-01-03"]),
        ("Titel,Datum", ["03-02-24", "03-01-24"], ["2024-02-03", "2024-01-03"]),
        ("タイトル,日付", ["2024/1/13", "2023/12/3"], ["2024-01-13", "2023-12-03"]),
        ("제목,날짜", ["24. 1. 13.", "23. 12. 3."], ["2024-01-13", "2023-12-03"]),
        ("Title,Date", ["24/1/3", "23/12/30"], ["2024-01-03", "2023-12-30"]),
        # Newest first: only one reading falls all the way.
        ("Title,Date", ["01/02/24", "12/01/24"], ["2024-02-01", "2024-01-12"]),
        ("Title,Date", ["03/04/2024", "04/03/2024"], ["2024-04-03", "2024-03-04"]),
    ],
)  # fmt: skip
def test_dates_of_every_locale(header: str, dates: list[str], expected: list[str]) -> None:
    text = header + "\n" + "".join(f'"Film {i}","{day}"\n' for i, day in enumerate(dates))
    assert [thing.time for thing in things(text)] == expected


def test_what_only_the_person_knows_is_asked_for() -> None:
    text = "Title,Date\nA,03/04/2025\nB,02/04/2025\n"
    export = opened(text)
    (question,) = export.questions
    assert question.ask == "In 03/04/2025, is 03 the day or the month?"
    assert question.id == opened(text).questions[0].id
    assert len(list(export.rows())) == 2
    assert things(text, {question.id: "month first"})[0].time == "2025-03-04"


def test_contradicting_dates_go_with_the_majority() -> None:
    text = "Title,Date\nA,13/01/2025\nB,12/31/2024\nC,14/12/2024\n"
    rows = list(opened(text).rows())
    assert [isinstance(row, Row) for row in rows] == [True, False, True]
    assert isinstance(rows[1], Unreadable)
    assert rows[1].line == 3


@pytest.mark.parametrize(
    ("title", "series", "season", "episode"),
    [
        ("Dark: Season 1: Secrets", "Dark", "Season 1", "Secrets"),
        ("Dark: Staffel 2: Anfänge: Enden", "Dark", "Staffel 2", "Anfänge: Enden"),
        ("Lupin : Saison 1 : Chapitre 1", "Lupin", "Saison 1", "Chapitre 1"),
        ("Elite: Temporada 3: Samu", "Elite", "Temporada 3", "Samu"),
        ("Suburra: Stagione 2: Il re", "Suburra", "Stagione 2", "Il re"),
        ("Undercover: Seizoen 1: Begin", "Undercover", "Seizoen 1", "Begin"),
        ("Bonusfamiljen: Säsong 2: Ett", "Bonusfamiljen", "Säsong 2", "Ett"),
        ("Wiedźmin: Sezon 1: Koniec", "Wiedźmin", "Sezon 1", "Koniec"),
        ("The Queen's Gambit: Limited Series: Openings", "The Queen's Gambit", "Limited Series",
         "Openings"),
        ("Money Heist: Part 1: Episode 1", "Money Heist", "Part 1", "Episode 1"),
        ("Star Trek: Picard: Season 1: Nepenthe", "Star Trek: Picard", "Season 1", "Nepenthe"),
    ],
)  # fmt: skip
def test_episodes(title: str, series: str, season: str, episode: str) -> None:
    (thing,) = things(f'Title,Date\n"{title}",2024-01-13\n')
    assert thing.name == title
    assert thing.data["object"] == {
        "@type": "TVEpisode",
        "name": episode,
        "partOfSeason": {"@type": "TVSeason", "name": season},
        "partOfSeries": {"@type": "TVSeries", "name": series},
    }


def test_films_with_a_colon_stay_films() -> None:
    titles = [
        "Mission: Impossible",
        "Mission: Impossible - Fallout",
        "Dune: Part Two",
        "Star Wars: A New Hope",
        "Star Wars: The Last Jedi",
        "Kill Bill: Vol. 2",
        "The Lord of the Rings: The Two Towers: Extended",
    ]
    text = "Title,Date\n" + "".join(f'"{title}",2024-01-13\n' for title in titles)
    assert [thing.data["object"] for thing in things(text)] == [
        {"@type": "Movie", "name": title} for title in titles
    ]


def test_titles_that_share_what_comes_first_are_a_series() -> None:
    text = 'Title,Date\n"Show: Episode 1",2024-01-13\n"Show: Episode 2",2024-01-12\n'
    text += '"Food: France: June",2024-01-11\n"Food: France: Malik",2024-01-10\n'
    kinds = [thing.data["object"] for thing in things(text)]
    assert all(isinstance(kind, dict) and kind["@type"] == "TVEpisode" for kind in kinds)


TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda title: bool(title.strip())
)


@settings(deadline=None)
@given(
    views=st.lists(
        st.tuples(
            TITLES, st.dates(datetime.date(2008, 1, 1), datetime.date(2030, 1, 1))
        ),
        min_size=1,
        max_size=30,
    ),
    style=st.sampled_from(["{0.month}/{0.day}/{1:02}", "{0.day}.{0.month}.{1:02}", "{0}",
                           "{0.day:02}/{0.month:02}/{0.year}", "{0.year}/{0.month}/{0.day}"]),
    copies=st.integers(1, 3),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)  # fmt: skip
def test_views_written_in_any_style_are_read_again(
    views: list[tuple[str, datetime.date]], style: str, copies: int, encoding: str
) -> None:
    views = sorted(views, key=lambda view: view[1], reverse=True) * copies
    lines = ["Title,Date"]
    for title, date in views:
        quoted = title.replace('"', '""')
        lines.append(f'"{quoted}","{style.format(date, date.year % 100)}"')
    content = ("\n".join(lines) + "\n").encode(encoding)
    first = opened_bytes(content, {})
    prefix = [question.id for question in first.questions]
    prefix += [guess.id for guess in first.guesses]
    word = "month first" if style.startswith("{0.month}") else "day first"
    answers = {}
    if prefix and style not in ("{0}", "{0.year}/{0.month}/{0.day}"):
        answers = {prefix[0]: word}
    export = opened_bytes(content, answers)
    rows = list(export.rows())
    assert [row.line for row in rows] == list(range(2, len(views) + 2))
    for row, (title, date) in zip(rows, views, strict=True):
        assert isinstance(row, Row), row
        assert (row.thing.name, row.thing.time) == (title.strip(), date.isoformat())
    ids = [row.thing.id for row in rows if isinstance(row, Row)]
    assert len(set(ids)) == len(views)


def opened_bytes(content: bytes, answers: Mapping[str, str]) -> Export:
    return open_export("history.csv", io.BytesIO(content), answers)


def test_a_newer_export_that_overlaps_adds_only_what_is_new() -> None:
    old = ["Film B,2024-01-02", "Film A,2024-01-01", "Film A,2024-01-01"]
    new = ["Film C,2024-01-13", *old]

    def ids(rows: list[str]) -> set[str]:
        return {thing.id for thing in things("Title,Date\n" + "\n".join(rows))}

    assert len(ids(old)) == 3
    assert len(ids(new) - ids(old)) == 1
    assert ids(old) < ids(new)


def test_a_title_of_spaces_and_colons_costs_no_more_than_its_length() -> None:
    spaces, colons = "a" + " " * 60_000 + "b", "a: " * 20_000 + "b"
    first, second = things(f'Title,Date\n"{spaces}",2024-01-13\n"{colons}",2024-01-12\n')
    assert (first.name, second.name) == (spaces, colons)
