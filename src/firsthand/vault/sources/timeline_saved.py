"""Places that were saved or reviewed in Google Maps, which Takeout writes as GeoJSON."""

from firsthand.protocol.things import Thing
from firsthand.vault.sources.export import Skipped
from firsthand.vault.sources.identity import Identity
from firsthand.vault.sources.instants import instant
from firsthand.vault.sources.places import geo, place
from firsthand.vault.sources.streamed import kept
from firsthand.vault.sources.timeline_parts import KEY

_RATINGS = ("five_star_rating_published", "Star Rating")
_TEXTS = ("review_text_published", "Review Comment")


def of_feature(feature: dict[str, object], identity: Identity) -> list[Thing] | Skipped | str:
    """One saved place, or one review of a place."""
    said = _dict(feature.get("properties"))
    location = _dict(said.get("location") or said.get("Location"))
    name = kept(location.get("name") or location.get("Business Name") or said.get("Title"))
    address = kept(location.get("address") or location.get("Address"))
    url = kept(said.get("google_maps_url") or said.get("Google Maps URL"), 4000)
    time = next(
        (found for key in ("date", "Published", "Updated") if (found := instant(said.get(key)))),
        None,
    )
    if not (name or address or url):
        return "It names no place."
    where = place(_geo(feature), name or address or url, address)
    if url:
        where["url"] = url
    rating, text = _first(said, _RATINGS), kept(_first(said, _TEXTS))
    reviewed = bool(text) or isinstance(rating, int | float)
    kind = "ReviewAction" if reviewed else "BookmarkAction"
    shown = name or address or url
    data: dict[str, object] = {"@type": kind, "name": shown}
    if time:
        data["startTime"] = time
    data["object"] = where
    if reviewed:
        data["result"] = _review(rating, text)
    key = identity.of([kind, url or shown, time])
    return [Thing(id=key, type=kind, name=shown, time=time, source=KEY, data=data)]


def _review(rating: object, text: str) -> dict[str, object]:
    review: dict[str, object] = {"@type": "Review"}
    if isinstance(rating, int | float):
        review["reviewRating"] = {
            "@type": "Rating",
            "ratingValue": f"{rating:g}",
            "bestRating": "5",
        }
    if text:
        review["reviewBody"] = text
    return review


def _geo(feature: dict[str, object]) -> dict[str, object] | None:
    pair = _dict(feature.get("geometry")).get("coordinates")
    if not isinstance(pair, list) or len(pair) < 2 or pair[:2] == [0, 0]:
        return None
    return geo(pair[1], pair[0])


def _first(said: dict[str, object], keys: tuple[str, ...]) -> object:
    return next((said[key] for key in keys if key in said), None)


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
