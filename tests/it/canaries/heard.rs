//! What commands said, and what of it may not be said.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::harness::{Dir, promptlake};

use super::planted::{Kind, NUMBER, TEXT};

/// How the calls of `status` begin.
const STATUS: &str = "[\"status\"";

/// What was heard, each with the words that brought it about.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<(String, String)>);

impl Heard {
    /// Makes a call and keeps what it says, also if it fails.
    pub(super) fn call(&mut self, args: &[&str]) {
        let mut call = promptlake(args);
        // There is no level of logging that says more; nor do libraries say anything if they are asked to.
        call.0
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full");
        let done = call.done();
        assert!(
            done.code.is_some_and(|code| code <= 3),
            "{args:?}: {:?}",
            done.code
        );
        assert!(
            !done.stderr.contains("panicked"),
            "{args:?}: {}",
            done.stderr
        );
        self.0.push((format!("{args:?} on stdout"), done.stdout));
        self.0.push((format!("{args:?} on stderr"), done.stderr));
    }

    /// Adds the reports that lie in the lake.
    pub(super) fn reports(&mut self, dir: &Dir) {
        let folder = dir.path("lake/_promptlake/runs");
        let mut count = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            self.0.push((path.display().to_string(), text));
            count += 1;
        }
        assert!(count > 0, "there are reports");
    }

    /// How many findings `verify` had.
    pub(super) fn findings(&self) -> usize {
        let of_verify = |by: &str| by.starts_with("[\"verify\"") && by.ends_with("stdout");
        let said = self.0.iter().filter(|(by, _)| of_verify(by));
        said.map(|(_, said)| said.lines().count()).sum()
    }

    /// Expects that a text was never heard, but in the clients of streams.
    #[track_caller]
    pub(super) fn has_nothing_of(&self, text: &str) {
        let clients: Vec<String> = self.clients().collect();
        for (by, said) in &self.0 {
            for line in said.lines().filter(|line| line.contains(text)) {
                let mut rest = line.to_owned();
                if by.starts_with(STATUS) {
                    for client in &clients {
                        rest = rest.replace(client.as_str(), "");
                    }
                }
                assert!(!rest.contains(text), "{by} said: {line}");
            }
        }
    }

    /// Expects that each canary that was heard is a name that may be heard, in its place.
    #[track_caller]
    pub(super) fn has_only_names(&self, kinds: &BTreeMap<usize, Kind>) {
        let names = self.names();
        let mut heard = 0;
        for (kind, name) in &names {
            for number in canaries(name) {
                let planted = kinds[&number];
                let may = match kind.as_str() {
                    "field" | "column" => planted != Kind::Value,
                    "model" | "client" | "tier" => true,
                    _ => false,
                };
                assert!(may, "canary {number}, a {planted:?}, is heard as a {kind}");
                heard += 1;
            }
        }
        assert!(heard > 10, "names are heard: {heard}");
        // Longest first: a name may be a part of another one.
        let mut spelled: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
        spelled.sort_by_key(|name| std::cmp::Reverse(name.len()));
        for (by, said) in &self.0 {
            for line in said.lines().filter(|line| !canaries(line).is_empty()) {
                let mut rest = line.to_owned();
                for name in spelled.iter().filter(|name| !canaries(name).is_empty()) {
                    rest = rest.replace(&name.escape_debug().to_string(), "");
                    rest = rest.replace(name.as_str(), "");
                    // As JSON escapes it.
                    let quoted = Value::from(name.as_str()).to_string();
                    rest = rest.replace(quoted.trim_matches('"'), "");
                }
                assert_eq!(canaries(&rest), [0; 0], "{by} said: {line}");
            }
        }
    }

    /// All that may be named: kind and name of each drift, and the clients of streams.
    fn names(&self) -> BTreeSet<(String, String)> {
        let mut names: BTreeSet<_> = self
            .clients()
            .map(|name| ("client".to_owned(), name))
            .collect();
        for (_, value) in self.values() {
            for drift in value["drift"].as_array().into_iter().flatten() {
                let text = |member: &str| drift[member].as_str().unwrap().to_owned();
                names.insert((text("kind"), text("name")));
            }
        }
        names
    }

    fn clients(&self) -> impl Iterator<Item = String> {
        let status = self.values().filter(|(by, _)| by.starts_with(STATUS));
        status.flat_map(|(_, value)| {
            let streams = value["streams"].as_array().cloned().unwrap_or_default();
            streams
                .into_iter()
                .filter_map(|stream| stream["client"].as_str().map(str::to_owned))
        })
    }

    /// What was heard and is one JSON value.
    fn values(&self) -> impl Iterator<Item = (&String, Value)> {
        let parsed = |said: &String| serde_json::from_str(said).ok();
        self.0
            .iter()
            .filter_map(move |(by, said)| Some((by, parsed(said)?)))
    }
}

/// The numbers of the canaries in a text.
fn canaries(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for word in [TEXT, NUMBER] {
        for (at, _) in text.match_indices(word) {
            let digits = text.get(at + word.len()..at + word.len() + 5);
            // Cut off, it is as bad.
            found.push(
                digits
                    .and_then(|digits| digits.parse().ok())
                    .unwrap_or(usize::MAX),
            );
        }
    }
    found
}
