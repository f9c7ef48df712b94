#!/bin/sh
# Puts the course and its environment into one folder that everyone can read and only root can
# write: sh deploy/jupyterhub/place.sh FOLDER [solutions=no]
# Run again, it brings that folder up to date.
set -eu
cd "$(dirname "$0")/../.."
place=${1:?sh deploy/jupyterhub/place.sh FOLDER [solutions=no]}
case ${2:-} in '' | solutions=no) ;; *)
  echo "✗ Không hiểu “$2”: chỉ có solutions=no." >&2
  exit 2
  ;;
esac
umask 022
# A Python of one user, as pyenv has, is of no use to the others.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PWD/.uv/bin
export PATH UV_PYTHON_INSTALL_DIR="$place/python"

new=$place/new
rm -rf "$new"
mkdir -p "$new/setup" "$new/deploy"
cp -R authoring d2lutil notebooks README.md LICENSE pyproject.toml "$new"
[ ! -e uv.lock ] || cp uv.lock "$new"
cp -R setup/bootstrap.sh setup/d2lutil-mxnet.pth setup/jupyter "$new/setup"
cp -R deploy/jupyterhub "$new/deploy"
[ -z "${2:-}" ] || python3 -m authoring.withheld "$new"
find "$new" -name __pycache__ -prune -exec rm -rf {} +
# Each at once: a student who starts now gets the old one or the new one.
for part in "$new"/* ; do
  rm -rf "$place/old"
  [ ! -e "$place/${part##*/}" ] || mv "$place/${part##*/}" "$place/old"
  mv "$part" "$place"
done
rm -rf "$place/old" "$new"
sh "$place/setup/bootstrap.sh" hub
# With its own marker absent, every server would write one into the student's home, and end where
# that disk is full.
: >"$place/.venv-hub/etc/jupyter/migrated"
