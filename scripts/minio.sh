#!/usr/bin/env bash
# A real S3 server, MinIO, for the second tier of the S3 tests. On loopback; what it holds is thrown away when it stops.
#
#   scripts/minio.sh install          builds it, once, into a cache outside the checkout (a few minutes; needs Go)
#   scripts/minio.sh start DIR        starts it with its data below DIR, which must be new or empty; prints variables for eval
#   scripts/minio.sh stop DIR         stops the one that was started with DIR
#   scripts/minio.sh run COMMAND...   starts one, runs the command with these variables set, stops it
#
# MinIO is under the AGPL: a tool of the tests, never linked with or shipped in promptlake.
set -euo pipefail

VERSION=v0.0.0-20260212201848-7aac2a2c5b7c
CACHE="${PROMPTLAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/promptlake}/minio-$VERSION"
MINIO="$CACHE/minio"
START_SECS=30
STOP_SECS=15

die() {
    echo "minio.sh: $*" >&2
    exit 1
}

install_minio() {
    [[ -x "$MINIO" ]] && return
    command -v go >/dev/null || die "MinIO is not installed, and there is no Go to build it with"
    mkdir -p "$CACHE/build"
    echo "building MinIO $VERSION into $CACHE" >&2
    # Moved when it is whole: an install that was broken off begins anew.
    GOBIN="$CACHE/build" timeout 1500 go install "github.com/minio/minio@$VERSION" >&2 ||
        die "MinIO cannot be built"
    mv "$CACHE/build/minio" "$MINIO"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    local dir="${1:?a directory}" port console pid
    install_minio
    mkdir -p "$dir"
    [[ -z "$(ls -A "$dir")" ]] || die "$dir is not empty"
    mkdir "$dir/data"
    port="$(free_port)"
    console="$(free_port)"
    MINIO_ROOT_USER=promptlake MINIO_ROOT_PASSWORD=promptlake-tests MINIO_BROWSER=off \
        nohup "$MINIO" server --quiet --address "127.0.0.1:$port" --console-address "127.0.0.1:$console" "$dir/data" \
        >"$dir/log" 2>&1 </dev/null &
    pid=$!
    echo "$pid" >"$dir/pid"
    for ((i = 0; i < START_SECS * 5; i++)); do
        if ! kill -0 "$pid" 2>/dev/null; then
            cat "$dir/log" >&2
            die "MinIO ended at once"
        fi
        if answers "$port"; then
            echo "export PROMPTLAKE_TEST_S3_ENDPOINT=http://127.0.0.1:$port"
            echo "export PROMPTLAKE_TEST_S3_ACCESS_KEY=promptlake"
            echo "export PROMPTLAKE_TEST_S3_SECRET_KEY=promptlake-tests"
            return
        fi
        sleep 0.2
    done
    stop "$dir"
    die "MinIO did not answer within $START_SECS s"
}

answers() {
    python3 - "$1" 2>/dev/null <<'PY'
import sys, urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/minio/health/ready", timeout=2)
PY
}

# Stops the one whose process id is in DIR, and no other.
stop() {
    local dir="${1:?a directory}" pid
    [[ -f "$dir/pid" ]] || return 0
    pid="$(cat "$dir/pid")"
    # The number may be somebody else's by now.
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$dir/data"; then
        kill "$pid" 2>/dev/null || true
        for ((i = 0; i < STOP_SECS * 5; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.2
        done
        kill -9 "$pid" 2>/dev/null || true
    fi
    rm -rf "$dir/data" "$dir/pid"
}

run() {
    (($# > 0)) || die "run what?"
    local dir variables code
    dir="$(mktemp -d)"
    # shellcheck disable=SC2064 # the directory is known now
    trap "stop '$dir/minio'; rm -rf '$dir'" EXIT
    # Into a file: what runs in the background would keep a pipe open.
    start "$dir/minio" >"$dir/variables"
    variables="$(cat "$dir/variables")"
    eval "$variables"
    code=0
    "$@" || code=$?
    exit "$code"
}

case "${1:-}" in
install) install_minio ;;
start | stop | run) "$@" ;;
*) die "install, start DIR, stop DIR or run COMMAND" ;;
esac
