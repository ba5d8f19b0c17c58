//! SQL over a lake: a session that knows its tables and views, output formats, and the shell. Everything that names
//! DataFusion is in this crate. It reads; nothing in it writes to a lake.

mod diagnose;
pub mod engine;
pub mod error;
pub mod format;
mod functions;
pub mod lake;
pub mod listing;
mod prune;
mod reader;
mod remote;
mod schema;
pub mod session;
pub mod shell;
pub mod statement;
mod table;
mod yielding;
