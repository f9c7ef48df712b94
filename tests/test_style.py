"""What the pre-commit hooks check, for those who don't use them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def check(*command, **options):
    """Run a checker of this environment, and fail with what it says."""
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, **options
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_code_and_code_cells_are_sound():
    check("ruff", "check", ".")


def test_code_and_code_cells_are_formatted():
    check("ruff", "format", "--check", ".")


def test_public_functions_are_typed():
    check("mypy")


def test_workflow_follows_the_schema():
    check("check_jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)


def test_workflow_check_finds_a_mistake(tmp_path):
    wrong = tmp_path / "ci.yml"
    text = WORKFLOW.read_text(encoding="utf-8")
    wrong.write_text(text.replace("runs-on:", "runs-onto:"), encoding="utf-8")
    with pytest.raises(AssertionError, match="'runs-on' is a required property"):
        check("check_jsonschema", "--builtin-schema", "vendor.github-workflows", wrong)
