//! `promptlake demo`

use anyhow::bail;
use promptlake_ingest::exit::Exit;

use crate::args::DemoArgs;
use crate::printer::Printer;

/// Makes the demo.
pub(crate) fn run(args: &DemoArgs, _printer: &Printer) -> anyhow::Result<Exit> {
    bail!("demo {} is not built yet", args.dir.display());
}
