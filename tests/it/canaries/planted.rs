//! Objects with canaries in them.

use std::fs;
use std::path::Path;

use promptlake_datasets::dataset::DATASETS;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::kit::{Flaw, KITS, Kit, Place, Record, Spot};

use crate::harness::{Dir, gzip};

/// In every text of every record of [`marked`], and in names below the first unknown level.
pub(super) const MARK: &str = "tangerine";
/// How a canary that is a text begins; its number follows, and an `x`.
pub(super) const TEXT: &str = "canary";
/// How one that is a number begins.
pub(super) const NUMBER: &str = "8675309867530";

/// An object of a bucket.
pub(super) struct Object {
    pub lex: bool,
    pub key: String,
    pub body: Vec<u8>,
}

impl Object {
    /// Puts it into its bucket.
    pub(super) fn put(&self, dir: &Dir) {
        let bucket = if self.lex { "bucket-lex" } else { "bucket" };
        dir.write(&format!("{bucket}/{}", self.key), &self.body);
    }
}

/// In the place of what a canary stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a member's name, or in a header.
    Name,
    /// Of a value.
    Value,
    /// Of anything, or in the middle of it.
    Any,
}

/// An object with one canary.
pub(super) struct Planted {
    pub number: usize,
    pub kind: Kind,
    pub object: Object,
}

/// Objects of every kit at every kind of place, of good records and of such that are refused; whole, cut off, and
/// compressed with a wrong end.
pub(super) fn marked() -> Vec<Object> {
    let mut objects = Vec::new();
    for kit in KITS {
        for place in [Place::Kiro, Place::QDeveloper, Place::Flat, Place::Loose] {
            for number in 0..6 {
                let spot = spot(place, number);
                let key = (kit.key)(&spot);
                let body = (kit.body)(&spot, &records(&spot));
                let packed = gzip(&body);
                let body = match number / 3 {
                    0 if kit.gzip => packed,
                    0 => body,
                    // Records before the damage stand, so there is a reject with text in it.
                    _ if kit.gzip => packed[..packed.len() - 7].to_vec(),
                    _ => body[..body.len() - 7].to_vec(),
                };
                objects.push(Object {
                    lex: kit.lex,
                    key,
                    body,
                });
            }
        }
    }
    objects
}

fn spot(place: Place, number: u8) -> Spot {
    Spot {
        account: 0,
        day: Day::from_ymd(2026, 7, 27).unwrap(),
        place,
        number,
    }
}

fn records(spot: &Spot) -> Vec<Record> {
    let mut records = Vec::new();
    for identity in 0..3 {
        for flaw in [Flaw::None, Flaw::Keyless, Flaw::Value] {
            records.push(Record {
                identity,
                content: identity + 1,
                day: Some(spot.day),
                flaw,
                mark: MARK.to_owned(),
            });
        }
    }
    records
}

/// What the kits make and what lies in the folders of fixtures, each many times: every name and value of it is once a text,
/// once a number, and once has a canary in its middle. An object has one canary.
pub(super) fn everywhere() -> Vec<Planted> {
    let mut planted = Vec::new();
    for (kit, key, body) in sound() {
        let csv = !body.trim_ascii_start().starts_with(b"{") && !kit.lex && !kit.gzip;
        let header = body.iter().position(|b| *b == b'\n').filter(|_| csv);
        for (at, token) in tokens(&body).into_iter().enumerate() {
            let is_name = header.is_some_and(|end| token.start < end)
                || body[token.end..].trim_ascii_start().starts_with(b":");
            // Each in one of the three ways, the next of the same kind in another one.
            let number = planted.len();
            let (canary, kind) = match at % 3 {
                0 => (
                    format!("\"{TEXT}{number:05}x\""),
                    if is_name { Kind::Name } else { Kind::Value },
                ),
                1 => (
                    format!("{NUMBER}{number:05}"),
                    if is_name { Kind::Any } else { Kind::Value },
                ),
                _ => (format!("{TEXT}{number:05}x"), Kind::Any),
            };
            let (start, end) = match kind {
                Kind::Any if at % 3 == 2 => {
                    let middle = usize::midpoint(token.start, token.end);
                    (middle, middle)
                }
                _ => (token.start, token.end),
            };
            let body = [&body[..start], canary.as_bytes(), &body[end..]].concat();
            planted.push(Planted {
                number,
                kind,
                object: Object {
                    lex: kit.lex,
                    key: numbered(&key, number),
                    body,
                },
            });
        }
    }
    planted
}

/// Objects without damage: kit, key, content.
fn sound() -> Vec<(&'static Kit, String, Vec<u8>)> {
    let mut sound = Vec::new();
    for kit in KITS {
        for number in 0..3 {
            let spot = spot(Place::Kiro, number);
            let record = |content| Record {
                identity: content,
                content,
                day: Some(spot.day),
                flaw: Flaw::None,
                mark: String::new(),
            };
            let body = (kit.body)(&spot, &[record(1), record(2)]);
            sound.push((kit, (kit.key)(&spot), body));
        }
    }
    for dataset in DATASETS {
        let kit = KITS.iter().find(|kit| kit.dataset == dataset.name).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("crates/datasets/src")
            .join(dataset.name)
            .join("fixtures");
        let mut paths: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending != "want"))
            .collect();
        paths.sort();
        for path in paths {
            let answer = fs::read_to_string(path.with_extension("want")).unwrap();
            let key = answer
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("key "));
            let key = key.map_or_else(|| (kit.key)(&spot(Place::Kiro, 0)), str::to_owned);
            sound.push((kit, key, fs::read(path).unwrap()));
        }
    }
    sound
}

/// A key of the same folder and ending.
fn numbered(key: &str, number: usize) -> String {
    let file = key.rfind('/').map_or(0, |slash| slash + 1);
    let at = key[file..].find('.').map_or(key.len(), |dot| file + dot);
    format!("{}-{number}{}", &key[..at], &key[at..])
}

/// Where names and values stand, whatever the format: texts in quotes, and words out of them.
fn tokens(body: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || b"._+-@:/ ".contains(b) || *b >= 0x80;
    while at < body.len() {
        let start = at;
        if body[at] == b'"' {
            at += 1;
            while at < body.len() && body[at] != b'"' {
                at += if body[at] == b'\\' { 2 } else { 1 };
            }
            at = body.len().min(at + 1);
            tokens.push(start..at);
        } else if body[at].is_ascii_alphanumeric() || b"+-".contains(&body[at]) {
            while at < body.len() && is_word(&body[at]) {
                at += 1;
            }
            tokens.push(start..at);
        } else {
            at += 1;
        }
    }
    tokens
}
