"""Google Takeout as a source: YouTube, My Activity of any product, Chrome's history, installs."""

from collections.abc import Mapping
from typing import BinaryIO

from firsthand.vault.sources import takeout_csv, takeout_html, takeout_json
from firsthand.vault.sources.export import Export, UnableToRead
from firsthand.vault.sources.source import HEAD_BYTES, Facts, Head, Source
from firsthand.vault.sources.takeout_activity import SOURCE as KEY

GOOGLE = Facts(
    name="Google and YouTube",
    files=(
        "takeout-….zip",
        "watch-history.json",
        "watch-history.html",
        "search-history.json",
        "MyActivity.json",
        "MyActivity.html",
        "subscriptions.csv",
        "History.json",
    ),
    how=(
        "Go to takeout.google.com and sign in.",
        "Choose “Deselect all”, then select YouTube, My Activity and Chrome.",
        "For My Activity and for the history of YouTube choose JSON instead of HTML.",
        "Choose a single export as .zip; Google sends an e-mail when it is ready.",
    ),
    holds=(
        "Videos watched, songs heard, searches, pages visited, places looked up, apps installed, "
        "channels followed, videos saved, and comments, each with its time."
    ),
    finds="What you watch, what you keep coming back to, and what Google knows of your days.",
    wait="minutes to a few days",
    days_max=90,
)


def claims(head: Head) -> bool:
    """Whether a file is one of Google's activities, histories or tables of YouTube."""
    if head.text.startswith(("[", "{")):
        return takeout_json.opener(head.text) is not None
    if head.text.startswith("<"):
        return takeout_html.claims(head.text)
    return takeout_csv.claims(head)


def open_takeout(name: str, stream: BinaryIO, _: Mapping[str, str]) -> Export:
    """Open one file of Google Takeout. Raises `UnableToRead`."""
    stream.seek(0)
    head = Head(name, stream.read(HEAD_BYTES))
    if head.text.startswith("<"):
        return takeout_html.open_page(name, stream)
    if not head.text.startswith(("[", "{")):
        return takeout_csv.open_table(name, stream)
    opener = takeout_json.opener(head.text)
    if opener is None:
        raise UnableToRead(f'"{name}" cannot be read: it is not a file of Google Takeout.')
    return opener(name, stream)


SOURCE = Source(key=KEY, facts=GOOGLE, claims=claims, open=open_takeout)
