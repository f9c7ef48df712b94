#!/bin/sh
# Installs the course from this folder without a network: sh cai-dat.sh [folder]
# The folder may be read-only, on FAT, mounted noexec. On the machine it needs a POSIX shell, the
# usual small tools, tar and gzip.
set -eu

stop() { # Vietnamese, English, then what to type or which files
  printf '\n✗ %s\n  %s\n' "$1" "$2" >&2
  shift 2
  [ $# = 0 ] || printf '\n' >&2
  [ $# = 0 ] || printf '    %s\n' "$@" >&2
  exit 1
}

need_machine() {
  machine="$(uname -s) $(uname -m)"
  [ "$machine" = "Linux x86_64" ] ||
    stop "Chỉ cài được trên Linux x86_64, máy này là $machine. Sách thì đọc được: mở sach/index.html." \
      "This installs on Linux x86_64 only; this machine is $machine. The book opens anywhere."
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
  minor=${libc#glibc 2.}
  case $minor in '' | *[!0-9]*)
    stop "Cần Linux dùng glibc; máy này không có (Alpine dùng musl)." \
      "Linux with glibc is needed; this machine has none (Alpine has musl)."
    ;;
  esac
  [ "$minor" -ge "$glibc" ] ||
    stop "Cần glibc từ 2.$glibc (Debian 10, Ubuntu 20.04, Fedora 29 trở lên), máy này có $libc." \
      "glibc 2.$glibc or newer is needed; this machine has $libc."
}

need_place() {
  if [ -e "$target" ] && [ ! -e "$target/$ours" ]; then
    [ -d "$target" ] && [ -z "$(ls -A "$target")" ] ||
      stop "$target đã có thứ khác: hãy chọn thư mục khác." \
        "$target holds something else: choose another folder." "$other"
  fi
  place=$target
  while [ ! -e "$place" ]; do place=$(dirname "$place"); done
  [ -d "$place" ] && [ -w "$place" ] ||
    stop "Bạn không có quyền ghi vào $place: hãy chọn thư mục khác." \
      "You may not write to $place: choose another folder." "$other"
  free=$(df -Pk "$place" | awk 'NR == 2 { print int($4 / 1000) }')
  [ "$free" -ge "$disk" ] ||
    stop "Đĩa chứa $place chỉ còn $free MB, cần $disk MB: hãy chọn thư mục trên đĩa khác." \
      "The disk with $place has $free MB left; $disk MB are needed." "$other"
}

find_python() { # the one that came along, or the machine's own
  for archive in python/*.tar.gz; do
    [ ! -e "$archive" ] || return 0
  done
  archive=
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    python=$("$name" -c 'import sys; print(sys.executable)' 2>/dev/null || true)
    ! "$python" -c "$suits" 2>/dev/null || return 0
  done
  stop "Cần CPython 64 bit từ 3.11 đến 3.14: máy không có, và thư mục này không mang theo." \
    "CPython of 64 bits, 3.11 to 3.14, is needed: neither this machine nor this folder has one." \
    "sudo apt install python3    # Debian 12, Ubuntu 24.04 trở lên, khi có mạng / or newer, with a network"
}

need_whole() {
  [ -s SHA256SUMS ] ||
    stop "Thiếu tệp SHA256SUMS: thư mục này chưa chép xong. Chưa cài gì." \
      "SHA256SUMS is missing: this folder is not complete. Nothing was installed."
  echo "Kiểm tra từng tệp…"
  bad=$(LC_ALL=C sha256sum -c --quiet --strict SHA256SUMS 2>/dev/null) ||
    stop "Những tệp sau hỏng hoặc thiếu: hãy chép lại. Chưa cài gì." \
      "These files are damaged or missing: copy them again. Nothing was installed." \
      "$(printf '%s\n' "${bad:-SHA256SUMS}" | sed 's/: FAILED.*//; 2,$s/^/    /')"
}

undo() { # only what was not there before
  [ -n "$before" ] || rm -rf "$target"
}

need_libraries() { # MXNet takes these two from the system
  for library in libgomp.so.1 libquadmath.so.0; do
    "$python" -c "import ctypes; ctypes.CDLL('$library')" 2>/dev/null && continue
    undo
    stop "Máy thiếu thư viện $library mà MXNet cần. Chưa cài gì." \
      "The system library $library, which MXNet needs, is missing. Nothing was installed." \
      "sudo apt install libgomp1 libquadmath0    # Debian, Ubuntu, WSL, khi có mạng / with a network" \
      "sudo dnf install libgomp libquadmath      # Fedora"
  done
}

could_not() {
  stop "Chưa cài xong, xem lỗi ở trên; chạy lại lệnh ấy để cài tiếp." \
    "Not installed, see the message above; the same command goes on."
}

uv() {
  UV_CACHE_DIR="$target/.cache" "$target/.uv/bin/uv" --no-config --offline "$@"
}

glibc=28
ours=.tinh-toan-hoc-sau # a file that marks a folder as one that we may change
disk=800 # MB, measured: all that is installed, and what uv unpacks on the way
suits='import struct, sys
sys.exit(not (sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 15)
              and struct.calcsize("P") == 8))'
target=${1:-${HOME:?}/tinh-toan-hoc-sau}
case $target in /*) ;; *) target=$PWD/$target ;; esac
other="sh cai-dat.sh /thu-muc/khac"
cd "$(dirname "$0")"
trap 'printf "\nĐã dừng; chạy lại lệnh ấy để cài tiếp.\n" >&2; exit 130' INT
need_machine
need_place
find_python
need_whole

before=$(ls -A "$target" 2>/dev/null || true)
mkdir -p "$target/.uv/bin"
cp -f SHA256SUMS "$target/$ours"
cp uv "$target/.uv/bin/uv"
chmod 755 "$target/.uv/bin/uv"
if ! uv --version >/dev/null 2>&1; then
  undo
  stop "$target nằm ở nơi không cho chạy chương trình (noexec): hãy chọn thư mục khác. Chưa cài gì." \
    "No program may run in $target (noexec): choose another folder. Nothing was installed." "$other"
fi
if [ -n "$archive" ]; then
  rm -rf "$target/.python"
  mkdir "$target/.python"
  tar xzf "$archive" -C "$target/.python"
  python=$target/.python/python/bin/python3
fi
need_libraries

echo "Cài vào $target…"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
uv venv -q --clear --no-python-downloads --python "$python" "$target/.venv" || could_not
uv pip install -q --python "$target/.venv/bin/python" --no-index --find-links wheels --no-deps \
  --require-hashes --compile-bytecode -r "wheels/$version.txt" || could_not
rm -rf "$target/.cache" "$target/.uv"
# The reader's own copy, lab/, is not among these.
for path in $(find khoa-hoc -mindepth 1 -maxdepth 1) sach hoc.sh; do
  new=$target/${path#khoa-hoc/}
  rm -rf "$new"
  cp -R "$path" "$new"
  chmod -R u+w "$new" # a stick may be read-only
done
cat <<EOF

✓ Đã cài xong. Mở khóa học trong JupyterLab:

    sh "$target/hoc.sh"

  Đọc sách, có PDF và EPUB để tải: $target/sach/index.html
EOF
