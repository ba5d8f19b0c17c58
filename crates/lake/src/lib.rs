//! Where the data lies: sources that are read, the lake's storage that is written, and the lake's layout and state.
//!
//! Everything that names a file system or S3 is in this crate. The interfaces are synchronous; an implementation
//! that is asynchronous inside (S3) hides its runtime.

pub mod settings;
pub mod source;
pub mod storage;
