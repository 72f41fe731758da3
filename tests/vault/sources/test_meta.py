"""Instagram and Facebook: their letters put right, old forms and new, nothing silently left."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, UnableToRead, open_export
from firsthand.vault.sources.meta import repaired

TIME, SAID = 1704312900, "2024-01-03T20:15:00Z"


def broken(value: object) -> bytes:
    """JSON as both write it: each byte of a letter is a sign."""
    return json.dumps(_apart(value), indent=2).encode()


def _apart(value: object) -> object:
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [_apart(each) for each in value]
    if isinstance(value, dict):
        return {_apart(key): _apart(each) for key, each in value.items()}
    return value


def each(value: object, name: str = "file.json") -> list[Each]:
    export = open_export(name, io.BytesIO(broken(value)), {})
    assert export.questions == []
    return list(export.rows())


def things(value: object, name: str = "file.json") -> list[Thing]:
    return [row.thing for row in each(value, name) if isinstance(row, Row)]


@given(text=st.text(max_size=30))
def test_letters_are_put_right(text: str) -> None:
    assert repaired(_apart(text)) == text


def string_list(title: str, value: str, href: str = "https://www.instagram.com/p/A/") -> object:
    entry = {"href": href, "value": value, "timestamp": TIME}
    return {"title": title, "media_list_data": [], "string_list_data": [entry]}


def string_map(**said: str) -> object:
    held: dict[str, object] = {key: {"href": "", "value": value, "timestamp": 0}
                               for key, value in said.items()}  # fmt: skip
    held["Uhrzeit"] = {"href": "", "value": "", "timestamp": TIME}
    return {"title": "", "media_map_data": {}, "string_map_data": held}


INSTAGRAM = [
    ({"likes_media_likes": [string_list("inês", "👍")]}, "LikeAction", "a post of inês"),
    (
        {"likes_comment_likes": [string_list("inês", "👍")]}, "LikeAction",
        "a comment of inês",
    ),
    (
        {"comments_media_comments": [string_map(Kommentar="Schön!", Eigentümer="inês")]},
        "CommentAction", "Schön!",
    ),
    ([string_map(Comment="Schön!", Owner="inês")], "CommentAction", "Schön!"),
    ([string_list("", "tomasz")], "FollowAction", "tomasz follows you"),
    ({"relationships_followers": [string_list("", "tomasz")]}, "FollowAction",
     "tomasz follows you"),
    ({"relationships_following": [string_list("", "tomasz")]}, "FollowAction", "tomasz"),
    (
        {"relationships_following": [
            {"title": "pieter", "string_list_data": [
                {"href": "https://www.instagram.com/_u/pieter", "timestamp": TIME}]}]},
        "FollowAction", "pieter",
    ),
    ({"searches_keyword": [string_map(Suche="Fahrräder")]}, "SearchAction", "Fahrräder"),
    ({"impressions_history_ads_seen": [string_map(Autor="Acme")]}, "ViewAction",
     "an advert of Acme"),
    ([{"media": [{"uri": "media/posts/1.jpg", "creation_timestamp": TIME, "title": "Grüße\nau"}]}],
     "CreateAction", "Grüße"),
    (
        [{"timestamp": TIME, "media": [], "fbid": "1", "label_values": [
            {"label": "URL", "value": "https://www.instagram.com/reel/A/",
             "href": "https://www.instagram.com/reel/A/"},
            {"title": "Owner", "dict": [{"dict": [{"label": "Name", "value": "inês"}]}]}]}],
        "LikeAction", "a post of inês",
    ),
    (
        [{"timestamp": TIME, "media": [], "fbid": "1", "label_values": [
            {"label": "Website", "value": "https://tee.example/", "href": "https://tee.example/"},
            {"label": "Titel", "value": "Tee für alle"},
            {"label": "x", "value": "instagram.com"}]}],
        "ViewAction", "Tee für alle",
    ),
    ({"media_likes": [["2024-01-03T20:15:00+00:00", "inês"]]}, "LikeAction", "a post of inês"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind", "name"), INSTAGRAM)
def test_records_of_instagram(value: object, kind: str, name: str) -> None:
    (thing,) = things(value)
    assert (thing.source, thing.type, thing.name, thing.time) == ("instagram", kind, name, SAID)
    assert thing.data["startTime"] == SAID


FACEBOOK = [
    (
        [{"timestamp": TIME, "title": "Malik likes Inês's post.",
          "data": [{"reaction": {"reaction": "LIKE", "actor": "Malik"}}]}],
        "LikeAction", "Malik likes Inês's post.",
    ),
    (
        {"reactions_v2": [{"timestamp": TIME, "title": "x",
                           "data": [{"reaction": {"reaction": "ANGER", "actor": "Malik"}}]}]},
        "DislikeAction", "x",
    ),
    (
        {"comments_v2": [{"timestamp": TIME, "title": "Malik replied.", "data": [
            {"comment": {"timestamp": TIME, "comment": "Où?", "author": "Malik"}}]}]},
        "CommentAction", "Où?",
    ),
    (
        [{"timestamp": TIME, "media": [], "fbid": "1", "label_values": [
            {"label": "Reaktion", "value": "Gefällt mir"}, {"label": "Name", "value": "Tee"}]}],
        "LikeAction", "Gefällt mir",
    ),
    ({"saves_v2": [{"title": "Malik saved a link.", "timestamp": TIME}]}, "WantAction",
     "Malik saved a link."),
    ({"groups_joined_v2": [{"timestamp": TIME, "data": [{"name": "Café"}], "title": "x"}]},
     "FollowAction", "Café"),
    ({"friends_v2": [{"name": "Inês", "timestamp": TIME}]}, "FollowAction", "Inês"),
    ({"page_likes_v2": [{"name": "Café", "timestamp": TIME}]}, "FollowAction", "Café"),
    (
        {"searches_v2": [{"timestamp": TIME, "title": "You searched Facebook", "attachments": [
            {"data": [{"text": '"Fahrräder"'}]}]}]},
        "SearchAction", "Fahrräder",
    ),
    (
        [{"timestamp": TIME, "data": [{"post": "Grüße"}], "title": "Malik updated his status."}],
        "CreateAction", "Grüße",
    ),
    (
        {"off_facebook_activity_v2": [{"name": "acme.example", "events": [
            {"id": 1, "type": "PURCHASE", "timestamp": TIME}]}]},
        "Observation", "acme.example: purchase",
    ),
    ({"history_v2": [{"title": "Acme", "action": "Clicked ad", "timestamp": TIME}]}, "ViewAction",
     "Acme"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind", "name"), FACEBOOK)
def test_records_of_facebook(value: object, kind: str, name: str) -> None:
    (thing,) = things(value)
    assert (thing.source, thing.type, thing.name, thing.time) == ("facebook", kind, name, SAID)


def conversation(link: str) -> dict[str, object]:
    return {
        "participants": [{"name": "Inês"}, {"name": "Malik"}],
        "messages": [
            {"sender_name": "Malik", "timestamp_ms": TIME * 1000 + 7, "content": "Schön 🎉"},
            {"sender_name": "Inês", "timestamp_ms": TIME * 1000, "photos": [{"uri": "a.jpg"}]},
            {"sender_name": "Inês", "timestamp_ms": TIME * 1000, "share": {"link": link}},
            {"sender_name": "Inês", "timestamp_ms": TIME * 1000, "is_unsent": True},
        ],
        "title": "Inês",
        "thread_path": "inbox/inês_1",
    }


@pytest.mark.parametrize(
    ("link", "source"),
    [("https://www.instagram.com/p/A", "instagram"), ("https://example.org", "facebook")],
)
def test_messages(link: str, source: str) -> None:
    rows = each(conversation(link))
    found = [row.thing for row in rows if isinstance(row, Row)]
    assert len(rows) == 8
    assert [thing.source for thing in found] == [source] * 3
    assert [thing.name for thing in found] == ["Schön 🎉", "A photo", link]
    first = found[0]
    assert first.type == "CommunicateAction"
    assert first.data["sender"] == {"@type": "Person", "name": "Malik"}
    assert first.data["recipient"] == [{"@type": "Person", "name": "Inês"}]
    assert first.data["text"] == "Schön 🎉"


@pytest.mark.parametrize(
    ("key", "source"),
    [("ig_custom_audiences_all_types", "instagram"), ("custom_audiences_all_types_v2", "facebook")],
)
def test_which_advertisers_have_a_list(key: str, source: str) -> None:
    record = {
        "advertiser_name": "Möbel",
        "has_data_file_custom_audience": True,
        "has_remarketing_custom_audience": False,
        "has_in_person_store_visit": False,
    }
    (thing,) = things({key: [record]})
    if source == "facebook":
        assert thing.source == source
    assert thing.data == {
        "@type": "Observation",
        "name": "Möbel",
        "measuredProperty": "advertiser",
        "value": "a list with your data on it",
        "observationAbout": {"@type": "Organization", "name": "Möbel"},
    }


def test_sign_ins_and_settings_are_left_out_and_say_so() -> None:
    rows = each({"account_history_login_history": [string_map(IP="192.0.2.1")]})
    assert [type(row) for row in rows] == [Skipped]
    assert "sign-in" in str(rows[0])
    rows = each({"account_accesses_v2": [{"action": "Login", "timestamp": TIME}] * 2})
    assert [type(row) for row in rows] == [Skipped, Skipped]


def test_a_list_that_is_not_known_is_left_out_and_says_so() -> None:
    for value in ({"people_v2": [{"name": "x"}]}, {"anew": [string_map(Anything="x")]}):
        assert [type(row) for row in each(value)] == [Skipped]


def test_lists_of_others_are_not_claimed() -> None:
    other = {"timestamp": "2024-01-03T20:15:00Z", "attachments": [], "data": [], "comment": "x"}
    with pytest.raises(UnableToRead, match="JSON"):
        each([other])


def test_what_was_looked_at_is_no_like() -> None:
    value = INSTAGRAM[11][0]
    assert things(value, "ads_information/posts_viewed.json")[0].type == "ViewAction"
    assert things(value, "likes/liked_posts.json")[0].type == "LikeAction"


@pytest.mark.parametrize("service", ["Instagram", "Facebook"])
def test_a_page_says_how_to_get_json(service: str) -> None:
    page = f'<html><head><title>{service}</title></head><body class="_a705 _a6-g">x</body></html>'
    with pytest.raises(UnableToRead, match='choose "JSON" instead'):
        open_export("liked_posts.html", io.BytesIO(page.encode()), {})


def test_a_newer_export_adds_only_what_is_new() -> None:
    before = things({"likes_media_likes": [string_list("june", "👍")]})
    after = things({"likes_media_likes": [string_list("inês", "👍"), string_list("june", "👍")]})
    assert {thing.id for thing in before} < {thing.id for thing in after}


OLD = "2018-05-01T10:11:12"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"blocked_users": {}, "follow_requests_sent": {}, "followers": {"june": OLD},
             "following": {"greta": OLD}, "following_hashtags": {}},
            [("FollowAction", "june follows you"), ("FollowAction", "greta")],
        ),
        (
            {"photos": [{"caption": "Sea", "taken_at": OLD, "path": "photos/a.jpg"}],
             "profile": [{"caption": "", "taken_at": OLD, "path": "profile/a.jpg"}]},
            [("CreateAction", "Sea")],
        ),
        (
            [{"participants": ["june", "malik"], "conversation": [
                {"sender": "june", "created_at": OLD + ".123456+00:00", "text": "hello"}]}],
            [("CommunicateAction", "hello")],
        ),
        ([{"search_click": "june", "time": OLD, "type": "user"}], [("SearchAction", "june")]),
        (
            {"ads_seen": [{"author": "shop", "timestamp": OLD}], "chaining_seen": []},
            [("ViewAction", "an advert of shop")],
        ),
        ({"saved_media": [[OLD, "june"]]}, [("WantAction", "a post of june")]),
    ],
)  # fmt: skip
def test_the_export_of_2018_is_read(value: object, expected: list[tuple[str, str]]) -> None:
    found = each(value)
    rows = [row.thing for row in found if isinstance(row, Row)]
    assert [(thing.type, thing.name) for thing in rows] == expected
    assert {thing.time for thing in rows} == {OLD + "Z"}
    assert all(isinstance(row, Row | Skipped) for row in found)


@pytest.mark.parametrize("number", ["1E999", "-1E999", "NaN", "1" + "0" * 400])
def test_a_time_without_end_ends(number: str) -> None:
    text = f'{{"participants": [{{"name": "Malik"}}], "messages": [{{"sender_name": "Malik", "timestamp_ms": {number}, "content": "A"}}]}}'  # noqa: E501
    for row in open_export("instagram.json", io.BytesIO(text.encode()), {}).rows():
        assert not isinstance(row, Row) or row.thing.time is None
