//! Parts are chosen by their day before any is opened.

use std::fs;

use promptlake_lake::layout;

use super::lake::{TestLake, ask, chat, day};

const DAY_MS: i64 = 86_400_000;

/// Ten days of `chat` from 2026-03-01: a row at noon and one without a time each.
fn ten_days() -> TestLake {
    let lake = TestLake::new();
    for number in 0..10 {
        let dt = day("2026-03-01").plus(number);
        let noon = i64::from(dt.0) * DAY_MS + DAY_MS / 2;
        lake.chat(&dt.to_string(), &[Some(noon), None]);
    }
    lake
}

/// Rows, parts and pruned parts of a count with a predicate.
fn counted(lake: &TestLake, predicate: &str) -> (String, u64, u64) {
    let engine = lake.engine();
    let sql = format!("SELECT count(*) FROM chat WHERE {predicate}");
    let (lines, work) = ask(&engine, &sql).unwrap();
    (lines[0].clone(), work.parts, work.pruned)
}

#[test]
fn days_are_told_from_predicates_on_dt_event_date_and_event_ts() {
    let lake = ten_days();
    for (predicate, rows, kept) in [
        ("dt = '2026-03-04'", "2", 1),
        ("dt >= '2026-03-09'", "4", 2),
        ("dt IN ('2026-03-01', '2026-03-02', '2027-01-01')", "4", 2),
        ("dt LIKE '2026-03-0%' AND dt <> '2026-03-01'", "16", 8),
        ("substr(dt, 9) = '04'", "2", 1),
        ("event_date = DATE '2026-03-04'", "2", 1),
        (
            "event_date BETWEEN DATE '2026-03-04' AND DATE '2026-03-05'",
            "4",
            2,
        ),
        ("event_date > date_add('day', 1, DATE '2026-03-08')", "2", 1),
        (
            "event_ts >= TIMESTAMP '2026-03-04 00:00:00' AND event_ts < TIMESTAMP '2026-03-05 00:00:00'",
            "1",
            1,
        ),
        (
            "event_ts >= TIMESTAMP '2026-03-04 12:00:00' AND event_ts <= TIMESTAMP '2026-03-05 12:00:00'",
            "2",
            2,
        ),
        ("CAST(event_ts AS date) = DATE '2026-03-04'", "1", 1),
        ("date(event_ts) >= DATE '2026-03-09'", "2", 2),
        (
            "event_date = DATE '2026-03-04' OR dt = '2026-03-05'",
            "4",
            2,
        ),
        (
            "event_ts > TIMESTAMP '2026-03-09 00:00:00' OR user_id = 'u1'",
            "12",
            10,
        ),
        ("user_id = 'u0' AND dt = '2026-03-04'", "1", 1),
        // A row without a time lies anywhere.
        ("event_ts IS NULL", "10", 10),
        (
            "(CAST(event_ts AS date) = DATE '2026-03-04') IS NULL",
            "10",
            10,
        ),
        ("NOT (CAST(event_ts AS date) = DATE '2026-03-04')", "9", 9),
        ("event_ts IS NOT NULL", "10", 10),
    ] {
        let (counted, parts, pruned) = counted(&lake, predicate);
        assert_eq!(counted, rows, "{predicate}");
        assert_eq!((parts, parts - pruned), (10, kept), "{predicate}");
    }
}

#[test]
fn pruned_parts_are_never_opened() {
    let lake = ten_days();
    let damaged = lake.path().join(layout::part("chat", day("2026-03-02")));
    fs::write(&damaged, b"").unwrap();
    assert_eq!(counted(&lake, "dt >= '2026-03-03'").0, "16");
    let engine = lake.engine();
    let error = ask(&engine, "SELECT count(*) FROM chat")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("tables/chat/dt=2026-03-02/part-00000.parquet cannot be read: it is empty"),
        "{error}"
    );
}

#[test]
fn days_alone_are_answered_without_reading() {
    let lake = ten_days();
    let engine = lake.engine();
    // Once, to have the footers.
    ask(&engine, "SELECT count(*) FROM chat").unwrap();
    for (sql, answer) in [
        (
            "SELECT count(*), min(dt), max(event_date) FROM chat",
            "20\t2026-03-01\t2026-03-10",
        ),
        ("SELECT count(*) FROM chat WHERE dt > '2026-03-05'", "10"),
        (
            "SELECT max(dt) FROM chat WHERE event_date < DATE '2026-03-05'",
            "2026-03-04",
        ),
    ] {
        let (lines, work) = ask(&engine, sql).unwrap();
        assert_eq!((lines[0].as_str(), work.bytes), (answer, 0), "{sql}");
    }
}

#[test]
fn parts_without_rows_are_days_without_rows() {
    let lake = ten_days();
    lake.chat("2026-04-01", &[]);
    let engine = lake.engine();
    let (lines, _) = ask(&engine, "SELECT count(*), max(dt) FROM chat").unwrap();
    assert_eq!(lines, ["20\t2026-03-10"]);
    let (lines, _) = ask(&engine, "SELECT user_id FROM chat WHERE dt = '2026-04-01'").unwrap();
    assert!(lines.is_empty());
}

#[test]
fn a_part_that_is_replaced_is_read_as_it_is_now() {
    let lake = ten_days();
    let engine = lake.engine();
    let sql = "SELECT count(*), max(event_ts) FROM chat WHERE dt = '2026-03-04'";
    let (lines, _) = ask(&engine, sql).unwrap();
    assert_eq!(lines, ["2\t2026-03-04T12:00:00.000Z"]);
    let times = [Some(i64::from(day("2026-03-04").0) * DAY_MS), None, None];
    let staged = lake.write("staged", &chat("2026-03-04", &times));
    fs::rename(
        staged,
        lake.path().join(layout::part("chat", day("2026-03-04"))),
    )
    .unwrap();
    let (lines, _) = ask(&engine, sql).unwrap();
    assert_eq!(lines, ["3\t2026-03-04T00:00:00.000Z"]);
}

/// With 1,100 days of 10 tables, a day's query reads a day.
#[test]
fn eleven_thousand_parts_are_listed_at_once() {
    let lake = TestLake::new();
    let first = day("2023-01-01");
    let bytes = chat("2023-01-01", &[None]);
    let one = lake.write("one", &bytes);
    let tables: Vec<&str> = promptlake_datasets::render::all_tables()
        .iter()
        .map(|table| table.name)
        .collect();
    for table in (0..10).map(|number| tables.get(number).copied().unwrap_or("unknown_table")) {
        for number in 0..1_100 {
            let file = lake.path().join(layout::part(table, first.plus(number)));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::hard_link(&one, file).ok();
        }
    }
    let engine = lake.engine();
    let (lines, work) = ask(
        &engine,
        "SELECT user_id FROM chat WHERE event_date = DATE '2024-05-06'",
    )
    .unwrap();
    assert_eq!(lines, ["u0"]);
    assert_eq!((work.parts, work.pruned), (1_100, 1_099));
    assert!(work.bytes <= 2 * u64::try_from(bytes.len()).unwrap());
}
