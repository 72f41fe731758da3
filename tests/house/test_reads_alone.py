"""What people gave is read by ``hub/reads.py`` alone, for a purpose and by somebody named.

Import contracts say who may know the journal; this follows the names inside the hub. What a person
gave is in two places: the journal's batches, and tables that are declared as ``given``.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

READS = "reads.py"
# Says of rows whether they are as they were signed, and gives nothing of them to anybody.
SOUND = "sound.py"
# Who takes batches out of the journal: whoever reads, folds, deletes or proves them.
OF_BATCHES = {
    READS, SOUND, "own.py", "projector.py", "erasing.py", "withdrawing.py", "proofs.py",
}  # fmt: skip
# Who holds the journal at all.
OF_THE_JOURNAL = OF_BATCHES | {"intake/taking.py"}
# Who opens what a batch holds: whoever reads, and the intake, which checks it.
OF_BODIES = {READS, SOUND, "own.py", "intake/steps.py", "intake/beside.py", "intake/taking.py"}
# Rooms that read the given rows that they wrote: messages, for the person whom they are to, what
# was put right, to add to it, and packed rows, to take out what may not be read any more.
OWN_ROWS = {"outbox.py", "corrected.py", "roles/profile/projection.py"}
# Where a table comes as an argument, and each caller names it by its constant.
ANY_TABLE = {READS, SOUND, "cursors.py", "intake/tallies.py", "acts/listing.py"}
# Who shows messages to staff: under the purpose that they were made for, with a noted read.
OF_MESSAGES = {"outbox.py", "acts/looking.py"}
# What was put right is part of what was given; and the one read that is the person's own.
OF_CORRECTIONS = {READS, SOUND, "own.py"}
OF_OWN = {"acts/delivering.py"}
GIVING = {"things", "holding", "things_of_many", "facts"}
COUNTING = {"customers"}
READING = {"get", "scan", "scan_all", "count"}
_OF_GET = 3  # how many arguments a table's has


class Module:
    """One module of the hub: its tree, what its names stand for, and who holds each node."""

    def __init__(self, place: str, source: str) -> None:
        self.place = place
        self.name = "firsthand.hub." + place.removesuffix(".py").replace("/", ".")
        self.tree = ast.parse(source)
        self.imports = imported(self.tree)
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        self.texts = {
            target.id: node.value.value
            for node in self.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }

    def dotted(self, node: ast.expr) -> str:
        """What a name or attribute stands for, as far as imports say; "" where they do not."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, f"{self.name}.{node.id}")
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


@cache
def parsed(place: str, source: str) -> Module:
    """A module, parsed once: each way around changes one of a hundred."""
    return Module(place, source)


def imported(tree: ast.Module) -> dict[str, str]:
    """What each name that an import makes stands for, dotted."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def modules(hub: Path) -> dict[str, str]:
    """The hub's sources by place."""
    found = {path.relative_to(hub).as_posix(): path.read_text() for path in hub.rglob("*.py")}
    assert found, "no hub: is it where it was?"
    return found


def given_tables(house: list[Module]) -> dict[str, str]:
    """The tables declared as given: the dotted name of each one's constant, and its text."""
    found = {}
    for module in house:
        for node in ast.walk(module.tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "Table"):
                continue
            said = {one.arg: one.value for one in node.keywords}
            given = said.get("given")
            if isinstance(given, ast.Constant) and given.value is True:
                name = said["name"]
                assert isinstance(name, ast.Name), f"{module.place}: name the table by a constant"
                found[f"{module.name}.{name.id}"] = module.texts[name.id]
    return found


def violations(sources: dict[str, str]) -> list[str]:
    """Every line that could read what a person gave past ``reads.py``."""
    house = [parsed(place, source) for place, source in sorted(sources.items())]
    given = given_tables(house)
    aliases = {f"{m.name}.{short}": whole for m in house for short, whole in m.imports.items()}
    found: list[str] = []
    for module in house:
        for node in ast.walk(module.tree):
            line = getattr(node, "lineno", 0)
            for why in _wrong(module, node, given, aliases):
                found.append(f"{module.place}:{line}: {why}")  # noqa: PERF401 - two loops
    return found


def _wrong(
    module: Module, node: ast.AST, given: dict[str, str], aliases: dict[str, str]
) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield from _wrong_attribute(module, node)
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        whole = module.dotted(node)
        while whole in aliases:
            whole = aliases[whole]
        if whole.endswith(".signals_taken") and module.place not in OF_BODIES:
            yield "opens what a batch holds"
        if whole in given and not _may_name(module, node, whole):
            yield f"names the table {given[whole]} and does not read it for a purpose"
    if isinstance(node, ast.Constant) and node.value in given.values():
        declared = {f"{module.name}.{name}" for name, text in module.texts.items()
                    if text == node.value}  # fmt: skip
        if not declared & given.keys():
            yield f"names the table {node.value!r} by its text"
    if isinstance(node, ast.Call) and _takes_any_table(module, node):
        yield "reads a table that is not named by a constant"


def _wrong_attribute(module: Module, node: ast.Attribute) -> Iterator[str]:
    if node.attr == "_journal" and module.place not in OF_THE_JOURNAL:
        yield "holds the journal"
    if node.attr == "batches" and module.place not in OF_BATCHES:
        yield "takes batches out of the journal"
    whole = module.dotted(node)
    if whole == "firsthand.hub.corrected.of" and module.place not in OF_CORRECTIONS:
        yield "reads what was put right"
    if whole.endswith(".own.given") and module.place not in OF_OWN:
        yield "reads without a purpose, and not for the person"
    messages = module.dotted(node).endswith((".Outbox.newest", ".outbox.newest"))
    if messages and module.place not in OF_MESSAGES:
        yield "shows messages without a look that is noted"


def _may_name(module: Module, node: ast.expr, whole: str) -> bool:
    """Whether a given table may be named here: in its own room, or in a read for a purpose."""
    holder = module.parents[node]
    if module.place in {READS, SOUND}:
        return True
    if whole.rpartition(".")[0] == module.name:  # its own room, which writes and deletes
        reads = isinstance(holder, ast.Call) and _method(holder) in READING
        return not reads or module.place in OWN_ROWS
    call = module.parents.get(holder)
    if not (isinstance(holder, ast.keyword) and isinstance(call, ast.Call)):
        return False
    said = {one.arg for one in call.keywords}
    giving = _method(call) in GIVING and {"table", "purpose", "reader"} <= said
    return holder.arg == "table" and (giving or _method(call) in COUNTING)


def _takes_any_table(module: Module, call: ast.Call) -> bool:
    """Whether a table is read here that comes from somewhere else."""
    if module.place in ANY_TABLE or not isinstance(call.func, ast.Attribute):
        return False
    owner = call.func.value
    if isinstance(owner, ast.Name) and owner.id in module.imports:
        return False  # another room's function
    if call.func.attr == "get" and not (isinstance(owner, ast.Name) and len(call.args) == _OF_GET):
        return False  # a dictionary's
    if call.func.attr not in READING - {"count"} or not call.args:
        return False
    table = call.args[0]
    if isinstance(table, ast.Name):
        known = table.id in module.texts or table.id in module.imports
        return not (known and table.id.isupper())
    return not (isinstance(table, ast.Attribute) and table.attr.isupper())


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


@pytest.fixture(scope="module")
def hub(root: Path) -> dict[str, str]:
    return modules(root / "src" / "firsthand" / "hub")


def test_what_people_gave_is_read_through_reads_alone(hub: dict[str, str]) -> None:
    found = violations(hub)
    assert not found, f"read it through hub/reads.py, for a purpose: {found}"


def test_the_places_that_hold_what_people_gave_are_declared(hub: dict[str, str]) -> None:
    house = [parsed(place, source) for place, source in hub.items()]
    assert {"profile_things", "outbox"} <= set(given_tables(house).values())


def test_every_exception_is_needed(hub: dict[str, str]) -> None:
    named = OF_THE_JOURNAL | OWN_ROWS | ANY_TABLE | OF_MESSAGES
    assert named <= hub.keys()


def test_every_way_to_what_was_given_takes_a_purpose_and_a_reader(hub: dict[str, str]) -> None:
    tree = ast.parse(hub[READS])
    reads = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Reads")
    free = {"envelopes", "customers", "resolve", "noted", "standing", "__init__"}
    for function in (n for n in reads.body if isinstance(n, ast.FunctionDef)):
        if function.name in GIVING:
            arguments = function.args
            pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            needed = {argument.arg for argument, default in pairs if default is None}
            assert {"purpose", "reader"} <= needed, f"{function.name}: neither has a default"
        else:
            assert function.name in free or function.name.startswith("_"), function.name


SCANNING_PAGE = '''
"""A page that scans the table."""
from firsthand.hub.roles.profile.projection import THINGS

def everything(visit):
    with visit.hub.snapshot() as reader:
        return reader.scan(THINGS, visit.person, rows_max=100)
'''
PLANTS = {
    "a page that scans the table": ("pages/attic.py", SCANNING_PAGE, "profile_things"),
    "a page that scans it by the module's name": (
        "pages/attic.py",
        (
            "from firsthand.hub.roles.profile import projection as p\n"
            "def f(reader, who): return reader.scan_all(p.THINGS, rows_max=9)\n"
        ),
        "profile_things",
    ),
    "a page that scans it by the name that another page has for it": (
        "pages/attic.py",
        (
            "from firsthand.hub.acts import people\n"
            "def f(reader, who): return reader.get(people.THINGS, who, 'key')\n"
        ),
        "profile_things",
    ),
    "a page that scans it by its text": (
        "pages/attic.py",
        "def f(reader, who): return reader.scan('profile_things', who, rows_max=9)\n",
        "profile_things",
    ),
    "a page that goes over all tables": (
        "pages/attic.py",
        "def f(reader, tables): return [reader.scan_all(t.name, rows_max=9) for t in tables]\n",
        "not named by a constant",
    ),
    "an act that reads batches": (
        "acts/attic.py",
        (
            "def f(hub, snapshot):\n"
            "    return hub.reads._journal.batches(snapshot, 0, rows_max=9, bytes_max=9)\n"
        ),
        "takes batches",
    ),
    "an act that gives its room another name for the table": (
        "acts/attic.py",
        "from firsthand.hub.roles.profile.projection import THINGS\nMINE = THINGS\n",
        "profile_things",
    ),
    "an act that opens a body": (
        "acts/attic.py",
        "from firsthand.protocol.signals import signals_taken as s\ndef f(b): return s(b.body)\n",
        "opens what a batch holds",
    ),
    "a read without a purpose": (
        "acts/attic.py",
        (
            "from firsthand.hub.roles.profile.projection import THINGS\n"
            "def f(reads, who): return reads.things(who, table=THINGS, reader=who)\n"
        ),
        "profile_things",
    ),
    "a page that shows messages": (
        "pages/attic.py",
        "def f(hub, reader, who): return hub.outbox.newest(reader, who, 9)\n",
        "shows messages",
    ),
    "an act that reads what was put right": (
        "acts/attic.py",
        "from firsthand.hub import corrected as c\ndef f(reader, who): return c.of(reader, who)\n",
        "put right",
    ),
    "a page that takes the person's own read": (
        "pages/attic.py",
        "def f(hub, who): return hub.own.given(who, after=0, right='access')\n",
        "not for the person",
    ),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_way_around_is_seen(hub: dict[str, str], name: str) -> None:
    place, source, why = PLANTS[name]
    planted = {**hub, place: hub.get(place, "") + source}
    found = violations(planted)
    assert any(place in one and why in one for one in found), found
