"""Places as location histories write them: figures, "50.1°, 8.6°" and "geo:50.1,8.6"."""

import re

_PAIR = re.compile(
    r"\s*(?:geo:)?\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*°?\s*,\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*°?"
    r"(?:;[^\s]{0,40})?\s*",
    re.IGNORECASE,
)
_E7 = 10_000_000
_LATITUDE_MAX, _LONGITUDE_MAX = 90 * _E7, 180 * _E7
# Some phones write coordinates that have run over 32 bits.
_WRAP = 4_294_967_296


def geo(latitude: object, longitude: object) -> dict[str, object] | None:
    """Coordinates in degrees as schema.org has them, to about a metre; None outside the Earth."""
    if not _is_figure(latitude) or not _is_figure(longitude):
        return None
    lat, lon = float(latitude), float(longitude)  # type: ignore[arg-type]
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return {"@type": "GeoCoordinates", "latitude": f"{lat:.5f}", "longitude": f"{lon:.5f}"}


def geo_of_e7(latitude: object, longitude: object) -> dict[str, object] | None:
    """Coordinates in ten-millionths of a degree."""
    if not isinstance(latitude, int) or not isinstance(longitude, int):
        return None
    if (
        -_LATITUDE_MAX <= latitude <= _LATITUDE_MAX
        and -_LONGITUDE_MAX <= longitude <= _LONGITUDE_MAX
    ):
        return {
            "@type": "GeoCoordinates",
            "latitude": f"{latitude / _E7:.5f}",
            "longitude": f"{longitude / _E7:.5f}",
        }
    if abs(latitude) > _WRAP or abs(longitude) > _WRAP:
        return None
    if latitude > _LATITUDE_MAX:
        latitude -= _WRAP
    if longitude > _LONGITUDE_MAX:
        longitude -= _WRAP
    return geo(latitude / _E7, longitude / _E7)


def geo_of_text(text: object) -> dict[str, object] | None:
    """Coordinates in one text: "50.1°, 8.6°", "geo:50.1,8.6" or "50.1, 8.6"."""
    match = _PAIR.fullmatch(text) if isinstance(text, str) and len(text) < 200 else None
    return geo(float(match[1]), float(match[2])) if match else None


def place(
    where: dict[str, object] | None, name: str = "", address: str = "", id: str = ""
) -> dict[str, object]:
    """A Place with what is known of it."""
    known: dict[str, object] = {"@type": "Place"}
    if name:
        known["name"] = name
    if address:
        known["address"] = address
    if id:
        known["identifier"] = id
    if where:
        known["geo"] = where
    return known


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
