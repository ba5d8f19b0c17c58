//! What the key of an object tells about it.

use crate::dataset::Dataset;
use crate::day::Day;

/// The product whose tree an object lies in; the column `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// `KiroLogs/`
    Kiro,
    /// `QDeveloperLogs/`
    QDeveloper,
    /// A source with `kind=lex`.
    Lex,
}

impl Product {
    /// The value of the column `source`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kiro => "kiro",
            Self::QDeveloper => "qdeveloper",
            Self::Lex => "lex",
        }
    }
}

/// One object of a source, as far as its key and the options of its source tell.
#[derive(Clone, Debug)]
pub struct Object {
    /// The key from its last `AWSLogs/` on, else `<source name>/<key>`: the same through every mirror.
    pub source_object: String,
    /// What it holds; `None`: only its content tells.
    pub dataset: Option<&'static Dataset>,
    /// Its size in bytes, as listed.
    pub size: u64,
    /// The source day: [`Day::UNDATED`] where the key has none. A function of `source_object` alone.
    pub day: Day,
    /// Whether the key has a date.
    pub dated: bool,
    /// AWS account, 12 digits.
    pub account_id: Option<String>,
    /// AWS region, lower case.
    pub region: Option<String>,
    /// The tree it lies in.
    pub product: Option<Product>,
    /// The client that the file name of a user report names.
    pub client: Option<String>,
    /// When the report was written, from its file name; milliseconds since the epoch, UTC.
    pub report_ts: Option<i64>,
}
