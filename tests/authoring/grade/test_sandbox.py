"""What an answer tries against the machine costs itself only, and what is secret isn't there."""

import threading
import time
from pathlib import Path

import psutil
import pytest

from authoring.grade import sandbox
from authoring.grade.course import Cell, Section
from d2lutil.exercises import SECTIONS
from tests.authoring.grade.attacks import HARM, SPYING
from tests.authoring.grade.conftest import SOLUTIONS, needs_bubblewrap

QUICK = [
    "deleted files",
    "a full disk",
    "a memory bomb in files without a name",
    "the judge itself",
]
RIGHT = ("ex-flat-answer", "parameters/1", SOLUTIONS["parameters/1"])


def cell(source):
    return ("ex-flat-answer", "parameters/1", source)


def judged(room, sections, sources):
    """Judge answers, and after all of them a right one, which must be found right."""
    before = set(psutil.pids())
    cells = [cell(source) for source in sources]
    outcome = room.judge(sections["parameters"], [*cells, RIGHT])
    *verdicts, after = outcome.verdicts
    assert after.passed, after
    mine = psutil.Process().children(recursive=True)
    assert not [process for process in mine if process.pid not in before]
    return outcome, verdicts


@needs_bubblewrap
def test_an_answer_finds_no_secret_and_its_harm_costs_itself_only(
    room, sections, monkeypatch, tmp_path
):
    monkeypatch.setenv("SECRET", "x")
    (tmp_path / "bai-nop").mkdir()
    harm = [HARM[name] for name in QUICK]
    outcome, verdicts = judged(room, sections, [*SPYING.values(), *harm])
    for name, verdict in zip(SPYING, verdicts, strict=False):
        assert "`SystemError: []`" in verdict.message, (name, verdict)
    assert not any(verdict.passed for verdict in verdicts)
    assert verdicts[-1].eye
    assert len(outcome.troubles) == 1


@pytest.mark.long
@needs_bubblewrap
@pytest.mark.parametrize("name", HARM)
def test_no_harm_reaches_the_machine(name, room, sections):
    outcome, (verdict,) = judged(room, sections, [HARM[name]])
    assert verdict.passed is False
    assert outcome.memory < sandbox.ALL_MEMORY + (1 << 30)


@needs_bubblewrap
def test_a_lesson_runs_whole_where_a_part_is_not_enough(room):
    cells = Cell("setup", "x = 1"), Cell("file", "open('file', 'w').close()")
    reading = Cell("reading", "text = open('file').read()")
    section = Section("parameters", (*cells, reading, Cell(RIGHT[0], "")), {RIGHT[0]: RIGHT[1]})
    assert [cell.id for cell in section.needed({RIGHT[0]: "answer = text"})] == ["setup", "reading"]
    outcome = room.judge(section, [cell("answer = text"), RIGHT])
    assert outcome.troubles == []
    assert [verdict.passed for verdict in outcome.verdicts] == [False, True]
    broken = Section("parameters", (reading, Cell(RIGHT[0], "")), section.exercises)
    outcome = room.judge(broken, [RIGHT, cell("answer = text")])
    assert "ô reading của bài học không chạy được: FileNotFoundError" in outcome.troubles[0]
    assert [verdict.passed for verdict in outcome.verdicts] == [False, False]


@pytest.mark.long
@needs_bubblewrap
@pytest.mark.parametrize("name", SECTIONS)
def test_every_lesson_runs_here(name, room, sections):
    section = sections[name]
    last = list(section.exercises)[-1]
    answers = [(last, section.exercises[last], "answer = ...")]
    said = room._run(room._job(section, answers, whole=True))
    assert (said.trouble, [verdict.message for verdict in said.verdicts]) == ("", ["Chưa làm"])


@needs_bubblewrap
def test_an_endless_loop_is_ended(room, sections, monkeypatch):
    monkeypatch.setattr(sandbox, "EXERCISE_SECONDS", 1)
    outcome = room.judge(sections["parameters"], [cell(HARM["a loop that can't be interrupted"])])
    (verdict,) = outcome.verdicts
    assert "Chưa chạy xong sau 1 giây" in verdict.message


@needs_bubblewrap
def test_a_room_that_says_nothing_is_ended(room, sections, monkeypatch):
    monkeypatch.setattr(sandbox, "LESSON_SECONDS", 0)
    outcome = room.judge(sections["parameters"], [RIGHT, RIGHT])
    assert outcome.troubles == ["không còn trả lời nên đã bị dừng"]
    assert [(v.passed, v.eye) for v in outcome.verdicts] == [(False, True)] * 2


@needs_bubblewrap
def test_a_grader_that_stops_leaves_nothing_running(sections):
    with sandbox.kit() as kit:
        room = sandbox.Room(kit, alone=True)
        threading.Timer(1, room.stopped.set).start()
        started = time.monotonic()
        with pytest.raises(sandbox.Stopped):
            room.judge(sections["parameters"], [cell(HARM["an endless loop"])])
        assert time.monotonic() - started < sandbox.EXERCISE_SECONDS
    assert psutil.Process().children(recursive=True) == []


def test_without_bubblewrap_the_way_out_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with sandbox.kit() as kit:
        room = sandbox.Room(kit, alone=True)
        assert "sudo apt install bubblewrap" in sandbox.problem(room)
        (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'No permissions' >&2\nexit 1\n")
        (tmp_path / "bwrap").chmod(0o755)
        assert "No permissions" in sandbox.problem(room)


def test_the_kit_has_no_check_and_no_solution():
    with sandbox.kit() as kit:
        text = "".join(path.read_text("utf-8") for path in Path(kit).rglob("*.py"))
        assert not (kit / "d2lutil" / "exercises").exists()
    for code in SOLUTIONS.values():
        assert code not in text
