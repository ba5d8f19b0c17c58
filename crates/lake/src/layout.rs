//! Which object of the lake lies where, and what a path of the lake is.

use promptlake_datasets::day::Day;

/// Everything under it is data: Athena reads whatever lies there.
pub const TABLES: &str = "tables/";
/// Small dimension tables.
pub const DIMS: &str = "dims/";
/// Everything that is not data.
pub const STATE: &str = "_promptlake/";
/// The lake's settings.
pub const SETTINGS: &str = "_promptlake/lake.json";
/// Inventories, by table and `dt`.
pub const INVENTORY: &str = "_promptlake/inventory/";
/// Ledger days, by dataset and source day, and their index.
pub const LEDGER: &str = "_promptlake/ledger/";
/// Counts and digests of the ledger's days, versions of the parts.
pub const LEDGER_INDEX: &str = "_promptlake/ledger/index";
/// Run reports.
pub const RUNS: &str = "_promptlake/runs/";
/// Temporary directories of runs; no object lies there.
pub const TEMP: &str = "_promptlake/tmp/";

/// What a probe for conditional writes leaves behind; no object of the lake.
pub(crate) const PROBE: &str = "_promptlake/probe";

const PART_FILE: &str = "part-00000.parquet";

/// The one part of a partition.
pub fn part(table: &str, dt: Day) -> String {
    format!("{TABLES}{table}/dt={dt}/{PART_FILE}")
}

/// What describes that part.
pub fn inventory(table: &str, dt: Day) -> String {
    format!("{INVENTORY}{table}/dt={dt}")
}

/// What was read of a source day.
pub fn ledger_day(dataset: &str, day: Day) -> String {
    format!("{LEDGER}{dataset}/day={day}")
}

/// The report of a run.
pub fn run_report(run_id: &str) -> String {
    format!("{RUNS}{run_id}.json")
}

/// The part of a dimension table.
pub fn dim(name: &str) -> String {
    format!("{DIMS}{name}/{PART_FILE}")
}

/// What lies at a path of the lake. Names are those of the path, whether or not there is such a table or dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// The part of a partition.
    Part {
        /// Table.
        table: &'a str,
        /// Partition.
        dt: Day,
    },
    /// A part's inventory.
    Inventory {
        /// Table.
        table: &'a str,
        /// Partition.
        dt: Day,
    },
    /// A day of the ledger.
    LedgerDay {
        /// Dataset.
        dataset: &'a str,
        /// Source day.
        day: Day,
    },
    /// The ledger's index.
    LedgerIndex,
    /// A run's report.
    RunReport {
        /// The run.
        run_id: &'a str,
    },
    /// A dimension table.
    Dim {
        /// Its name.
        name: &'a str,
    },
    /// `lake.json`
    Settings,
    /// Nothing of promptlake's. Under `tables/` it is in the way: engines would read it as data.
    Foreign,
}

/// Tells what lies at a path: exactly the paths that this module makes are known.
pub fn place(path: &str) -> Place<'_> {
    known(path).unwrap_or(Place::Foreign)
}

fn known(path: &str) -> Option<Place<'_>> {
    if let Some(rest) = path.strip_prefix(TABLES) {
        let (table, rest) = name(rest)?;
        let (dt, file) = rest.strip_prefix("dt=")?.split_once('/')?;
        let dt = dt.parse().ok()?;
        return (file == PART_FILE).then_some(Place::Part { table, dt });
    }
    if let Some(rest) = path.strip_prefix(INVENTORY) {
        let (table, rest) = name(rest)?;
        let dt = rest.strip_prefix("dt=")?.parse().ok()?;
        return Some(Place::Inventory { table, dt });
    }
    if path == LEDGER_INDEX {
        return Some(Place::LedgerIndex);
    }
    if let Some(rest) = path.strip_prefix(LEDGER) {
        let (dataset, rest) = name(rest)?;
        let day = rest.strip_prefix("day=")?.parse().ok()?;
        return Some(Place::LedgerDay { dataset, day });
    }
    if let Some(rest) = path.strip_prefix(RUNS) {
        let run_id = rest.strip_suffix(".json")?;
        return (!run_id.is_empty() && !run_id.contains('/'))
            .then_some(Place::RunReport { run_id });
    }
    if let Some(rest) = path.strip_prefix(DIMS) {
        let (name, file) = name(rest)?;
        return (file == PART_FILE).then_some(Place::Dim { name });
    }
    (path == SETTINGS).then_some(Place::Settings)
}

/// A `lower_snake_case` folder, and what follows it.
fn name(path: &str) -> Option<(&str, &str)> {
    let (name, rest) = path.split_once('/')?;
    let form = !name.is_empty()
        && name
            .bytes()
            .all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit());
    form.then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Day = Day(20_462);

    #[test]
    fn every_path_that_is_made_is_known_again() {
        let dt = DAY;
        let table = "chat";
        for (path, expected) in [
            (part(table, dt), Place::Part { table, dt }),
            (inventory(table, dt), Place::Inventory { table, dt }),
            (
                ledger_day("user_report", dt),
                Place::LedgerDay {
                    dataset: "user_report",
                    day: dt,
                },
            ),
            (
                run_report("20260109T020000Z-1"),
                Place::RunReport {
                    run_id: "20260109T020000Z-1",
                },
            ),
            (dim("dim_plan"), Place::Dim { name: "dim_plan" }),
            (LEDGER_INDEX.to_owned(), Place::LedgerIndex),
            (SETTINGS.to_owned(), Place::Settings),
        ] {
            assert_eq!(place(&path), expected, "{path}");
        }
        assert_eq!(
            part("chat", dt),
            "tables/chat/dt=2026-01-09/part-00000.parquet"
        );
    }

    #[test]
    fn what_is_nearly_a_path_is_foreign() {
        for path in [
            "tables/chat/dt=2026-01-09/part-00001.parquet",
            "tables/chat/dt=2026-01-09/part-00000.parquet.tmp",
            "tables/chat/dt=2026-01-09/x/part-00000.parquet",
            "tables/chat/dt=2026-02-30/part-00000.parquet",
            "tables/chat/dt=20260109/part-00000.parquet",
            "tables/chat/part-00000.parquet",
            "tables/Chat/dt=2026-01-09/part-00000.parquet",
            "tables//dt=2026-01-09/part-00000.parquet",
            "tables/.DS_Store",
            "/tables/chat/dt=2026-01-09/part-00000.parquet",
            "_promptlake/inventory/chat/dt=2026-01-09/x",
            "_promptlake/ledger/index/x",
            "_promptlake/runs/.json",
            "_promptlake/runs/a/b.json",
            "_promptlake/lake.json.bak",
            "",
        ] {
            assert_eq!(place(path), Place::Foreign, "{path}");
        }
    }
}
