"""What a process and all that it began have used; loads nothing, so that it adds nothing."""

import resource
import time
from collections.abc import Callable


def measured(run: Callable[[], int]) -> dict[str, float]:
    """Seconds, processor seconds and the things of `run`, and the most memory, in MB.

    Memory is the peak of this process and the peak of the largest that it began, one on top of the
    other, though they need not have stood at the same time.
    """
    begun, before_s = time.perf_counter(), _cpu_s()
    things = run()
    seconds, cpu_s = time.perf_counter() - begun, _cpu_s() - before_s
    peak = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"things": things, "seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak / 1024}


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
