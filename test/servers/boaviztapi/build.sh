#!/usr/bin/env bash
# Installs BoaviztAPI from PyPI (pinned by requirements.txt) into a virtual environment of 381 MB in
# ${XDG_CACHE_HOME:-~/.cache}/greenkube-test-servers/boaviztapi/VERSION-KEY and prints that folder on the last line; a second
# call finds it there. Needs Python 3.11 or newer with venv; takes a minute, so run it before the tests.
#
# build.sh --find   prints the folder where it is installed already, or nothing (exit status 1); installs nothing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python="${PYTHON:-python3}"
version="$(sed -n 's/^boaviztapi==//p' "$here/requirements.txt")"
key="$(cat "$here/requirements.txt" <("$python" -VV 2>&1 || true) | sha256sum | cut -c1-12)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/greenkube-test-servers/boaviztapi"
out="$cache/$version-$key"

if [ -e "$out/.complete" ]; then echo "$out"; exit 0; fi
if [ "${1:-}" = --find ]; then exit 1; fi

mkdir -p "$cache"
exec 9>"$cache/.lock" && flock 9 # two suites that start at once install once
if [ ! -e "$out/.complete" ]; then
  echo "installing BoaviztAPI $version ..." >&2
  rm -rf "$out"
  "$python" -m venv "$out"
  "$out/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir -r "$here/requirements.txt" >&2
  touch "$out/.complete"
fi
echo "$out"
