#!/usr/bin/env bash
# Spark with Hive support, which runs Athena's own statements, for the second tier of the SQL tests. It runs inside the
# Python that calls it, on loopback, and keeps nothing.
#
#   scripts/spark.sh install          fetches it, once, into a cache outside the checkout (450 MB)
#   scripts/spark.sh python ARGS...   runs that Python, with a Java that Spark takes
set -euo pipefail

VERSION=4.0.5
CACHE="${PROMPTLAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/promptlake}/spark-$VERSION"

die() {
    echo "spark.sh: $*" >&2
    exit 1
}

install_spark() {
    [[ -e "$CACHE/complete" ]] && return
    echo "fetching Spark $VERSION into $CACHE" >&2
    python3 -m venv --clear "$CACHE" >&2
    timeout 900 "$CACHE/bin/pip" install --quiet --disable-pip-version-check "pyspark==$VERSION" >&2 ||
        die "pyspark $VERSION cannot be fetched"
    touch "$CACHE/complete"
}

# A Java of version 17 or 21.
java_home() {
    local home version
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [[ -x "$home/bin/java" ]] || continue
        version="$("$home/bin/java" -version 2>&1 | sed -n '1s/[^"]*"\([0-9]*\).*/\1/p')"
        if ((${version:-0} == 17 || ${version:-0} == 21)); then
            echo "$home"
            return
        fi
    done
    die "Spark $VERSION needs Java 17 or 21: set JAVA_HOME"
}

python() {
    local home
    install_spark
    home="$(java_home)"
    JAVA_HOME="$home" SPARK_LOCAL_IP=127.0.0.1 timeout 1200 "$CACHE/bin/python" "$@"
}

case "${1:-}" in
install) install_spark ;;
python) "$@" ;;
*) die "install, or python ARGS" ;;
esac
