# ruff: noqa: ANN401 - any function can be armed
"""A process that ends a deal and is killed at one step: `VAULT STEP before|after`."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness.sides import open_again

from firsthand.vault.acts import ending
from firsthand.vault.gate import asking
from firsthand.vault.store import transactions
from firsthand.vault.terms import spool


def killed(kept: Callable[..., Any], when: str, *, only: str = "") -> Callable[..., Any]:
    """`kept`, but the process is killed before or after it."""

    def call(*args: Any, **named: Any) -> Any:
        meant = not only or only in args
        if meant and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = kept(*args, **named)
        if meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return call


def main() -> None:
    """Open, arm, end."""
    folder, step, when = sys.argv[1:]
    with open_again(Path(folder)) as vault:
        owner: Any
        owner, name = {
            "spool.put": (spool, "put"),
            "spool.drop": (spool, "drop"),
            "line.post": (asking.Line, "post"),
        }.get(step, (transactions.Tx, "run"))
        only = step if owner is transactions.Tx else ""
        setattr(owner, name, killed(getattr(owner, name), when, only=only))
        ending.revoke(vault, "reel", erase=True)


if __name__ == "__main__":
    main()
