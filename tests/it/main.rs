//! What promptlake promises, through its binary: each test has a bucket and a lake of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its ground is not as expected"
)]

mod answers;
mod at_once;
mod bad_input;
mod buckets;
mod canaries;
mod demo;
mod drift;
mod expect;
mod ghosts;
mod harness;
mod help;
mod https;
mod identities;
mod interrupt;
mod keys;
mod killed;
mod lakes;
mod parquet;
mod readme;
mod rebuild;
mod report;
mod rerun;
mod settings;
mod shell;
mod sources;
mod sql;
mod sql_buckets;
mod status;
mod terminal;
mod torn;
mod twins;
mod usage;
mod verify;
