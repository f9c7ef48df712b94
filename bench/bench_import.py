"""What d2lutil costs a Python: at each start, by its .pth file, and when its names are imported.

Exit status 1 above the limit for the first. Each round starts new Pythons, one after another. The
rest is imported after MXNet and timed apart from it, beside matplotlib for comparison.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from report import heading, quartiles

PROJECT = Path(__file__).resolve().parents[1]
LIMIT = 0.001  # seconds
ROUNDS = 15
START = f"""if True:
    import sys, time
    sys.path.insert(0, {str(PROJECT)!r})
    start = time.perf_counter()
    import d2lutil.mxnet_finder
    print(time.perf_counter() - start)
"""
AFTER = """if True:
    import time
    start = time.perf_counter()
    import mxnet
    middle = time.perf_counter()
    {statement}
    print(middle - start, time.perf_counter() - middle)
"""
STATEMENTS = ("from d2lutil import *", "import matplotlib.pyplot")


def seconds(code: str, *options: str) -> list[float]:
    """Return the seconds that `code` prints in a new Python."""
    command = [sys.executable, *options, "-W", "ignore", "-c", code]
    out = subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True).stdout
    return [float(number) for number in out.split()]


def one_round() -> list[list[float]]:
    # -S leaves out the .pth file, which has Python import the finder before it can be timed.
    after = [seconds(AFTER.format(statement=statement)) for statement in STATEMENTS]
    return [seconds(START, "-S"), *after]


def main() -> int:
    one_round()  # compiles modules
    rounds = [one_round() for _ in range(ROUNDS)]
    starts = [times[0][0] for times in rounds]
    low, median, high = quartiles(starts)
    print(heading())
    print(f"medians of {ROUNDS} interleaved rounds (quartiles)")
    print(f"{'start of Python':26}{1000 * median:8.2f} ms ({1000 * low:.2f}-{1000 * high:.2f})")
    for i, statement in enumerate(STATEMENTS, 1):
        low, middle, high = quartiles([times[i][1] for times in rounds])
        ratio = quartiles([times[i][1] / times[i][0] for times in rounds])[1]
        print(
            f"{statement:26}{1000 * middle:8.2f} ms ({1000 * low:.2f}-{1000 * high:.2f})"
            f"{100 * ratio:8.2f} % of import mxnet"
        )
    verdict = "within" if median <= LIMIT else "ABOVE"
    print(f"a start is {verdict} its limit of {1000 * LIMIT:g} ms")
    return int(median > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
