"""Facebook: reactions, comments, posts, friends, messages, searches, and who advertises to whom."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from firsthand.vault.sources.export import Export
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

FORMAT = "Facebook"
_STAMPED = later(r'"timestamp"\s*:\s*\d{9,10}\b')
# Only Facebook writes the version of a list behind its name.
_VERSIONED = later(r'^\{\s*"[a-z_]{3,60}_v\d"\s*:')
_UNLIKED = frozenset(["ANGER", "DISLIKE"])


def _titled(record: dict[str, object]) -> str:
    return said(record, "title") or said(record, "name")


def _reaction(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    time, title = time_in(record, "timestamp"), _titled(record)
    kinds = [said(each, "reaction", "reaction") for each in listed(record, "data")] or [""]
    labels = {said(each, "label"): said(each, "value") for each in listed(record, "label_values")}
    link = next((value for value in labels.values() if value.startswith("http")), "")
    words = [value for value in labels.values() if value and not value.startswith("http")]
    for reaction in kinds:
        kind = "DislikeAction" if reaction.upper() in _UNLIKED else "LikeAction"
        name = title or next(iter(words), "") or link or "something"
        page = named("WebPage", name, url=link)
        yield making.thing(
            kind, name, time, [title, reaction, link, *words], description=reaction, object=page
        )


def _page(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    inner = next((said(each, "name") for each in listed(record, "data")), "")
    name = inner or _titled(record)
    if not name:
        yield "a page without a name"
        return
    time = time_in(record, "timestamp")
    organisation = named("Organization", name, url=said(record, "url"))
    yield making.thing("FollowAction", name, time, ["page", name], object=organisation)


def _person(making: Making, key: str, record: dict[str, object]) -> Iterator[Found]:
    name = said(record, "name") or _titled(record)
    if not name:
        yield "somebody without a name"
        return
    time, person = time_in(record, "timestamp"), named("Person", name)
    if key == "followers":
        you = {"@type": "Person", "name": "you"}
        yield making.thing("FollowAction", f"{name} follows you", time, ["theirs", name],
                           agent=person, object=you)  # fmt: skip
    else:
        yield making.thing("FollowAction", name, time, ["mine", name], object=person)


def _comment(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    title = _titled(record)
    comments = [each.get("comment") for each in listed(record, "data")]
    whole = [each for each in comments if isinstance(each, dict)]
    if not whole:
        yield "a comment without words, a picture perhaps"
    for each in whole:
        text = said(each, "comment")
        time = time_in(each, "timestamp") or time_in(record, "timestamp")
        yield making.thing(
            "CommentAction", text.split("\n")[0] or title, time, [text, title],
            text=text, object=named("WebPage", title),
        )  # fmt: skip


def _search(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    attached = [each for held in listed(record, "attachments") for each in listed(held, "data")]
    texts = [said(each, "text") for each in [*listed(record, "data"), *attached]]
    query = next((text for text in texts if text), "").strip('"')
    if not query:
        yield "a search without words"
        return
    yield making.thing("SearchAction", query, time_in(record, "timestamp"), [query], query=query)


def _post(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    time, title = time_in(record, "timestamp", "creation_timestamp"), _titled(record)
    texts = [text for each in listed(record, "data") if (text := said(each, "post"))]
    links, shown = list[str](), list[str]()
    for held in listed(record, "attachments"):
        for each in listed(held, "data"):
            links.append(said(each, "external_context", "url"))
            shown.append(said(each, "media", "description") or said(each, "place", "name"))
    text = "\n".join(texts) or next((words for words in shown if words), "")
    link = next((each for each in links if each), "")
    name = text.split("\n")[0] or title or link
    if not (name or time):
        yield "a post with nothing in it"
        return
    posting = {"@type": "SocialMediaPosting", "text": text}
    yield making.thing(
        "CreateAction", name or "A post", time, [text, title, link],
        result=posting | ({"sharedContent": {"@type": "WebPage", "url": link}} if link else {}),
    )  # fmt: skip


def _told(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """What other companies told Facebook of this person, each time they did."""
    name = said(record, "name") or _titled(record)
    for event in listed(record, "events"):
        what = said(event, "type").replace("_", " ").lower() or "something"
        time = time_in(event, "timestamp")
        yield making.thing(
            "Observation", f"{name}: {what}", time, ["told", name, what, str(event.get("id", ""))],
            measuredProperty="told to Facebook", value=what,
            observationAbout=named("Organization", name),
        )  # fmt: skip


def _advert(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    name, action = _titled(record), said(record, "action")
    if not name:
        yield "an advert without a name"
        return
    shown = {"@type": "CreativeWork", "name": name, "additionalType": "ADVERT"}
    time = time_in(record, "timestamp")
    yield making.thing("ViewAction", name, time, [name, action], description=action, object=shown)


def _event(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    groups = [listed(record, key) for key in record if key.startswith("event")] or [[record]]
    for each in (event for group in groups for event in group):
        name = _titled(each)
        if not name:
            yield "an event without a name"
            continue
        place = named("Place", said(each, "place", "name"))
        yield making.thing(
            "Event", name, time_in(each, "start_timestamp"), [name],
            endTime=time_in(each, "end_timestamp"), location=place,
            description=said(each, "description"),
        )  # fmt: skip


def _visited(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """What was looked at on Facebook: groups of entries with their times."""
    entries = [*listed(record, "entries"), *listed(record, "children")]
    for entry in entries:
        if "entries" in entry:
            yield from _visited(making, "", entry)
            continue
        name, link = said(entry, "data", "name"), said(entry, "data", "uri")
        time = time_in(entry, "timestamp")
        page = named("WebPage", name or link, url=link)
        yield making.thing("ViewAction", name or link, time, [name, link], object=page)


def _saved(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    name, time = _titled(record), time_in(record, "timestamp")
    if not name:
        yield "something saved, without a name"
        return
    yield making.thing("WantAction", name, time, [name], object=named("WebPage", name))


_SIGN_IN = left_out("a sign-in to the account, or a device")
_ACCOUNT = left_out("what is set or stored for the account")
_TABLE: Mapping[str, Make] = {
    "reactions": _reaction, "comments": _comment, "group_comments": _comment,
    "page_likes": _page, "pages_followed": _page, "pages": _page, "likes_and_reactions": _reaction,
    "groups_joined": _page, "saves": _saved,
    "other_photos": left_out("a picture or a film"), "videos": left_out("a picture or a film"),
    "friends": _person, "following": _person, "followers": _person,
    "searches": _search, "posts": _post, "status_updates": _post, "group_posts": _post,
    "wall_posts_sent_to_you": _post, "your_posts": _post, "albums": left_out("an album"),
    "custom_audiences_all_types": advertiser, "custom_audiences": advertiser,
    "advertisers": advertiser, "history": _advert, "topics": interest, "ad_interests": interest,
    "inferred_topics": interest, "off_facebook_activity": _told,
    "event_responses": _event, "your_events": _event, "events_joined": _event,
    "events_interested": _event, "events_declined": left_out("an event that was declined"),
    "event_invitations": left_out("an invitation to an event"),
    "recently_viewed": _visited, "visited_things": _visited,
    "account_accesses": _SIGN_IN, "account_activity": _SIGN_IN, "active_sessions": _SIGN_IN,
    "used_ip_address": _SIGN_IN, "login_protection_data": _SIGN_IN, "recognized_devices": _SIGN_IN,
    "deleted_friends": left_out("a friend who was let go"),
    "removed_friends": left_out("a friend who was let go"),
    "received_requests": left_out("a request of a friend"),
    "sent_requests": left_out("a request of a friend"),
    "rejected_requests": left_out("a request of a friend"),
    "pages_unfollowed": left_out("a page that was let go"),
    "messages": message, "participants": participant,
}  # fmt: skip
_REACTIONS = frozenset(
    ["like", "love", "care", "haha", "wow", "sad", "angry", "gefällt mir", "j’aime", "j'aime",
     "mi piace", "me gusta", "curtir", "gosto", "vind ik leuk"]
)  # fmt: skip
_UNKNOWN = left_out("an entry in a form that is not known")
_APPS = ("installed_apps", "apps_and_websites")
# Names so common that a file needs another sign of Facebook as well.
_COMMON = {
    "comments", "friends", "following", "followers", "searches", "posts", "history", "topics",
    "videos", "saves", "pages", "advertisers", "albums", "reactions", "custom_audiences",
}  # fmt: skip


def _choose(key: str, record: dict[str, object]) -> Make:
    if key in _TABLE:
        return _TABLE[key]
    if key in _APPS:
        return left_out("an app or a site that the account was used for")
    if key:
        return _ACCOUNT
    inner = {name for each in listed(record, "data") for name in each}
    if "label_values" in record:
        values = {said(each, "value").lower() for each in listed(record, "label_values")}
        return _reaction if values & _REACTIONS else _UNKNOWN
    if "reaction" in inner:
        return _reaction
    return _comment if "comment" in inner else _post


def claims(head: Head) -> bool:
    """Whether a file is of Facebook's export, by the names of its lists."""
    if is_page(head, "facebook"):
        return True
    text, key = head.text, first_key(head)
    if text.startswith("["):
        start = text[:8000]
        if '"label_values"' in start and '"fbid"' in start:
            return True
        signs = ('"reaction"', '"post"', '"attachments"', '"comment"', '"update_timestamp"')
        return (
            bool(_STAMPED.search(start))
            and ('"data"' in start or '"attachments"' in start)
            and any(sign in start for sign in signs)
        )
    if key == "participants":
        return '"sender_name"' in text or '"senderName"' in text
    if _VERSIONED.match(text):
        return True
    if key in _COMMON:
        return False
    return (key in _TABLE and key != "messages") or (key in _APPS and '"timestamp"' in text)


def open_facebook(name: str, stream: BinaryIO, _answers: Mapping[str, str]) -> Export:
    """Open one file of the export. Raises UnableToRead for one that is a page."""
    stream.seek(0)
    if stream.read(400).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise refused_page(name, "Facebook")
    return FromRecords("facebook", FORMAT, name, stream, _choose)


SOURCE = Source(
    key="facebook",
    facts=Facts(
        name="Facebook",
        files=("likes_and_reactions_1.json", "comments.json", "message_1.json",
               "advertisers_using_your_activity_or_information.json"),
        how=(
            "In Facebook open Settings, then Accounts Centre, Your information and permissions.",
            "Choose Export your information, Create export, and Export to device.",
            "As the time range choose all of it, and as the format JSON, not HTML.",
            "When the e-mail comes, download the archive and drop it here as it is.",
        ),
        holds="Posts, comments, reactions, friends, messages, searches, and who told it of you.",
        finds="Which advertisers have a list with you on it, and which companies told it of you.",
        wait="from an hour to two days",
        days_max=180,
    ),
    claims=claims,
    open=open_facebook,
)  # fmt: skip
