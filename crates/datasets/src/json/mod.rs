//! JSON as the logs hold it: from bytes to the members of one record at a time, without copies and without recursion.
//!
//! - [`frame`] finds the records of an object, whatever they are wrapped in, in a window that slides over its bytes;
//!   [`refuse`] is what it does with the others.
//! - [`scan`] reads one record, member by member, straight from the window; it stops at the first [`Fault`].
//! - [`plain`] finds what does not stand for itself in a string; [`unescape`] reads one with escapes in one pass.
//! - [`extent`] finds out where a value ends that [`scan`] could not read or that the window does not hold yet.
//! - [`known`] matches the members of a JSON object with those that a dataset knows; [`unknown`] keeps the others.
//! - [`list`] is a list whose elements are read when they are wanted.
//! - [`sorted`] hashes what a compact text says, whatever the order of its keys.
//! - [`compact`] writes values again as compact text, looking for what JSON allows and the lake does not.
//!
//! A record that is good is looked at once. Only one that is not, or that is cut by the end of the window, is looked at by
//! `extent` too. Both hold the same grammar: their tests compare them with each other, and with `serde_json`.

mod arena;
mod compact;
mod extent;
mod fault;
mod frame;
mod known;
mod list;
mod plain;
mod refuse;
mod scan;
mod sorted;
mod token;
mod unescape;
mod unknown;

#[cfg(test)]
mod tests;

pub(crate) use arena::{Arena, Text};
pub(crate) use extent::{Extent, Step};
pub(crate) use fault::Fault;
pub(crate) use frame::{records, skip_bom};
pub(crate) use known::Known;
pub(crate) use list::List;
pub(crate) use scan::{Kind, MAX_DEPTH, Scanner, is_space};
pub(crate) use sorted::sorted_hash;
pub(crate) use unknown::Unknown;
