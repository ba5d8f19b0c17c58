//! What the user typed: validated, without side effects. The doc comments are the help.

mod blocks;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use promptlake_datasets::day::Day;

use crate::printer::LogFormat;

pub(crate) use blocks::{LakeArg, LimitArgs, NowArg, SourceArgs, WindowArgs};

/// Turns the logs and reports of Kiro, Amazon Q Developer and Amazon Lex into a lake of Parquet files
///
/// Every flag can be set by an environment variable: --max-rejects by PROMPTLAKE_MAX_REJECTS.
///
/// Exit codes: 0 clean; 1 finished, but objects failed, there are more new rejects than allowed, or verify found
/// something; 2 could not run; 3 finished, but an expected report has not arrived.
#[derive(Debug, Parser)]
#[command(
    name = "promptlake",
    version,
    max_term_width = 100,
    disable_help_subcommand = false,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct GlobalArgs {
    /// Form of what is said on stderr
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        env = "PROMPTLAKE_LOG",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub log: LogFormat,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads what is new or changed in the sources into the lake
    ///
    /// Doing it again changes nothing. A summary goes to stderr.
    Run(Box<RunArgs>),
    /// Shows what a run would read, and why, without reading any object
    Plan(Box<PlanArgs>),
    /// Reads the lake's files against their inventory; exit code 1 if something is not as it should be
    Verify(VerifyArgs),
    /// Shows the records and objects that could not be read
    Rejects(RejectsArgs),
    /// Writes a small invented bucket, and converts it into a lake
    Demo(DemoArgs),
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub lake: LakeArg,
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(flatten)]
    pub outcome: OutcomeArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub now: NowArg,
}

/// What is taken for a failure, and where the report goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Outcome")]
pub(crate) struct OutcomeArgs {
    /// Exit code 1 if the run adds more rejects than this
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true,
        env = "PROMPTLAKE_MAX_REJECTS",
        hide_env_values = true
    )]
    pub max_rejects: u64,
    /// Exit code 1 if the data shows a field, column or event type that is not known [default: only reported]
    #[arg(
        long,
        env = "PROMPTLAKE_STRICT",
        hide_env = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub strict: bool,
    /// Writes the run's report as JSON to FILE, or to stdout if it is `-` [default: only into the lake]
    #[arg(
        long,
        value_name = "FILE",
        env = "PROMPTLAKE_REPORT",
        hide_env_values = true
    )]
    pub report: Option<PathBuf>,
}

/// `plan`
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub lake: LakeArg,
    #[command(flatten)]
    pub window: WindowArgs,
    /// Form of the plan
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        env = "PROMPTLAKE_FORMAT",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub format: PlanFormat,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub now: NowArg,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// A line a source day.
    #[default]
    Table,
    /// One JSON object.
    Json,
}

/// `verify`
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub lake: LakeArg,
    /// Only partitions of this dt or later, YYYY-MM-DD [default: all]
    #[arg(
        long,
        value_name = "D",
        env = "PROMPTLAKE_SINCE",
        hide_env_values = true
    )]
    pub since: Option<Day>,
    /// Form of what was found
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        env = "PROMPTLAKE_FORMAT",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub format: FindingFormat,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub now: NowArg,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingFormat {
    /// A line a finding: path, what is wrong, what is to be done.
    // One variable of the environment serves `plan` too.
    #[value(alias = "table")]
    #[default]
    Text,
    /// A JSON object a line, with `path`, `kind`, `what` and `remedy`.
    Json,
}

/// `rejects`
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct RejectsArgs {
    /// The lake, a directory
    #[arg(
        long,
        global = true,
        value_name = "URI",
        env = "PROMPTLAKE_LAKE",
        hide_env_values = true
    )]
    pub lake: Option<String>,
    #[command(subcommand)]
    pub command: RejectsCommand,
}

/// The commands of `rejects`.
#[derive(Debug, Subcommand)]
pub(crate) enum RejectsCommand {
    /// Lists rejects, one a line: id, source day, dataset, reason, record, object
    List(RejectsListArgs),
    /// Shows all fields of a reject and the text that could not be read, which may be confidential
    Show {
        /// The id, as `list` prints it
        id: String,
    },
}

/// `rejects list`
#[derive(Debug, Args)]
pub(crate) struct RejectsListArgs {
    /// Only of this source day or later, YYYY-MM-DD [default: all]
    #[arg(
        long,
        value_name = "D",
        env = "PROMPTLAKE_SINCE",
        hide_env_values = true
    )]
    pub since: Option<Day>,
    /// Only with this reason, such as `syntax` [default: all]
    #[arg(
        long,
        value_name = "REASON",
        env = "PROMPTLAKE_REASON",
        hide_env_values = true
    )]
    pub reason: Option<String>,
    /// Only of this dataset, such as `chat` [default: all]
    #[arg(
        long,
        value_name = "DATASET",
        env = "PROMPTLAKE_DATASET",
        hide_env_values = true
    )]
    pub dataset: Option<String>,
}

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where it is made; must not be there yet, or be an earlier demo
    #[arg(default_value = "promptlake-demo")]
    pub dir: PathBuf,
}
