#!/usr/bin/env bash
# Builds kube-apiserver and etcd from their Go modules (pinned by go.mod and go.sum) into
# ${XDG_CACHE_HOME:-~/.cache}/greenkube-test-servers/kube-apiserver/VERSION-KEY and prints that folder on the last line;
# a second call finds it there. Needs Go 1.26 or newer; the first build takes nine minutes of two cores, so run it
# before the tests. The envtest convention: export KUBEBUILDER_ASSETS="$(build.sh | tail -n 1)".
#
# build.sh --find   prints the folder where both are built already, or nothing (exit status 1); builds nothing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
version="$(awk '$1 == "require" && $2 == "k8s.io/kubernetes" { print $3 }' "$here/go.mod")"
# The key changes with the pinned versions and the platform, so a stale binary is never handed out.
key="$(cat "$here/go.mod" "$here/go.sum" <(uname -sm) | sha256sum | cut -c1-12)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/greenkube-test-servers/kube-apiserver"
out="$cache/$version-$key"

built() { [ -x "$out/etcd" ] && [ -x "$out/kube-apiserver" ]; }
if built; then echo "$out"; exit 0; fi
if [ "${1:-}" = --find ]; then exit 1; fi

mkdir -p "$out"
exec 9>"$cache/.lock" && flock 9 # two suites that start at once build once

stamp=k8s.io/component-base/version
minor="$(cut -d. -f2 <<<"$version")"
ldflags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$minor"
build() { # NAME PACKAGE
  [ -x "$out/$1" ] && return
  echo "building $1 ($version, several minutes on two cores) ..." >&2
  local from=$SECONDS
  (cd "$here" && CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags="$ldflags" -o "$out/.$1.part" "$2")
  mv "$out/.$1.part" "$out/$1"
  echo "built $1 in $((SECONDS - from)) s" >&2
}
build etcd go.etcd.io/etcd/server/v3
build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
echo "$out"
