//! What engines find in the parts: types that all of them read, and compressed columns.

use std::fs::File;

use parquet::basic::Compression;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::printer::print_schema;

use crate::harness::{Dir, chat, chat_key, records, report, report_key, report_row};

const DAY: &str = "2026-01-09";

fn lake() -> Dir {
    let dir = Dir::new();
    dir.put(
        &chat_key(DAY, "a"),
        records(&[chat("a", "2026-01-09T10:00:00.123456789Z")]),
    );
    dir.put(&chat_key(DAY, "b"), "no JSON");
    dir.put(
        &report_key(DAY, "KIRO_IDE", "0000"),
        report(&[report_row(DAY, "user-1", "1.0", 3)]),
    );
    dir.run().exits(1);
    dir
}

fn part(dir: &Dir, table: &str) -> SerializedFileReader<File> {
    let path = dir.path(&format!("lake/tables/{table}/dt={DAY}/part-00000.parquet"));
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

const TABLES: [&str; 4] = ["chat", "model_usage", "rejects", "user_activity"];

#[test]
fn types_are_those_that_athena_and_spark_read() {
    let dir = lake();
    for table in TABLES {
        let mut text = Vec::new();
        let part = part(&dir, table);
        print_schema(&mut text, part.metadata().file_metadata().schema());
        let text = String::from_utf8(text).unwrap();
        for line in text.lines().skip(1).map(str::trim) {
            let known = [
                "OPTIONAL BYTE_ARRAY ",
                "OPTIONAL INT64 ",
                "OPTIONAL DOUBLE ",
                "OPTIONAL BOOLEAN ",
                "OPTIONAL INT32 event_date (DATE);",
                "OPTIONAL group web_links (LIST) {",
                "REPEATED group list {",
                "OPTIONAL group element {",
                "}",
            ];
            assert!(
                known.iter().any(|known| line.starts_with(known)),
                "{table}: {line}"
            );
            // Numbers are plain, instants are milliseconds of UTC.
            let instant = line.ends_with("_ts (TIMESTAMP(MILLIS,true));");
            let number = line.starts_with("OPTIONAL INT64 ");
            assert!(!number || instant || !line.contains('('), "{table}: {line}");
            assert_eq!(instant, line.contains("_ts "), "{table}: {line}");
        }
        let list = "  OPTIONAL group web_links (LIST) {\n    REPEATED group list {\n      OPTIONAL group element {\n";
        assert_eq!(text.contains(list), table == "chat", "{text}");
    }
    assert_eq!(
        dir.lines("chat", &["event_ts", "event_ts_nanos"]),
        ["2026-01-09T10:00:00.123 1767952800123456789"]
    );
}

#[test]
fn every_column_is_compressed() {
    let dir = lake();
    for table in TABLES {
        let part = part(&dir, table);
        for column in part.metadata().row_groups()[0].columns() {
            let is_zstd = matches!(column.compression(), Compression::ZSTD(_));
            assert!(is_zstd, "{table}: {column:?}");
        }
    }
}
