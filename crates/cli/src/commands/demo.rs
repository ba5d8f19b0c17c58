//! `promptlake demo`: two invented buckets, the run that converts them, and what to do next.

mod bucket;
mod folder;
mod guide;

use anyhow::Context as _;
use clap::builder::Resettable;
use clap::{CommandFactory as _, FromArgMatches as _};
use promptlake_ingest::dims::GivenDims;
use promptlake_ingest::exit::Exit;

use crate::args::{Cli, DemoArgs, RunArgs};
use crate::printer::Printer;
use crate::{escape, resolve};

use self::folder::Folder;

/// Makes the demo anew, and says on stdout where it is.
pub(crate) fn run(args: &DemoArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let folder = Folder::begin(&args.dir)?;
    printer.info(&format!(
        "an invented bucket of {} users and {} days from {} on: {}\nand one of a call centre whose bots log: {}",
        bucket::USERS,
        bucket::DAYS,
        bucket::first_day(),
        escape::one_line(&folder.bucket()),
        escape::one_line(&folder.bucket_lex())
    ));
    let objects = bucket::write(&args.dir.join(folder::BUCKET))?
        + bucket::write_lex(&args.dir.join(folder::BUCKET_LEX))?;
    let program = program();
    let words = command(&program, &folder);
    printer.info(&format!("\n{}\n", guide::shell(&words)));
    let options = resolve::run(&run_args(&words)?)?;
    let report = super::run::convert(&options, &GivenDims::default(), printer)?;
    let lake = resolve::existing_lake(&folder.lake())?;
    let status = super::status::read(&lake, bucket::night().parse()?, bucket::DAYS)?;
    printer.data(&guide::text(&program, &folder, objects, &report, &status))?;
    Ok(super::run::exit(&report))
}

/// The program as it was called, so that what is shown can be typed.
fn program() -> String {
    let called = std::env::args_os().next();
    called
        .and_then(|name| name.into_string().ok())
        .unwrap_or_else(|| "promptlake".to_owned())
}

/// The words of the command line that converts the buckets.
fn command(program: &str, folder: &Folder) -> Vec<String> {
    [
        program,
        "run",
        "--source",
        &bucket::source(&folder.bucket()),
        "--source",
        &bucket::lex_source(&folder.bucket_lex()),
        "--lake",
        &folder.lake(),
        "--all",
        "--max-rejects",
        &bucket::REJECTS.to_string(),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// What `promptlake run` makes of these words: what is shown is what is done. The environment has no part in it.
fn run_args(words: &[String]) -> anyhow::Result<RunArgs> {
    let mut command =
        Cli::command().mut_subcommand("run", |run| run.mut_args(|arg| arg.env(Resettable::Reset)));
    let matches = command.try_get_matches_from_mut(words)?;
    let run = matches
        .subcommand_matches("run")
        .context("no subcommand run")?;
    Ok(RunArgs::from_arg_matches(run)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_shown_is_one_that_can_be_typed() {
        let folder = Folder::named("a demo".to_owned());
        let words = command("promptlake", &folder);
        assert_eq!(
            guide::shell(&words),
            format!(
                "promptlake run --source 'demo=a demo/bucket' --source '{}' --lake 'a demo/lake' --all --max-rejects {}",
                bucket::lex_source("a demo/bucket-lex"),
                bucket::REJECTS
            )
        );
        let args = run_args(&words).unwrap();
        assert_eq!(
            args.sources.sources,
            [
                "demo=a demo/bucket",
                "calls=a demo/bucket-lex?kind=lex&account=777788889999&region=eu-west-2"
            ]
        );
        assert!(args.window.all);
        assert_eq!(args.outcome.max_rejects, bucket::REJECTS);
    }
}
