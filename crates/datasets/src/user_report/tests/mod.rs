//! The user report, from bytes to rows.

mod bad_input;
mod decoded;
mod properties;
