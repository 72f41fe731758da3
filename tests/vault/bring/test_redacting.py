"""What is left out goes for real, does not come back, and comes back once the rule is gone."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.bring.redacting import preview, redact, rules, take_back
from firsthand.vault.bring.report import Report
from firsthand.vault.bring.rules import Kept, Rule, RuleRefused, Rules, Seen, held_in
from firsthand.vault.store import Store
from firsthand.vault.store.things import match_for, row_for

Bring = Callable[..., Report]
AT = "2024-05-01T12:00:00Z"
BANK = (
    "Booking Date,Payee,Purpose,Amount,Currency\n"
    "2024-01-03,Café Zoë,Tea with June,-4.50,EUR\n"
    "2024-02-03,Spotify,Subscription,-9.99,EUR\n"
    "2024-03-03,Spotify,Subscription,-9.99,EUR\n"
)
GIVEN = ("bank.csv", BANK.encode())


def text_of(store: Store, word: str) -> bool:
    """Whether a word stands anywhere in the index of words or among the things."""
    sql = "SELECT count(*) AS n FROM words_data WHERE instr(block, CAST(? AS BLOB))"
    words = store._reader.execute(sql, (word,)).fetchone()["n"]  # noqa: SLF001
    things = [row for row in store.rows("things.newest", limit=-1) if word in row["data"].lower()]
    return bool(words or things)


def named(store: Store) -> list[str]:
    return sorted(f"{row['time']} {row['name']}" for row in store.rows("things.newest", limit=-1))


def test_what_goes_stays_away_until_the_rule_is_taken_back(store: Store, bring: Bring) -> None:
    assert bring(store, GIVEN).added == 3
    before = named(store)
    rule = Rule(words="cafe zo")
    told = preview(store, rule)
    assert (told["things"], told["given"]) == (1, 0)
    assert [each["name"] for each in told["examples"]] == ["Café Zoë"]
    assert named(store) == before, "a preview changes nothing"
    done = redact(store, rule, AT)
    assert done["things"] == 1
    assert named(store) == before[1:]
    assert not text_of(store, "zo")
    again = bring(store, GIVEN)
    assert (again.read, again.added, again.known, again.redacted) == (3, 0, 2, 1)
    assert [each.rule for each in rules(store)] == [rule]
    assert take_back(store, done["id"], AT).rule == rule
    assert rules(store) == []
    assert bring(store, GIVEN).added == 1
    assert named(store) == before


def test_before_an_import_too(store: Store, bring: Bring) -> None:
    redact(store, Rule(source="bank", until="2024-02-28"), AT)
    report = bring(store, GIVEN)
    assert (report.added, report.redacted) == (1, 2)
    assert named(store) == ["2024-03-03 Spotify"]


def test_a_field_goes_alone_and_is_filled_in_again(store: Store, bring: Bring) -> None:
    bring(store, GIVEN)
    field = next(
        name for name, value in _data(store, "Café Zoë").items() if value == "Tea with June"
    )
    ids = {row["id"] for row in store.rows("things.newest", limit=-1)}
    done = redact(store, Rule(field=field, source="bank"), AT)
    assert done["things"] == 3
    assert not text_of(store, "june")
    assert field not in _data(store, "Café Zoë")
    assert len(store.rows("things.found", words=match_for(search="spotify"), limit=-1)) == 2
    assert bring(store, GIVEN).known == 3
    assert field not in _data(store, "Café Zoë")
    take_back(store, done["id"], AT)
    assert rules(store) == []
    assert bring(store, GIVEN).known == 3
    assert _data(store, "Café Zoë")[field] == "Tea with June"
    assert len(store.rows("things.found", words=match_for(search="june"), limit=-1)) == 1
    assert {row["id"] for row in store.rows("things.newest", limit=-1)} == ids


def _data(store: Store, name: str) -> dict[str, Any]:
    rows = [row for row in store.rows("things.newest", limit=-1) if row["name"] == name]
    found: dict[str, Any] = msgspec.json.decode(rows[0]["data"])
    return found


def test_a_single_thing(store: Store, bring: Bring) -> None:
    bring(store, GIVEN)
    id = store.rows("things.newest", limit=1)[0]["id"]
    assert redact(store, Rule(thing=id), AT)["things"] == 1
    assert bring(store, GIVEN).redacted == 1
    assert preview(store, Rule(thing=id)) == {"things": 0, "given": 0, "examples": []}


POINT = {"@type": "GeoCoordinates", "latitude": "52.50600", "longitude": "13.33700"}
BERLIN = {"@type": "Place", "name": "Zoo Palast", "geo": POINT}
MET = Thing(
    id="t1", type="CommunicateAction", name="Lunch", time="2024-01-03T12:00:00Z", source="phone",
    data={
        "@type": "CommunicateAction", "name": "Lunch", "startTime": "2024-01-03T12:00:00Z",
        "recipient": [{"@type": "Person", "name": "Inês", "email": "ines@example.org"}],
        "text": "See you at the Zoo, said June", "location": BERLIN,
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (Rule(person="ines"), True),
        (Rule(person="INES@example.org"), True),
        (Rule(person="June"), False),  # she is only spoken of
        (Rule(words="june zoo"), True),
        (Rule(words="jun"), True),
        (Rule(words="une"), False),
        (Rule(words="june", person="Inês"), True),
        (Rule(words="june", person="Greta"), False),
        (Rule(place="zoo palast"), True),
        (Rule(place="zoo"), True),
        (Rule(place="june"), False),
        (Rule(near=(52.5060, 13.3370), metres=10), True),
        (Rule(near=(52.5065, 13.3370), metres=10), False),
        (Rule(near=(52.5065, 13.3370), metres=100), True),
        (Rule(since="2024-01-03", until="2024-01-03"), True),
        (Rule(since="2024-01-04"), False),
        (Rule(until="2024-01-02"), False),
        (Rule(type="CommunicateAction"), True),
        (Rule(type="PayAction"), False),
        (Rule(source="phone"), True),
        (Rule(source="bank"), False),
        (Rule(thing="t1"), True),
        (Rule(thing="t2"), False),
    ],
    ids=str,
)
def test_what_a_rule_is_about(rule: Rule, hit: bool) -> None:  # noqa: FBT001 - a table
    row = held_in({**row_for(MET, 1), "position": 1})
    kept, left = Rules([Kept(id=1, rule=rule, at=AT)]).kept([row])
    assert (left == 1, kept == []) == (hit, hit)
    over = Rules([Kept(id=1, rule=rule, at=AT, ended_at=AT)]).kept([row])
    assert over == ([row], 0), "a rule that was taken back takes nothing"
    field = msgspec.structs.replace(rule, field="location")
    (thing,), left = Rules([Kept(id=1, rule=field, at=AT)]).kept([row])
    assert left == 0
    assert ("location" not in Seen(thing).data) == hit


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Rule(), "what is left out"),
        (Rule(metres=3), "what is left out"),
        (Rule(field="name"), "none without"),
        (Rule(since="tomorrow"), "not a day"),
        (Rule(since="2024-02-01", until="2024-01-01"), "after the last"),
        (Rule(words=" "), "characters"),
        (Rule(near=(91.0, 0.0)), "latitude"),
        (Rule(place="x", metres=0), "metres"),
    ],
    ids=str,
)
def test_a_rule_that_says_nothing_is_refused(store: Store, rule: Rule, why: str) -> None:
    for act in (preview, lambda one, two: redact(one, two, AT)):
        with pytest.raises(RuleRefused, match=why):
            act(store, rule)
    with pytest.raises(RuleRefused, match="no rule 7"):
        take_back(store, 7, AT)
