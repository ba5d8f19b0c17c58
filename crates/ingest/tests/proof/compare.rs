//! Two lakes, and the rows of two tables, beside one another.

use std::collections::{BTreeMap, BTreeSet};

use promptlake_lake::layout::{self, Place};
use promptlake_properties::cells::Cell;

use crate::parts;

/// Whether two lakes have the same parts, byte for byte. A part without rows is as good as none.
pub(crate) fn same(
    when: &str,
    one: &BTreeMap<String, Vec<u8>>,
    other: &BTreeMap<String, Vec<u8>>,
) -> Result<(), String> {
    let paths: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    for path in paths {
        let empty = |bytes: Option<&Vec<u8>>| bytes.is_none_or(|bytes| rows(path, bytes) == 0);
        match (one.get(path), other.get(path)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                return Err(format!(
                    "{when}: the bytes of {path} differ ({} and {} rows)",
                    rows(path, one),
                    rows(path, other)
                ));
            }
            (one, other) if empty(one) && empty(other) => {}
            (one, _) => {
                let which = if one.is_some() { "first" } else { "second" };
                return Err(format!("{when}: only the {which} has {path}"));
            }
        }
    }
    Ok(())
}

fn rows(path: &str, bytes: &[u8]) -> usize {
    let Place::Part { table, .. } = layout::place(path) else {
        panic!("{path} is no part");
    };
    parts::open(parts::table_of(table), bytes).rows.len()
}

/// The rows that differ, by what tells them apart.
pub(crate) fn difference(table: &str, wanted: &[Vec<Cell>], there: &[Vec<Cell>]) -> String {
    let table = parts::table_of(table);
    let columns: Vec<&str> = table.columns().map(|column| column.name).collect();
    let place = |cells: &Vec<Cell>| {
        let names = [
            "source_object",
            "record_index",
            "variant",
            "reason",
            "model",
        ];
        let shown = names.iter().filter_map(|name| {
            let at = columns.iter().position(|column| column == name)?;
            Some(format!("{name} {:?}", cells[at]))
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    let mut text = String::new();
    for (number, (wanted, there)) in wanted.iter().zip(there).enumerate() {
        if wanted != there {
            let differ = columns.iter().zip(wanted.iter().zip(there));
            let differ: Vec<_> = differ.filter(|(_, (a, b))| a != b).collect();
            text += &format!("row {number} ({}): {differ:?}\n", place(wanted));
            break;
        }
    }
    for (what, rows, others) in [("missing", wanted, there), ("too much", there, wanted)] {
        for cells in rows.iter().filter(|cells| !others.contains(cells)) {
            text += &format!("{what}: {}\n", place(cells));
        }
    }
    text
}
