//! Lakes that are not whole.

use std::fs;

use promptlake_lake::layout;
use promptlake_query::error::QueryError;

use super::lake::{TestLake, ask, chat, day};

fn said(lake: &TestLake, sql: &str) -> String {
    let engine = lake.engine();
    ask(&engine, sql).unwrap_err().to_string()
}

#[test]
fn a_damaged_part_is_named() {
    let lake = TestLake::new();
    let bytes = chat("2026-03-04", &[None, None]);
    let path = layout::part("chat", day("2026-03-04"));
    lake.chat("2026-03-03", &[None]);
    for (damage, what) in [
        (Vec::new(), "it is empty"),
        (b"PAR1".to_vec(), ""),
        (bytes[..bytes.len() - 9].to_vec(), ""),
        (bytes[bytes.len() / 2..].to_vec(), ""),
        (vec![0; 1_000], ""),
    ] {
        lake.write(&path, &damage);
        for sql in [
            "SELECT count(*) FROM chat",
            "SELECT user_id FROM chat",
            "SELECT user_id FROM chat LIMIT 0",
        ] {
            let engine = lake.engine();
            match ask(&engine, sql) {
                Err(error) => {
                    assert!(matches!(error, QueryError::Part { .. }), "{sql}: {error:?}");
                    let error = error.to_string();
                    assert!(
                        error.starts_with(&path) && error.contains(what),
                        "{sql}: {error}"
                    );
                }
                Ok(_) => assert!(sql.ends_with("LIMIT 0"), "{sql}"),
            }
        }
    }
    // Rows are damaged, the footer is not.
    let mut rows = bytes.clone();
    let half = rows.len() / 2;
    rows[4..half].fill(0xff);
    lake.write(&path, &rows);
    let error = said(&lake, "SELECT * FROM chat");
    assert!(error.contains(&path), "{error}");
}

#[test]
fn places_that_are_no_lake_say_what_to_do() {
    let lake = TestLake::new();
    fs::remove_file(lake.path().join(layout::SETTINGS)).unwrap();
    let error = lake.open().unwrap_err();
    assert!(error.is_setup());
    assert!(
        error.to_string().contains("promptlake run --lake"),
        "{error}"
    );
    // A copy of the tables alone is one.
    lake.chat("2026-03-04", &[None]);
    assert!(!lake.open().unwrap().has_settings());
    lake.write(layout::SETTINGS, br#"{"format_version": 99}"#);
    let error = lake.open().unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("newer promptlake"), "{cause}");
}

#[test]
fn what_is_not_of_the_lake_is_counted_and_not_read() {
    let lake = TestLake::new();
    lake.chat("2026-03-04", &[None]);
    lake.write("tables/chat/dt=2026-03-04/part-00001.parquet", b"nonsense");
    lake.write("tables/chat/.DS_Store", b"");
    assert_eq!(lake.open().unwrap().listing().foreign(), 2);
    let engine = lake.engine();
    assert_eq!(ask(&engine, "SELECT count(*) FROM chat").unwrap().0, ["1"]);
}

#[test]
fn a_part_of_an_earlier_schema_lacks_columns_and_not_rows() {
    use arrow_array::{Date32Array, RecordBatch, StringArray};
    use arrow_schema::{DataType, Field, Schema};
    use std::sync::Arc;
    let lake = TestLake::new();
    let schema = Arc::new(Schema::new(vec![
        Field::new("event_date", DataType::Date32, true),
        Field::new("user_id", DataType::Utf8, true),
    ]));
    let columns = vec![
        Arc::new(Date32Array::from(vec![day("2026-03-04").0])) as _,
        Arc::new(StringArray::from(vec!["old"])) as _,
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    lake.write(&layout::part("chat", day("2026-03-04")), &bytes);
    let engine = lake.engine();
    let (lines, _) = ask(
        &engine,
        "SELECT user_id, prompt, web_links, dt FROM chat WHERE prompt IS NULL",
    )
    .unwrap();
    assert_eq!(lines, ["old\t\\N\t\\N\t2026-03-04"]);
}
