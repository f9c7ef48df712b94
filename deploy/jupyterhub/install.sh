#!/bin/sh
# Installs the hub on Debian or Ubuntu, or brings it up to date, as root:
# sh deploy/jupyterhub/install.sh [solutions=no]
set -eu
cd "$(dirname "$0")"
place=/opt/tinh-toan-hoc-sau
state=/var/lib/tinh-toan-hoc-sau
settings=/etc/tinh-toan-hoc-sau.toml
[ "$(id -u)" = 0 ] || {
  echo "✗ Cần quyền root: sudo sh deploy/jupyterhub/install.sh" >&2
  exit 1
}
missing=
for package in python3 python3-venv git libgomp1 libquadmath0 util-linux; do
  dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing
fi
sh place.sh "$place" "$@"
runuser -u nobody -- "$place/.venv-hub/bin/python" -c 'import d2lutil, mxnet' || {
  echo "✗ Người khác root không chạy được Python trong $place (xem lỗi ở trên)." >&2
  exit 1
}

groupadd -f hoc-vien
groupadd -f giao-vien
install -d -m 700 "$state"
[ -e "$settings" ] || install -m 600 hub.toml "$settings"
start="cd $state && $place/.venv-hub/bin/jupyterhub -f $place/deploy/jupyterhub/jupyterhub_config.py"
if [ ! -d /run/systemd/system ]; then
  echo "Máy này không chạy systemd: hãy tự khởi động máy chủ, không có giới hạn bộ nhớ và CPU:"
  echo "    $start"
  exit
fi
install -m 644 tinh-toan-hoc-sau.service /etc/systemd/system
systemctl daemon-reload
systemctl enable -q tinh-toan-hoc-sau
systemctl restart tinh-toan-hoc-sau
echo "✓ $(sed -n 's/^address = "\(.*\)"/\1/p' "$settings")    (cài đặt: $settings)"
