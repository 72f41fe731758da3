# ruff: noqa: E501 - records stand as they come
"""Google Takeout: the same activities in JSON and as a web page, in the languages of accounts."""

import io
import json

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Row, Skipped, UnableToRead, Unreadable
from firsthand.vault.sources.export import Each
from firsthand.vault.sources.source import Head
from firsthand.vault.sources.takeout import SOURCE

VIDEO = "https://www.youtube.com/watch?v=hDFHzpO5yC4"
CHANNEL = "https://www.youtube.com/channel/UCNeRPfMPgW0Wo4To6ILWaZA"


def read(content: str | bytes, encoding: str = "utf-8") -> list[Each]:
    raw = content.encode(encoding) if isinstance(content, str) else content
    assert SOURCE.claims(Head("x", raw[: 64 * 1024]))
    return list(SOURCE.open("x", io.BytesIO(raw), {}).rows())


def things(content: str | bytes, encoding: str = "utf-8") -> list[Thing]:
    rows = read(content, encoding)
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.thing for row in rows if isinstance(row, Row)]


def activity(
    title: str, url: str = "", header: str = "YouTube", **more: object
) -> dict[str, object]:
    found = {"header": header, "title": title, "titleUrl": url, "time": "2024-03-12T19:15:33.784Z"}
    return {key: value for key, value in found.items() if value} | {"products": [header]} | more


def cell(title: str, when: str, *, header: str = "YouTube", detail: str = "") -> str:
    details = f"<b>Details:</b><br>&emsp;{detail}<br>" if detail else ""
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">'
        f'{header}<br></p></div><div class="content-cell mdl-cell mdl-cell--6-col '
        f'mdl-typography--body-1">{title}<br>{when}</div><div class="content-cell mdl-cell '
        'mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:'
        f"</b><br>&emsp;YouTube<br>{details}</div></div></div>"
    )


def page(*cells: str) -> str:
    style = "<style>/* material-design-lite */ .mdl-grid {}</style>" + " " * 70_000
    return f"<html><head><title>History</title>{style}</head><body><div>{''.join(cells)}</div></body></html>"


LOCALES = [
    ("Watched {}", "Mar 12, 2024, 8:15:33\u202fPM CET"),
    ("Watched {}", "12 Mar 2024, 20:15:33 CET"),
    ("{} angesehen", "12.03.2024, 20:15:33 MEZ"),
    ("Vous avez regardé {}", "12 mars 2024, 20:15:33 CET"),
    ("Hai guardato {}", "12 mar 2024, 20:15:33 CET"),
    ("Has visto {}", "12 mar 2024, 20:15:33 CET"),
    ("Você assistiu a {}", "12 de mar. de 2024, 16:15:33 BRT"),
    ("Watched {}", "12/03/2024, 19:15:33 WET"),
    ("Je hebt naar {} gekeken", "12 mrt 2024, 20:15:33 CET"),
    ("{} を視聴しました", "2024/03/13 4:15:33 JST"),
]


@pytest.mark.parametrize(("form", "when"), LOCALES)
def test_a_video_is_the_same_in_every_language_and_form(form: str, when: str) -> None:
    link = f'<a href="{VIDEO}">Tea &amp; time</a>'
    channel = f'<br><a href="{CHANNEL}">Chase</a>'
    title = form.format("Tea & time")
    (of_json,) = things(
        json.dumps([activity(title, VIDEO, subtitles=[{"name": "Chase", "url": CHANNEL}])])
    )
    spaced = form.replace(" {}", "&nbsp;{}").format(link)
    (of_page,) = things(page(cell(spaced + channel, when)))
    assert of_json == of_page
    assert of_json.data == {
        "@type": "WatchAction",
        "name": "Tea & time",
        "startTime": "2024-03-12T19:15:33Z",
        "object": {
            "@type": "VideoObject",
            "name": "Tea & time",
            "url": VIDEO,
            "creator": {"@type": "Organization", "name": "Chase", "url": CHANNEL},
        },
        "instrument": {"@type": "Thing", "name": "YouTube"},
    }


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        (activity("Watched a video that has been removed"), "WatchAction", "a video that has been removed"),
        (activity("Je hebt een video bekeken die is verwijderd"), "WatchAction", "Je hebt een video bekeken die is verwijderd"),
        (activity(f"Watched {VIDEO}", VIDEO), "WatchAction", VIDEO),
        (activity("Tee angesehen", VIDEO, details=[{"name": "Von Google Anzeigen"}]), "ViewAction", "Tee"),
        (activity("Watched Tea", VIDEO, details=[{"name": "From Google Ads"}]), "ViewAction", "Tea"),
        (activity("Suchen: Tee", "https://www.youtube.com/results?search_query=gr%C3%BCner+tee"), "SearchAction", "grüner tee"),
        (activity("Searched for tea", "https://www.google.com/search?q=tea", "Search"), "SearchAction", "tea"),
        (activity("Vous avez recherché thé", header="Recherche"), "SearchAction", "thé"),
        (activity("Visited Tea shop", "https://www.google.com/url?q=https://tea.example/", "Search"), "ViewAction", "Tea shop"),
        (activity("Directions to 2 Tea Lane", "https://www.google.com/maps/dir//39.2,-84.5/", "Maps"), "SearchAction", "2 Tea Lane"),
        (activity("Used Spotify", header="Spotify"), "ViewAction", "Spotify"),
        (activity("7 cards in your feed", header="Discover", subtitles=[{"name": "Tea"}]), "ViewAction", "7 cards in your feed"),
        (activity("Said what is tea", header="Assistant"), "SearchAction", "what is tea"),
        (activity("Watched Solar", "https://music.youtube.com/watch?v=1", "YouTube Music", subtitles=[{"name": "Sault - Topic"}]), "ListenAction", "Solar"),
        (activity("Subscribed to Chase", CHANNEL), "FollowAction", "Chase"),
        (activity("Liked Tea", VIDEO), "LikeAction", "Tea"),
    ],
)  # fmt: skip
def test_kinds_of_activities(given: dict[str, object], kind: str, name: str) -> None:
    (thing,) = things(json.dumps([given]))
    assert (thing.type, thing.name, thing.data["name"], thing.data["@type"]) == (
        kind,
        name,
        name,
        kind,
    )
    assert thing.time == thing.data["startTime"] == "2024-03-12T19:15:33Z"


@pytest.mark.parametrize(
    ("detail", "advert"),
    [
        ("From Google Ads", True),
        ("Von Google Anzeigen", True),
        ("Da programmi pubblicitari Google", True),
        ("Des annonces Google", True),
        ("De anuncios de Google", True),
        ("Van Google-advertenties", True),
        ("De publicidade do Google", True),
        ("From IP 192.0.2.1", False),
        ("Google Loads", False),
    ],
)
def test_adverts_in_the_languages_of_accounts(detail: str, *, advert: bool) -> None:
    (of_json,) = things(json.dumps([activity("Tea", VIDEO, details=[{"name": detail}])]))
    (of_page,) = things(page(cell("Tea", "12.03.2024, 20:15:33 MEZ", detail=detail)))
    assert [of_json.type, of_page.type] == (
        ["ViewAction"] * 2 if advert else ["WatchAction", "ViewAction"]
    )
    assert (of_page.data["object"].get("additionalType") == "ADVERT") is advert  # type: ignore[attr-defined]


def test_every_record_is_accounted_for() -> None:
    rows = read(json.dumps([activity("Watched Tea", VIDEO), 3, activity("Used Maps", time="soon"), {"header": "", "time": "2024-03-12T19:15:33Z"}]))  # fmt: skip
    assert [type(row) for row in rows] == [Row, Unreadable, Unreadable, Unreadable]
    whole = page(cell("Watched Tea", "Mar 12, 2024, 8:15:33 PM CET"), cell("Watched Tea", "once"))
    assert [type(row) for row in read(whole)] == [Row, Unreadable]
    assert [type(row) for row in read(whole[:-240])] == [Row, Unreadable]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_of_encodings(encoding: str) -> None:
    (thing,) = things(json.dumps([activity("Thé vu", VIDEO)], ensure_ascii=False), encoding)
    (same,) = things(
        page(cell(f'<a href="{VIDEO}">Thé vu</a>', "12.03.2024, 20:15:33 MEZ")), encoding
    )
    assert (thing.name, thing.id) == (same.name, same.id)


def test_a_newer_export_adds_only_what_is_new() -> None:
    old = [activity("Watched Tea", VIDEO), activity("Watched Tea", VIDEO)]
    new = [activity("Watched Milk", VIDEO + "x"), *old]
    before = {thing.id for thing in things(json.dumps(old))}
    after = {thing.id for thing in things(json.dumps(new))}
    assert (len(before), len(after - before)) == (2, 1)


def test_pages_of_chrome() -> None:
    visit = {"title": "Tea", "url": "https://tea.example/", "time_usec": 1617404690134513}
    text = json.dumps({"Browser History": [visit, {"url": "x"}], "Typed Url": [{"url": "x"}]})
    page_seen, bad, typed = read(
        text.replace("{", '{"client_id": "a", ', 2).replace('{"client_id": "a", ', "{", 1)
    )
    assert isinstance(page_seen, Row)
    assert page_seen.thing.time == "2021-04-02T23:04:50Z"
    assert page_seen.thing.data["object"] == {
        "@type": "WebPage",
        "name": "Tea",
        "url": visit["url"],
    }
    assert isinstance(bad, Unreadable)
    assert isinstance(typed, Skipped)


@pytest.mark.parametrize(
    "header", ["Channel Id,Channel Url,Channel Title", "Kanal-ID,Kanal-URL,Kanaltitel"]
)
def test_channels_and_playlists_in_any_language(header: str) -> None:
    (thing,) = things(f'\ufeff{header}\r\n{CHANNEL[-24:]},{CHANNEL},"Tea, ""hot"""\r\n')
    assert (thing.type, thing.name, thing.time) == ("FollowAction", 'Tea, "hot"', None)
    (video,) = things("Video-ID,Zeitstempel\nhDFHzpO5yC4,2023-01-04T12:00:00+00:00\n")
    assert (video.type, video.time) == ("BookmarkAction", "2023-01-04T12:00:00Z")
    old = f"Playlist ID,Channel ID,Time Created,Title\nLL{'a' * 22},{CHANNEL[-24:]},2023-01-04 12:00:00 UTC,Likes\n\nVideo ID,Time Added\nhDFHzpO5yC4,2023-01-04 12:00:00 UTC\n"
    skipped, liked = read(old)
    assert isinstance(skipped, Skipped)
    assert isinstance(liked, Row)
    assert liked.thing.type == "LikeAction"


@pytest.mark.parametrize(
    "header", ["Title,Note,URL,Comment", "Titel,Notiz,URL,Kommentar", "Titre,Note,URL,Commentaire"]
)
def test_places_saved_in_maps(header: str) -> None:
    url = "https://www.google.com/maps/place/Teehaus/data=!4m2!3m1!1s0x47:0x12"
    tea, other = things(f"{header}\n,,,\nTeehaus,Mit Greta,{url},\nSeite,,https://x.example/,\n")
    assert tea.data == {
        "@type": "BookmarkAction",
        "name": "Teehaus",
        "object": {"@type": "Place", "name": "Teehaus", "url": url},
        "description": "Mit Greta",
    }
    assert other.data["object"] == {
        "@type": "WebPage",
        "name": "Seite",
        "url": "https://x.example/",
    }


def test_comments() -> None:
    text = (
        "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Video ID,Comment Text\nUgz"
        + "a" * 23
        + f',{CHANNEL[-24:]},2020-05-14T19:23:26.213Z,0,,hDFHzpO5yC4,"{{""text"":""Nice tea""}}"\n'
    )
    (thing,) = things(text)
    assert (thing.type, thing.name, thing.time) == (
        "CommentAction",
        "Nice tea",
        "2020-05-14T19:23:26Z",
    )


def test_other_pages_are_refused_or_left() -> None:
    with pytest.raises(UnableToRead, match="without activities"):
        SOURCE.open("x", io.BytesIO(page().encode()), {})
    for text in (
        "<html><body>Tea</body></html>",
        '[{"a": 1}]',
        '{"a": 1}',
        "Title,Date\nDark,2024-01-13\n",
    ):
        assert not SOURCE.claims(Head("x", text.encode()))
