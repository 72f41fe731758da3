"""Every source that knows its own files, in the order in which they look at one.

The order matters only where two could claim the same file: the one that asks more comes first.
"""

from firsthand.vault.sources import (
    amazon,
    apple_health,
    bookmarks,
    browsers,
    calendars,
    camt,
    contacts,
    facebook,
    fit,
    garmin,
    goodreads,
    gpx,
    instagram,
    letterboxd,
    mailbox,
    mt940,
    netflix_more,
    netflix_source,
    ofx,
    spotify,
    strava,
    takeout,
    tcx,
    timeline,
)
from firsthand.vault.sources.source import Source

SOURCES: tuple[Source, ...] = (
    browsers.SOURCE,
    camt.SOURCE,
    mt940.SOURCE,
    ofx.SOURCE,
    netflix_source.SOURCE,
    netflix_more.SOURCE,
    spotify.SOURCE,
    apple_health.SOURCE,
    amazon.SOURCE,
    goodreads.SOURCE,
    letterboxd.SOURCE,
    fit.SOURCE,
    gpx.SOURCE,
    tcx.SOURCE,
    strava.SOURCE,
    garmin.SOURCE,
    instagram.SOURCE,
    facebook.SOURCE,
    bookmarks.SOURCE,
    timeline.SOURCE,
    calendars.SOURCE,
    contacts.SOURCE,
    mailbox.SOURCE,
    takeout.SOURCE,
)
