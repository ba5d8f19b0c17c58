//! What moves the data from its sources into the lake: discover → plan → read → merge → encode → publish → report.

pub mod discover;
pub mod exit;
pub mod inflate;
#[cfg(test)]
mod memory_source;
pub mod object_list;
pub mod options;
pub mod plan;
pub mod progress;
pub mod rejects;
pub mod report;
