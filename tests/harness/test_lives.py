"""Both sides live together, 3,000 times, and every promise holds after every step.

Chance is another one in each run, and with ``make test`` in each tree: it is printed in the head
of the report as the seed of pytest-randomly, and the same seed gives the same lives
(``--randomly-seed=...``).
"""

import hypothesis
import pytest
from hypothesis.stateful import run_state_machine_as_test
from tests.harness.lives import DurableLives, Lives

RUNS = 3_000
# In twelve parts, so that two workers share them evenly.
PARTS = {
    f"{where} {part}": lives
    for where, lives in (("memory", Lives), ("file", DurableLives))
    for part in range(1, 7)
}
RUNS_A_PART = RUNS // len(PARTS)
STEPS_MAX = 15


@pytest.mark.timeout(3_600)  # how long they take says nothing of them
@pytest.mark.parametrize("part", PARTS)
def test_promises_hold_in_every_life(part: str, pytestconfig: pytest.Config) -> None:
    seed = int(pytestconfig.getoption("randomly_seed")) * len(PARTS) + list(PARTS).index(part)
    print(f"hypothesis seed: {seed}")
    machine = hypothesis.seed(seed)(type(PARTS[part].__name__, (PARTS[part],), {}))
    run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=RUNS_A_PART,
            stateful_step_count=STEPS_MAX,
            derandomize=False,
            database=None,
            print_blob=True,
            phases=[hypothesis.Phase.generate],  # a life has few steps: it can be read as it is
            report_multiple_bugs=False,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
