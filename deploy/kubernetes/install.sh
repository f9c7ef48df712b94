#!/bin/sh
# Installs the hub of the class in a cluster, or brings it up to date, with the course's own pages:
#   sh deploy/kubernetes/install.sh [options of helm upgrade]
# For a class that starts at once: --set scheduling.userPlaceholder.replicas=40, and 0 after it.
set -eu
cd "$(dirname "$0")/../.."
for page in deploy/jupyterhub/templates/*.html; do
  name=$(basename "$page" .html)
  place=/usr/local/share/jupyterhub/custom/$name.html
  set -- --set-file "hub.extraFiles.page-$name.stringData=$page" \
    --set "hub.extraFiles.page-$name.mountPath=$place" "$@"
done
exec helm upgrade --install tinh-toan-hoc-sau jupyterhub --version 4.4.0 \
  --repo https://hub.jupyter.org/helm-chart/ --namespace lop-hoc --create-namespace \
  --values deploy/kubernetes/values.yaml "$@"
