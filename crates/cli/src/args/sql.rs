//! `sql` and `ddl`.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};
use promptlake_datasets::day::Day;
use promptlake_datasets::ddl::Dialect;
use promptlake_query::format::Format;

use super::LakeArg;
use crate::byte_size::ByteSize;

/// `sql`
#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    #[command(flatten)]
    pub lake: LakeArg,
    /// Statements to run, separated by semicolons; may be repeated [default: an interactive shell]
    #[arg(
        short,
        long,
        value_name = "SQL",
        allow_hyphen_values = true,
        env = "PROMPTLAKE_COMMAND",
        hide_env_values = true,
        help_heading = "Statements"
    )]
    pub command: Vec<String>,
    /// A file of statements to run, `-` for stdin; stops at the first that fails
    #[arg(
        short,
        long,
        value_name = "FILE",
        conflicts_with = "command",
        env = "PROMPTLAKE_FILE",
        hide_env_values = true,
        help_heading = "Statements"
    )]
    pub file: Option<PathBuf>,
    /// A text for `$NAME` in statements; may be repeated
    #[arg(
        long,
        value_name = "NAME=TEXT",
        value_parser = parameter,
        env = "PROMPTLAKE_PARAM",
        hide_env_values = true,
        help_heading = "Statements"
    )]
    pub param: Vec<(String, String)>,
    /// Form of answers [default: by the ending of --output, else table]
    #[arg(
        long,
        value_name = "FORMAT",
        env = "PROMPTLAKE_FORMAT",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub format: Option<FormatArg>,
    /// Writes the answer to FILE, which appears when it is whole [default: stdout]
    #[arg(
        short,
        long,
        value_name = "FILE",
        env = "PROMPTLAKE_OUTPUT",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub output: Option<PathBuf>,
    /// Rows of a table that the shell shows
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        env = "PROMPTLAKE_MAX_ROWS",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub max_rows: usize,
    /// What Athena charges for a TB read, US dollars; the shell says what a statement would cost there
    #[arg(
        long,
        value_name = "USD_PER_TB",
        default_value_t = 5.0,
        env = "PROMPTLAKE_PRICE",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub price: f64,
    /// Seconds that a statement may take [default: no limit]
    #[arg(
        long,
        value_name = "SECS",
        env = "PROMPTLAKE_TIMEOUT",
        hide_env_values = true,
        help_heading = "Limits"
    )]
    pub timeout: Option<NonZeroU64>,
    /// Memory that statements may take; more spills to temporary files
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "1GiB",
        env = "PROMPTLAKE_MEMORY",
        hide_env_values = true,
        help_heading = "Limits"
    )]
    pub memory: ByteSize,
    /// Threads [default: one a core]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        env = "PROMPTLAKE_THREADS",
        hide_env_values = true,
        help_heading = "Limits"
    )]
    pub threads: Option<u16>,
    /// Where temporary files lie [default: the system's place for them]
    #[arg(
        long,
        value_name = "DIR",
        env = "PROMPTLAKE_TEMP_DIR",
        hide_env_values = true,
        help_heading = "Limits"
    )]
    pub temp_dir: Option<PathBuf>,
}

/// A format by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FormatArg(pub Format);

impl ValueEnum for FormatArg {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [FormatArg; 7] = [
            FormatArg(Format::Table),
            FormatArg(Format::Csv),
            FormatArg(Format::Tsv),
            FormatArg(Format::Json),
            FormatArg(Format::NdJson),
            FormatArg(Format::Markdown),
            FormatArg(Format::Parquet),
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.as_str()))
    }
}

/// `NAME=TEXT`, the name a word.
fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let word = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match text.split_once('=') {
        Some((name, text)) if word(name) => Ok((name.to_owned(), text.to_owned())),
        _ => Err("expected NAME=TEXT, such as day=2026-01-09"),
    }
}

/// `ddl`
#[derive(Debug, Args)]
pub(crate) struct DdlArgs {
    #[command(flatten)]
    pub lake: LakeArg,
    /// The engine
    #[arg(
        long,
        value_name = "DIALECT",
        env = "PROMPTLAKE_DIALECT",
        hide_env_values = true
    )]
    pub dialect: DialectArg,
    /// Where the engine finds the lake, such as s3://bucket/prefix [default: --lake]
    #[arg(
        long,
        value_name = "URI",
        env = "PROMPTLAKE_LOCATION",
        hide_env_values = true
    )]
    pub location: Option<String>,
    /// With athena-catalog: only partitions of this dt or later, YYYY-MM-DD [default: all]
    #[arg(
        long,
        value_name = "D",
        env = "PROMPTLAKE_SINCE",
        hide_env_values = true
    )]
    pub since: Option<Day>,
    /// What is there under the same names goes first; the data stays
    #[arg(
        long,
        env = "PROMPTLAKE_REPLACE",
        hide_env = true,
        value_parser = FalseyValueParser::new()
    )]
    pub replace: bool,
}

/// A dialect by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DialectArg(pub Dialect);

impl ValueEnum for DialectArg {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [DialectArg; 6] = [
            DialectArg(Dialect::Athena),
            DialectArg(Dialect::AthenaCatalog),
            DialectArg(Dialect::Trino),
            DialectArg(Dialect::DataFusion),
            DialectArg(Dialect::DuckDb),
            DialectArg(Dialect::Spark),
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.as_str()))
    }
}
