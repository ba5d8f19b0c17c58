//! Progress on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use promptlake_ingest::progress::{Progress, Stage};

use crate::printer::Printer;

/// How often it is drawn where nothing advances.
const TICK: Duration = Duration::from_millis(200);

/// A bar on stderr, if that is a terminal; else nothing but notices.
pub(crate) struct Bar<'a> {
    printer: &'a Printer,
    bar: ProgressBar,
}

impl<'a> Bar<'a> {
    /// A bar that shows nothing yet.
    pub(crate) fn new(printer: &'a Printer) -> Self {
        let target = if printer.draws() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if printer.draws() {
            bar.enable_steady_tick(TICK);
        }
        Self { printer, bar }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar<'_> {
    fn stage(&self, stage: Stage, total: Option<u64>) {
        let (what, counted) = match stage {
            Stage::List => ("listing", "objects"),
            Stage::Check => ("checking the lake", "partitions"),
            Stage::Plan => ("planning", "objects"),
            Stage::Read => ("reading", "objects"),
            Stage::Publish => ("publishing", "partitions"),
        };
        let template = if total.is_some() {
            format!("{what:<10} {{bar:30}} {{human_pos}} of {{human_len}} {counted}  {{eta}}")
        } else {
            format!("{what:<10} {{spinner}} {{human_pos}} {counted}")
        };
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar.set_style(style);
        self.bar.reset();
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
    }

    fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }

    fn notice(&self, text: &str) {
        self.bar.suspend(|| self.printer.info(text));
    }
}
