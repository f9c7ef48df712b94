"""Plots in the notebook: sharp, readable for everyone, and the same bytes each time.

A picture that is the same bytes each time can be compared by nbval. A cell that plots measured
values differs each time all the same, so it carries the tag `nbval-ignore-output`.
"""

from __future__ import annotations

import math
import reprlib
import sys
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    from matplotlib.axes import Axes

    Curve = numpy.ndarray[Any, numpy.dtype[Any]]

__all__ = ["plot", "set_axes", "set_figsize", "use_svg_display"]

# What the letters in a format such as 'm--' stand for. Lightness L* rises in steps of ten and
# more (21, 31, 45, 59), so the colours stay apart in greyscale and for readers who confuse hues;
# the darkest steps leave a contrast of 3.2 or more with the white ground. tests/test_plotting.py
# computes all of it.
COLORS = {"b": "#0015a6", "m": "#762d6c", "r": "#ca3201", "g": "#05a27c"}

# When the formats are used a second time, their curves get the first of these, and so on.
MARKERS = ("o", "s", "^", "D", "v", "x")

# Between which numbers a scale has a place for a point; the others have one for every number.
DOMAINS = {"log": (0, math.inf, "số dương"), "logit": (0, 1, "số giữa 0 và 1")}

SEQUENCES = (list, tuple, range)

RC = {
    # Element ids are random without a salt.
    "svg.hashsalt": "d2lutil",
    # Outlines: the reader's machine may have no font with the letters of Vietnamese.
    "svg.fonttype": "path",
    # Comes with matplotlib, so outlines are the same everywhere, and has these letters.
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
}


def use_svg_display() -> None:
    """Show figures as SVG that is the same bytes each time.

    Matplotlib's settings are changed for the whole session; outside Jupyter that is all.
    """
    from matplotlib import rcParams

    rcParams.update(RC)
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        # Without metadata: its date would change from run to run.
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        set_matplotlib_formats("svg", metadata=nothing)


def set_figsize(figsize: tuple[float, float] = (3.5, 2.5)) -> None:
    """Set the size of figures to come, in inches, and show them as SVG.

    Raises ValueError when `figsize` is not two positive numbers.
    """
    from matplotlib import rcParams

    use_svg_display()
    rcParams["figure.figsize"] = _size(figsize)


def set_axes(
    axes: Axes,
    xlabel: str | None,
    ylabel: str | None,
    xlim: Sequence[float | None] | None,
    ylim: Sequence[float | None] | None,
    xscale: str,
    yscale: str,
    legend: Sequence[str] | str | None,
) -> None:
    """Set labels, limits, scales, legend and grid of `axes`; None leaves one as it is.

    A limit is two numbers, None for one that matplotlib is to choose.

    Raises ValueError, and changes nothing, when `axes` is not an Axes of matplotlib, a limit is
    something else or not positive on a logarithmic scale, a scale's name is unknown, or there are
    not as many labels in `legend` as curves.
    """
    from matplotlib.scale import get_scale_names

    _check_axes(axes)
    # The other two need functions.
    scales = [scale for scale in get_scale_names() if not scale.startswith("function")]
    for name, scale in (("xscale", xscale), ("yscale", yscale)):
        if scale not in scales:
            raise ValueError(f"{name}={scale!r} không có: hãy chọn một trong {', '.join(scales)}")
    xlim = None if xlim is None else _limits("xlim", xlim, xscale)
    ylim = None if ylim is None else _limits("ylim", ylim, yscale)
    labels = _texts("legend", [] if legend is None else legend)
    drawn = [*axes.lines, *axes.collections, *(axes.containers or axes.patches)]
    if labels and len(labels) != len(drawn):
        raise ValueError(f"legend có {len(labels)} nhãn nhưng hình có {len(drawn)} đường: {labels}")

    if xlabel is not None:
        axes.set_xlabel(xlabel)
    if ylabel is not None:
        axes.set_ylabel(ylabel)
    axes.set_xscale(xscale)
    axes.set_yscale(yscale)
    if xlim is not None:
        axes.set_xlim(*xlim)
    if ylim is not None:
        axes.set_ylim(*ylim)
    if labels:
        axes.legend(labels)
    axes.grid(color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)


def plot(
    X: Any,
    Y: Any = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    legend: Sequence[str] | str | None = None,
    xlim: Sequence[float | None] | None = None,
    ylim: Sequence[float | None] | None = None,
    xscale: str = "linear",
    yscale: str = "linear",
    fmts: Sequence[str] = ("-", "m--", "g-.", "r:"),
    figsize: tuple[float, float] = (3.5, 2.5),
    axes: Axes | None = None,
) -> None:
    """Draw the curves Y over X, or X over 0, 1, 2, … when there is no Y.

    X and Y are each one curve (n numbers) or several (a list of curves, or an array of shape
    (curves, n)), as lists, NumPy arrays or MXNet arrays of either kind; in a table of pandas each
    column is a curve. One X serves all of Y.

    The curves are drawn in the current axes, emptied first, or in `axes`, which become the
    current ones; where there are none, in a new figure of `figsize` inches. Curves take `fmts`
    in turn, from the second turn on with markers; the letters b, m, g and r mean `COLORS`. A curve
    of one point has a marker too.

    Raises ValueError, and leaves the axes as they are, when the data are not numbers, lengths don't
    match, there is no point to draw, a scale has no place for a point, there are not as many labels
    in `legend` as curves, or an option is none of matplotlib's.
    """
    import numpy
    from matplotlib.figure import Figure

    xs, ys = _curves("X", X), None if Y is None else _curves("Y", Y)
    if ys is None:
        xs, ys = [numpy.arange(len(curve)) for curve in xs], xs
    elif len(xs) == 1:
        xs = xs * len(ys)
    if len(xs) != len(ys):
        raise ValueError(
            f"X có {len(xs)} đường nhưng Y có {len(ys)}: cần một X chung, hoặc mỗi đường một X"
        )
    for number, (x, y) in enumerate(zip(xs, ys, strict=True), 1):
        if len(x) != len(y):
            columns = len(ys) == len(x) and hasattr(Y, "T")
            raise ValueError(
                f"đường thứ {number}: X có {len(x)} điểm nhưng Y có {len(y)}"
                + ("; nếu mỗi cột của Y là một đường, hãy đưa Y.T" if columns else "")
            )
    if not any(_visible(x, y) for x, y in zip(xs, ys, strict=True)):
        empty = not any(map(len, ys))
        reason = "dữ liệu rỗng" if empty else "ở mỗi điểm, X hoặc Y là nan hay inf"
        raise ValueError(f"không có điểm nào để vẽ: {reason}")
    formats = _texts("fmts", fmts)
    if not formats:
        raise ValueError("fmts rỗng: cần ít nhất một kiểu nét, chẳng hạn ('-',)")

    if Y is None and xscale in DOMAINS:
        raise ValueError(f"xscale={xscale!r} không có chỗ cho điểm số 0: hãy đưa cả X, đếm từ 1")
    for number, (x, y) in enumerate(zip(xs, ys, strict=True), 1):
        _check_places(f"xscale={xscale!r}", xscale, f"X của đường thứ {number}", x)
        _check_places(f"yscale={yscale!r}", yscale, f"đường thứ {number}", y)

    def draw(axes: Axes) -> None:
        _draw(axes, xs, ys, formats)
        set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, legend)

    # First where nobody sees it: a wrong option must not cost the picture that is there.
    draw(Figure().subplots())
    axes = open_axes(figsize, axes)
    axes.clear()
    draw(axes)


def open_axes(figsize: tuple[float, float], axes: Axes | None = None) -> Axes:
    """Make `axes` the current ones, or find those that are, or open a figure of `figsize` inches.

    Raises ValueError when `axes` is not an Axes of matplotlib or `figsize` not two positive
    numbers.
    """
    use_svg_display()
    from matplotlib import pyplot

    size = _size(figsize)
    if axes is None:
        if not pyplot.get_fignums():
            pyplot.figure(figsize=size)
        axes = pyplot.gca()
    _check_axes(axes)
    # A figure made without pyplot has no number, and can't be the current one.
    if hasattr(axes.figure, "number"):
        pyplot.sca(axes)
    return axes


def _check_axes(axes: object) -> None:
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        raise ValueError(
            f"axes phải là một Axes của matplotlib, không phải {type(axes).__name__}; "
            "nếu là mảng do plt.subplots trả về, hãy chọn một phần tử"
        )


def _draw(axes: Axes, xs: list[Curve], ys: list[Curve], formats: list[str]) -> None:
    axes.set_prop_cycle(color=[COLORS[letter] for letter in "brgm"])
    for number, (x, y) in enumerate(zip(xs, ys, strict=True)):
        turn, place = divmod(number, len(formats))
        try:
            (line,) = axes.plot(x, y, formats[place])
            if line.get_linestyle() == line.get_marker() == "None":
                raise ValueError("neither a line nor a marker")
        except ValueError as error:
            raise ValueError(
                f"fmts chứa {formats[place]!r}, không phải một kiểu nét của matplotlib "
                "như '-', 'm--', 'g-.', 'r:'"
            ) from error
        line.set_color(COLORS.get(line.get_color(), line.get_color()))
        if line.get_marker() != "None":
            continue
        if turn:
            line.set_marker(MARKERS[(turn - 1) % len(MARKERS)])
            # Ten markers or so, at other points than those of the other turns.
            line.set_markevery((turn % max(1, len(x) // 10), max(1, len(x) // 10)))
            line.set_markersize(4)
        elif _visible(x, y) == 1:
            line.set_marker("o")


def _visible(x: Curve, y: Curve) -> int:
    """Return how many points there are without NaN, infinity and a mask."""
    import numpy

    return int(numpy.ma.filled(numpy.isfinite(x) & numpy.isfinite(y), False).sum())


def _check_places(option: str, scale: str, name: str, values: Curve) -> None:
    """Raise ValueError when there is a value for which the scale has no place."""
    import numpy

    if scale not in DOMAINS:
        return
    lower, upper, wanted = DOMAINS[scale]
    lost = values[numpy.isfinite(values) & ~((values > lower) & (values < upper))]
    if len(lost):
        raise ValueError(
            f"{option} chỉ vẽ được {wanted}, mà {name} có {lost[0]:g}: "
            "hãy bỏ những điểm ấy hoặc chọn thang khác, như 'symlog'"
        )


def _curves(name: str, data: Any) -> list[Curve]:
    """Return one array of numbers for each curve in `data`."""
    import numpy

    data = _plain(data)
    if isinstance(data, numpy.ndarray):
        if data.ndim == 2 and data.shape[1] == 1 < len(data):
            raise ValueError(
                f"{name} có hình dạng {data.shape}, tức {len(data)} đường, mỗi đường một điểm; "
                f"nếu đó là một cột, hãy đưa {name}.reshape(-1)"
            )
        return [_numbers(name, row) for row in (data if data.ndim == 2 else [data])]
    if not isinstance(data, SEQUENCES):
        raise ValueError(
            f"{name} phải là danh sách hay mảng các số, không phải {reprlib.repr(data)}"
        )
    items = list(map(_plain, data))
    # The losses of batches may be arrays of one number each, and make one curve.
    if not any(isinstance(item, SEQUENCES) or numpy.size(item) != 1 for item in items):
        return [_numbers(name, items)]
    for item in items:
        if not isinstance(item, (*SEQUENCES, numpy.ndarray)):
            raise ValueError(
                f"{name} lẫn lộn số và đường: {reprlib.repr(item)} đứng cạnh một đường"
            )
    return [_numbers(name, item) for item in items]


def _numbers(name: str, curve: Any) -> Curve:
    import numpy

    if isinstance(curve, numpy.ndarray):
        if curve.ndim != 1:
            raise ValueError(
                f"{name} có mảng {curve.ndim} chiều: một đường có 1 chiều, một nhóm đường có 2"
            )
        # Booleans, integers and floats.
        if curve.dtype.kind not in "biuf":
            raise ValueError(f"{name} chứa {curve.dtype}, không phải số")
        return curve
    numbers = []
    for number in map(_number, curve):
        if not isinstance(number, Real | numpy.bool_):
            raise ValueError(f"{name} chứa {reprlib.repr(number)}, không phải một con số")
        try:
            numbers.append(float(number))
        except OverflowError:
            raise ValueError(f"{name} chứa một con số quá lớn: {reprlib.repr(number)}") from None
    return numpy.array(numbers)


def _number(value: Any) -> Any:
    """Return an array of one number as this number, anything else as `_plain` does."""
    import numpy

    value = _plain(value)
    return value.item() if isinstance(value, numpy.ndarray) and value.size == 1 else value


def _plain(value: Any) -> Any:
    """Return an array or a table as NumPy's, each column a row; anything else as it is."""
    import numpy

    mxnet = sys.modules.get("mxnet")
    if mxnet and isinstance(value, mxnet.nd.NDArray):
        array = value.asnumpy()
    elif hasattr(value, "to_numpy"):
        array = value.to_numpy().T
    elif hasattr(value, "__array__") and not isinstance(value, numpy.generic):
        array = numpy.asanyarray(value)
    else:
        return value
    return array.tolist() if array.dtype == object else array


def _texts(name: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    try:
        return list(map(str, value))
    except TypeError:
        raise ValueError(
            f"{name} phải là một chữ hay danh sách chữ, không phải {value!r}"
        ) from None


def _limits(name: str, limits: Any, scale: str) -> tuple[float | None, float | None]:
    pair = _pair(limits)
    numbers = [limit for limit in pair if limit is not None]
    if not all(isinstance(number, Real) and math.isfinite(number) for number in numbers):
        raise ValueError(f"{name} phải là hai số như (0, 1), không phải {limits!r}")
    if scale == "log" and min(numbers, default=1) <= 0:
        raise ValueError(f"{name} trên thang log phải là hai số dương, không phải {limits!r}")
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"{name} phải là hai số khác nhau, không phải {limits!r}")
    return pair[0], pair[1]


def _size(figsize: Any) -> tuple[float, float]:
    pair = _pair(figsize)
    if not all(isinstance(side, Real) and 0 < float(side) < math.inf for side in pair):
        raise ValueError(f"figsize phải là hai số dương như (3.5, 2.5), không phải {figsize!r}")
    return pair[0], pair[1]


def _pair(value: Any) -> list[Any]:
    """Return the two elements, or what is no number if there aren't two."""
    import numpy

    value = _plain(value)
    value = value.tolist() if isinstance(value, numpy.ndarray) else value
    if isinstance(value, list | tuple) and len(value) == 2:
        return list(map(_number, value))
    return [value, "?"]
