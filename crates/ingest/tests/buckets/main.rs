//! Runs from and into buckets, against an S3 server in the process that fails by script.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its ground is not as expected"
)]

mod at_once;
mod at_once_local;
mod crash_local;
mod denied;
mod every_fault;
mod faulty;
mod faulty_source;
mod local;
mod nights;
mod one_call;
mod same;
mod sources;
mod world;
mod writers;
