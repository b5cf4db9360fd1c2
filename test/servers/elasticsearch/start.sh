#!/usr/bin/env bash
# start.sh DIR PORT — one Elasticsearch node on loopback with data, configuration and log in DIR. Returns once the node has
# started; its process id is in DIR/es.pid. DIR may hold the data of an earlier node, stopped or killed.
#
# ES_HEAP=1g       heap size
# ES_PASSWORD=…    security on: user elastic with this password, and API keys
# ES_TLS=1         HTTPS, needs ES_PASSWORD; the certificate of the throw-away authority is DIR/config/ca.crt
# As root it needs user namespaces: the server refuses to be root.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
dir="$(cd "$1" && pwd)" port="$2"
home="$("$here/build.sh" --find)"
mkdir -p "$dir"/{config,data,logs,tmp}; rm -f "$dir/es.pid"

suits() { # JAVA_HOME
  [ -x "$1/bin/java" ] || return 1
  local feature; feature="$("$1/bin/java" -XshowSettings:properties -version 2>&1 | awk '$1 == "java.specification.version" { print $3 }')"
  [ "${feature%%.*}" -ge "$([ "${ES_MAJOR:-8}" = 9 ] && echo 21 || echo 17)" ] 2>/dev/null
}
if [ -z "${ES_JAVA_HOME:-}" ]; then
  default="$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")"
  for candidate in "$default" "$(dirname "$default")"/*; do
    if suits "$candidate"; then ES_JAVA_HOME="$candidate"; break; fi
  done
  [ -n "${ES_JAVA_HOME:-}" ] || { echo "no JDK found that runs Elasticsearch: set ES_JAVA_HOME" >&2; exit 1; }
fi
export ES_JAVA_HOME

security=false
if [ -n "${ES_PASSWORD:-}" ]; then security=true; fi
cat > "$dir/config/elasticsearch.yml" <<Y
cluster.name: greenkube-test
node.name: node-1
path.data: $dir/data
path.logs: $dir/logs
network.host: 127.0.0.1
http.port: $port
transport.port: 0
discovery.type: single-node
cluster.routing.allocation.disk.threshold_enabled: false
cluster.max_shards_per_node: 5000
xpack.security.enabled: $security
xpack.security.autoconfiguration.enabled: false
Y
if [ "${ES_TLS:-}" = 1 ]; then
  if [ ! -s "$dir/config/http.crt" ]; then (
    cd "$dir/config"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -days 30 \
      -subj /CN=greenkube-test-ca -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout http.key -out http.csr -subj /CN=elasticsearch
    openssl x509 -req -in http.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out http.crt \
      -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
  ) 2>/dev/null; fi
  echo "xpack.security.http.ssl: {enabled: true, key: $dir/config/http.key, certificate: $dir/config/http.crt}" \
    >> "$dir/config/elasticsearch.yml"
fi
cat > "$dir/config/log4j2.properties" <<'Y'
status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${sys:es.logs.base_path}/server.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
Y
# The first compiler only: half the processor time to start, and little slower in runs this short.
{ echo "-XX:+UseSerialGC"; echo "-XX:-AlwaysPreTouch"; echo "-XX:+ExitOnOutOfMemoryError"
  echo "-XX:ErrorFile=$dir/logs/hs_err_pid%p.log"; echo "-Djava.io.tmpdir=$dir/tmp"
  [ "${ES_FAST:-1}" = 0 ] || echo "-XX:TieredStopAtLevel=1"; } > "$dir/config/jvm.options"

as_user=()
if [ "$(id -u)" = 0 ]; then as_user=(unshare --user --map-user=1000 --map-group=1000); fi
tool() { # NAME ARGUMENTS… — one of the server's own command-line tools; 9.4 starts the server through one more of them
  local name=$1; shift
  local main=org.elasticsearch.launcher.CliToolLauncher path="$home/lib/*:$home/lib/cli-launcher/*"
  if [ "$name" = server ] && [ -d "$home/lib/tools/server-launcher" ]; then
    main=org.elasticsearch.server.launcher.ServerLauncher path="$home/lib/tools/server-launcher/*"
  fi
  local heap="-Xms512m -Xmx${ES_HEAP:-1g}" small=(-Xms4m -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
  (cd "$home" && export ES_TMPDIR="$dir/tmp" ES_HOME="$home" ES_PATH_CONF="$dir/config" ES_JAVA_OPTS="$heap" \
    ES_DISTRIBUTION_TYPE=tar JAVA="$ES_JAVA_HOME/bin/java" JAVA_TYPE=ES_JAVA_HOME CLI_JAVA_OPTS="${small[*]}" &&
    exec "${as_user[@]}" "$JAVA" "${small[@]}" -Dcli.name="$name" -Dcli.script="$home/bin/elasticsearch" \
    -Dcli.libs="lib/tools/$name-cli" -Des.path.home="$home" -Des.path.conf="$dir/config" \
    -Des.distribution.type=tar -Des.java.type=ES_JAVA_HOME -cp "$path" $main "$@")
}
if [ $security = true ] && [ ! -e "$dir/config/elasticsearch.keystore" ]; then
  tool keystore create > "$dir/start.log" 2>&1
  printf '%s' "$ES_PASSWORD" | tool keystore add --stdin bootstrap.password >> "$dir/start.log" 2>&1
fi
: > "$dir/logs/server.log"
tool server --daemonize --pidfile "$dir/es.pid" > "$dir/start.log" 2>&1 </dev/null
