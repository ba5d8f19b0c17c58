//! The command line. It reads arguments, the environment and the clock, resolves them once, and calls the libraries.
//!
//! Data goes to stdout, everything else to stderr. `args` is what was typed, validated without side effects; `resolve`
//! gives it meaning; `commands` has one file a command.

mod args;
mod bug;
mod byte_size;
mod clock;
mod commands;
mod escape;
mod printer;
mod progress;
mod resolve;
mod stop;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use promptlake_ingest::discover::with_causes;
use promptlake_ingest::exit::Exit;

use args::{Cli, Command};
use printer::Printer;

pub use args::Cli as Arguments;

/// Runs the program: reads the arguments of the process, and gives its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // clap prints help to stdout and usage errors to stderr; a reader that went away does not matter.
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(Exit::CouldNotRun.code());
            error.print().ok();
            return ExitCode::from(code);
        }
    };
    bug::tell_by(Printer::new(cli.global.log));
    promptlake_ingest::guard::install();
    let printer = Printer::new(cli.global.log);
    let Some(result) = bug::caught(|| run(cli.command, &printer)) else {
        return ExitCode::from(Exit::CouldNotRun.code());
    };
    match result {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&with_causes(error.as_ref()));
            ExitCode::from(Exit::CouldNotRun.code())
        }
    }
}

fn run(command: Command, printer: &Printer) -> anyhow::Result<Exit> {
    match command {
        Command::Run(args) => commands::run::run(&args, printer),
        Command::Plan(args) => commands::plan::run(&args, printer),
        Command::Verify(args) => commands::verify::run(&args, printer),
        Command::Status(args) => commands::status::run(&args, printer),
        Command::Rejects(args) => commands::rejects::run(args, printer),
        Command::Demo(args) => commands::demo::run(&args, printer),
        Command::Sql(args) => commands::sql::run(&args, printer),
        Command::Ddl(args) => commands::ddl::run(&args, printer),
    }
}

/// Whether the reader of stdout went away, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}
