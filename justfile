# Recipes for people; the steps themselves are in .ci/run, which does not need `just`.

[private]
default:
    @just --list

# What CI runs: fmt, clippy, test, doc, generated files, the Python tiers
[group('check')]
ci:
    .ci/run

# Steps of CI by name, e.g. `just step fmt clippy`
[group('check')]
step +names:
    .ci/run {{ names }}

# All tests of the Rust code
[group('check')]
test *args:
    cargo test --workspace {{ args }}

# The demo lake against the independent expectation, with pyarrow, DuckDB and Polars
[group('check')]
values:
    .ci/run expect values

# The S3 tests against a real MinIO
[group('check')]
minio:
    .ci/run minio

# Views of the demo lake against answers computed anew in Python; DuckDB's statements
[group('check')]
views:
    .ci/run views

# A target of fuzz/ (csv gzip instant json key lex object) with N inputs; needs cargo-fuzz, and no nightly
[group('check')]
fuzz target runs='1000000':
    mkdir -p fuzz/grown/{{ target }} fuzz/findings/{{ target }}
    cargo fuzz run -s none {{ target }} fuzz/grown/{{ target }} fuzz/corpus/{{ target }} fuzz/findings/{{ target }} -- -runs={{ runs }} -max_len={{ if target == 'object' { '8192' } else { '4096' } }} -entropic={{ if target == 'object' { '0' } else { '1' } }} -rss_limit_mb=1024 -timeout=10 -print_final_stats=1

# SQL against a real Trino, Athena's statements on Spark
[group('check')]
sql:
    .ci/run sql

# Renders schemas/ and sql/ anew; review the diff
[group('write')]
bless:
    cargo run -p promptlake-datasets --example render -- --write

# Writes fuzz/corpus anew; review the diff
[group('write')]
seed:
    cargo run -p promptlake-properties --example seed

# Formats the code
[group('write')]
fmt:
    cargo fmt --all

# A generated bucket and its lake in ./promptlake-demo
[group('try')]
demo dir='promptlake-demo':
    cargo run --release -- demo {{ dir }}

# A generated bucket alone: seed, first day, days, users
[group('try')]
bucket dir seed='7' first='2025-12-04' days='14' users='8':
    cargo run -q -p promptlake-datasets --example generate -- {{ dir }} {{ seed }} {{ first }} {{ days }} {{ users }}

# Writes the benchmarks' buckets below DIR (3 GB) and builds what they need
[group('bench')]
bench-setup dir:
    cargo build --release
    cargo build --release -p promptlake-ingest --example floor -p promptlake-s3-testserver --example serve -p promptlake-datasets --example bench_bucket
    mkdir -p {{ dir }}
    for kind in a a2 b c d; do target/release/examples/bench_bucket $kind {{ dir }}/$kind; done
    python3 -m venv {{ dir }}/venv
    {{ dir }}/venv/bin/pip install --quiet -r benches/requirements.txt

# Inflating, decoding, encoding and merging apart, on generated inputs, e.g. `just bench-steps merge`
[group('bench')]
bench-steps *args:
    cargo bench -p promptlake-ingest --bench steps -- {{ args }}

# The competition over buckets below DIR, e.g. `just bench-compare DIR a b --rounds 5`
[group('bench')]
bench-compare dir *args:
    {{ dir }}/venv/bin/python -B benches/run.py target/release/promptlake target/release/examples/floor {{ dir }} {{ args }}

# Series over buckets below DIR, e.g. `just bench-series DIR unchanged late days s3`
[group('bench')]
bench-series dir *args:
    python3 -B benches/series.py target/release/promptlake {{ dir }} --serve target/release/examples/serve --bench-bucket target/release/examples/bench_bucket --s5cmd {{ dir }}/venv/bin/s5cmd {{ args }}

# Peak memory under --memory, over buckets below DIR that are made where they are missing, e.g. `just bench-memory DIR year`
[group('bench')]
bench-memory dir *args:
    python3 -B benches/memory.py target/release/promptlake {{ dir }} {{ args }}
