#!/bin/sh
# Makes an account for each name on standard input and prints each with its new password, as root:
# sh deploy/jupyterhub/add-students.sh <ten.txt >mat-khau.txt
# A name that exists already is left as it is.
set -eu
umask 077
group=${GROUP:-hoc-vien}
groupadd -f "$group"
while read -r name; do
  [ -n "$name" ] || continue
  if id -- "$name" >/dev/null 2>&1; then
    echo "$name: đã có, giữ nguyên" >&2
    continue
  fi
  useradd --create-home --shell /bin/bash --key HOME_MODE=0700 --key UMASK=077 --groups "$group" -- "$name"
  password=$(LC_ALL=C tr -dc 'a-hjkmnp-z2-9' </dev/urandom | head -c 12)
  echo "$name:$password" | chpasswd
  printf '%s\t%s\n' "$name" "$password"
done
