import pytest
from mxnet import npx


@pytest.fixture(autouse=True)
def as_a_notebook_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    npx.set_np()
    npx.random.seed(7)
