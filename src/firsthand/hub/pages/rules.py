"""A published rule in words: what it looks at, how it counts, where its hash is."""

import msgspec

from firsthand.hub.terms.catalogue import Offering
from firsthand.protocol.roles.profile_rules import Rule


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A rule for people: its name, one sentence, its steps, and its hash."""

    title: str
    summary: str
    steps: list[str]
    sha256: str
    name: str


def of(offering: Offering | None) -> Told | None:
    """The rule of an offering in words, or None where nothing is offered."""
    return None if offering is None else told(offering.rule)


def told(rule: Rule) -> Told:
    """A rule in words; one that has none yet is named plainly."""
    words = _WORDS.get((rule.name, rule.version))
    title, summary, steps = words or (rule.name, "", ())
    return Told(
        title=title,
        summary=summary,
        steps=[step.format(**rule.parameters) for step in steps],
        sha256=rule.sha256,
        name=f"{rule.name}, version {rule.version}",
    )


_WORDS = {
    ("titles-by-taste", 1): (
        "Titles by taste",
        "What you watched says which genres you like; titles that share them come first.",
        (
            (
                "Each title you watched that is in the catalogue gives a point to each of its "
                "genres, at most {viewings_max} points for one title."
            ),
            "A title you have not watched scores the mean of its genres' points.",
            (
                "The best {picks_max} are named, each with up to {because_max} of your own titles "
                "that it stands on."
            ),
        ),
    ),
    ("plan-that-fits", 1): (
        "The plan that fits",
        (
            "What you pay now is compared with the plans; if none saves you enough, you are told "
            "to stay."
        ),
        (
            "Your newest payment is what you pay now.",
            "A plan fits if it costs at least {saving_percent_min} % less a month.",
            (
                "Of those that fit, the one that holds the most for the saving is named, with the "
                "payments it stands on. If there is none, the answer is: stay where you are."
            ),
        ),
    ),
}
