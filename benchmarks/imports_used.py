"""What a process and all that it began have used; loads little, so that it adds little."""

import contextlib
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

_LOOK_EVERY_S = 0.02
_opened: list[tuple[float, float]] = []


def measured(run: Callable[[], int]) -> dict[str, float]:
    """Seconds, processor seconds and the things of `run`, and the most memory, in MB.

    Memory is the peak of this process and the peak of the largest that it began, one on top of the
    other, though they need not have stood at the same time. Where `run` has called `is_open`, what
    was there until then (`opening_mb`) and from then on (`import_mb`) is told too, and the peak is
    the greater of the two; so are the processor seconds of both (`opening_cpu_s`, `import_cpu_s`).
    """
    begun, before_s = time.perf_counter(), _cpu_s()
    with _Watched() as watched:
        things = run()
    seconds, cpu_s = time.perf_counter() - begun, _cpu_s() - before_s
    peak = _peak_mb("self") + watched.largest_mb
    used = {"things": things, "seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak}
    if _opened:
        opening_mb, opening_s = _opened[0][0], _opened[0][1] - before_s
        used |= {"opening_mb": opening_mb, "import_mb": peak, "peak_mb": max(peak, opening_mb)}
        used |= {"opening_cpu_s": opening_s, "import_cpu_s": cpu_s - opening_s}
    return used


def is_open() -> None:
    """What was needed until now was for opening: note its peak, and forget it."""
    _opened.append((_peak_mb("self"), _cpu_s()))
    with contextlib.suppress(OSError):
        # "5" sets the peak to what is held now (proc(5), clear_refs).
        Path("/proc/self/clear_refs").write_text("5", "ascii")


class _Watched(threading.Thread):
    """Looks at the processes that this one begins: what is told when they have ended is wrong.

    The peak of a process that was begun by a copy of this one has this one's peak in it.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.largest_mb = 0.0
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            for children in Path("/proc/self/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    for child in children.read_text("ascii").split():
                        self.largest_mb = max(self.largest_mb, _begun_mb(child))


def _begun_mb(child: str) -> float:
    """The peak of a child that is no longer a copy of this process."""
    mine, its = (Path(f"/proc/{who}/cmdline").read_bytes() for who in ("self", child))
    return _peak_mb(child) if its != mine else 0.0


def _peak_mb(who: str) -> float:
    try:
        lines = Path(f"/proc/{who}/status").read_text("utf-8").splitlines()
    except OSError:
        if who != "self":
            return 0.0
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
