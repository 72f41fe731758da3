"""The commands: `firsthand look`, `firsthand vault ...`, `firsthand hub ...`, `firsthand up`.

Above: a person at a terminal, or a script. Below: everything. Each module here has
`add_commands(subparsers)` and gives every command `set_defaults(run=...)`, a function that takes
the parsed arguments and the settings and returns the exit code: 0 done, 1 refused or failed with
its reason on standard error, 2 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from firsthand.cli import hub, look, sources, up, vault, verify
from firsthand.cli.opening import WrongUsage
from firsthand.foundation.settings import SettingRefused, from_environment

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


class _Parser(argparse.ArgumentParser):
    """An id may begin with a dash, as base64url does once in 64 times; no option of ours is short.

    But for ``-h``, which stands alone.
    """

    def _parse_optional(self, arg_string: str) -> Any:  # noqa: ANN401 - as the original
        if len(arg_string) > len("-h") and arg_string[0] == "-" != arg_string[1]:
            return None  # no option
        return super()._parse_optional(arg_string)


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments and its help."""
    parser = _Parser(
        prog="firsthand",
        description="Your own data, and who may use it for what: customer data that comes from "
        "people, under their terms.",
        epilog="Begin with: firsthand look FILE. Each command has its own --help.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (look, sources, vault, verify, hub, up):
        module.add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = build_parser().parse_args(argv)
    try:
        code: int = args.run(args, from_environment())
        sys.stdout.flush()
        return code
    except (SettingRefused, WrongUsage) as error:
        return _said(str(error), MISUSED)
    except KeyboardInterrupt:
        return _said("Stopped.", INTERRUPTED)
    except BrokenPipeError:
        # Who reads our output has seen enough, as `head` does. Nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if not expected(error):
            raise
        return _said(str(error) or type(error).__name__, FAILED)


def expected(error: BaseException) -> bool:
    """Whether an error is one that people meet, with a message for them, and no fault of ours.

    The house names those `UnableToX`, `XRefused` and the like, next to what raises them.
    """
    if isinstance(error, KeyError | IndexError):
        return False
    names = [kind.__name__ for kind in type(error).__mro__]
    return isinstance(error, OSError | LookupError) or any(
        name.startswith("UnableTo") or name.endswith("Refused") or name in _PLAIN for name in names
    )


_PLAIN = {"Offline", "Unreachable", "AnswerTooLarge"}


def _said(message: str, code: int) -> int:
    print(f"firsthand: {message}", file=sys.stderr)
    return code
