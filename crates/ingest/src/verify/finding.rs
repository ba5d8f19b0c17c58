//! What `verify` found: where, what, and what is to be done. Never a value of a record.

use std::fmt;

use promptlake_datasets::day::Day;
use promptlake_lake::layout;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path of the file below the lake's root.
    pub path: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// What is wrong, for people; row numbers count from 0.
    pub what: String,
    /// What is to be done.
    pub remedy: Remedy,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.what, self.remedy)
    }
}

/// What sort of thing a finding is; the names are those of the JSON form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A file of somebody else, or of a later version.
    Foreign,
    /// A file that should be there.
    Missing,
    /// A file that cannot be read to its end.
    Damaged,
    /// Part and inventory do not describe the same bytes.
    Inventory,
    /// The footer's entries.
    Footer,
    /// Columns, their types or their statistics.
    Schema,
    /// Rows of another day.
    Dt,
    /// Times that do not fit each other.
    Time,
    /// Columns that must not be NULL.
    Null,
    /// The canonical order.
    Order,
    /// Keys and variants.
    Variant,
    /// Children and their parents.
    Child,
    /// The twins that an inventory lists.
    Twin,
    /// The objects that an inventory lists.
    Object,
    /// The ledger.
    Ledger,
    /// The ledger's index.
    Index,
    /// `lake.json`
    Settings,
    /// Partitions that Athena does not see.
    Projection,
}

impl Kind {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::Missing => "missing",
            Self::Damaged => "damaged",
            Self::Inventory => "inventory",
            Self::Footer => "footer",
            Self::Schema => "schema",
            Self::Dt => "dt",
            Self::Time => "time",
            Self::Null => "null",
            Self::Order => "order",
            Self::Variant => "variant",
            Self::Child => "child",
            Self::Twin => "twin",
            Self::Object => "object",
            Self::Ledger => "ledger",
            Self::Index => "index",
            Self::Settings => "settings",
            Self::Projection => "projection",
        }
    }
}

/// What is to be done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// The next run sees it and mends it.
    Run,
    /// The index says that all is well, so that a run would not look.
    RunWithoutIndex,
    /// What is there is taken for right unless it is read again.
    Rebuild,
    /// A day has to be read again.
    RebuildDay(Day),
    /// Its rows say of no object, so that none replaces them.
    RemoveAndRun,
    /// It has to go.
    Remove,
    /// A later version wrote it.
    Newer,
    /// It is as it has to be, and a person should know.
    Nothing,
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run => f.write_str(
                "`run` mends it, or says that objects of it are gone: `run --rebuild` goes on without these",
            ),
            Self::RunWithoutIndex => write!(
                f,
                "remove {} and `run` looks at all partitions and mends it",
                layout::LEDGER_INDEX
            ),
            Self::Rebuild => f.write_str("`run --rebuild` makes it anew from its objects"),
            Self::RebuildDay(day) => {
                write!(f, "`run --rebuild --from {day} --to {day}` reads that source day again")
            }
            Self::RemoveAndRun => {
                f.write_str("remove it, and `run` makes it anew from its objects")
            }
            Self::Remove => f.write_str("remove it"),
            Self::Newer => f.write_str("use the newer promptlake that wrote it"),
            Self::Nothing => f.write_str("nothing is wrong with the file itself"),
        }
    }
}

/// How many rows something is true of, and the first of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    count: u64,
    first: u64,
}

impl Tally {
    /// Counts a row.
    pub(super) fn add(&mut self, row: u64) {
        self.first = if self.count == 0 {
            row
        } else {
            self.first.min(row)
        };
        self.count += 1;
    }

    /// Whether it is true of any.
    pub(super) fn any(&self) -> bool {
        self.count > 0
    }

    /// `3 rows (the first is row 17) <what>`; `None`: it is true of none.
    pub(super) fn text(&self, what: &str) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("1 row (row {}) {what}", self.first)),
            n => Some(format!("{n} rows (the first is row {}) {what}", self.first)),
        }
    }
}

/// `1 object` or `n objects`.
pub(super) fn objects(count: u64) -> String {
    match count {
        1 => "1 object".to_owned(),
        n => format!("{n} objects"),
    }
}
