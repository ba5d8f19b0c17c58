//! A lake asked in SQL: one binary, for the engine is large to link.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its ground is not as expected"
)]

mod ddl;
mod files;
mod functions;
mod lake;
mod limits;
mod pruning;
mod statements;
mod views;
