//! The invariants against an adversary: any history of a bucket, a fault at any call, runs side by side.
//!
//! Nothing in here knows a dataset or a kind of storage: objects come from [`promptlake_datasets::generate::kit::KITS`],
//! lakes are written through [`promptlake_lake::storage::Storage`]. ARCHITECTURE.md says which test proves what.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its ground is not as expected"
)]

mod bucket;
mod compare;
mod history;
mod model;
mod new_lake;
mod parts;
mod same_bytes;
mod start;
mod stored;
mod world;
