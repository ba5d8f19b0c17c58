//! What a frame does with what is no good record: rejects it, alone or with all that follows.

use super::arena::Arena;
use super::extent::{Extent, Step};
use super::fault::Fault;
use super::frame::{Found, Frame, MAX_RECORD, Stop};
use super::scan::Scanner;
use crate::input::End;
use crate::reason::Reason;
use crate::rejects::{Reject, Spool};

impl Frame<'_, '_, '_, '_> {
    /// A value that is no record.
    pub(super) fn stray(&mut self, what: &'static str) -> Result<(), Stop> {
        if let Found::Whole(length) = self.find_end()? {
            self.bad_record(&Fault::bad(Reason::NotARecord, what), length);
        }
        Ok(())
    }

    /// A value that is JSON and `length` bytes long. What is wrong with it as JSON goes before what it should mean.
    pub(super) fn bad_record(&mut self, fault: &Fault, length: usize) {
        let value = &self.input.window()[..length];
        let (reason, detail) = match (fault, Arena::default().compact(&mut Scanner::new(value))) {
            (Fault::Bad(meaning), Err(Fault::Bad(form))) if form.reason != meaning.reason => {
                (form.reason, form.detail())
            }
            (Fault::Bad(defect), _) => (defect.reason, defect.detail()),
            (Fault::End | Fault::Syntax(_), _) => (Reason::Syntax, cut()),
        };
        self.reject(reason, detail, length);
    }

    /// Follows a value of which the window holds a part, seen by `extent`, to its end without holding it.
    pub(super) fn too_large(&mut self, mut extent: Extent) -> Result<(), Stop> {
        let mut spool = Spool::new(self.input.offset(), self.input.line());
        let mut seen = 0_u64;
        let mut fed = self.input.window().len();
        let (reason, detail, stop) = loop {
            match extent.feed(&self.input.window()[fed..]) {
                Step::Key(length) => fed += length,
                Step::More => {
                    let window = self.input.window();
                    fed = 0;
                    seen += window.len() as u64;
                    spool.add(window);
                    self.input.consume(window.len());
                    if !self.input.more() {
                        let (reason, detail) = self.cut_reason();
                        break (reason, detail, true);
                    }
                }
                Step::End(length) => {
                    spool.add(&self.input.window()[..fed + length]);
                    self.input.consume(fed + length);
                    break (Reason::RecordTooLarge, too_large(), false);
                }
                Step::Syntax(at) => {
                    break (Reason::Syntax, syntax(seen + (fed + at) as u64), true);
                }
                Step::TooDeep(_) => break (Reason::TooDeep, too_deep(), true),
            }
        };
        if stop {
            loop {
                spool.add(self.input.window());
                self.input.consume(self.input.window().len());
                if !self.input.more() {
                    break;
                }
            }
        }
        let reject = spool.reject(reason, detail, Some(self.index));
        self.output.reject(self.object, &reject);
        self.index += 1;
        if stop { Err(Stop) } else { Ok(()) }
    }

    /// Rejects the first `length` bytes of the window.
    pub(super) fn reject(&mut self, reason: Reason, detail: String, length: usize) {
        let reject = Reject::of_slice(
            reason,
            detail,
            Some(self.index),
            self.input.offset(),
            self.input.line(),
            &self.input.window()[..length],
        );
        self.output.reject(self.object, &reject);
        self.input.consume(length);
        self.index += 1;
    }

    /// Rejects all that follows.
    pub(super) fn reject_rest(&mut self, reason: Reason, detail: String) -> Stop {
        self.output
            .reject_rest(self.object, self.input, reason, detail, Some(self.index));
        Stop
    }

    /// Rejects all that follows: the byte at `at` is not JSON.
    pub(super) fn syntax(&mut self, at: usize) -> Stop {
        self.reject_rest(Reason::Syntax, syntax(at as u64))
    }

    /// Rejects all that follows: there should be more of it.
    pub(super) fn cut_off(&mut self) -> Stop {
        let (reason, detail) = self.cut_reason();
        self.reject_rest(reason, detail)
    }

    fn cut_reason(&self) -> (Reason, String) {
        match self.input.end() {
            Some(End::Broken { reason, detail }) => (*reason, detail.clone()),
            _ => (Reason::Syntax, cut()),
        }
    }
}

fn cut() -> String {
    "ends in the middle".to_owned()
}

pub(super) fn too_large() -> String {
    format!("larger than {} MiB", MAX_RECORD >> 20)
}

pub(super) fn too_deep() -> String {
    "nested deeper than can be followed".to_owned()
}

fn syntax(at: u64) -> String {
    format!("not JSON at byte {at} of the slice")
}
