//! A whole object, through a run to Parquet and back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use promptlake_datasets::day::Day;
use promptlake_datasets::key::KeyContext;
use promptlake_ingest::options::{Limits, RunOptions};
use promptlake_ingest::progress::Silent;
use promptlake_ingest::report::{RunReport, Tolerance};
use promptlake_ingest::run::run;
use promptlake_lake::layout::{self, Place};
use promptlake_lake::location::Location;
use promptlake_lake::settings::{Encoding, Settings};
use promptlake_lake::source::Window;

use crate::cells::{self, Cell};
use crate::decoded::{self, Decoded};
use crate::draws::Draws;
use crate::memory_lake::MemoryLake;
use crate::one_object::OneObject;

/// `--max-object-size`, so small that a compressed object meets it.
pub(crate) const MAX_OBJECT_BYTES: u64 = 1 << 18;

/// Rows of each table with what is stored of them, and how often.
pub(crate) type Rows = BTreeMap<(String, Vec<Cell>), u64>;

/// Takes the first line for a key and the rest for the body of an object; a key after `lex:` is one of a source of Lex. It is
/// converted, if that key is one of an object: the run succeeds, its counts balance, the parquet crate reads from the parts the rows that the decoder
/// gave, as many as were accepted. Another run has nothing to do, and one from the start writes the same bytes.
pub fn object(bytes: &[u8]) {
    let mut draws = Draws::of(bytes);
    let line = bytes.iter().position(|byte| *byte == b'\n');
    let (key, body) = bytes.split_at(line.unwrap_or(bytes.len()));
    let body = body.get(1..).unwrap_or_default();
    let key = String::from_utf8_lossy(key);
    let (lex, key) = match key.strip_prefix("lex:") {
        Some(key) => (true, key),
        None => (false, key.as_ref()),
    };
    let context = KeyContext {
        name: "source".to_owned(),
        lex,
        ..KeyContext::default()
    };
    let source = OneObject {
        key: key.to_owned(),
        body: body.to_vec(),
        streamed: draws.once_in(2),
    };
    // A source without any object that is known is an error of its own.
    let Some(decoded) = decoded::decode(&context, &source) else {
        return;
    };
    let lake = MemoryLake::default();
    let settings = Settings {
        encoding: encoding(&mut draws),
        ..Settings::default()
    };
    let created = settings.create(&lake);
    created.expect("invariant: a lake in memory takes its settings");
    let report = convert(&lake, &source, &context, "first", false);
    hold(&report, &decoded, &rows(&lake));

    let before = lake.objects(layout::TABLES);
    if draws.once_in(8) {
        let report = convert(&lake, &source, &context, "second", false);
        assert_eq!(report.objects.skipped, report.objects.selected);
        assert!(
            before == lake.objects(layout::TABLES),
            "nothing was to be done"
        );
    }
    if draws.once_in(8) {
        convert(&lake, &source, &context, "third", true);
        assert!(before == lake.objects(layout::TABLES), "the same bytes");
    }
}

/// A lake of the cheapest level, since compression is not what is tried; of few rows a group in half of all cases.
fn encoding(draws: &mut Draws) -> Encoding {
    let encoding = Encoding {
        zstd_level: 1,
        ..Encoding::default()
    };
    if draws.once_in(2) {
        return encoding;
    }
    Encoding {
        page_bytes: 256,
        batch_weight: 512,
        batch_rows: 8,
        group_min: 1 << 10,
        group_spread: 1 << 10,
        group_max: 1 << 12,
        ..encoding
    }
}

/// Runs; nothing fails, whatever the object.
fn convert(
    lake: &MemoryLake,
    source: &OneObject,
    context: &KeyContext,
    run_id: &str,
    rebuild: bool,
) -> RunReport {
    let temp = tempfile::tempdir_in(scratch()).expect("invariant: the directory can be written");
    let options = RunOptions {
        run_id: run_id.to_owned(),
        version: "0".to_owned(),
        today: Day::from_ymd(2026, 7, 28).expect("invariant: a day"),
        sources: vec![source.named(context)],
        lake: Location::Local(temp.path().join("no-lake")),
        storage: Box::new(lake.clone()),
        window: Window::ALL,
        table: None,
        rebuild,
        drop_missing: false,
        tolerance: Tolerance {
            max_rejects: u64::MAX,
            strict: false,
        },
        expect: Vec::new(),
        limits: Limits {
            threads: 1,
            memory_bytes: 1 << 26,
            temp_dir: Some(temp.path().to_owned()),
            max_object_bytes: MAX_OBJECT_BYTES,
        },
    };
    let report = run(&options, &Silent, &AtomicBool::new(false));
    let report = report.unwrap_or_else(|error| panic!("the run failed: {error:?}"));
    assert_eq!(report.imbalances(), []);
    assert_eq!((report.exit.code, &report.failures), (0, &Vec::new()));
    report
}

/// Temporary files lie in memory, if that is to be had.
fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    }
}

/// The rows of all parts, by the parquet crate alone.
fn rows(lake: &MemoryLake) -> Rows {
    let mut rows = Rows::new();
    for (path, bytes) in lake.objects(layout::TABLES) {
        let Place::Part { table, .. } = layout::place(&path) else {
            panic!("{path} does not belong under tables/");
        };
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes));
        let reader = reader.and_then(|reader| reader.build());
        for batch in reader.unwrap_or_else(|error| panic!("{path}: {error}")) {
            let batch = batch.unwrap_or_else(|error| panic!("{path}: {error}"));
            for row in 0..batch.num_rows() {
                let row = cells::stored(&batch, row);
                *rows.entry((table.to_owned(), row)).or_default() += 1;
            }
        }
    }
    rows
}

/// Holds what a run says and what the lake holds against what the decoder gave.
fn hold(report: &RunReport, decoded: &Decoded, stored: &Rows) {
    let objects = &report.objects;
    assert_eq!((objects.listed, objects.read), (1, 1));
    let sum = |count: fn(&promptlake_ingest::report::RecordCounts) -> u64| {
        report.records.values().map(count).sum::<u64>()
    };
    let outcome = &decoded.outcome;
    let counted = [
        sum(|c| c.read),
        sum(|c| c.accepted),
        sum(|c| c.rejected),
        sum(|c| c.skipped),
        sum(|c| c.control),
    ];
    let expected = [
        outcome.records,
        outcome.accepted,
        outcome.rejected,
        outcome.skipped,
        outcome.control,
    ];
    assert_eq!(counted, expected, "the report counts what the decoder did");
    for (row, times) in stored {
        let given = decoded.rows.get(row).copied().unwrap_or_default();
        assert!(
            *times <= given,
            "{row:?} was given {given} times, and stands {times} times"
        );
    }
    let of = |rows: &Rows, name: &str| {
        let rows = rows.iter().filter(|((table, _), _)| table == name);
        rows.map(|(_, times)| times).sum::<u64>()
    };
    for (name, counts) in &report.tables {
        assert_eq!(of(&decoded.rows, name), counts.rows_new, "rows of {name}");
        assert_eq!(of(stored, name), counts.rows_after, "rows of {name}");
        assert_eq!(
            counts.rows_after,
            counts.rows_new - counts.twins_new,
            "{name}"
        );
    }
    let tables = stored.keys().chain(decoded.rows.keys());
    for (name, _) in tables {
        assert!(
            report.tables.contains_key(name),
            "{name} is not in the report"
        );
    }
}
