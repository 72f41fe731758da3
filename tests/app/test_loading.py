"""Each side is loaded when something of it is asked for."""

import subprocess
import sys

import pytest

from firsthand import app

SHOWN = "import sys; from firsthand import app; app.{}; print(*sorted(sys.modules))"


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        (
            "open_vault",
            "firsthand.vault.gate",
            ("firsthand.hub", "firsthand.vault.pages", "jinja2"),
        ),
        ("found_hub", "firsthand.hub.acts.founding", ("firsthand.vault",)),
    ],
)
def test_one_side_does_not_load_the_other(
    asked: str, there: str, not_there: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOWN.format(asked)], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert there in loaded
    assert not [each for each in loaded if each.startswith(not_there)]


def test_everything_that_is_offered_is_there() -> None:
    assert all(getattr(app, name) for name in app.__all__)
    with pytest.raises(AttributeError):
        getattr(app, "nothing")  # noqa: B009 - a name that there is not
