//! Headers: cells bound to columns by name, never by position.

use std::collections::HashMap;

use crate::drift::{Drift, DriftKind};
use crate::model;

/// A column that a report is known to have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Its names, the first in the documentation's spelling; compared trimmed and without case.
    pub(crate) names: &'static [&'static str],
    /// When two cells of it are equal.
    pub(crate) kind: Kind,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Count,
    Double,
    Flag,
    Day,
    /// Of an unknown column: a number or text.
    Any,
}

/// Headers that hold a name themselves: `<model>_messages`, each row's cells of which become rows of a child table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Melted {
    /// What the header ends with, compared without case.
    pub(crate) suffix: &'static str,
}

/// The columns of a report.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The dataset, for drift.
    pub(crate) dataset: &'static str,
    /// Known columns; a column's number is its place here.
    pub(crate) known: &'static [Known],
    /// The number of `Date`.
    pub(crate) date: usize,
    /// The number of `UserId`.
    pub(crate) user_id: usize,
    /// Headers that are melted; a known column's header is none.
    pub(crate) melted: Option<Melted>,
}

/// A header, bound. Cells are meant by their place in the row.
#[derive(Debug)]
pub(crate) struct Header {
    /// How many cells it has.
    pub(super) len: usize,
    /// The cell of each known column.
    pub(super) known: Vec<Option<usize>>,
    /// Unknown columns, in header order.
    pub(super) unknown: Vec<Unknown>,
    /// Melted columns by model, in header order of the first.
    pub(super) models: Vec<Model>,
    /// Headers that stand more than once.
    pub(super) repeated: Vec<Repeated>,
}

/// A column that the layout does not know.
#[derive(Debug)]
pub(super) struct Unknown {
    /// Its header, trimmed, in the first spelling.
    pub(super) name: String,
    pub(super) cell: usize,
}

/// A model with messages.
#[derive(Debug)]
pub(crate) struct Model {
    /// Canonical name.
    pub(crate) name: String,
    /// Its columns: the name as the header writes it, and the cell.
    pub(super) columns: Vec<(String, usize)>,
}

/// A header that stands more than once.
#[derive(Debug)]
pub(super) struct Repeated {
    /// How a message calls it: the known name, else its place.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Its cells; the first is the one that the column is bound to.
    pub(super) cells: Vec<usize>,
}

impl Header {
    /// Binds the cells of a header; `None` if `Date` or `UserId` is missing.
    pub(super) fn bind(cells: &[&str], layout: &Layout) -> Option<Self> {
        let mut header = Self {
            len: cells.len(),
            known: vec![None; layout.known.len()],
            unknown: Vec::new(),
            models: Vec::new(),
            repeated: Vec::new(),
        };
        let mut seen: HashMap<String, usize> = HashMap::with_capacity(cells.len());
        for (cell, name) in cells.iter().enumerate() {
            let name = name.trim();
            let number = layout.number_of(name);
            let key = match number {
                Some(number) => layout.known[number].names[0].to_lowercase(),
                None => name.to_lowercase(),
            };
            if let Some(first) = seen.get(&key) {
                header.repeat(*first, cell, number.map(|number| &layout.known[number]));
                continue;
            }
            seen.insert(key, cell);
            if let Some(number) = number {
                header.known[number] = Some(cell);
            } else if let Some(raw) = layout.model_of(name) {
                header.add_model(raw, cell);
            } else {
                header.unknown.push(Unknown {
                    name: name.to_owned(),
                    cell,
                });
            }
        }
        (header.known[layout.date].is_some() && header.known[layout.user_id].is_some())
            .then_some(header)
    }

    /// Notes what the layout does not know, once an object.
    pub(super) fn note_drift(&self, layout: &Layout, drift: &mut Drift, object: &str) {
        for unknown in self
            .unknown
            .iter()
            .filter(|unknown| !unknown.name.is_empty())
        {
            drift.note(layout.dataset, DriftKind::Column, &unknown.name, object);
        }
        for model in self
            .models
            .iter()
            .filter(|model| !model::is_known(&model.name))
        {
            drift.note(layout.dataset, DriftKind::Model, &model.name, object);
        }
    }

    fn repeat(&mut self, first: usize, cell: usize, known: Option<&Known>) {
        if let Some(repeated) = self.repeated.iter_mut().find(|r| r.cells[0] == first) {
            repeated.cells.push(cell);
            return;
        }
        let is_model = || {
            let mut columns = self.models.iter().flat_map(|model| &model.columns);
            columns.any(|(_, cell)| *cell == first)
        };
        let (name, kind) = match known {
            Some(known) => (known.names[0].to_owned(), known.kind),
            None if is_model() => (format!("column {}", first + 1), Kind::Count),
            None => (format!("column {}", first + 1), Kind::Any),
        };
        self.repeated.push(Repeated {
            name,
            kind,
            cells: vec![first, cell],
        });
    }

    fn add_model(&mut self, raw: &str, cell: usize) {
        let name = model::canonical(raw);
        let column = (raw.to_owned(), cell);
        match self.models.iter_mut().find(|model| model.name == name) {
            Some(model) => model.columns.push(column),
            None => self.models.push(Model {
                name: name.into_owned(),
                columns: vec![column],
            }),
        }
    }
}

impl Layout {
    fn number_of(&self, header: &str) -> Option<usize> {
        self.known.iter().position(|known| {
            known
                .names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(header))
        })
    }

    /// The model that a melted header names, as it writes it.
    fn model_of<'a>(&self, header: &'a str) -> Option<&'a str> {
        let suffix = self.melted?.suffix;
        let (raw, end) = header.split_at_checked(header.len().checked_sub(suffix.len())?)?;
        (end.eq_ignore_ascii_case(suffix) && !raw.trim().is_empty()).then_some(raw)
    }
}
