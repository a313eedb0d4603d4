"""What all tests share: one seed, printed; hypothesis with the counts of this run's level.

``ADAMANT_TRIALS`` chooses the level and ``ADAMANT_SEED`` the seed (:mod:`tests.trials`); both also
steer hypothesis, so that the printed line repeats a run. Warnings are errors by ``pyproject.toml``.
"""

from __future__ import annotations

import sys

import pytest

# Importing eth-account raises the recursion limit of the whole process to 100,000, under which
# deep JSON overflows the C stack; import it here, once, and put the limit back.
_RECURSION_LIMIT = sys.getrecursionlimit()
import eth_account  # noqa: E402, F401

sys.setrecursionlimit(_RECURSION_LIMIT)

from hypothesis import HealthCheck, settings  # noqa: E402
from hypothesis.database import DirectoryBasedExampleDatabase  # noqa: E402

from tests.tree import ROOT  # noqa: E402
from tests.trials import level, seed  # noqa: E402

EXAMPLES = {"check": 25, "test": 200, "torture": 2000}
MARKERS = (
    "node: needs Node and node_modules; left out of `make check`",
    "long: starts servers, kills processes or takes more than a second; left out of `make check`",
)

for name, examples in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,  # a slow machine is no fault of the code
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
        database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name the markers; give hypothesis its profile and, unless it was given one, its seed."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    settings.load_profile(level())
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(seed())


def pytest_sessionstart(session: pytest.Session) -> None:
    """Print level and seed, quiet or not, once for all workers."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        terminal.write_line(f"trials: ADAMANT_TRIALS={level()} ADAMANT_SEED={seed()}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured (``record_property("figure", line)``), from whatever worker."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "figure" and report.when == "call":
                    terminalreporter.write_line(str(value))
