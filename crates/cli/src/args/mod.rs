//! What the user typed: validated, without side effects. The doc comments are the help.

mod blocks;
mod sql;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use promptlake_datasets::day::Day;

use crate::printer::LogFormat;

pub(crate) use blocks::{LakeArg, LimitArgs, NowArg, SourceArgs, WindowArgs, WriteArgs};
pub(crate) use sql::{DdlArgs, SqlArgs};

/// Turns the logs and reports of Kiro, Amazon Q Developer and Amazon Lex into a lake of Parquet files
///
/// Every flag can be set by an environment variable: --max-rejects by PROMPTLAKE_MAX_REJECTS.
///
/// Exit codes: 0 clean; 1 finished, but objects failed, there are more new rejects than allowed, or verify found
/// something; 2 could not run; 3 finished, but an expected report (--expect) has not arrived. Of several: 2, then 1, then 3.
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
    /// Shows which stream has what of each day, and which one has stopped
    ///
    /// A stream is what an account and region write of a dataset with a client. States: complete, partial (the day is not
    /// over), no_data, late (no object by 02:00 UTC on the day after the next), stale (late for more than 7 active days).
    Status(StatusArgs),
    /// Shows the records and objects that could not be read
    Rejects(RejectsArgs),
    /// Writes two small invented buckets, and converts them into a lake
    Demo(DemoArgs),
    /// Asks the lake in SQL: statements, or an interactive shell
    ///
    /// Reads only. Tables, dimension tables and views are there under their names; functions are Trino's, as in Athena.
    Sql(Box<SqlArgs>),
    /// Prints the statements that make the lake known to Athena, Trino, DataFusion, DuckDB or Spark
    Ddl(DdlArgs),
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub sources: SourceArgs,
    #[command(flatten)]
    pub lake: LakeArg,
    #[command(flatten)]
    pub write: WriteArgs,
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(flatten)]
    pub outcome: OutcomeArgs,
    #[command(flatten)]
    pub dims: DimArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub now: NowArg,
}

/// What people know and the sources do not.
#[derive(Debug, Args)]
#[command(next_help_heading = "Dimension tables")]
pub(crate) struct DimArgs {
    /// A CSV of plans for dim_plan: tier, rank, usd_per_month, credits, and overage_usd_per_credit, valid_from if they
    /// differ [default: what the lake has, at first the plans as they are sold]
    #[arg(
        long,
        value_name = "FILE",
        env = "PROMPTLAKE_PLANS",
        hide_env_values = true
    )]
    pub plans: Option<PathBuf>,
    /// A CSV of users for dim_user: user_id, and any of user_name, display_name, email, team, cost_centre [default: what
    /// the lake has, at first nobody]
    #[arg(
        long,
        value_name = "FILE",
        env = "PROMPTLAKE_USERS",
        hide_env_values = true
    )]
    pub users: Option<PathBuf>,
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
    /// Exit code 3 if yesterday's object of this dataset, such as user_report, is missing from an account that was seen in
    /// the last 7 days; may be repeated
    #[arg(
        long,
        value_name = "DATASET",
        env = "PROMPTLAKE_EXPECT",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub expect: Vec<String>,
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

/// `status`
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub lake: LakeArg,
    /// How many days are shown, the last one today
    #[arg(
        long,
        value_name = "N",
        default_value_t = 7,
        value_parser = clap::value_parser!(u32).range(1..=3660),
        env = "PROMPTLAKE_DAYS",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub days: u32,
    /// Shows instead what the sources ever showed that the schema does not know
    #[arg(
        long,
        env = "PROMPTLAKE_DRIFT",
        hide_env = true,
        value_parser = clap::builder::FalseyValueParser::new(),
        help_heading = "Output"
    )]
    pub drift: bool,
    /// Form of the output
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        env = "PROMPTLAKE_FORMAT",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub format: StatusFormat,
    #[command(flatten)]
    pub now: NowArg,
}

/// How the status is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// A line a stream, then a line a day of each.
    #[default]
    Table,
    /// One JSON object.
    Json,
}

/// `rejects`
#[derive(Debug, Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct RejectsArgs {
    /// The lake, a directory or s3://BUCKET/PREFIX
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
