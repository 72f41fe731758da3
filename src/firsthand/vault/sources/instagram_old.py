"""Instagram's export as it was in 2018: other names of its lists, and times in words."""

from collections.abc import Iterator

from firsthand.vault.sources.meta import Found, Make, Making, listed, named, said
from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.streamed import kept

_KEYS = later(r'"(\w{1,40})"\s*:\s*[\[{]')
_MEDIA = later(r'\{\s*"(?:photos|videos|stories|profile|direct)"\s*:')
_LISTS = frozenset(
    ["follow_requests_sent", "following_hashtags", "permanent_follow_requests", "unfollowed_users",
     "dismissed_suggested_users", "ads_seen", "chaining_seen", "videos_watched", "posts_seen"]
)  # fmt: skip
_TIME = later(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,16}")


def is_old(text: str) -> bool:
    """Whether a file is of the export of 2018, which has other names and times in words."""
    start = text[:4000]
    if text.startswith("["):
        talk = '"conversation"' in start and '"participants"' in start and '"sender"' in text
        return talk or ('"search_click"' in start and '"time"' in start)
    if _MEDIA.match(text) and '"taken_at"' in start and '"path"' in start:
        return True
    return len(_LISTS & set(_KEYS.findall(text))) > 1 or '"saved_media"' in start


def by_name(kind: str) -> Make:
    """What a list of [time, words..., name] makes."""

    def make(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
        held = record.get("value")
        parts = [part for part in held if isinstance(part, str)] if isinstance(held, list) else []
        if len(parts) < 2:
            yield "an entry that is not of the form known"
            return
        time = f"{parts[0][:19]}Z" if len(parts[0]) >= 19 else None
        text = parts[1] if kind == "CommentAction" else ""
        owner = named("Person", parts[-1])
        yield making.thing(
            kind, text or f"a post of {parts[-1]}", time, parts[1:], text=text,
            object={"@type": "WebPage", "name": f"a post of {parts[-1]}", "creator": owner},
        )  # fmt: skip

    return make


def _time(value: object) -> str | None:
    text = said({"time": value}, "time")
    return f"{text[:19]}Z" if _TIME.fullmatch(text) else None


def old_people(making: Making, key: str, record: dict[str, object]) -> Iterator[Found]:
    """A map of names and the times since when they follow, or are followed."""
    mine = key == "following"
    for name, since in record.items():
        if not (name := kept(name, 200)):
            continue
        person = named("Person", name)
        who: dict[str, object] = {"object": person} if mine else {
            "agent": person, "object": {"@type": "Person", "name": "you"}}  # fmt: skip
        yield making.thing(
            "FollowAction", name if mine else f"{name} follows you", _time(since),
            ["mine" if mine else "theirs", name], **who,
        )  # fmt: skip


def old_post(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """A picture, a video or a story."""
    text, path = said(record, "caption"), said(record, "path")
    where = said(record, "location")
    yield making.thing(
        "CreateAction", text.split("\n")[0] or "A picture or a video",
        _time(record.get("taken_at")), [text, path],
        result={"@type": "SocialMediaPosting", "text": text},
        location=named("Place", where),
    )  # fmt: skip


def old_seen(making: Making, key: str, record: dict[str, object]) -> Iterator[Found]:
    """An advert, a video or a post that was seen."""
    owner, time = said(record, "author"), _time(record.get("timestamp"))
    kind = "ADVERT" if "ads" in key else "VIDEO" if "videos" in key else "POST"
    what = {"ADVERT": "an advert", "VIDEO": "a video", "POST": "a post"}[kind]
    name = f"{what} of {owner}" if owner else what
    shown: dict[str, object] = {
        "@type": "VideoObject" if kind == "VIDEO" else "CreativeWork",
        "name": name,
        "additionalType": kind,
    }
    if owner:
        shown["creator"] = named("Organization" if kind == "ADVERT" else "Person", owner)
    yield making.thing("ViewAction", name, time, [kind, owner, ""], object=shown)


def old_saved(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """A post that was saved: its time and its owner."""
    held = record.get("value")
    parts = [part for part in held if isinstance(part, str)] if isinstance(held, list) else []
    if len(parts) < 2:
        yield "an entry that is not of the form known"
        return
    name = f"a post of {parts[-1]}"
    page = named("WebPage", name)
    yield making.thing("WantAction", name, _time(parts[0]), [parts[-1], ""], object=page)


def old_search(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """What was searched for."""
    query = said(record, "search_click") or said(record, "query")
    if not query:
        yield "a search without words"
        return
    yield making.thing("SearchAction", query, _time(record.get("time")), [query], query=query)


def old_talk(making: Making, _key: str, record: dict[str, object]) -> Iterator[Found]:
    """A conversation with all its messages, newest first as it comes."""
    held = record.get("participants")
    people = [kept(each, 200) for each in held] if isinstance(held, list) else []
    for each in listed(record, "conversation"):
        sender, time = said(each, "sender"), _time(each.get("created_at"))
        text = said(each, "text") or said(each, "media_share_url") or said(each, "link")
        shown = text or ("A like" if each.get("heart") else "A photo or a video")
        others = [person for person in people[:50] if person and person != sender]
        exact = said(each, "created_at")
        yield making.thing(
            "CommunicateAction", shown.split("\n")[0], time, [exact, sender, shown, *others],
            sender=named("Person", sender),
            recipient=[named("Person", other) for other in others],
            text=said(each, "text"),
        )  # fmt: skip
