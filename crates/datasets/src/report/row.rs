//! One row of a report, its cells by column.

use std::borrow::Cow;

use super::cell;
use super::header::{Header, Kind, Layout, Model};
use crate::day::Day;
use crate::object::Object;
use crate::reason::Reason;
use crate::user_id::{self, UserId};

/// Why a row is rejected; the detail holds no value of it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

/// One row. A cell that is blank or missing is none.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(super) layout: &'a Layout,
    pub(super) header: &'a Header,
    /// The text of the cells, without a gap.
    pub(super) text: &'a str,
    /// Where each cell ends in it.
    pub(super) ends: &'a [usize],
    /// Cells of repeated headers that another one stands for: (bound, standing).
    pub(super) moved: &'a [(usize, usize)],
    /// Its place in the report.
    pub(crate) index: i64,
}

impl<'a> Row<'a> {
    /// The cell of a known column as it is written.
    pub(crate) fn verbatim(&self, number: usize) -> Option<&'a str> {
        self.cell(self.header.known[number]?)
    }

    /// The cell of a known column, trimmed.
    pub(crate) fn text(&self, number: usize) -> Option<&'a str> {
        self.verbatim(number).map(str::trim)
    }

    /// A count.
    pub(crate) fn count(&self, number: usize) -> Result<Option<i64>, Refusal> {
        self.value(number, cell::count, Reason::BadCount, "not a count")
    }

    /// A number.
    pub(crate) fn double(&self, number: usize) -> Result<Option<f64>, Refusal> {
        self.value(
            number,
            cell::double,
            Reason::BadNumber,
            "not a finite number",
        )
    }

    /// A flag.
    pub(crate) fn flag(&self, number: usize) -> Result<Option<bool>, Refusal> {
        self.value(
            number,
            cell::flag,
            Reason::BadFlag,
            "neither true nor false",
        )
    }

    /// The row's date, in the range that the object allows.
    pub(crate) fn day(&self, object: &Object) -> Result<Day, Refusal> {
        let column = self.layout.date;
        let day = self
            .value(column, cell::day, Reason::BadTime, "not a date")?
            .ok_or_else(|| Refusal::new(Reason::NoDate, format!("{}: blank", self.name(column))))?;
        let last = if object.dated {
            object.day.plus(2)
        } else {
            Day::LAST
        };
        if (Day::UNDATED..=last).contains(&day) {
            Ok(day)
        } else {
            let detail = format!("{}: outside {} to {last}", self.name(column), Day::UNDATED);
            Err(Refusal::new(Reason::TimeOutOfRange, detail))
        }
    }

    /// The row's user: as written, and split.
    pub(crate) fn user(&self) -> Result<(&'a str, UserId<'a>), Refusal> {
        let raw = self.verbatim(self.layout.user_id).unwrap_or_default();
        let split = user_id::split(raw);
        if split.user_id.trim().is_empty() {
            let detail = format!("{}: blank", self.name(self.layout.user_id));
            return Err(Refusal::new(Reason::NoUser, detail));
        }
        Ok((raw, split))
    }

    /// Shows the sum of each model's cells, where one is there: the model, its name as the headers write it, the sum.
    pub(crate) fn models(
        &self,
        mut found: impl FnMut(&'a Model, Cow<'a, str>, i64),
    ) -> Result<(), Refusal> {
        for model in &self.header.models {
            let mut sum: Option<(Cow<'a, str>, i64)> = None;
            for (raw, at) in &model.columns {
                let Some(text) = self.cell(*at) else { continue };
                let refuse =
                    |what| Refusal::new(Reason::BadCount, format!("column {}: {what}", at + 1));
                let count = cell::count(text.trim()).ok_or_else(|| refuse("not a count"))?;
                sum = Some(match sum {
                    None => (Cow::Borrowed(raw), count),
                    Some((names, before)) => (
                        Cow::Owned(format!("{names},{raw}")),
                        before
                            .checked_add(count)
                            .ok_or_else(|| refuse("the model's sum is not a count"))?,
                    ),
                });
            }
            if let Some((names, count)) = sum {
                found(model, names, count);
            }
        }
        Ok(())
    }

    /// Appends the cells of unknown columns as a compact JSON object; nothing where there are none.
    pub(crate) fn extra_json(&self, json: &mut Vec<u8>) {
        for unknown in &self.header.unknown {
            let Some(text) = self.cell(unknown.cell) else {
                continue;
            };
            json.push(if json.is_empty() { b'{' } else { b',' });
            write_text(json, &unknown.name);
            json.push(b':');
            write_text(json, text);
        }
        if !json.is_empty() {
            json.push(b'}');
        }
    }

    fn value<T>(
        &self,
        number: usize,
        read: fn(&str) -> Option<T>,
        reason: Reason,
        problem: &str,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(number) else {
            return Ok(None);
        };
        match read(text) {
            Some(value) => Ok(Some(value)),
            None => Err(Refusal::new(
                reason,
                format!("{}: {problem}", self.name(number)),
            )),
        }
    }

    fn name(&self, number: usize) -> &'static str {
        self.layout.known[number].names[0]
    }

    /// The cell at a place of the header, if it is there and not blank.
    fn cell(&self, at: usize) -> Option<&'a str> {
        let at = match self.moved.iter().find(|(bound, _)| *bound == at) {
            Some((_, standing)) => *standing,
            None => at,
        };
        cell_at(self.text, self.ends, at).filter(|text| !is_blank(text))
    }
}

fn write_text(json: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(json, text).expect("invariant: a Vec takes any text");
}

/// A cell of a row, blank or not.
pub(super) fn cell_at<'a>(text: &'a str, ends: &[usize], at: usize) -> Option<&'a str> {
    let start = match at {
        0 => 0,
        _ => *ends.get(at - 1)?,
    };
    text.get(start..*ends.get(at)?)
}

/// Whether a cell holds nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}

/// Decides which cell of each repeated header stands: the first that is not blank.
pub(super) fn resolve_repeated(
    header: &Header,
    text: &str,
    ends: &[usize],
    moved: &mut Vec<(usize, usize)>,
) -> Result<(), Refusal> {
    for repeated in &header.repeated {
        let mut filled = repeated.cells.iter().filter_map(|at| {
            let cell = cell_at(text, ends, *at).filter(|cell| !is_blank(cell))?;
            Some((*at, cell.trim()))
        });
        let Some((standing, first)) = filled.next() else {
            continue;
        };
        if !filled.all(|(_, other)| equal(repeated.kind, first, other)) {
            let detail = format!(
                "{}: stands more than once, with different values",
                repeated.name
            );
            return Err(Refusal::new(Reason::RepeatedColumn, detail));
        }
        if standing != repeated.cells[0] {
            moved.push((repeated.cells[0], standing));
        }
    }
    Ok(())
}

fn equal(kind: Kind, a: &str, b: &str) -> bool {
    fn both<T: PartialEq>(read: fn(&str) -> Option<T>, a: &str, b: &str) -> bool {
        matches!((read(a), read(b)), (Some(a), Some(b)) if a == b)
    }
    a == b
        || match kind {
            Kind::Text => false,
            Kind::Count => both(cell::count, a, b),
            Kind::Double => both(cell::double, a, b),
            Kind::Flag => both(cell::flag, a, b),
            Kind::Day => both(cell::day, a, b),
            Kind::Any => both(cell::count, a, b) || both(cell::double, a, b),
        }
}
