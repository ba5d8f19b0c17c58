//! `promptlake verify`

use anyhow::Context as _;
use promptlake_ingest::exit::Exit;
use promptlake_ingest::verify::{Finding, verify};

use crate::args::{FindingFormat, VerifyArgs};
use crate::printer::Printer;
use crate::progress::Bar;
use crate::{escape, resolve, stop};

/// Verifies, and prints what it found to stdout, a line each.
pub(crate) fn run(args: &VerifyArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let options = resolve::verify(args)?;
    let stop = stop::on_signal().context("handle signals")?;
    let bar = Bar::new(printer);
    let result = verify(&options, &bar, &stop);
    bar.finish();
    let verified = result.with_context(|| format!("--lake {}", args.lake.lake))?;
    for finding in &verified.findings {
        printer.data(&match args.format {
            FindingFormat::Text => format!("{}\n", escape::one_line(&finding.to_string())),
            FindingFormat::Json => json(finding),
        })?;
    }
    let read = format!(
        "{} partitions with {} rows read",
        verified.partitions, verified.rows
    );
    let found = match verified.findings.len() {
        0 => "nothing wrong was found".to_owned(),
        1 => "1 finding".to_owned(),
        findings => format!("{findings} findings"),
    };
    if verified.stopped {
        printer.error(&format!("stopped before the end; {read}: {found}"));
        return Ok(Exit::Failed);
    }
    if verified.findings.is_empty() {
        printer.info(&format!("{read}: {found}"));
        Ok(Exit::Clean)
    } else {
        printer.error(&format!("{read}: {found}"));
        Ok(Exit::Failed)
    }
}

fn json(finding: &Finding) -> String {
    let value = serde_json::json!({
        "path": finding.path,
        "kind": finding.kind.as_str(),
        "what": finding.what,
        "remedy": finding.remedy.to_string(),
    });
    format!("{value}\n")
}
