"""What `import d2lutil` costs on top of `import mxnet`; exit status 1 above the limit.

Each round starts new Pythons, one after another, which import MXNet first and something else after
it, timed apart: d2lutil, everything that its names stand for, and matplotlib for comparison.
"""

from __future__ import annotations

import subprocess
import sys

from report import heading, quartiles

LIMIT = 0.005  # seconds
ROUNDS = 15
CODE = """if True:
    import time
    start = time.perf_counter()
    import mxnet
    middle = time.perf_counter()
    {statement}
    print(middle - start, time.perf_counter() - middle)
"""
STATEMENTS = ("import d2lutil", "from d2lutil import *", "import matplotlib.pyplot")


def import_times(statement: str) -> tuple[float, float]:
    """Return the seconds for MXNet and then for `statement` in a new Python."""
    command = [sys.executable, "-W", "ignore", "-c", CODE.format(statement=statement)]
    out = subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True).stdout
    mxnet, other = map(float, out.split())
    return mxnet, other


def main() -> int:
    for statement in STATEMENTS:
        # Compiled modules and a warm page cache.
        import_times(statement)
    rounds = [[import_times(statement) for statement in STATEMENTS] for _ in range(ROUNDS)]
    print(heading())
    print(f"medians of {ROUNDS} interleaved rounds (quartiles)")
    for i, statement in enumerate(STATEMENTS):
        low, median, high = quartiles([times[i][1] for times in rounds])
        ratio = quartiles([times[i][1] / times[i][0] for times in rounds])[1]
        print(
            f"{statement:26}{1000 * median:8.2f} ms ({1000 * low:.2f}-{1000 * high:.2f})"
            f"{100 * ratio:8.2f} % of import mxnet"
        )
    median = quartiles([times[0][1] for times in rounds])[1]
    verdict = "within" if median <= LIMIT else "ABOVE"
    print(f"d2lutil is {verdict} its limit of {1000 * LIMIT:g} ms")
    return int(median > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
