//! `promptlake sql`

use std::io::{self, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use promptlake_ingest::exit::Exit;
use promptlake_query::engine::{Engine, How};
use promptlake_query::error::QueryError;
use promptlake_query::format::{Format, Shown};
use promptlake_query::lake::Lake;
use promptlake_query::session::SessionOptions;
use promptlake_query::shell::{Shell, ShellOptions};
use promptlake_query::statement;

use crate::args::SqlArgs;
use crate::printer::Printer;
use crate::{escape, resolve};

/// Runs statements, or the shell.
pub(crate) fn run(args: &SqlArgs, printer: &Printer) -> anyhow::Result<Exit> {
    ensure!(
        args.price.is_finite() && args.price >= 0.0,
        "--price is not a number of 0 or more"
    );
    let text = match (&args.file, args.command.is_empty()) {
        (Some(path), _) => Some(read(path)?),
        (None, false) => Some(args.command.join(";\n")),
        // What is piped in is a file of statements.
        (None, true) if !io::stdin().is_terminal() => Some(read(Path::new("-"))?),
        (None, true) => None,
    };
    let engine = engine(args, printer)?;
    let format = args
        .format
        .map(|format| format.0)
        .or_else(|| args.output.as_deref().and_then(Format::of_file));
    let how = How {
        format: format.unwrap_or_default(),
        shown: Shown::default(),
        timeout: args.timeout.map(|secs| Duration::from_secs(secs.get())),
        cancellable: false,
    };
    if let Some(text) = text {
        statements(args, printer, &engine, &how, &text)
    } else {
        ensure!(
            args.output.is_none(),
            "--output is for -c and -f; the shell has \\export"
        );
        let options = ShellOptions {
            how,
            max_rows: args.max_rows,
            price_per_tb: args.price,
            history: history(),
            colour: printer.colours(),
        };
        Shell::run(&engine, &options)?;
        Ok(Exit::Clean)
    }
}

/// Opens the lake.
fn engine(args: &SqlArgs, printer: &Printer) -> anyhow::Result<Engine> {
    let opened = resolve::existing_lake(&args.lake.lake)?;
    let temp_dir = args.temp_dir.clone().unwrap_or_else(std::env::temp_dir);
    let lake = Arc::new(Lake::open(
        opened.location,
        Arc::from(opened.storage),
        temp_dir.clone(),
    )?);
    if !lake.has_settings() {
        printer.warning(
            "the lake has no _promptlake/lake.json: a copy of its tables? It is read as it is",
        );
    }
    if lake.listing().foreign() > 0 {
        printer.warning(&format!(
            "{} objects under tables/ and dims/ are none of promptlake's and are not read; Athena reads them",
            lake.listing().foreign()
        ));
    }
    let options = SessionOptions {
        threads: match args.threads {
            Some(threads) => threads.into(),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        },
        memory_bytes: usize::try_from(args.memory.0).unwrap_or(usize::MAX),
        temp_dir,
        parameters: args.param.clone(),
    };
    Ok(Engine::new(lake, &options)?)
}

/// Where the shell keeps what was typed, among the user's state files.
fn history() -> Option<PathBuf> {
    let home = |folder: &str| std::env::home_dir().map(|home| home.join(folder));
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let folder = state
        .filter(|folder| folder.is_absolute())
        .or_else(|| home(".local/state"))?;
    Some(folder.join("promptlake/history"))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if path == Path::new("-") {
        io::stdin()
            .read_to_string(&mut text)
            .context("read stdin")?;
    } else {
        text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    }
    Ok(text)
}

/// Runs statements up to the first that fails.
fn statements(
    args: &SqlArgs,
    printer: &Printer,
    engine: &Engine,
    how: &How,
    text: &str,
) -> anyhow::Result<Exit> {
    let statements = statement::split(text);
    ensure!(!statements.is_empty(), "there is no statement");
    if how.format == Format::Parquet {
        ensure!(
            statements.len() == 1,
            "--format parquet takes one statement, not {}",
            statements.len()
        );
        ensure!(
            args.output.is_some() || !printer.data_is_shown(),
            "Parquet is not for a terminal: use -o FILE"
        );
    }
    let mut target = Target::open(args.output.as_deref())?;
    for (number, statement) in (1..).zip(&statements) {
        if let Err(error) = engine.run(statement, how, target.out()) {
            if error.is_setup() || is_broken_pipe(&error) {
                return Err(error.into());
            }
            let which = if statements.len() > 1 {
                format!("statement {number}: ")
            } else {
                String::new()
            };
            let error = escape::lines(&format!("{:#}", anyhow::Error::from(error)));
            printer.error(&format!("{which}{error}"));
            return Ok(Exit::Failed);
        }
    }
    target.finish()?;
    Ok(Exit::Clean)
}

fn is_broken_pipe(error: &QueryError) -> bool {
    matches!(error, QueryError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
}

/// Where answers go. A file appears under its name when all is written.
enum Target {
    Stdout(io::BufWriter<io::Stdout>),
    File {
        path: PathBuf,
        file: io::BufWriter<tempfile::NamedTempFile>,
    },
}

impl Target {
    fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self::Stdout(io::BufWriter::new(io::stdout())));
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = tempfile::NamedTempFile::new_in(folder)
            .with_context(|| format!("--output {}", path.display()))?;
        Ok(Self::File {
            path: path.to_owned(),
            file: io::BufWriter::new(file),
        })
    }

    fn out(&mut self) -> &mut (dyn Write + Send) {
        match self {
            Self::Stdout(out) => out,
            Self::File { file, .. } => file,
        }
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Stdout(mut out) => out.flush()?,
            Self::File { path, file } => {
                let said = || format!("--output {}", path.display());
                let file = file
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error)
                    .with_context(said)?;
                file.persist(&path)
                    .map_err(|e| e.error)
                    .with_context(said)?;
            }
        }
        Ok(())
    }
}
