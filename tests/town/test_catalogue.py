"""The catalogues are whole, and the organisations' own reader takes them."""

import csv

from firsthand.hub.terms.catalogue import read_catalogue
from firsthand.town.catalogue import CHORUS_FILE, REEL_FILE, show_called, shows


def test_titles_are_many_and_each_is_one_of_its_kind() -> None:
    titles = [show.title for show in shows()]
    assert len(titles) == len(set(titles)) == len({show.id for show in shows()}) >= 140
    assert not [title for title in titles if ":" in title], "a colon would split it"
    assert 50 < sum(show.is_film for show in shows()) < len(titles) - 50


def test_every_title_has_genres_a_year_and_a_line() -> None:
    with REEL_FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert 1 <= row["genres"].count(",") <= 2, row["title"]
            assert 2015 < int(row["year"]) < 2025, row["title"]
            assert row["description"].endswith("."), row["title"]


def test_episodes_of_a_series_have_names_of_their_own() -> None:
    for show in shows():
        episodes = [show.episode(index) for index in range(show.episodes)]
        assert len({name for _, name in episodes}) == len(episodes)
        assert [season for season, _ in episodes] == sorted(season for season, _ in episodes)


def test_a_title_is_found_by_its_name() -> None:
    assert show_called("Polder Noir").id == "series-polder-noir"


def test_the_organisations_can_read_both() -> None:
    reel = read_catalogue(REEL_FILE.read_bytes())
    assert (reel.rule.name, len(reel.items)) == ("titles-by-taste", len(shows()))
    chorus = read_catalogue(CHORUS_FILE.read_bytes())
    assert (chorus.rule.name, len(chorus.items)) == ("plan-that-fits", 6)
    assert all(item.price and item.currency == "EUR" and item.detail for item in chorus.items)
