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

# Renders schemas/ anew; review the diff
[group('write')]
bless:
    cargo run -p promptlake-datasets --example render -- --write

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
