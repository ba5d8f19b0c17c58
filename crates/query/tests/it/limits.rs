//! Time, memory and rows.

use std::time::Duration;

use promptlake_query::engine::How;
use promptlake_query::error::QueryError;
use promptlake_query::format::Shown;

use super::lake::{TestLake, ask};

const ENDLESS: &str = "SELECT count(*) FROM dim_date a CROSS JOIN dim_date b CROSS JOIN dim_date c CROSS JOIN dim_date d";

fn with_calendar() -> TestLake {
    let lake = TestLake::new();
    let storage = promptlake_lake::storage::LocalStorage::new(lake.path().to_owned());
    let guard = promptlake_lake::write_guard::WriteGuard::new(&storage);
    promptlake_ingest::dims::publish(&guard, &promptlake_ingest::dims::GivenDims::default())
        .unwrap();
    lake
}

#[test]
fn a_statement_that_takes_too_long_is_given_up() {
    let lake = with_calendar();
    let engine = lake.engine();
    let how = How {
        timeout: Some(Duration::from_millis(300)),
        ..How::default()
    };
    let sql = format!("{ENDLESS} WHERE a.event_date < b.event_date AND c.dt || d.dt <> a.dt");
    let error = engine.run(&sql, &how, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, QueryError::Timeout(_)), "{error:?}");
    assert_eq!(ask(&engine, "SELECT 1").unwrap().0, ["1"]);
}

#[test]
fn only_so_many_rows_are_drawn_and_all_are_counted() {
    let lake = with_calendar();
    let engine = lake.engine();
    let how = How {
        shown: Shown {
            rows: Some(2),
            cell_chars: Some(6),
        },
        ..How::default()
    };
    let mut out = Vec::new();
    let done = engine
        .run("SELECT dt FROM dim_date ORDER BY dt", &how, &mut out)
        .unwrap();
    assert_eq!(done.rows, 7_670);
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("│ 2019-0… │"), "{text}");
    assert!(
        text.ends_with("7670 rows, the first 2 shown (--max-rows)\n"),
        "{text}"
    );
}

#[test]
fn joins_let_go_of_their_thread() {
    let lake = with_calendar();
    let engine = lake.engine();
    for join in ["CROSS JOIN dim_date b", "JOIN dim_date b ON b.dt > a.dt"] {
        let sql = format!("EXPLAIN SELECT a.dt, b.week_start FROM dim_date a {join}");
        let (lines, _) = ask(&engine, &sql).unwrap();
        let plan = lines.join("\n").replace("\\n", "\n");
        let above = plan
            .lines()
            .zip(plan.lines().skip(1))
            .find(|(_, line)| line.contains("JoinExec"));
        assert!(
            above.is_some_and(|(above, _)| above.contains("CooperativeExec")),
            "{plan}"
        );
    }
}

/// An array of plain text cannot hold 2 GiB; one of views can.
#[test]
fn text_is_read_as_views() {
    let lake = TestLake::new();
    let engine = lake.engine();
    for column in ["prompt", "assistant_response", "source_object", "dt"] {
        let sql = format!(
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'chat' AND column_name = '{column}'"
        );
        assert_eq!(ask(&engine, &sql).unwrap().0, ["Utf8View"], "{column}");
    }
}
