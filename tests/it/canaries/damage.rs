//! A lake with damage: what commands say of it holds nothing of its rows.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray, new_null_array};
use arrow_cast::cast;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use promptlake_datasets::dataset::DATASETS;
use promptlake_datasets::rejects;
use promptlake_datasets::table::Privacy;

use super::heard::Heard;
use super::{hear, planted};
use crate::harness::{Dir, Files};

/// In every text of a part whose texts were changed.
const OTHER: &str = "mandarin";

/// How a file is changed; `None`: as it would be without.
type Damage = fn(&Path, &[u8]) -> Option<Vec<u8>>;

/// Damage of bytes, each done to all files at once.
const OF_BYTES: &[Damage] = &[
    |_, _| Some(Vec::new()),
    |_, bytes| Some(bytes[..bytes.len() / 2].to_vec()),
    |_, bytes| Some(bytes[..bytes.len().saturating_sub(3)].to_vec()),
    |_, bytes| Some([bytes, b"x"].concat()),
    |_, _| Some(format!("{{\"{0}\":\"{0}\"}}\n", planted::MARK).into_bytes()),
    |_, bytes| Some(flipped(bytes, 3)),
    |_, bytes| Some(flipped(bytes, 7)),
    |_, bytes| Some(flipped(bytes, 12)),
];

/// Damage of a part that is a sound file of Parquet again.
const OF_ROWS: &[Damage] = &[
    // In the wrong order.
    |path, _| {
        rewritten(path, |rows| {
            (0..rows.num_rows())
                .rev()
                .map(|at| rows.slice(at, 1))
                .collect()
        })
    },
    // All of them twice.
    |path, _| {
        rewritten(path, |rows| {
            (0..rows.num_rows())
                .flat_map(|at| [rows.slice(at, 1), rows.slice(at, 1)])
                .collect()
        })
    },
    // A column less.
    |path, _| {
        rewritten(path, |rows| {
            let columns: Vec<usize> = (0..rows.num_columns() - 1).collect();
            vec![rows.project(&columns).unwrap()]
        })
    },
    // Every column a text: of another type.
    |path, _| {
        rewritten(path, |rows| {
            let text = StringArray::from(vec![""]);
            spoilt(rows, |_, column| cast(column, text.data_type()).ok())
        })
    },
    // Other texts, and other persons.
    |path, _| {
        rewritten(path, |rows| {
            spoilt(rows, |name, column| {
                let text = StringArray::from(vec![OTHER; column.len()]);
                let changes = is_private(name) && column.data_type() == text.data_type();
                changes.then(|| Arc::new(text) as ArrayRef)
            })
        })
    },
    // No value at all.
    |path, _| {
        rewritten(path, |rows| {
            spoilt(rows, |_, column| {
                Some(new_null_array(column.data_type(), column.len()))
            })
        })
    },
];

/// A bit in every so many of the bytes.
fn flipped(bytes: &[u8], parts: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let step = bytes.len() / parts + 1;
    for byte in bytes.iter_mut().skip(step / 2).step_by(step) {
        *byte ^= 0x10;
    }
    bytes
}

fn rewritten(
    path: &Path,
    change: impl FnOnce(&RecordBatch) -> Vec<RecordBatch>,
) -> Option<Vec<u8>> {
    if path.extension().is_none_or(|ending| ending != "parquet") {
        return None;
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    // The parts of this test are smaller than a batch.
    let mut batches = reader.with_batch_size(100_000).build().unwrap();
    let rows = change(&batches.next()?.unwrap());
    assert!(batches.next().is_none());
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows[0].schema(), None).unwrap();
    for rows in rows {
        writer.write(&rows).unwrap();
    }
    writer.close().unwrap();
    Some(bytes)
}

fn spoilt(
    rows: &RecordBatch,
    change: impl Fn(&str, &ArrayRef) -> Option<ArrayRef>,
) -> Vec<RecordBatch> {
    let schema = rows.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(rows.columns())
        .map(|(field, column)| {
            let column = change(field.name(), column).unwrap_or_else(|| Arc::clone(column));
            (field.name().as_str(), column, true)
        });
    vec![RecordBatch::try_from_iter_with_nullable(columns).unwrap()]
}

/// Whether a column of this name is of a person, or text.
fn is_private(name: &str) -> bool {
    let families = DATASETS.iter().map(|dataset| dataset.family);
    families
        .chain([&rejects::FAMILY])
        .flat_map(|family| family.tables)
        .flat_map(|table| table.columns())
        .any(|column| column.name == name && column.privacy != Privacy::Plain)
}

/// The files of a lake below a folder.
fn files(dir: &Dir, folder: &str) -> Vec<PathBuf> {
    let root = dir.path(&format!("lake/{folder}"));
    let names = Files::below(&root).0;
    names.keys().map(|name| root.join(name)).collect()
}

fn is_quiet(folders: &[&str], damages: &[Damage]) {
    for with_sources in [true, false] {
        let dir = Dir::new();
        // Some of every kit.
        for object in planted::marked().iter().step_by(5) {
            object.put(&dir);
        }
        hear(&dir, false, &[], &mut Heard::default());
        if !with_sources {
            // Nothing can be read again: what is damaged stays, and is named.
            dir.lose(&["bucket/logs", "bucket/reports"]);
        }
        let sound = Files::below(&dir.path("lake"));
        for (round, damage) in damages.iter().enumerate() {
            dir.lose(&["lake"]);
            for (name, (bytes, _)) in &sound.0 {
                dir.write(&format!("lake/{name}"), bytes);
            }
            let mut changed = 0;
            for path in folders.iter().flat_map(|folder| files(&dir, folder)) {
                let bytes = fs::read(&path).unwrap();
                if let Some(bytes) = damage(&path, &bytes) {
                    fs::write(&path, bytes).unwrap();
                    changed += 1;
                }
            }
            assert!(changed > 0);
            let mut heard = Heard::default();
            hear(&dir, round % 2 == 0, &[], &mut heard);
            heard.has_nothing_of(planted::MARK);
            heard.has_nothing_of(OTHER);
            assert!(heard.findings() > 0);
        }
    }
}

#[test]
fn damaged_parts_are_not_quoted() {
    is_quiet(&["tables"], OF_BYTES);
}

#[test]
fn rewritten_parts_are_not_quoted() {
    is_quiet(&["tables"], OF_ROWS);
}

#[test]
fn damaged_state_is_not_quoted() {
    is_quiet(&["_promptlake/inventory", "_promptlake/ledger"], OF_BYTES);
}
