"""Plots in the notebook: sharp, readable for everyone, and the same bytes each time.

A picture that is the same bytes each time can be compared by nbval. A cell that plots measured
values differs each time all the same, so it carries the tag `nbval-ignore-output`.
"""

from __future__ import annotations

import math
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

    Raises ValueError when a limit is something else, or not positive on a logarithmic scale, or
    when a scale's name is unknown.
    """
    from matplotlib.scale import get_scale_names

    # The other two need functions.
    scales = [scale for scale in get_scale_names() if not scale.startswith("function")]
    for name, scale in (("xscale", xscale), ("yscale", yscale)):
        if scale not in scales:
            raise ValueError(f"{name}={scale!r} không có: hãy chọn một trong {', '.join(scales)}")
    if xlabel is not None:
        axes.set_xlabel(xlabel)
    if ylabel is not None:
        axes.set_ylabel(ylabel)
    axes.set_xscale(xscale)
    axes.set_yscale(yscale)
    if xlim is not None:
        axes.set_xlim(*_limits("xlim", xlim, xscale))
    if ylim is not None:
        axes.set_ylim(*_limits("ylim", ylim, yscale))
    if legend:
        axes.legend([legend] if isinstance(legend, str) else list(legend))
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
    (curves, n)), as lists, NumPy arrays or MXNet arrays of either kind. One X serves all of Y.

    The curves are drawn in the current axes, emptied first, or in `axes`, which become the
    current ones; where there are none, in a new figure of `figsize` inches. Curves take `fmts`
    in turn, from the second turn on with markers; the letters b, m, g and r mean `COLORS`.

    Raises ValueError when the data are not numbers, lengths don't match, there are not as many
    labels in `legend` as curves, or an option is none of matplotlib's.
    """
    import numpy

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
            raise ValueError(f"đường thứ {number}: X có {len(x)} điểm nhưng Y có {len(y)}")
    labels = [legend] if isinstance(legend, str) else list(legend or [])
    if labels and len(labels) != len(ys):
        raise ValueError(f"legend có {len(labels)} nhãn nhưng hình có {len(ys)} đường: {labels}")
    formats = [fmts] if isinstance(fmts, str) else [str(fmt) for fmt in fmts]
    if not formats:
        raise ValueError("fmts rỗng: cần ít nhất một kiểu nét, chẳng hạn ('-',)")

    axes = open_axes(figsize, axes)
    axes.clear()
    axes.set_prop_cycle(color=[COLORS[letter] for letter in "brgm"])
    for number, (x, y) in enumerate(zip(xs, ys, strict=True)):
        turn, place = divmod(number, len(formats))
        (line,) = _draw(axes, x, y, formats[place])
        line.set_color(COLORS.get(line.get_color(), line.get_color()))
        if turn and line.get_marker() == "None":
            line.set_marker(MARKERS[(turn - 1) % len(MARKERS)])
            # Ten markers or so, at other points than those of the other turns.
            line.set_markevery((turn % max(1, len(x) // 10), max(1, len(x) // 10)))
            line.set_markersize(4)
    set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale, labels)


def open_axes(figsize: tuple[float, float], axes: Axes | None = None) -> Axes:
    """Make `axes` the current ones, or find those that are, or open a figure of `figsize` inches.

    Raises ValueError when `axes` is not an Axes of matplotlib or `figsize` not two positive
    numbers.
    """
    use_svg_display()
    from matplotlib import pyplot
    from matplotlib.axes import Axes

    size = _size(figsize)
    if axes is None:
        if not pyplot.get_fignums():
            pyplot.figure(figsize=size)
        axes = pyplot.gca()
    if not isinstance(axes, Axes):
        raise ValueError(
            f"axes phải là một Axes của matplotlib, không phải {type(axes).__name__}; "
            "nếu là mảng do plt.subplots trả về, hãy chọn một phần tử"
        )
    # A figure made without pyplot has no number, and can't be the current one.
    if hasattr(axes.figure, "number"):
        pyplot.sca(axes)
    return axes


def _draw(axes: Axes, x: Curve, y: Curve, fmt: str) -> Any:
    try:
        return axes.plot(x, y, fmt)
    except ValueError as error:
        raise ValueError(
            f"fmts chứa {fmt!r}, không phải một kiểu nét của matplotlib như '-', 'm--', 'g-.', 'r:'"
        ) from error


def _curves(name: str, data: Any) -> list[Curve]:
    """Return one array of numbers for each curve in `data`."""
    import numpy

    data = _plain(data)
    if isinstance(data, numpy.ndarray):
        return [_numbers(name, row) for row in (data if data.ndim == 2 else [data])]
    if not isinstance(data, SEQUENCES):
        raise ValueError(f"{name} phải là danh sách hay mảng các số, không phải {data!r}")
    items = [_item(item) for item in data]
    several = [isinstance(item, (*SEQUENCES, numpy.ndarray)) for item in items]
    if any(several) and not all(several):
        number = items[several.index(False)]
        raise ValueError(f"{name} lẫn lộn số và đường: {number!r} đứng cạnh một đường")
    return [_numbers(name, item) for item in items] if any(several) else [_numbers(name, items)]


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
    items = [_item(item) for item in curve]
    for item in items:
        if not isinstance(item, Real | numpy.bool_):
            raise ValueError(f"{name} chứa {item!r}, không phải một số")
    return numpy.array(items, dtype=float)


def _plain(value: Any) -> Any:
    """Return an MXNet array as NumPy's, anything else as it is."""
    mxnet = sys.modules.get("mxnet")
    return value.asnumpy() if mxnet and isinstance(value, mxnet.nd.NDArray) else value


def _item(value: Any) -> Any:
    """Return as `_plain`, and an array that stands for one number as this number."""
    import numpy

    array = _plain(value)
    if isinstance(array, numpy.ndarray):
        # The older of MXNet's arrays have no zero dimensions: a number has the shape (1,).
        older = array is not value and not isinstance(value, sys.modules["mxnet"].np.ndarray)
        if array.shape == () or (older and array.shape == (1,)):
            return array.item()
    return array


def _limits(name: str, limits: Any, scale: str) -> tuple[float | None, float | None]:
    numbers = [limit for limit in _pair(limits) if limit is not None]
    if not all(isinstance(number, Real) and math.isfinite(number) for number in numbers):
        raise ValueError(f"{name} phải là hai số như (0, 1), không phải {limits!r}")
    if scale == "log" and min(numbers, default=1) <= 0:
        raise ValueError(f"{name} trên thang log phải là hai số dương, không phải {limits!r}")
    return limits[0], limits[1]


def _size(figsize: Any) -> tuple[float, float]:
    if not all(isinstance(side, Real) and 0 < float(side) < math.inf for side in _pair(figsize)):
        raise ValueError(f"figsize phải là hai số dương như (3.5, 2.5), không phải {figsize!r}")
    return figsize[0], figsize[1]


def _pair(value: Any) -> list[Any]:
    """Return the two elements, or what is no number if there aren't two."""
    return list(value) if isinstance(value, list | tuple) and len(value) == 2 else [value, "?"]
