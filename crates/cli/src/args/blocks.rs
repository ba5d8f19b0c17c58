//! Groups of flags that commands share.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;
use promptlake_datasets::day::Day;

use crate::byte_size::ByteSize;
use crate::clock::Now;

/// Where objects are read from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source and lake")]
pub(crate) struct SourceArgs {
    /// A directory of objects, or s3://BUCKET/PREFIX, with its options; may be repeated
    ///
    /// Keys are read from their last `AWSLogs/` on. NAME stays with the data: objects outside `AWSLogs/` are known by
    /// it. It is the last part of the path, unless given. Options: kind=lex, and account= and region= for what keys do
    /// not say; for buckets, profile= and role_arn= of the AWS configuration. In the environment, several are separated
    /// by line feeds.
    #[arg(
        long = "source",
        required = true,
        value_name = "[NAME=]URI[?kind=…&account=…&region=…]",
        env = "PROMPTLAKE_SOURCE",
        hide_env_values = true,
        value_delimiter = '\n'
    )]
    pub sources: Vec<String>,
}

/// Where the lake lies.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source and lake")]
pub(crate) struct LakeArg {
    /// The lake, a directory or s3://BUCKET/PREFIX; made by the first run
    #[arg(
        long,
        value_name = "URI",
        env = "PROMPTLAKE_LAKE",
        hide_env_values = true
    )]
    pub lake: String,
}

/// How the lake is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source and lake")]
pub(crate) struct WriteArgs {
    /// No other run writes the lake at the same time: for buckets that have no conditional writes
    #[arg(
        long,
        env = "PROMPTLAKE_SINGLE_WRITER",
        hide_env = true,
        value_parser = FalseyValueParser::new()
    )]
    pub single_writer: bool,
    /// Encrypts the lake's objects in a bucket with this KMS key [default: as the bucket says]
    #[arg(
        long,
        value_name = "KEY",
        env = "PROMPTLAKE_SSE_KMS_KEY_ID",
        hide_env_values = true
    )]
    pub sse_kms_key_id: Option<String>,
}

/// What is looked at.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is read")]
pub(crate) struct WindowArgs {
    /// First source day (the day in an object's key), UTC, YYYY-MM-DD [default: three days ago; with --to, the first]
    #[arg(
        long,
        value_name = "D",
        conflicts_with = "all",
        env = "PROMPTLAKE_FROM",
        hide_env_values = true
    )]
    pub from: Option<Day>,
    /// Last source day, included [default: today; with --from, whatever is there]
    #[arg(
        long,
        value_name = "D",
        conflicts_with = "all",
        env = "PROMPTLAKE_TO",
        hide_env_values = true
    )]
    pub to: Option<Day>,
    /// All source days
    #[arg(
        long,
        env = "PROMPTLAKE_ALL",
        hide_env = true,
        value_parser = FalseyValueParser::new()
    )]
    pub all: bool,
    /// Only objects that fill this table [default: all]
    #[arg(
        long,
        value_name = "T",
        env = "PROMPTLAKE_TABLE",
        hide_env_values = true
    )]
    pub table: Option<String>,
    /// Reads everything again, changed or not; all source days unless --from or --to say otherwise
    #[arg(
        long,
        env = "PROMPTLAKE_REBUILD",
        hide_env = true,
        value_parser = FalseyValueParser::new()
    )]
    pub rebuild: bool,
    /// With --rebuild: drops the rows of objects that are not in their source any more [default: they stay]
    #[arg(
        long,
        requires = "rebuild",
        conflicts_with_all = ["from", "to", "table"],
        env = "PROMPTLAKE_DROP_MISSING",
        hide_env = true,
        value_parser = FalseyValueParser::new()
    )]
    pub drop_missing: bool,
}

/// How much is worked on at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Threads that decode and encode [default: one a core]
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        env = "PROMPTLAKE_THREADS",
        hide_env_values = true
    )]
    pub threads: Option<u16>,
    /// Memory that the whole process may take, at least 64MiB; more spills to temporary files
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "512MiB",
        env = "PROMPTLAKE_MEMORY",
        hide_env_values = true
    )]
    pub memory: ByteSize,
    /// Requests in flight, for each bucket; throttling lowers it for a while
    #[arg(
        long,
        value_name = "N",
        default_value_t = 64,
        value_parser = clap::value_parser!(u16).range(1..=1024),
        env = "PROMPTLAKE_CONCURRENCY",
        hide_env_values = true
    )]
    pub concurrency: u16,
    /// Where temporary files lie [default: in the lake; if that is in a bucket, the system's]
    #[arg(
        long,
        value_name = "DIR",
        env = "PROMPTLAKE_TEMP_DIR",
        hide_env_values = true
    )]
    pub temp_dir: Option<PathBuf>,
    /// Inflated bytes that are read of an object; the rest becomes one reject
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "2GiB",
        env = "PROMPTLAKE_MAX_OBJECT_SIZE",
        hide_env_values = true
    )]
    pub max_object_size: ByteSize,
}

/// The clock.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Clock")]
pub(crate) struct NowArg {
    /// The time to take for now, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ [default: the clock]
    #[arg(
        long,
        value_name = "TIME",
        env = "PROMPTLAKE_NOW",
        hide_env_values = true
    )]
    pub now: Option<Now>,
}
