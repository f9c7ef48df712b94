"""What the course's notebooks import: devices, stopwatches, plots, checkpoints, exercises.

Names are looked up on first use, so `import d2lutil` costs next to nothing and works on a broken
installation too, where `python -m d2lutil` has to tell what is wrong. The syntax is Python 3.6's
for the same reason.
"""

from d2lutil import mxnet_finder  # noqa: F401

TYPE_CHECKING = False  # to import typing would take most of the time
if TYPE_CHECKING:
    from typing import Any

    from d2lutil.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
    from d2lutil.device import cpu, gpu, gpu_problem, num_gpus, split_batch, try_all_gpus, try_gpu
    from d2lutil.exercises import check, hint, solution, start_lesson
    from d2lutil.gradients import gradient_gaps
    from d2lutil.plotting import plot, set_axes, set_figsize, use_svg_display
    from d2lutil.progress import show_progress
    from d2lutil.questions import quick_questions
    from d2lutil.timing import Benchmark, Timer, compare, measure

__all__ = [
    "Benchmark",
    "CheckpointError",
    "Timer",
    "check",
    "compare",
    "cpu",
    "gpu",
    "gpu_problem",
    "gradient_gaps",
    "hint",
    "load_checkpoint",
    "measure",
    "num_gpus",
    "plot",
    "quick_questions",
    "save_checkpoint",
    "set_axes",
    "set_figsize",
    "show_progress",
    "solution",
    "split_batch",
    "start_lesson",
    "try_all_gpus",
    "try_gpu",
    "use_svg_display",
]

_MODULES = {
    "checkpoint": ["CheckpointError", "load_checkpoint", "save_checkpoint"],
    "device": ["cpu", "gpu", "gpu_problem", "num_gpus", "split_batch", "try_all_gpus", "try_gpu"],
    "exercises": ["check", "hint", "solution", "start_lesson"],
    "gradients": ["gradient_gaps"],
    "plotting": ["plot", "set_axes", "set_figsize", "use_svg_display"],
    "progress": ["show_progress"],
    "questions": ["quick_questions"],
    "timing": ["Benchmark", "Timer", "compare", "measure"],
}


def __getattr__(name: str) -> "Any":
    for module, names in _MODULES.items():
        if name in names:
            from importlib import import_module

            value = getattr(import_module(f"d2lutil.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"d2lutil không có {name}; có: {', '.join(__all__)}")


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
