"""Scripts, styles and pictures: read once at start, named by what is in them, kept for a year.

A name carries a hash of the content (`firsthand.3f9a1c2b4d5e.css`), so a browser may keep it for
good. The parts in `static/css` and `static/js` are joined in the order of their names.
"""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

KINDS: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOR_GOOD: Final = "public, max-age=31536000, immutable"
HASH_LETTERS: Final = 12
SIZE_BYTES_MAX: Final = 512 * 1024


class NoSuchAsset(LookupError):
    """A page asked for a script, a style or a picture that there is not; the message names it."""


class UnfitAsset(ValueError):
    """A static file is too large or of a kind that is not served; the message says which."""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is served: its hashed name, media type, bytes, and the same gzipped."""

    name: str
    kind: str
    body: bytes
    packed: bytes


class Assets:
    """All static files of a side, in memory. `url` names them, `serve` is the endpoint."""

    def __init__(self, folders: tuple[Path, ...], *, base: str = "") -> None:
        """Read `folders`; a later one may add names, not replace them. Raises `UnfitAsset`."""
        self._base = base
        self._by_plain: dict[str, Asset] = {}
        for folder in folders:
            for name, body in _contents(folder).items():
                if name in self._by_plain:
                    raise UnfitAsset(f"{name} in {folder} is there already. Give it another name.")
                self._by_plain[name] = _asset(name, body)
        self._by_hashed = {asset.name: asset for asset in self._by_plain.values()}

    def url(self, name: str) -> str:
        """Return the path of the file `name`, with its hash in it. Raises `NoSuchAsset`."""
        asset = self._by_plain.get(name)
        if asset is None:
            known = ", ".join(sorted(self._by_plain))
            raise NoSuchAsset(f"There is no static file {name!r}. There are: {known}.")
        return f"{self._base}/static/{asset.name}"

    def size_packed_bytes(self, *names: str) -> int:
        """Return how many bytes `names` cost on the wire, gzipped."""
        return sum(len(self._by_plain[name].packed) for name in names)

    async def serve(self, request: Request) -> Response:
        """Answer `GET /static/{name}`: 200 with the file, 404 for any other name."""
        asset = self._by_hashed.get(request.path_params["name"])
        if asset is None:
            return Response("No such file.", status_code=404, media_type="text/plain")
        headers = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
        body = asset.body
        if "gzip" in request.headers.get("accept-encoding", "") and len(asset.packed) < len(body):
            headers["Content-Encoding"] = "gzip"
            body = asset.packed
        return Response(body, headers=headers, media_type=asset.kind)


def _contents(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            found[path.name] = path.read_bytes()
        elif path.name in {"css", "js"}:
            parts = sorted(path.glob(f"*.{path.name}"))
            found[f"firsthand.{path.name}"] = b"\n".join(part.read_bytes() for part in parts)
    return found


def _asset(name: str, body: bytes) -> Asset:
    path = Path(name)
    kind = KINDS.get(path.suffix)
    if kind is None:
        raise UnfitAsset(f"{name} is of a kind that is not served. Served: {', '.join(KINDS)}.")
    if len(body) > SIZE_BYTES_MAX:
        raise UnfitAsset(f"{name} has {len(body)} bytes; {SIZE_BYTES_MAX} is the most.")
    mark = hashlib.sha256(body).hexdigest()[:HASH_LETTERS]
    hashed = f"{path.stem}.{mark}{path.suffix}"
    return Asset(name=hashed, kind=kind, body=body, packed=gzip.compress(body, 9, mtime=0))
