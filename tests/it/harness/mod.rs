//! A bucket, a lake, calls of the binary, and what came of them.

mod call;
mod dir;
mod files;
mod objects;
mod rows;
mod tls;
mod unprivileged;

pub(crate) use call::{Call, Done, promptlake};
pub(crate) use dir::{Dir, Ran};
pub(crate) use files::Files;
pub(crate) use objects::{
    chat, chat_key, chat_saying, gzip, kiro, log_key, noise, records, report, report_key,
    report_row,
};
pub(crate) use tls::Tls;
