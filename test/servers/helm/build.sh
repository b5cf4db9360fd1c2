#!/usr/bin/env bash
# Builds helm from its Go module (pinned by go.mod and go.sum) into
# ${XDG_CACHE_HOME:-~/.cache}/greenkube-test-servers/helm/VERSION-KEY and prints that folder on the last line; a second call
# finds it there. Needs Go 1.26 or newer; the first build takes some minutes, so run it before the tests.
#
# build.sh --find   prints the folder where it is built already, or nothing (exit status 1); builds nothing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
version="$(awk '$1 == "require" && $2 == "helm.sh/helm/v3" { print $3 }' "$here/go.mod")"
key="$(cat "$here/go.mod" "$here/go.sum" <(uname -sm) | sha256sum | cut -c1-12)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/greenkube-test-servers/helm"
out="$cache/$version-$key"

if [ -x "$out/helm" ]; then echo "$out"; exit 0; fi
if [ "${1:-}" = --find ]; then exit 1; fi

mkdir -p "$out"
exec 9>"$cache/.lock" && flock 9 # two suites that start at once build once
if [ ! -x "$out/helm" ]; then
  echo "building helm ($version, some minutes on two cores) ..." >&2
  (cd "$here" && CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags="-s -w" -o "$out/.helm.part" helm.sh/helm/v3/cmd/helm)
  mv "$out/.helm.part" "$out/helm"
fi
echo "$out"
