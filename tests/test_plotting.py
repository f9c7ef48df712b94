import datetime
import itertools
import re
import unicodedata
from io import BytesIO

import matplotlib
import mxnet as mx
import numpy
import pytest
from matplotlib import pyplot

from authoring import execute, notebook
from d2lutil import plot, plotting, set_axes, set_figsize, use_svg_display
from tests.writing import code, write

MARKS = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
BASES = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
VIETNAMESE = sorted(
    {
        unicodedata.normalize("NFC", base + mark)
        for base in BASES + BASES.upper()
        for mark in (MARKS if base.lower() in "aăâeêioôơuưy" else [""])
    }
)


@pytest.fixture(autouse=True)
def fresh_matplotlib():
    with matplotlib.rc_context():
        yield
    pyplot.close("all")


@pytest.fixture(params=[False, True], ids=["classic", "numpy"])
def numpy_mode(request):
    """Both settings of `npx.set_np`."""
    before = mx.util.is_np_array()
    (mx.npx.set_np if request.param else mx.npx.reset_np)()
    yield
    (mx.npx.set_np if before else mx.npx.reset_np)()


def drawn(axes=None):
    """Return the curves as lists of points."""
    return [line.get_xydata().tolist() for line in (axes or pyplot.gca()).get_lines()]


def svg(figure):
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue().decode()


# Data.

KINDS = {
    "list": lambda rows: rows,
    "tuple": lambda rows: tuple(map(tuple, rows)),
    "numpy": numpy.array,
    "mx.np": mx.np.array,
    "mx.nd": mx.nd.array,
    "list of numpy": lambda rows: [numpy.array(row) for row in rows],
    "list of mx.np": lambda rows: [mx.np.array(row) for row in rows],
    "list of mx.nd": lambda rows: [mx.nd.array(row) for row in rows],
    "list of numpy numbers": lambda rows: [[numpy.float32(v) for v in row] for row in rows],
    "list of mx.np numbers": lambda rows: [[mx.np.array(v) for v in row] for row in rows],
    "list of mx.nd numbers": lambda rows: [[mx.nd.array([v]) for v in row] for row in rows],
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_several_curves_of_any_kind(numpy_mode, make):
    rows = [[1.0, 4.0, 9.0], [2.0, 3.0, 5.0]]
    plot(make(rows))
    assert drawn() == [[[0, 1], [1, 4], [2, 9]], [[0, 2], [1, 3], [2, 5]]]
    plot(make([[5.0, 6.0, 8.0]]), make(rows))
    assert drawn() == [[[5, 1], [6, 4], [8, 9]], [[5, 2], [6, 3], [8, 5]]]
    plot(make(rows), make(rows))
    assert drawn() == [[[v, v] for v in row] for row in rows]


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_one_curve_of_any_kind(numpy_mode, make):
    curve = make([[1.0, 4.0, 9.0]])[0]
    plot(curve)
    assert drawn() == [[[0, 1], [1, 4], [2, 9]]]
    plot(range(3), curve)
    assert drawn() == [[[0, 1], [1, 4], [2, 9]]]
    plot(curve, [curve, curve])
    assert drawn() == [[[1, 1], [4, 4], [9, 9]]] * 2


@pytest.mark.parametrize(
    "one", [numpy.array, mx.np.array, mx.nd.array], ids=["numpy", "mx.np", "mx.nd"]
)
@pytest.mark.parametrize("shape", [(1,), (1, 1)])
def test_losses_of_batches_of_one_are_one_curve(numpy_mode, one, shape):
    losses = [one(numpy.full(shape, value)) for value in (3.0, 2.0, 1.0)]
    plot(losses)
    assert drawn() == [[[0, 3], [1, 2], [2, 1]]]
    plot([5, 6, 7], [losses, losses])
    assert drawn() == [[[5, 3], [6, 2], [7, 1]]] * 2
    plot([[1.0, 2.0], losses[0].reshape(1)])
    assert drawn() == [[[0, 1], [1, 2]], [[0, 3]]], "beside a curve it is a curve"


class Table:
    """What pandas' Series, Index and DataFrame have in common here."""

    def __init__(self, values):
        self.values = numpy.array(values)

    def to_numpy(self):
        return self.values


class Tensor(Table):
    """What the arrays of other libraries have in common."""

    def __array__(self, dtype=None, copy=None):
        return self.values

    to_numpy = property()


def test_tables_and_arrays_of_other_libraries():
    plot(Table([5, 6]), Table([3.0, 2.0]))
    assert drawn() == [[[5, 3], [6, 2]]]
    plot([5, 6], [Table([3.0, 2.0]), Tensor([1.0, 0.0])])
    assert drawn() == [[[5, 3], [6, 2]], [[5, 1], [6, 0]]]
    plot(Table([[1, 2], [3, 4], [5, 6]]))
    assert drawn() == [[[0, 1], [1, 3], [2, 5]], [[0, 2], [1, 4], [2, 6]]], "columns are curves"
    plot(Tensor([[1, 2], [3, 4]]))
    assert drawn() == [[[0, 1], [1, 2]], [[0, 3], [1, 4]]]
    plot(Table(numpy.array([1, 2.5, True], dtype=object)))
    assert drawn() == [[[0, 1], [1, 2.5], [2, 1]]]


@pytest.mark.parametrize("data", [[3], [[1], [2]], [float("nan"), 3, float("inf")]])
def test_a_curve_of_one_point_can_be_seen(data):
    plot(data)
    assert {line.get_marker() for line in pyplot.gca().get_lines()} == {"o"}


@pytest.mark.parametrize("make", [mx.np.array, mx.nd.array])
def test_a_curve_of_one_point(numpy_mode, make):
    plot(make([3.0]))
    assert drawn() == [[[0, 3]]]


def test_other_numbers():
    plot([True, 2, 3.5], numpy.array([False, True, True]))
    assert drawn() == [[[1, 0], [2, 1], [3.5, 1]]]
    plot([numpy.bool_(True), numpy.int8(2), numpy.array(3)])
    assert drawn() == [[[0, 1], [1, 2], [2, 3]]]
    plot([1.0, float("nan"), 3.0])
    assert len(drawn()[0]) == 3


def test_curves_of_different_lengths():
    plot([[1, 2, 3], [1, 2]], [[4, 5, 6], [7, 8]])
    assert drawn() == [[[1, 4], [2, 5], [3, 6]], [[1, 7], [2, 8]]]
    plot([[1, 2, 3], [1, 2], []])
    assert [len(points) for points in drawn()] == [3, 2, 0]


@pytest.mark.parametrize(
    ("X", "Y", "reason"),
    [
        ([1, 2], [1, 2, 3], "đường thứ 1: X có 2 điểm nhưng Y có 3"),
        ([1, 2], [[1, 2], [1]], "đường thứ 2: X có 2 điểm nhưng Y có 1"),
        ([[1], [2]], [[1], [2], [3]], "X có 2 đường nhưng Y có 3"),
        ([[1], [2]], [1], "X có 2 đường nhưng Y có 1"),
        ([1, [2]], None, "X lẫn lộn số và đường: 1 đứng cạnh"),
        ([[1, [2, 3]]], None, r"X chứa \[2, 3\], không phải một con số"),
        ([1], ["2"], "Y chứa '2', không phải một con số"),
        ([1, None], None, "X chứa None"),
        ([1j], None, "X chứa 1j"),
        (numpy.array(["a"]), None, "X chứa <U1, không phải số"),
        (numpy.ones((2, 2, 2)), None, "X có mảng 3 chiều"),
        (mx.np.array(1), None, "X có mảng 0 chiều"),
        ([numpy.ones((2, 2))], None, "X có mảng 2 chiều"),
        (3, None, "X phải là danh sách hay mảng các số, không phải 3"),
        ("12", None, "không phải '12'"),
        ({1: 2}, None, "X phải là danh sách"),
        ([1], {1}, "Y phải là danh sách"),
        ({1: 2}.values(), None, "X phải là danh sách"),
        (list(range(1000)), ["2" * 1000], r"Y chứa '2+\.\.\.2+', không phải một con số"),
        ([1, 10**400], None, r"X chứa một con số quá lớn: 1000.*\.\.\..*000"),
        (numpy.array([1, 10**400], dtype=object), None, "X chứa một con số quá lớn"),
        ([datetime.date(2026, 1, 2)], None, r"X chứa datetime.date\(2026, 1, 2\), không phải"),
        (numpy.array(["2026-01-02"], dtype="datetime64"), None, "X chứa datetime64"),
        (numpy.ones((3, 1)), None, r"X có hình dạng \(3, 1\), tức 3 đường.*X\.reshape\(-1\)"),
        ([1, 2, 3], mx.np.ones((3, 1)), r"Y có hình dạng \(3, 1\).*Y\.reshape\(-1\)"),
        ([1, 2, 3], mx.np.ones((3, 2)), "X có 3 điểm nhưng Y có 2; .*hãy đưa Y.T"),
        ([1, 2, 3], [[1, 2], [1, 2], [1, 2]], "X có 3 điểm nhưng Y có 2$"),
        ([], None, "không có điểm nào để vẽ: dữ liệu rỗng"),
        ([[], []], None, "dữ liệu rỗng"),
        (numpy.ones((0, 3)), None, "dữ liệu rỗng"),
        ([float("nan")] * 2, None, "không có điểm nào để vẽ: ở mỗi điểm, X hoặc Y là nan hay inf"),
        ([float("inf"), 1], [1, float("nan")], "ở mỗi điểm"),
    ],
)
def test_bad_data_are_explained(X, Y, reason):
    with pytest.raises(ValueError, match=reason):
        plot(X, Y)
    assert not pyplot.get_fignums(), "nothing half-drawn"


# Curves can be told apart.


def test_every_curve_is_drawn_in_a_style_of_its_own():
    plot([[i, i + 1] for i in range(24)])
    lines = pyplot.gca().get_lines()
    styles = {(line.get_linestyle(), line.get_marker()) for line in lines}
    assert len(lines) == len(styles) == 24
    assert [line.get_linestyle() for line in lines[:5]] == ["-", "--", "-.", ":", "-"]
    assert [line.get_marker() for line in lines[3:5]] == ["None", "o"]
    plot([[i] for i in range(100)])
    assert len(drawn()) == 100


def test_formats_mean_what_matplotlib_says_in_our_colours():
    plot([[1, 2]] * 5, fmts=("m--", "go", "k-x", "C1", "#123456"))
    lines = pyplot.gca().get_lines()
    assert [line.get_color() for line in lines] == [
        plotting.COLORS["m"],
        plotting.COLORS["g"],
        "k",
        matplotlib.colors.to_rgba("C1"),
        matplotlib.colors.to_rgba("#123456"),
    ]
    assert [line.get_marker() for line in lines] == ["None", "o", "x", "None", "None"]
    plot([[1, 2]] * 4, fmts="-")
    assert {line.get_color() for line in pyplot.gca().get_lines()} == set(plotting.COLORS.values())


@pytest.mark.parametrize("fmts", [("-", "nét"), ("m---",), ("x7",), (" ",)])
def test_unknown_format_is_named(fmts):
    with pytest.raises(ValueError, match="không phải một kiểu nét") as error:
        plot([[1], [2]], fmts=fmts)
    assert repr(fmts[-1]) in str(error.value)


def test_formats_are_needed():
    with pytest.raises(ValueError, match="fmts rỗng"):
        plot([1], fmts=())


# Simulated loss of one kind of cone, on linear RGB: Machado, Oliveira and Fernandes, "A
# physiologically-based model for simulation of color vision deficiency", 2009, severity 1.
CONES = {
    "none lost": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = numpy.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(color):
    channels = numpy.array(matplotlib.colors.to_rgb(color))
    return numpy.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear sRGB under D65."""
    ratios = XYZ @ numpy.clip(rgb, 0, 1) / XYZ.sum(axis=1)
    x, y, z = numpy.where(ratios > 216 / 24389, numpy.cbrt(ratios), 841 / 108 * ratios + 4 / 29)
    return numpy.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_colours_survive_greyscale():
    lightness = sorted(lab(linear(color))[0] for color in plotting.COLORS.values())
    assert min(numpy.diff(lightness)) >= 10


def test_colours_stand_out_from_white():
    # WCAG 2.2, criterion 1.4.11: graphics need a contrast of 3.
    for color in plotting.COLORS.values():
        assert 1.05 / (XYZ[1] @ linear(color) + 0.05) >= 3


@pytest.mark.parametrize("cones", CONES.values(), ids=CONES)
def test_colours_survive_colour_blindness(cones):
    seen = [lab(cones @ linear(color)) for color in plotting.COLORS.values()]
    assert min(numpy.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) >= 30


# Axes and figures.


def test_axes_stay_current():
    figure, (left, right) = pyplot.subplots(1, 2)
    plot([1, 2], axes=left)
    assert pyplot.gca() is left
    assert pyplot.gcf() is figure
    plot([3, 4])
    assert drawn(left) == [[[0, 3], [1, 4]]], "the current axes, emptied first"
    plot([5], axes=right)
    assert pyplot.gca() is right
    pyplot.figure()
    plot([6], axes=left)
    assert (pyplot.gcf(), pyplot.gca()) == (figure, left)
    assert drawn(right) == [[[0, 5]]]


def test_new_figure_has_the_size_asked_for():
    plot([1])
    assert pyplot.gcf().get_size_inches().tolist() == [3.5, 2.5]
    assert len(pyplot.get_fignums()) == 1
    pyplot.close("all")
    before = matplotlib.rcParams["figure.figsize"]
    plot([1], figsize=(6, 4))
    assert pyplot.gcf().get_size_inches().tolist() == [6, 4]
    assert matplotlib.rcParams["figure.figsize"] == before


def test_axes_of_a_figure_without_pyplot():
    figure = matplotlib.figure.Figure()
    axes = figure.subplots()
    plot([1, 2], axes=axes)
    assert drawn(axes) == [[[0, 1], [1, 2]]]


def test_plot_returns_nothing_that_a_cell_would_echo():
    assert plot([1]) is None


@pytest.mark.parametrize("axes", [numpy.array([1, 2], dtype=object), "axes", pyplot])
def test_what_are_not_axes(axes):
    with pytest.raises(ValueError, match="axes phải là một Axes"):
        plot([1], axes=axes)


def test_labels_limits_scales_and_legend():
    plot([1, 2], [[1, 10], [2, 3]], "trục hoành", "độ lỗi", ["một", "hai"], (1, 5), (1, 20), "log")
    axes = pyplot.gca()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("trục hoành", "độ lỗi")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["một", "hai"]
    assert axes.get_ylim() == (1, 20)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")


def test_set_axes_leaves_what_is_none():
    axes = pyplot.figure().gca()
    axes.set_xlabel("cũ")
    axes.set_xlim(1, 2)
    set_axes(axes, None, "mới", None, (None, 5), "linear", "symlog", None)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("cũ", "mới")
    assert (axes.get_xlim(), axes.get_ylim()[1]) == ((1, 2), 5)
    assert axes.get_yscale() == "symlog"
    assert axes.get_legend() is None


def test_legend_may_be_one_word():
    plot([1, 2], legend="độ lỗi")
    assert [text.get_text() for text in pyplot.gca().get_legend().get_texts()] == ["độ lỗi"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"legend": ["một"]}, "legend có 1 nhãn nhưng hình có 2 đường"),
        ({"legend": ["một", "hai", "ba"]}, "legend có 3 nhãn"),
        ({"xscale": "logg"}, "xscale='logg' không có: hãy chọn một trong .*linear, log"),
        ({"yscale": "function"}, "yscale='function' không có"),
        ({"xlim": 3}, "xlim phải là hai số như .*, không phải 3"),
        ({"ylim": (0, 2), "yscale": "log"}, r"ylim trên thang log phải .* không phải \(0, 2\)"),
        ({"ylim": (1, 2, 3)}, "ylim phải là hai số"),
        ({"ylim": numpy.array(3)}, "ylim phải là hai số"),
        ({"ylim": (0, float("nan"))}, "ylim phải là hai số"),
        ({"figsize": (0, 1)}, r"figsize phải là hai số dương .* không phải \(0, 1\)"),
        ({"figsize": 5}, "figsize phải là hai số dương"),
        ({"legend": True}, "legend phải là một chữ hay danh sách chữ, không phải True"),
        ({"legend": 5}, "legend phải là một chữ hay danh sách chữ, không phải 5"),
        ({"fmts": None}, "fmts phải là một chữ hay danh sách chữ, không phải None"),
        ({"fmts": 3}, "fmts phải là một chữ hay danh sách chữ, không phải 3"),
        ({"fmts": ("-", "nét")}, "không phải một kiểu nét"),
        ({"ylim": (2, 2.0)}, r"ylim phải là hai số khác nhau, không phải \(2, 2.0\)"),
        ({"axes": 3}, "axes phải là một Axes"),
        ({"xscale": "log"}, "xscale='log' không có chỗ cho điểm số 0: hãy đưa cả X, đếm từ 1"),
        ({"xscale": "logit"}, "xscale='logit' không có chỗ cho điểm số 0"),
        ({"yscale": "logit"}, "yscale='logit' chỉ vẽ được số giữa 0 và 1, mà đường thứ 1 có 1:"),
    ],
)
def test_bad_options_are_explained_and_cost_no_picture(options, reason):
    plot([[7, 8]], xlabel="cũ")
    with pytest.raises(ValueError, match=reason):
        plot([[1, 2], [3, 4]], **options)
    assert drawn() == [[[0, 7], [1, 8]]]
    assert pyplot.gca().get_xlabel() == "cũ"
    assert len(pyplot.get_fignums()) == 1


@pytest.mark.parametrize(
    ("X", "Y", "scales", "reason"),
    [
        ([1, 2], [0.5, 0], {"yscale": "log"}, "'log' chỉ vẽ được số dương, mà đường thứ 1 có 0:"),
        ([1, 2], [[1, 2], [1, -3]], {"yscale": "log"}, "mà đường thứ 2 có -3"),
        ([0, 2], [1, 2], {"xscale": "log"}, "mà X của đường thứ 1 có 0"),
        ([0.5, 2], None, {"yscale": "logit"}, "mà đường thứ 1 có 2"),
    ],
)
def test_no_point_is_lost_on_a_scale_without_a_place_for_it(X, Y, scales, reason):
    with pytest.raises(ValueError, match=reason):
        plot(X, Y, **scales)
    plot([1, 2], [[0, -1], [0.5, 2]], yscale="symlog")
    plot([1, 2], [float("nan"), 2], xscale="log", yscale="log")
    assert drawn()[0][1] == [2, 2]


def test_masked_points_are_left_out():
    plot(numpy.ma.array([1, 2, 3], mask=[0, 1, 1]))
    assert pyplot.gca().lines[0].get_marker() == "o"
    with pytest.raises(ValueError, match="không có điểm nào để vẽ"):
        plot(numpy.ma.array([1, 2], mask=[1, 1]))


def test_limits_and_labels_may_be_arrays():
    plot([1, 2], xlim=(None, None), ylim=(numpy.float32(0), mx.np.array(3)))
    assert pyplot.gca().get_ylim() == (0, 3)
    plot([[1, 2], [3, 4]], xlim=numpy.array([0, 3]), ylim=mx.np.array([1, 5]), figsize=[3, 2])
    assert (pyplot.gca().get_xlim(), pyplot.gca().get_ylim()) == ((0, 3), (1, 5))
    plot([[1, 2], [3, 4]], legend=numpy.array([0.1, 0.2]))
    assert [text.get_text() for text in pyplot.gca().get_legend().get_texts()] == ["0.1", "0.2"]


@pytest.mark.parametrize("draw", ["plot", "bar", "scatter", "hist"])
def test_set_axes_wants_as_many_labels_as_curves(draw):
    axes = pyplot.figure().gca()
    getattr(axes, draw)(*([[1, 2]] if draw == "hist" else [[1, 2], [3, 4]]))
    for labels in (["một", "hai"], ["một", "hai", "ba"]):
        with pytest.raises(ValueError, match=f"legend có {len(labels)} nhãn nhưng hình có 1 đường"):
            set_axes(axes, "mới", None, None, None, "linear", "linear", labels)
    assert axes.get_xlabel() == ""
    set_axes(axes, None, None, None, None, "linear", "linear", ["một"])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["một"]


def test_set_axes_needs_axes_and_sets_all_or_nothing():
    axes = pyplot.figure().gca()
    for nothing in (None, pyplot, [axes]):
        with pytest.raises(ValueError, match="axes phải là một Axes"):
            set_axes(nothing, "x", "y", None, None, "linear", "linear", None)
    for wrong in ((3, None, "linear"), (None, (0, "a"), "linear"), (None, None, "logg")):
        with pytest.raises(ValueError, match=r"xlim phải|ylim phải|logg"):
            set_axes(axes, "mới", None, *wrong[:2], "log", wrong[2], None)
    assert (axes.get_xlabel(), axes.get_xscale()) == ("", "linear")


def test_figure_size_for_what_follows():
    set_figsize((5, 2))
    assert pyplot.figure().get_size_inches().tolist() == [5, 2]
    set_figsize()
    assert pyplot.figure().get_size_inches().tolist() == [3.5, 2.5]
    for size in [(1,), (-1, 2), "ab", ("1", "2"), None, (float("inf"), 1)]:
        with pytest.raises(ValueError, match="figsize phải là hai số dương"):
            set_figsize(size)


# The picture.


def test_all_letters_of_vietnamese_are_in_the_font():
    assert len(VIETNAMESE) == 178
    plot([1], xlabel="".join(VIETNAMESE), ylabel="⚠ µs")
    # A missing glyph is a warning, and warnings are errors here.
    assert "DejaVuSans" in svg(pyplot.gcf())


def test_letters_are_outlines():
    plot([1], xlabel="Tầng ẩn")
    assert "<text" not in svg(pyplot.gcf())


def test_same_bytes_each_time():
    def picture():
        plot([1, 2], [[1, 4], [2, 3]], "x", "y", ["a", "b"])
        text = svg(pyplot.gcf())
        pyplot.close("all")
        return text

    assert picture() == picture()


def test_notebook_shows_the_same_svg_from_every_kernel(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("import d2lutil\nd2lutil.plot([1, 4, 9], xlabel='số tầng')", id="plot"),
        code("from matplotlib import pyplot\npyplot.plot([1, 2])\npyplot.show()", id="later"),
        code("d2lutil.set_figsize((2, 1))\n_ = pyplot.plot([1, 2])", id="size"),
    )
    stored = []
    for _ in range(2):
        execute.execute(path)
        stored.append([cell.outputs for cell in notebook.read(path).cells])
    assert stored[0] == stored[1]
    outputs = [output for outputs in stored[0] for output in outputs]
    pictures = [o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.get("data", {})]
    assert len(pictures) == 3
    for picture in pictures:
        assert "<metadata" not in picture
        # A ground of its own, for dark pages.
        assert re.search(r'id="patch_1">\s*<path [^>]*fill: #ffffff', picture)
    width, height = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', pictures[2]).groups()
    assert float(width) < 170
    assert float(height) < 100
    assert not any("image/png" in output.get("data", {}) for output in outputs)


def test_svg_display_outside_jupyter_only_sets_matplotlib():
    use_svg_display()
    assert matplotlib.rcParams["svg.hashsalt"] == "d2lutil"
    assert not pyplot.get_fignums()
