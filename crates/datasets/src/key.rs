//! The grammar of object keys: from a key to an [`Object`].

use crate::object::Object;

/// What the options of a source say of all its objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyContext {
    /// The source's name.
    pub name: String,
    /// Path of the source's URI (bucket prefix, or absolute directory), which a key continues; may hold the last `AWSLogs`.
    pub root: String,
    /// `kind=lex`
    pub lex: bool,
    /// `account=`: fills what the key does not say.
    pub account_id: Option<String>,
    /// `region=`, lower case.
    pub region: Option<String>,
}

/// What a listed key is.
#[derive(Clone, Debug)]
pub enum Class {
    /// An object to read, if its dataset is known or its content tells.
    Object(Box<Object>),
    /// A known stray, skipped and counted.
    Stray,
    /// Nothing that is known: counted and named.
    Unrecognised {
        /// An event type or folder that is new, for drift.
        event_type: Option<String>,
    },
}

/// Tells what a listed object is by its key and size alone.
pub fn classify(_context: &KeyContext, _key: &str, _size: u64) -> Class {
    Class::Unrecognised { event_type: None }
}

/// The source day that a `source_object` names and whether it names one; [`crate::day::Day::UNDATED`] where it does not.
pub fn source_day(_source_object: &str, _lex: bool) -> (crate::day::Day, bool) {
    (crate::day::Day::UNDATED, false)
}
