//! One file a command: arguments and the printer in, the exit out.

pub(crate) mod ddl;
pub(crate) mod demo;
pub(crate) mod plan;
pub(crate) mod rejects;
pub(crate) mod run;
pub(crate) mod sql;
pub(crate) mod status;
pub(crate) mod verify;
