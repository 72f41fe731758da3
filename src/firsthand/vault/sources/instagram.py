"""Instagram: likes, comments, who follows whom, messages, searches, posts, and its advertisers.

Names within a record are in the language of the person; those of the lists are not.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import BinaryIO

from firsthand.vault.sources.export import Export
from firsthand.vault.sources.instagram_old import (
    by_name,
    is_old,
    old_people,
    old_post,
    old_saved,
    old_search,
    old_seen,
    old_talk,
)
from firsthand.vault.sources.meta import (
    Found,
    FromRecords,
    Make,
    Making,
    advertiser,
    first_key,
    interest,
    is_page,
    left_out,
    listed,
    message,
    named,
    participant,
    refused_page,
    said,
    time_in,
)
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.source import Facts, Head, Source

FORMAT = "Instagram"


def _entries(record: dict[str, object]) -> list[dict[str, object]]:
    """What a record says: each entry of its list, or its map as one entry in plain names."""
    if entries := listed(record, "string_list_data"):
        return entries
    held = record.get("string_map_data")
    if not isinstance(held, dict):
        return _labelled(record)
    values = [said(each, "value") for each in held.values()]
    words = [value for value in values if value]
    times = [time for each in held.values() if (time := time_in(each, "timestamp"))]
    links = [link for each in held.values() if (link := said(each, "href"))]
    return [{"words": words, "time": times[0] if times else None, "href": "".join(links[:1])}]


def _labelled(record: dict[str, object]) -> list[dict[str, object]]:
    """The newer form: values beside their labels in the person's language."""
    labels = listed(record, "label_values")
    if not labels:
        return []
    words = [value for each in labels if (value := said(each, "value"))]
    words = [word for word in words if not word.startswith("http")]
    for group in labels:
        for each in listed(group, "dict"):
            words += [value for inner in [each, *listed(each, "dict")]
                      if (value := said(inner, "value"))]  # fmt: skip
    links = [said(each, "href") or said(each, "value") for each in labels]
    link = next((each for each in links if each.startswith("http")), "")
    return [{"words": words, "time": time_in(record, "timestamp"), "href": link}]


def _words(entry: dict[str, object]) -> list[str]:
    held = entry.get("words")
    return [str(each) for each in held] if isinstance(held, list) else [said(entry, "value")]


def _time(entry: dict[str, object], record: dict[str, object]) -> str | None:
    held = entry.get("time")
    if isinstance(held, str):
        return held
    return time_in(entry, "timestamp") or time_in(record, "timestamp", "creation_timestamp")


def _like(making: Making, key: str, record: dict[str, object]) -> Iterator[Found]:
    for entry in _entries(record):
        link, time = said(entry, "href"), _time(entry, record)
        owner = said(record, "title") or next(iter(_words(entry)), "")
        what = "a comment" if "comment" in key else "a story" if "story" in key else "a post"
        name = f"{what} of {owner}" if owner else what
        shown = {"@type": "WebPage", "name": name}
        if link:
            shown["url"] = link
        yield making.thing(
            "LikeAction", name, time, [what, owner, link],
            object=shown | ({"creator": named("Person", owner)} if owner else {}),
        )  # fmt: skip


def _kept(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    for entry in _entries(record):
        owner, link = said(record, "title") or "".join(_words(entry)[:1]), said(entry, "href")
        name = f"a post of {owner}" if owner else "a post"
        page = named("WebPage", name, url=link)
        yield making.thing("WantAction", name, _time(entry, record), [owner, link], object=page)


def _comment(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    for entry in _entries(record):
        words = [word for word in _words(entry) if word]
        owner = said(record, "title") or (words[1] if len(words) > 1 else "")
        if not words:
            yield "a comment without words"
            continue
        yield making.thing(
            "CommentAction", words[0].split("\n")[0], _time(entry, record), [words[0], owner],
            text=words[0],
            object={"@type": "WebPage", "name": f"a post of {owner}",
                    "creator": named("Person", owner)} if owner else None,
        )  # fmt: skip


def _follows(making: Making, key: str, record: dict[str, object]) -> Iterator[Found]:
    mine = "following" in key
    for entry in _entries(record):
        link = said(entry, "href")
        name = "".join(_words(entry)[:1]) or said(record, "title") or link.rpartition("/")[2]
        if not name:
            yield "somebody without a name"
            continue
        person = named("Person", name, url=link)
        who: dict[str, object] = {"object": person} if mine else {
            "agent": person, "object": {"@type": "Person", "name": "you"}}  # fmt: skip
        yield making.thing(
            "FollowAction", name if mine else f"{name} follows you", _time(entry, record),
            ["mine" if mine else "theirs", name], **who,
        )  # fmt: skip


def _search(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    for entry in _entries(record):
        query = next((word for word in _words(entry) if word), "") or said(record, "title")
        if not query:
            yield "a search without words"
            continue
        time = _time(entry, record)
        yield making.thing("SearchAction", query, time, [query], query=query)


def _seen(making: Making, key: str, record: dict[str, object]) -> Iterator[Found]:
    for entry in _entries(record):
        owner = "".join(_words(entry)[:1]) or said(record, "title")
        time, link = _time(entry, record), said(entry, "href")
        kind = "ADVERT" if "ads" in key else "VIDEO" if "videos" in key else "POST"
        what = {"ADVERT": "an advert", "VIDEO": "a video", "POST": "a post"}[kind]
        name = f"{what} of {owner}" if owner else what
        shown: dict[str, object] = {"@type": "VideoObject" if kind == "VIDEO" else "CreativeWork",
                                    "name": name, "additionalType": kind}  # fmt: skip
        if owner:
            shown["creator"] = named("Organization" if kind == "ADVERT" else "Person", owner)
        if link:
            shown["url"] = link
        yield making.thing("ViewAction", name, time, [kind, owner, link], object=shown)


def _looked_at(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    yield from _seen(making, "posts", record)


def _visited(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """A page that was opened from within Instagram."""
    for entry in _labelled(record):
        link, words = said(entry, "href"), _words(entry)
        name = "".join(words[:1]) or link
        page = named("WebPage", name, url=link)
        yield making.thing("ViewAction", name, _time(entry, record), [link, name], object=page)


def _post(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    media = listed(record, "media") or [record]
    text = said(record, "title") or said(record, "caption")
    text = text or next((words for each in media if (words := said(each, "title"))), "")
    time = time_in(record, "creation_timestamp", "timestamp")
    time = time or time_in(media[0], "creation_timestamp", "taken_at_timestamp")
    uri = said(media[0], "uri")
    if not (text or time or uri):
        yield "a post with nothing in it"
        return
    yield making.thing(
        "CreateAction", text.split("\n")[0] or "A picture or a video", time, [text, uri],
        result={"@type": "SocialMediaPosting", "text": text},
    )  # fmt: skip


_SIGN_IN = left_out("a sign-in to the account")
_ACCOUNT = left_out("what is set or stored for the account")
_TABLE: Mapping[str, Make] = {
    "likes_media_likes": _like, "likes_comment_likes": _like, "story_activities_story_likes": _like,
    "media_likes": by_name("LikeAction"), "comment_likes": by_name("LikeAction"),
    "media_comments": by_name("CommentAction"), "saved_media": old_saved,
    "photos": old_post, "videos": old_post, "stories": old_post,
    "ads_seen": old_seen, "videos_watched": old_seen, "posts_seen": old_seen,
    "ads_clicked": old_seen, "followers": old_people, "following": old_people,
    "relationships_following": _follows, "relationships_followers": _follows,
    "relationships_following_hashtags": _follows,
    "ig_stories": _post, "ig_reels_media": _post, "ig_archived_post_media": _post,
    "ig_other_media": _post, "ig_igtv_media": _post,
    "ig_custom_audiences_all_types": advertiser, "custom_audiences_all_types": advertiser,
    "inferred_data_ig_interest": interest, "topics_your_topics": interest,
    "messages": message, "participants": participant,
}  # fmt: skip
_STARTS: tuple[tuple[str, Make], ...] = (
    ("comments_", _comment), ("searches_", _search), ("impressions_history_", _seen),
    ("saved_", _kept), ("account_history_", _SIGN_IN), ("relationships_",
    left_out("somebody who is hidden, asked or let go")),
    ("story_activities_", left_out("an answer in a story")),
)  # fmt: skip
_OWN = (
    "likes_", "comments_", "relationships_", "impressions_history_", "ig_", "saved_saved",
    "story_activities_", "account_history_", "searches_", "inferred_data_", "topics_your",
)  # fmt: skip


_POSTED = later(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|reels|tv|stories)/")
_SAW = later(r"viewed|seen|watched|angesehen|vues?\b|visti|vist[oa]s|bekeken", re.IGNORECASE)
_UNKNOWN = left_out("an entry in a form that is not known")


def _choose(name: str, key: str, record: dict[str, object]) -> Make:
    if key in _TABLE:
        return _TABLE[key]
    for start, make in _STARTS:
        if key.startswith(start):
            return make
    if key:
        return _ACCOUNT
    if "string_list_data" in record:
        return _follows  # the list of followers has no name of its own
    if "string_map_data" in record:
        return _comment
    if "conversation" in record or "search_click" in record:
        return old_talk if "conversation" in record else old_search
    if "label_values" in record:
        link = next((said(entry, "href") for entry in _labelled(record)), "")
        if link and not _POSTED.search(link):
            return _visited
        return _UNKNOWN if not link else _looked_at if _SAW.search(name) else _like
    return _post


def claims(head: Head) -> bool:
    """Whether a file is of Instagram's export, by the names of its lists."""
    if is_page(head, "instagram"):
        return True
    text = head.text
    if text.startswith(("[", "{")) and is_old(text):
        return True
    if text.startswith("["):
        start = text[:4000]
        if '"string_list_data"' in start or '"string_map_data"' in start:
            return True
        labels = '"label_values"' in start and "instagram.com" in text
        return labels or ('"creation_timestamp"' in start and '"media"' in start)
    key = first_key(head)
    if key == "participants" and '"sender_name"' in text:
        return "instagram.com" in text or "instagram" in head.name.lower()
    if key and ('"string_map_data"' in text[:4000] or '"string_list_data"' in text[:4000]):
        return True
    return key.startswith(_OWN) or key in ("media_likes", "comment_likes", "media_comments")


def open_instagram(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Export:
    """Open one file of the export. Raises UnableToRead for one that is a page."""
    stream.seek(0)
    if stream.read(400).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise refused_page(name, "Instagram")
    return FromRecords("instagram", FORMAT, name, stream, partial(_choose, name))


SOURCE = Source(
    key="instagram",
    facts=Facts(
        name="Instagram",
        files=("liked_posts.json", "following.json", "message_1.json", "posts_1.json"),
        how=(
            "In Instagram open Settings, then Accounts Centre, Your information and permissions.",
            "Choose Export your information, Create export, and Export to device.",
            "As the time range choose all of it, and as the format JSON, not HTML.",
            "When the e-mail comes, download the archive and drop it here as it is.",
        ),
        holds="Likes, comments, posts, messages, whom you follow, searches, adverts you saw.",
        finds="Which advertisers have a list with you on it, what you like, whom you write with.",
        wait="from an hour to two days",
        days_max=180,
    ),
    claims=claims,
    open=open_instagram,
)
