//! An S3 server in the process, for tests: the few operations that promptlake needs, over HTTP on loopback, in memory.
//!
//! Conditions are atomic, as on S3: under one lock, a request compares and swaps. Signatures are checked, so that a
//! key that client and server encode differently shows. Faults follow a [script](Fault): the n-th request of a kind
//! and place fails in a given way. What was asked stands in a [log](Server::log).
//!
//! Besides the key that all tests use there are others, and roles to be taken on (STS at the same address), so that a
//! bucket may belong to one of them.
//!
//! It is no S3: no ACLs, versions or encryption; any other policy is a fault that denies.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a server of tests fails them by panicking"
)]

mod conditions;
mod encoding;
mod fault;
mod http;
mod identities;
mod listing;
mod objects;
mod operations;
mod request;
mod server;
mod signature;
mod uploads;

pub use self::fault::{Fault, What};
pub use self::objects::{Object, StorageClass};
pub use self::request::Kind;
pub use self::server::{ACCESS_KEY, Logged, SECRET_KEY, Server};
