"""Titles of series and of films that look alike, and headers of other languages."""

import io

import pytest

from firsthand.vault.sources import Row, open_export


def objects(header: str, titles: list[str]) -> list[dict[str, object]]:
    lines = [header, *(f'"{title}","2024-01-{31 - i:02}"' for i, title in enumerate(titles))]
    found = list(open_export("x.csv", io.BytesIO("\n".join(lines).encode()), {}).rows())
    assert len(found) == len(titles)
    things: list[dict[str, object]] = []
    for row in found:
        assert isinstance(row, Row)
        meaning = row.thing.data["object"]
        assert isinstance(meaning, dict)
        things.append(meaning)
    return things


@pytest.mark.parametrize(
    "titles",
    [
        ["Harry Potter: Part 2", "Harry Potter: Part 1"],
        ["The Hunger Games: Mockingjay: Part 1", "The Hunger Games: Mockingjay: Part 2"],
        ["Mission: Impossible: Fallout", "Mission: Impossible: Rogue Nation"],
        ["The Lord of the Rings: The Two Towers: Extended", "Malcolm: Special: Encore"],
        ["Rings: Towers: Extended", "Rings: Towers: Theatrical", "Rings: King: Extended"],
        ["A Concert: In Paris: Live", "A Concert: In Rome: Live", "Trevor Noah: Special"],
        ["Fear Street: Part One: 1994", "Fear Street: Part Two: 1978", "Rebel: Part Two: Scars"],
        ["Dune: Part One: Extended", "Dune: Part One: Theatrical"],
        ["Kill Bill: Vol. 1", "Kill Bill: Vol. 2", "Star Wars: Episode IV: A New Hope"],
    ],
)  # fmt: skip
def test_films_in_parts_are_films(titles: list[str]) -> None:
    assert {found["@type"] for found in objects("Title,Date", titles)} == {"Movie"}


@pytest.mark.parametrize(
    ("header", "titles", "series"),
    [
        (
            "Title,Date",
            ["Stranger Things: Stranger Things 4: Chapter One: Club"],
            "Stranger Things",
        ),
        ("Title,Date", ["Hill House: Hill House: Steven Sees a Ghost"], "Hill House"),
        ("Title,Date", ["AHS: Coven: Head", "AHS: Coven: Boy Parts", "AHS: Asylum: Pilot"], "AHS"),
        ("Title,Date", ["Chef: France: Ana", "Chef: France: Bo", "Chef: France: Cy"], "Chef"),
        ("Title,Date", ["Wednesday: S1: Chapter I"], "Wednesday"),
        ("Title,Date", ["Casa: Part 1: A", "Casa: Part 1: B: C", "Casa: Part 2: D"], "Casa"),
        ("Title,Date", ["Casa: Part 1: Episode 1"], "Casa"),
        ("Titel,Datum", ["Dark: 1. Staffel: Geheimnisse"], "Dark"),
        ("Titre,Date", ["Lupin: Série limitée: Le collier"], "Lupin"),
        ("Title,Date", ["Bodies: Episode 1", "Bodies: Episode 2"], "Bodies"),
        ("タイトル,視聴日", ["アリス: シーズン1: エピソード1"], "アリス"),
        ("제목,날짜", ["킹덤: 시즌 1: 1화"], "킹덤"),
    ],
)
def test_series_are_known_by_their_seasons(header: str, titles: list[str], series: str) -> None:
    for found in objects(header, titles):
        assert found["@type"] == "TVEpisode"
        assert found["partOfSeries"] == {"@type": "TVSeries", "name": series}


def test_a_trailer_is_no_second_episode() -> None:
    text = (
        "Profile Name,Start Time,Duration,Title,Supplemental Video Type\n"
        "Inês,2024-01-03 20:15:00,01:00:00,Hannah: Nanette: Live,\n"
        "Inês,2024-01-02 20:15:00,00:01:00,Hannah: Nanette: Live (Trailer),TRAILER\n"
    )
    found = list(open_export("x.csv", io.BytesIO(text.encode()), {}).rows())
    meanings = [row.thing.data["object"] for row in found if isinstance(row, Row)]
    assert [m["@type"] for m in meanings if isinstance(m, dict)] == ["Movie", "VideoObject"]
