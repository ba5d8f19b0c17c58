//! Lakes made for a test: parts written row by row, and what is asked of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, Date32Array, RecordBatch, StringArray, TimestampMillisecondArray,
    new_null_array,
};
use parquet::arrow::ArrowWriter;
use promptlake_datasets::day::Day;
use promptlake_datasets::ddl::relations;
use promptlake_lake::layout;
use promptlake_lake::location::Location;
use promptlake_lake::storage::open_storage;
use promptlake_query::engine::{Engine, How};
use promptlake_query::error::QueryError;
use promptlake_query::format::Format;
use promptlake_query::lake::{Lake, WorkDone};
use promptlake_query::session::SessionOptions;
use tempfile::TempDir;

/// A lake in a temporary directory.
pub(crate) struct TestLake {
    dir: TempDir,
}

impl TestLake {
    /// Without anything but its settings.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lake = Self { dir };
        lake.write(layout::SETTINGS, &settings());
        lake
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let file = self.dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        file
    }

    /// Writes a part of `chat`: a row a time (milliseconds; none: NULL), the user ids `u0`, `u1`, ….
    pub(crate) fn chat(&self, dt: &str, times: &[Option<i64>]) -> PathBuf {
        self.write(&layout::part("chat", day(dt)), &chat(dt, times))
    }

    pub(crate) fn open(&self) -> Result<Arc<Lake>, QueryError> {
        let location = Location::parse(self.dir.path().to_str().unwrap()).unwrap();
        let storage = open_storage(&location).unwrap();
        Lake::open(location, Arc::from(storage), std::env::temp_dir()).map(Arc::new)
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine_with(&[])
    }

    pub(crate) fn engine_with(&self, parameters: &[(&str, &str)]) -> Engine {
        let options = SessionOptions {
            threads: 2,
            memory_bytes: 256 << 20,
            temp_dir: std::env::temp_dir(),
            parameters: parameters
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        };
        Engine::new(self.open().unwrap(), &options).unwrap()
    }
}

/// The answer as lines of TSV without the header, and what was read.
pub(crate) fn ask(engine: &Engine, sql: &str) -> Result<(Vec<String>, WorkDone), QueryError> {
    let mut out = Vec::new();
    let how = How {
        format: Format::Tsv,
        ..How::default()
    };
    let done = engine.run(sql, &how, &mut out)?;
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    assert_eq!(lines.len(), usize::try_from(done.rows).unwrap());
    Ok((lines, done.work))
}

/// The answer in a format.
pub(crate) fn ask_as(engine: &Engine, format: Format, sql: &str) -> String {
    let mut out = Vec::new();
    let how = How {
        format,
        ..How::default()
    };
    engine.run(sql, &how, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn settings() -> Vec<u8> {
    serde_json::to_vec(&promptlake_lake::settings::Settings::default()).unwrap()
}

/// The bytes of a part of `chat`.
pub(crate) fn chat(dt: &str, times: &[Option<i64>]) -> Vec<u8> {
    let rows = times.len();
    let date = day(dt).0;
    part("chat", rows, |name| match name {
        "event_date" => Some(Arc::new(Date32Array::from(vec![date; rows]))),
        "event_ts" => {
            let instants = TimestampMillisecondArray::from(times.to_vec());
            Some(Arc::new(instants.with_timezone("UTC")))
        }
        "user_id" => Some(texts((0..rows).map(|row| format!("u{row}")))),
        _ => None,
    })
}

pub(crate) fn texts(texts: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

/// The bytes of a part of a table; columns that are not given are NULL.
pub(crate) fn part(table: &str, rows: usize, column: impl Fn(&str) -> Option<ArrayRef>) -> Vec<u8> {
    let schema = promptlake_datasets::render::all_tables()
        .into_iter()
        .find(|known| known.name == table)
        .unwrap()
        .arrow_schema();
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            let given = column(field.name());
            if let Some(given) = &given {
                assert_eq!(
                    (given.len(), given.data_type()),
                    (rows, field.data_type()),
                    "{}",
                    field.name()
                );
            }
            given.unwrap_or_else(|| new_null_array(field.data_type(), rows))
        })
        .collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn every_relation_is_there_without_a_part() {
    let lake = TestLake::new();
    let engine = lake.engine();
    for relation in relations() {
        let (lines, _) = ask(&engine, &format!("SELECT count(*) FROM {}", relation.name)).unwrap();
        assert_eq!(lines, ["0"], "{}", relation.name);
    }
}
