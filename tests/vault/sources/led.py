"""What leads the fuzzer: the branches and comparisons of the packages that are imported here."""

import sys
from contextlib import AbstractContextManager

import atheris


def led_by(*packages: str) -> AbstractContextManager[None]:
    """Within it, imports of these are watched. What is planted is found without, and sooner."""
    watched = ["nothing"] if "--planted" in sys.argv else list(packages)
    found: AbstractContextManager[None] = atheris.instrument_imports(include=watched)
    return found
