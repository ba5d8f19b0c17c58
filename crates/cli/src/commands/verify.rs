//! `promptlake verify`

use anyhow::Context as _;
use promptlake_ingest::exit::Exit;

use crate::args::VerifyArgs;
use crate::printer::Printer;
use crate::progress::Bar;
use crate::{engine, escape, resolve, stop};

/// Verifies, and prints what it found to stdout, a line each.
pub(crate) fn run(args: &VerifyArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let options = resolve::verify(args)?;
    let stop = stop::on_signal().context("handle signals")?;
    let bar = Bar::new(printer);
    let result = engine::verify(&options, &bar, &stop);
    bar.finish();
    let findings = result?;
    for finding in &findings {
        printer.data(&format!("{}\n", escape::one_line(finding)))?;
    }
    if findings.is_empty() {
        printer.info("the lake is as its inventory says");
        Ok(Exit::Clean)
    } else {
        printer.error(&format!("{} findings", findings.len()));
        Ok(Exit::Failed)
    }
}
