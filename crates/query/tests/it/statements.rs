//! What may be said, and what is not.

use promptlake_query::error::QueryError;
use promptlake_query::format::Format;

use super::lake::{TestLake, ask, ask_as};

#[test]
fn a_lake_is_only_read() {
    let lake = TestLake::new();
    let engine = lake.engine();
    let outside = tempfile::tempdir().unwrap();
    let place = outside.path().join("x");
    let place = place.to_str().unwrap();
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE chat",
        "INSERT INTO dim_user SELECT * FROM dim_user",
        &format!("COPY (SELECT 1) TO '{place}.csv'"),
        &format!("CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION '{place}'"),
        "SET datafusion.execution.batch_size = 1",
        "DELETE FROM chat",
    ] {
        let error = ask(&engine, sql).unwrap_err();
        assert!(
            matches!(error, QueryError::ReadOnly(_) | QueryError::Engine(_)),
            "{sql}: {error:?}"
        );
        assert!(!error.is_setup());
    }
    assert!(ask(&engine, "SELECT * FROM '/etc/passwd'").is_err());
    assert!(!ask(&engine, "EXPLAIN SELECT 1").unwrap().0.is_empty());
    assert!(!ask(&engine, "SHOW TABLES").unwrap().0.is_empty());
}

#[test]
fn parameters_are_texts_that_become_what_is_needed() {
    let lake = TestLake::new();
    lake.chat("2026-03-04", &[None, None]);
    lake.chat("2026-03-05", &[None]);
    let engine = lake.engine_with(&[("day", "2026-03-04"), ("user", "it's'")]);
    for (sql, answer) in [
        ("SELECT count(*) FROM chat WHERE dt = $day", "2"),
        (
            "SELECT count(*) FROM chat WHERE event_date = CAST($day AS date)",
            "2",
        ),
        ("SELECT count(*) FROM chat WHERE event_date = $day", "2"),
        ("SELECT $user", "it's'"),
    ] {
        assert_eq!(ask(&engine, sql).unwrap().0, [answer], "{sql}");
    }
    assert!(ask(&engine, "SELECT $other").is_err());
}

#[test]
fn unknown_names_are_said() {
    let lake = TestLake::new();
    let engine = lake.engine();
    let said = |sql: &str| ask(&engine, sql).unwrap_err().to_string();
    assert!(said("SELECT x FROM chat").contains('x'));
    assert!(said("SELECT 1 FROM chats").contains("chats"));
    assert!(said("SELEC 1").contains("SELEC"));
}

const VALUES: &str = "SELECT CAST(NULL AS varchar) AS n, '' AS e, 'a,\"b\"\n|\t\\' AS t, 1 AS i, 0.5e0 AS d, 1e21 AS big, true AS f, DATE '2026-03-04' AS day, CAST('2026-03-04T01:02:03.004Z' AS timestamp) AS ts, ARRAY['x', NULL] AS l";

#[test]
fn null_and_the_empty_text_are_told_apart_in_every_format() {
    let lake = TestLake::new();
    let engine = lake.engine();
    assert_eq!(
        ask_as(&engine, Format::Csv, VALUES),
        "n,e,t,i,d,big,f,day,ts,l\n,\"\",\"a,\"\"b\"\"\n|\t\\\",1,0.5,1e21,true,2026-03-04,2026-03-04T01:02:03.004,\"[\"\"x\"\",null]\"\n"
    );
    assert_eq!(
        ask_as(&engine, Format::Tsv, VALUES),
        "n\te\tt\ti\td\tbig\tf\tday\tts\tl\n\\N\t\ta,\"b\"\\n|\\t\\\\\t1\t0.5\t1e21\ttrue\t2026-03-04\t2026-03-04T01:02:03.004\t[\"x\",null]\n"
    );
    let json = "{\"n\":null,\"e\":\"\",\"t\":\"a,\\\"b\\\"\\n|\\t\\\\\",\"i\":1,\"d\":0.5,\"big\":1e21,\"f\":true,\"day\":\"2026-03-04\",\"ts\":\"2026-03-04T01:02:03.004\",\"l\":[\"x\",null]}";
    assert_eq!(ask_as(&engine, Format::NdJson, VALUES), format!("{json}\n"));
    assert_eq!(
        ask_as(&engine, Format::Json, VALUES),
        format!("[\n{json}\n]\n")
    );
    let shown = ask_as(
        &engine,
        Format::Markdown,
        "SELECT CAST(NULL AS varchar) AS n, '' AS e, 'a|\x1b[2J' AS t, 7 AS i",
    );
    assert_eq!(
        shown,
        "| n    | e   | t             | i   |\n| ---- | --- | ------------- | --: |\n| NULL |     | a\\|\\\\u{1b}[2J |   7 |\n"
    );
}

#[test]
fn no_rows_are_an_answer_too() {
    let lake = TestLake::new();
    let engine = lake.engine();
    let sql = "SELECT user_id, event_ts FROM chat";
    assert_eq!(ask_as(&engine, Format::Json, sql), "[]\n");
    assert_eq!(ask_as(&engine, Format::NdJson, sql), "");
    assert_eq!(ask_as(&engine, Format::Csv, sql), "user_id,event_ts\n");
    assert_eq!(
        ask_as(&engine, Format::Table, sql),
        "┌─────────┬──────────┐\n│ user_id │ event_ts │\n├─────────┼──────────┤\n└─────────┴──────────┘\n0 rows\n"
    );
}

#[test]
fn a_table_cannot_drive_the_terminal() {
    let lake = TestLake::new();
    let engine = lake.engine();
    let drawn = ask_as(
        &engine,
        Format::Table,
        "SELECT chr(27) || '[31mred' || chr(7) AS \"a\x1bb\", 10 AS n, '日本' AS wide",
    );
    assert!(
        drawn.chars().all(|c| c == '\n' || !c.is_control()),
        "{drawn:?}"
    );
    assert_eq!(
        drawn,
        "┌────────────────────┬────┬──────┐\n│ a\\u{1b}b           │ n  │ wide │\n├────────────────────┼────┼──────┤\n│ \\u{1b}[31mred\\u{7} │ 10 │ 日本 │\n└────────────────────┴────┴──────┘\n1 row\n"
    );
}

#[test]
fn parquet_is_read_back() {
    let lake = TestLake::new();
    lake.chat("2026-03-04", &[Some(1_772_582_400_000)]);
    let engine = lake.engine();
    let mut out = Vec::new();
    let how = promptlake_query::engine::How {
        format: Format::Parquet,
        ..Default::default()
    };
    engine
        .run(
            "SELECT user_id, event_ts, event_date, dt, web_links FROM chat",
            &how,
            &mut out,
        )
        .unwrap();
    let mut reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(
        bytes::Bytes::from(out),
    )
    .unwrap()
    .build()
    .unwrap();
    let batch = reader.next().unwrap().unwrap();
    let types: Vec<String> = batch
        .schema()
        .fields()
        .iter()
        .map(|field| field.data_type().to_string())
        .collect();
    assert_eq!(
        types[..4],
        ["Utf8", "Timestamp(ms, \"UTC\")", "Date32", "Utf8"]
    );
    assert_eq!(batch.num_rows(), 1);
}
