#!/bin/sh
# Opens the course that cai-dat.sh has installed here: the reader's own copy, brought up to date.
set -eu
cd "$(dirname "$0")"
unset PYTHONPATH PYTHONHOME
export JUPYTER_CONFIG_PATH="$PWD/setup/jupyter"
trap 'exit 130' INT
lab=$(.venv/bin/python -m authoring.workspace)
exec .venv/bin/python -m jupyterlab "$lab/index_vn.ipynb"
