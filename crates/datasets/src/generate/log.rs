//! What prompt logs of a generated bucket share: where they lie, when which tree was written, how records are written.

use crate::day::Day;

use super::object::{GeneratedObject, Place};
use super::people::User;
use super::rng::Rng;

/// Where prompt logs of a generated bucket lie.
pub const PREFIX: &str = "prompt-logs";
/// First day of the tree `KiroLogs`.
pub const KIRO_FROM: Day = Day(20_417);
/// Last day of the tree `QDeveloperLogs`.
pub const QDEVELOPER_TO: Day = Day(20_432);

/// The two generations of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// The documented one: what is missing is `null`.
    Nulls,
    /// The current one: what is missing has no key.
    Omitted,
}

/// The generation of a delivery.
pub(super) fn generation_of(rng: &mut Rng, tree: &str) -> Generation {
    if tree == "QDeveloperLogs" || rng.chance(10) {
        Generation::Nulls
    } else {
        Generation::Omitted
    }
}

/// The content of an object that holds `records`.
pub fn body(records: &[String]) -> Vec<u8> {
    format!(r#"{{"records":[{}]}}"#, records.join(",")).into_bytes()
}

/// The tree that a delivery lies in; in the overlap the days alternate.
pub(super) fn tree_of(day: Day) -> &'static str {
    if day < KIRO_FROM || (day <= QDEVELOPER_TO && day.0 % 2 == 0) {
        "QDeveloperLogs"
    } else {
        "KiroLogs"
    }
}

/// Where the objects of a user of one event type lie.
pub(super) fn place<'a>(user: &User, tree: &'a str, kind: &'a str) -> Place<'a> {
    Place {
        prefix: PREFIX,
        account: user.account.id,
        tree,
        kind,
        region: user.account.region,
    }
}

/// The object as somebody keeps it who copied a bucket into one folder: its file name is all that is left of its key.
pub(super) fn flat(object: &GeneratedObject) -> GeneratedObject {
    let file = object.key.rsplit('/').next().unwrap_or_default();
    GeneratedObject {
        key: format!("mirror/{file}"),
        ..object.clone()
    }
}

/// A region as the documentation spells it: upper case.
pub(super) fn documented_region(user: &User) -> String {
    user.account.region.to_uppercase()
}

/// A text as JSON.
pub(super) fn text(value: Option<&String>) -> Option<String> {
    value.map(|value| quoted(value))
}

/// The same of a text that is there.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list of JSON values.
pub(super) fn list(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

/// An object of those members that the generation writes; `None` is what was not said.
pub(super) fn object(members: &[(&str, Option<String>)], generation: Generation) -> String {
    let members: Vec<String> = members
        .iter()
        .filter_map(|(name, json)| match (json, generation) {
            (Some(json), _) => Some(format!(r#""{name}":{json}"#)),
            (None, Generation::Nulls) => Some(format!(r#""{name}":null"#)),
            (None, Generation::Omitted) => None,
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

/// What the tails of file names are made of.
pub(super) const ALPHANUMERIC: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
