"""A file is read in one go, and a function is seen on one screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
WRITTEN_BY_HAND = {".py", ".sql", ".html", ".css", ".js"}
WHERE = ("src", "tests", "scripts", "benchmarks")
FORBIDDEN_NAMES = {
    "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils",
}  # fmt: skip


def written(kept: list[Path], root: Path) -> list[Path]:
    return [
        path
        for path in kept
        if path.relative_to(root).parts[0] in WHERE
        and path.suffix in WRITTEN_BY_HAND
        and ".min." not in path.name
    ]


def too_long(source: str, name: str) -> Iterator[str]:
    """The functions of a module that are longer than a screen, each with its place."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{name}:{node.lineno} {node.name} has {lines} lines"


def test_files_are_short(kept: list[Path], root: Path) -> None:
    lengths = {path: len(path.read_bytes().splitlines()) for path in written(kept, root)}
    long = [f"{p.relative_to(root)}: {n}" for p, n in lengths.items() if n > FILE_LINES_MAX]
    assert not long, f"more than {FILE_LINES_MAX} lines: {long}"


def test_functions_are_short(kept: list[Path], root: Path) -> None:
    modules = [path for path in written(kept, root) if path.suffix == ".py"]
    assert modules
    long = [
        line for path in modules for line in too_long(path.read_text(), str(path.relative_to(root)))
    ]
    assert not long, f"more than {FUNCTION_LINES_MAX} lines: {long}"


def test_a_long_function_is_seen() -> None:
    body = "".join(f"    a{n} = {n}\n" for n in range(FUNCTION_LINES_MAX))
    assert list(too_long(f"def long():\n{body}", "x.py")) == ["x.py:1 long has 51 lines"]


def test_modules_are_named_for_what_is_in_them(house: list[Path], root: Path) -> None:
    vague = [
        str(path.relative_to(root))
        for path in house
        if FORBIDDEN_NAMES & {path.stem, *path.relative_to(root).parts[:-1]}
    ]
    assert not vague, f"name these for what is in them: {vague}"


def test_every_module_says_what_it_is(house: list[Path], root: Path) -> None:
    silent = [
        str(path.relative_to(root))
        for path in house
        if len(ast.get_docstring(ast.parse(path.read_text())) or "") < len("What I am.")
    ]
    assert not silent, f"no docstring: {silent}"


def test_every_folder_of_modules_is_a_package(house: list[Path], root: Path) -> None:
    bare = {
        str(path.parent.relative_to(root))
        for path in house
        if not (path.parent / "__init__.py").is_file()
    }
    assert not bare, f"no __init__.py with the docstring of the room: {sorted(bare)}"
