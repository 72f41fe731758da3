"""What a page says of itself in schema.org terms: JSON-LD and microdata, as plain dictionaries.

`"@type"` is always one word without its address ("Order"). Whatever the page, this ends: tags that
do not close, scopes within scopes and long values all have a most.
"""

import html
import json
import re
from collections.abc import Iterator

from firsthand.vault.sources.patterns import later
from firsthand.vault.sources.streamed import kept

CHARS_MAX = 2 * 1024 * 1024
VALUE_CHARS_MAX = 4000
DEPTH_MAX = 12
MISSES_MAX = 2000
NODES_MAX = 5000
_SCRIPT = later(r"<script\b[^<>]{0,500}?application/ld\+json[^<>]{0,500}>", re.IGNORECASE)
_TAG = later(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})((?>[^<>\"']{1,2000}|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,60}+)>"
)
_ATTRIBUTE = later(
    r"""([a-zA-Z][\w:-]{0,40})(?:\s*=\s*(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'<>]{1,4000})))?"""
)
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
})  # fmt: skip
_BY_ATTRIBUTE = {"a": "href", "link": "href", "area": "href", "img": "src", "time": "datetime",
                 "data": "value", "iframe": "src", "meta": "content"}  # fmt: skip

Node = dict[str, object]


class Broken(ValueError):
    """A page has data that is no JSON."""


def nodes(page: str) -> Iterator[Node]:
    """Each outermost node of a page: JSON-LD first, then microdata. Raises `Broken` at the end."""
    broken = False
    page = page[:CHARS_MAX]
    for text in scripts(page):
        try:
            yield from of_json(text)
        except Broken:
            broken = True
    if "itemscope" in page.lower():
        yield from _Microdata().nodes(page)
    if broken:
        raise Broken


def scripts(page: str) -> Iterator[str]:
    """The text of each script that is JSON-LD."""
    at = 0
    while match := _SCRIPT.search(page, at):
        end = (
            page.lower().find("</script", match.end()) if at == 0 else page.find("</", match.end())
        )
        end = end if end >= 0 else len(page)
        yield page[match.end() : end]
        at = end


def of_json(text: str) -> Iterator[Node]:
    """The outermost nodes of a text of JSON-LD. Raises `Broken`."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    text = text.removeprefix("<![CDATA[").removesuffix("]]>").strip()
    try:
        # Shops write line feeds within texts, which JSON does not know.
        value = json.loads(text, strict=False)
        found = _plain(value, DEPTH_MAX, [NODES_MAX])
    except (ValueError, RecursionError) as error:
        raise Broken from error
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, dict):
            graph = each.get("@graph")
            yield from (one for one in (graph if isinstance(graph, list) else [each])
                        if isinstance(one, dict))  # fmt: skip


def _plain(value: object, depth: int, left: list[int]) -> object:
    """A value with short types, bounded in depth and number; texts as they are kept."""
    left[0] -= 1
    if depth == 0 or left[0] < 0:
        return None
    if isinstance(value, dict):
        found: Node = {}
        for key, each in list(value.items())[:100]:
            if key == "@type":
                found[key] = short(each[0] if isinstance(each, list) and each else each)
            elif key != "@context" and (plain := _plain(each, depth - 1, left)) not in (None, ""):
                found[kept(key, 60)] = plain
        return found
    if isinstance(value, list):
        return [_plain(each, depth - 1, left) for each in value[:500]]
    if isinstance(value, str):
        return kept(html.unescape(value), VALUE_CHARS_MAX)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15:
        return str(value)[:40] if abs(value) < 10**40 else None
    if isinstance(value, float) and not -1e15 < value < 1e15:
        return None
    return value


def short(name: object) -> str:
    """The last word of an address: "http://schema.org/Order" is "Order"."""
    text = name.strip() if isinstance(name, str) else ""
    return kept(re.split(r"[/#:]", text)[-1], 60)


class _Open:
    """An element that is open, and what it will be a value of."""

    __slots__ = ("node", "owner", "prop", "tag", "text")

    def __init__(self, tag: str, node: Node | None, owner: Node | None, prop: str) -> None:
        self.tag, self.node, self.owner, self.prop = tag, node, owner, prop
        self.text: list[str] | None = [] if prop and node is None else None


class _Microdata:
    """Microdata as tags come (HTML Living Standard, 5)."""

    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._done: list[Node] = []
        self._made = 0

    def nodes(self, page: str) -> Iterator[Node]:
        """Each outermost node with a type."""
        at = misses = 0
        while (begin := page.find("<", at)) >= 0 and misses < MISSES_MAX:
            self._say(page[at:begin])
            match = _TAG.match(page, begin)
            if match is None:
                misses += 1
                at = begin + 1
                continue
            at = match.end()
            if match[1]:
                self._close(match[2].lower())
            else:
                self._open(match[2].lower(), match[3])
            yield from self._taken()
        while self._stack:
            self._end(self._stack.pop())
        yield from self._taken()

    def _taken(self) -> list[Node]:
        done, self._done = self._done, []
        return done

    def _say(self, text: str) -> None:
        for element in reversed(self._stack):
            if element.text is not None:
                if len(element.text) < 200:
                    element.text.append(text[:VALUE_CHARS_MAX])
                return

    def _open(self, tag: str, rest: str) -> None:
        attributes: dict[str, str] = {}
        if "item" in rest.lower():
            for match in _ATTRIBUTE.finditer(rest):
                value = next((group for group in match.groups()[1:] if group is not None), "")
                attributes.setdefault(match[1].lower(), html.unescape(value).strip())
        scopes = [each.node for each in self._stack if each.node is not None]
        owner = scopes[-1] if scopes else None
        prop = kept(attributes.get("itemprop", "").split(" ")[0], 60)
        node: Node | None = None
        if "itemscope" in attributes and self._made < NODES_MAX and len(scopes) < DEPTH_MAX:
            self._made += 1
            node = {"@type": short(attributes.get("itemtype", "").split(" ")[0])}
        given = attributes.get("content", attributes.get(_BY_ATTRIBUTE.get(tag, "content")))
        element = _Open(tag, node, owner, prop)
        if prop and node is None and given is not None:
            _add(owner, prop, given)
            element = _Open(tag, None, None, "")
        if tag in _VOID or rest.rstrip().endswith("/"):
            self._end(element)
        elif len(self._stack) < 200:
            self._stack.append(element)

    def _close(self, tag: str) -> None:
        for place in range(len(self._stack) - 1, -1, -1):
            if self._stack[place].tag == tag:
                while len(self._stack) > place:
                    self._end(self._stack.pop())
                return

    def _end(self, element: _Open) -> None:
        if element.node is not None:
            if element.prop and element.owner is not None:
                _add(element.owner, element.prop, element.node)
            elif element.node["@type"]:
                self._done.append(element.node)
        elif element.text is not None:
            text = " ".join(html.unescape("".join(element.text)).split())
            _add(element.owner, element.prop, text)


def _add(owner: Node | None, prop: str, value: object) -> None:
    """Give a node a value; the second of a property makes a list of it."""
    if owner is None or prop.startswith("@") or not prop or value == "":
        return
    if isinstance(value, str):
        value = kept(value, VALUE_CHARS_MAX)
    known = owner.get(prop)
    if isinstance(known, list):
        if len(known) < 500:
            known.append(value)
    elif known is not None:
        owner[prop] = [known, value]
    elif len(owner) < 100:
        owner[prop] = value
