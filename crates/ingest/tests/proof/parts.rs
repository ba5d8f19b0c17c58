//! What lies under `tables/`: its bytes, and the rows in them.

use std::collections::BTreeMap;

use promptlake_datasets::day::Day;
use promptlake_datasets::render::all_tables;
use promptlake_datasets::table::Table;
use promptlake_ingest::run_file::RunFile;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::storage::Storage;
use promptlake_properties::cells::{self, Cell};

/// The bytes of every part, by path. Fails on anything else under `tables/`.
pub(crate) fn bytes(lake: &dyn Storage) -> BTreeMap<String, Vec<u8>> {
    let mut paths = Vec::new();
    lake.list(layout::TABLES, &mut |entry| paths.push(entry.path))
        .unwrap();
    let read = |path: String| {
        assert!(
            matches!(layout::place(&path), Place::Part { .. }),
            "{path} does not belong under tables/"
        );
        let (bytes, _) = lake.read(&path).unwrap().unwrap();
        (path, bytes)
    };
    paths.into_iter().map(read).collect()
}

/// A part that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) groups: usize,
}

/// Opens a part's bytes.
pub(crate) fn open(table: &'static Table, bytes: &[u8]) -> Opened {
    let mut file = tempfile::tempfile_in(crate::start::scratch()).unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    let file = RunFile::open(file, table).unwrap();
    let groups = file.groups();
    let mut rows = Vec::new();
    for batch in file.read(None, (0..groups).collect(), None).unwrap() {
        let batch = batch.unwrap();
        rows.extend((0..batch.num_rows()).map(|row| cells::row(&batch, row)));
    }
    Opened { rows, groups }
}

/// Opens all of them.
pub(crate) fn open_all(parts: &BTreeMap<String, Vec<u8>>) -> BTreeMap<(&'static str, Day), Opened> {
    let open = |(path, bytes): (&String, &Vec<u8>)| {
        let Place::Part { table, dt } = layout::place(path) else {
            panic!("{path} is no part");
        };
        let table = table_of(table);
        ((table.name, dt), open(table, bytes))
    };
    parts.iter().map(open).collect()
}

/// The table of a name.
pub(crate) fn table_of(name: &str) -> &'static Table {
    all_tables()
        .into_iter()
        .find(|table| table.name == name)
        .unwrap_or_else(|| panic!("there is no table {name}"))
}
