#!/bin/sh
# Builds the image of a student's server with repo2docker, from what git has committed:
#   sh deploy/kubernetes/build-image.sh NAME:TAG [gpu] [solutions=no] [options of repo2docker]
# With --push it goes to its registry. repo2docker must be there: pipx install jupyter-repo2docker
set -eu
cd "$(dirname "$0")/../.."
image=${1:?sh deploy/kubernetes/build-image.sh NAME:TAG [gpu] [solutions=no] [--push]}
shift
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
git archive HEAD | tar x -C "$source"
appendix=
if [ "${1:-}" = gpu ]; then
  shift
  packages=$(sed -n '/^gpu = \[/,/^\]/s/^ *"\([^ ;"]*\).*/\1/p' pyproject.toml | tr '\n' ' ')
  # After postBuild, in place of its MXNet: both builds have the same files.
  appendix="RUN pip uninstall -q -y mxnet && pip install -q --no-cache-dir --no-deps $packages"
fi
if [ "${1:-}" = solutions=no ]; then
  shift
  python3 -m authoring.withheld "$source"
fi
# Not in the home, which a student's disk covers. The chart runs servers as user 1000.
jupyter-repo2docker --no-run --image-name "$image" --target-repo-dir /srv/khoa-hoc \
  --user-id 1000 --user-name jovyan --appendix "$appendix" "$@" "$source"
