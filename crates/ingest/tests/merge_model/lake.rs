//! A partition on disk, read and merged as a run does it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, RecordBatch};
use promptlake_datasets::day::Day;
use promptlake_datasets::key::source_day;
use promptlake_datasets::table::{Family, Table};
use promptlake_ingest::encoder::Encoder;
use promptlake_ingest::merge::{
    Contents, Listed, ListedTwin, MergeError, MergeInput, Merged, ObjectRows, merge,
};
use promptlake_ingest::run_cursor::Run;
use promptlake_ingest::run_file::RunFile;
use promptlake_ingest::stage::{PartitionId, Stage};
use promptlake_lake::settings::Encoding;

use crate::tables::{DT, Version, batches, object_name};

/// A stored row as the test compares it: object, record, key, body, report_ts, variant, children.
pub(crate) type Row = (
    String,
    i64,
    Option<u8>,
    String,
    Option<i64>,
    i64,
    Vec<String>,
);
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) twins: Vec<ListedTwin>,
    pub(crate) objects: Vec<BTreeMap<String, u64>>,
}

impl Contents for Kept {
    fn object(&mut self, table: usize, object: &ObjectRows) -> std::io::Result<()> {
        self.objects
            .resize_with(self.objects.len().max(table + 1), BTreeMap::new);
        let before = self.objects[table].insert(object.object.clone(), object.rows);
        assert_eq!(before, None, "an object is told once");
        Ok(())
    }

    fn twin(&mut self, twin: &ListedTwin) -> std::io::Result<()> {
        self.twins.push(twin.clone());
        Ok(())
    }
}

/// A partition on disk and what is listed with it.
#[derive(Default)]
pub(crate) struct Lake {
    pub(crate) parts: Vec<Vec<u8>>,
    pub(crate) twins: Vec<ListedTwin>,
}

pub(crate) struct Limits {
    pub(crate) held: u64,
    pub(crate) memory: usize,
    pub(crate) threads: usize,
}

pub(crate) fn encoding() -> Encoding {
    Encoding {
        zstd_level: 1,
        page_bytes: 1 << 12,
        batch_weight: 1 << 10,
        batch_rows: 5,
        group_min: 600,
        group_spread: 500,
        group_max: 3000,
        ..Encoding::default()
    }
}

pub(crate) fn run_file(path: &Path, table: &'static Table) -> RunFile {
    RunFile::open(File::open(path).unwrap(), table).unwrap()
}

/// Reads `objects` and merges them into `lake`.
pub(crate) fn read(
    family: &'static Family,
    lake: &Lake,
    objects: &BTreeMap<u8, Version>,
    limits: &Limits,
) -> (Lake, Merged) {
    try_read(family, lake, objects, limits).unwrap()
}

/// Reads `objects` and merges them into `lake`, if it can be done.
pub(crate) fn try_read(
    family: &'static Family,
    lake: &Lake,
    objects: &BTreeMap<u8, Version>,
    limits: &Limits,
) -> Result<(Lake, Merged), MergeError> {
    let temp = tempfile::tempdir().unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(limits.threads)
        .build()
        .unwrap();
    let encoder = Encoder::new(pool, encoding(), 1 << 20, true);
    let mut stage = Stage::new(&encoder, temp.path().to_owned(), limits.held);
    let mut ordered: Vec<(Day, String, &Version)> = objects
        .iter()
        .map(|(number, version)| (object_name(*number), version))
        .map(|(name, version)| (source_day(&name, false).0, name, version))
        .collect();
    ordered.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (day, name, version) in &ordered {
        stage.append(*day, &batches(family, name, version)).unwrap();
    }
    let partition = PartitionId { family, dt: DT };
    let mut staged = stage.finish().unwrap().runs;
    let mut old = Run::default();
    if !lake.parts.is_empty() {
        let mut files = Vec::new();
        for (table, bytes) in family.tables.iter().zip(&lake.parts) {
            let path = temp.path().join(format!("old-{}", table.name));
            std::fs::write(&path, bytes).unwrap();
            files.push(run_file(&path, table));
        }
        old.segments.push(files);
    }
    let mut runs = vec![old];
    let staged = staged.remove(&partition).unwrap_or_default();
    let parked = match staged.as_slice() {
        [run] if run.len() == 1 => Some(run[0].clone()),
        _ => None,
    };
    for parked in staged {
        let open = |files: Vec<promptlake_ingest::part::FinishedPart>| {
            files
                .iter()
                .zip(family.tables)
                .map(|(file, table)| run_file(&file.path, table))
                .collect()
        };
        runs.push(Run {
            segments: parked.into_iter().map(open).collect(),
        });
    }
    let names: BTreeSet<String> = objects.keys().map(|number| object_name(*number)).collect();
    let listed = || -> Result<Listed<'_>, _> { Ok(Box::new(lake.twins.iter().cloned().map(Ok))) };
    let gone = |run: usize, _: Day, object: &str| run == 0 && names.contains(object);
    let input = MergeInput {
        partition,
        runs,
        parked,
        listed: &listed,
        gone: &gone,
    };
    let mut kept = Kept::default();
    let merged = merge(&input, &encoder, temp.path(), limits.memory, &mut kept)?;
    let parts = merged
        .parts
        .iter()
        .enumerate()
        .map(|(table, part)| match part {
            Some(part) => std::fs::read(&part.path).unwrap(),
            None => lake.parts[table].clone(),
        });
    let lake = Lake {
        parts: parts.collect(),
        twins: kept.twins,
    };
    Ok((lake, merged))
}

pub(crate) fn rows(family: &'static Family, lake: &Lake) -> Vec<Row> {
    let temp = tempfile::tempdir().unwrap();
    let table = |number: usize| -> Vec<RecordBatch> {
        let path = temp.path().join(number.to_string());
        std::fs::write(&path, &lake.parts[number]).unwrap();
        let file = run_file(&path, family.tables[number]);
        file.read(None, (0..file.groups()).collect(), None)
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let text = |batch: &RecordBatch, name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let int = |batch: &RecordBatch, name: &str, row: usize| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .value(row)
    };
    let mut children: BTreeMap<(String, i64, i64), Vec<String>> = BTreeMap::new();
    if family.tables.len() > 1 {
        for batch in table(1) {
            for row in 0..batch.num_rows() {
                let key = (
                    text(&batch, "source_object", row).unwrap(),
                    int(&batch, "record_index", row),
                    int(&batch, "variant", row),
                );
                children
                    .entry(key)
                    .or_default()
                    .push(text(&batch, "name", row).unwrap());
            }
        }
    }
    let mut rows = Vec::new();
    for batch in table(0) {
        let times = batch
            .column_by_name("report_ts")
            .unwrap()
            .as_primitive::<arrow_array::types::TimestampMillisecondType>();
        for row in 0..batch.num_rows() {
            let (object, index, variant) = (
                text(&batch, "source_object", row).unwrap(),
                int(&batch, "record_index", row),
                int(&batch, "variant", row),
            );
            let key = text(&batch, "request_id", row).map(|key| key.parse().unwrap());
            let own = children
                .remove(&(object.clone(), index, variant))
                .unwrap_or_default();
            let ts = times.is_valid(row).then(|| times.value(row));
            rows.push((
                object,
                index,
                key,
                text(&batch, "body", row).unwrap(),
                ts,
                variant,
                own,
            ));
        }
    }
    assert!(
        children.is_empty(),
        "children without a parent: {:?}",
        children.keys()
    );
    rows
}
