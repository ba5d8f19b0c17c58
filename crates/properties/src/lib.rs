//! What holds whatever bytes come: a function a target, which panics where it does not.
//!
//! The same functions serve libFuzzer (`fuzz/`), and on stable the corpus, all findings of old and mutations of them
//! (`tests/`). An input is what a source could hold (a key, a body, an object), so that a finding is a plain file. What
//! else a property needs, sizes of pieces above all, is drawn from the input.

pub mod cells;
mod csv;
mod decoded;
mod draws;
mod gzip;
mod instant;
mod json;
mod key;
mod lex;
pub mod memory_lake;
mod object;
mod one_object;
pub mod seeds;
mod syntax;
mod trial;

pub use csv::csv;
pub use gzip::gzip;
pub use instant::instant;
pub use json::json;
pub use key::key;
pub use lex::lex;
pub use object::object;

/// A function and its name, which is that of its folders in `fuzz/corpus` and `fuzz/findings`.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Panics where an input breaks the property.
    pub check: fn(&[u8]),
}

/// Every target, in the order of their names.
pub static TARGETS: &[Target] = &[
    Target {
        name: "csv",
        check: csv,
    },
    Target {
        name: "gzip",
        check: gzip,
    },
    Target {
        name: "instant",
        check: instant,
    },
    Target {
        name: "json",
        check: json,
    },
    Target {
        name: "key",
        check: key,
    },
    Target {
        name: "lex",
        check: lex,
    },
    Target {
        name: "object",
        check: object,
    },
];
