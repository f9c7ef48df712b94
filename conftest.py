"""Settings that tests and the notebooks' kernels share, wherever pytest is started.

A skipped test, whatever the reason, is told at the end, and is a failure where CI is set:
`.ci/run` brings every tool that the tests use.
"""

import os
import tempfile
from collections import Counter

import pytest

# Stored outputs are those of a machine without a GPU.
os.environ["D2L_DEVICE"] = "cpu"
# What checks remember: a reader's file is no test's business.
_own_folder = tempfile.TemporaryDirectory()
# Without compiled modules every kernel starts two to three times slower.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(tryfirst=True)  # before the kernel of a notebook starts
def pytest_runtest_setup(item):
    """Let every file of tests, and every notebook, begin with no exercise solved."""
    os.environ["D2L_PROGRESS"] = f"{_own_folder.name}/{item.path.name}.json"


def _reason(report):
    return report.longrepr[2].removeprefix("Skipped: ")


def _fail_under_ci(*_):
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"Bị bỏ qua, điều không được phép khi có biến CI: {_reason(report)}"
    return report


pytest_runtest_makereport = pytest.hookimpl(wrapper=True)(_fail_under_ci)
pytest_make_collect_report = pytest.hookimpl(wrapper=True)(_fail_under_ci)


def pytest_terminal_summary(terminalreporter):
    """Tell how many tests were skipped, and why."""
    reasons = Counter(map(_reason, terminalreporter.stats.get("skipped", [])))
    if reasons:
        terminalreporter.section(f"{reasons.total()} phép thử bị bỏ qua", yellow=True)
        for reason, times in reasons.most_common():
            terminalreporter.line(f"{times:4}  {reason}")
