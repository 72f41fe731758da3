"""Run every measurement, one after the other, and print what each prints."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = (
    "signals.py", "journal.py", "vault.py", "imports.py", "archives.py", "host.py", "claims.py",
    "linkage.py",
)  # fmt: skip


def main() -> int:
    """The exit code of the first that fails, or 0."""
    for name in RUNS:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        done = subprocess.run([sys.executable, str(HERE / name)], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
