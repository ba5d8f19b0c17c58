//! `sql -c` and `-f`, and `ddl`.

use std::fs;

use crate::harness::{
    Dir, Done, chat, chat_key, promptlake, records, report, report_key, report_row,
};

const ANNA: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const BERT: &str = "bbbbbbbb-0000-4000-8000-000000000002";

/// Anna asks in December and January, Bert in December only; both have a seat.
fn two_users() -> Dir {
    let dir = Dir::new();
    for (day, bert) in [
        ("2025-12-29", 7),
        ("2025-12-30", 3),
        ("2026-01-08", 0),
        ("2026-01-09", 0),
    ] {
        dir.put(
            &report_key(day, "KIRO_IDE", "0000"),
            report(&[
                report_row(day, ANNA, "12.5", 5),
                report_row(day, BERT, "0.5", bert),
            ]),
        );
    }
    dir.put(
        &chat_key("2026-01-09", "a"),
        records(&[chat("a", "2026-01-09T10:00:00.123456789Z")]),
    );
    dir.write(
        "users.csv",
        format!("UUID,Display Name,Team\n{BERT},Bert,Ops\n"),
    );
    let users = dir.arg("users.csv");
    dir.run_with(&["--all", "--users", &users]).exits(0);
    dir
}

fn sql(dir: &Dir, args: &[&str]) -> Done {
    let lake = dir.arg("lake");
    promptlake(["sql", "--lake", &lake].iter().chain(args)).done()
}

#[test]
fn who_stopped_using_it_and_what_do_we_pay_for_them() {
    let dir = two_users();
    let done = sql(
        &dir,
        &[
            "--format",
            "csv",
            "-c",
            "SELECT label, team, last_active, subscription_tier, usd_per_month FROM stopped_users ORDER BY usd_per_month DESC",
        ],
    )
    .exits(0);
    assert_eq!(
        done.stdout,
        "label,team,last_active,subscription_tier,usd_per_month\nBert,Ops,2025-12-30,PRO,20.0\n"
    );
    assert_eq!(done.stderr, "");
}

#[test]
fn statements_run_up_to_the_first_that_fails() {
    let dir = two_users();
    dir.write(
        "ask.sql",
        "SELECT 1 AS a; -- one; not two\nSELECT nonsense;\nSELECT 2;\n",
    );
    let done = sql(&dir, &["-f", &dir.arg("ask.sql"), "--format", "csv"])
        .exits(1)
        .says("statement 2: ")
        .says("nonsense");
    assert_eq!(done.stdout, "a\n1\n");
    sql(&dir, &["-c", "SELEC"]).exits(1);
    sql(&dir, &["-c", "DROP TABLE chat"])
        .exits(1)
        .says("only read");
    sql(&dir, &["-c", "-- nothing"])
        .exits(2)
        .says("no statement");
    sql(&dir, &["-c", "SELECT 1", "--format", "xml"]).exits(2);
    sql(&dir, &["-c", "SELECT 1", "--param", "1x=2"])
        .exits(2)
        .says("NAME=TEXT");
    sql(&dir, &["-f", &dir.arg("none.sql")])
        .exits(2)
        .says("none.sql");
    let elsewhere = dir.arg("bucket");
    promptlake(["sql", "--lake", &elsewhere, "-c", "SELECT 1"])
        .done()
        .exits(2)
        .says("holds no lake");
    promptlake(["sql", "--lake", &dir.arg("none"), "-c", "SELECT 1"])
        .done()
        .exits(2)
        .says("no such directory");
}

#[test]
fn parameters_and_several_commands_are_taken() {
    let dir = two_users();
    let done = sql(
        &dir,
        &[
            "--param",
            "day=2026-01-09",
            "--format",
            "tsv",
            "-c",
            "SELECT count(*) AS n FROM user_activity WHERE dt = $day",
            "-c",
            "SELECT event_ts FROM chat",
        ],
    )
    .exits(0);
    assert_eq!(done.stdout, "n\n2\nevent_ts\n2026-01-09T10:00:00.123Z\n");
}

#[test]
fn a_file_appears_when_it_is_whole() {
    let dir = two_users();
    let file = dir.arg("answer.json");
    sql(
        &dir,
        &[
            "-o",
            &file,
            "-c",
            "SELECT user_id FROM chat; SELECT nonsense",
        ],
    )
    .exits(1);
    assert!(!dir.path("answer.json").exists());
    sql(&dir, &["-o", &file, "-c", "SELECT request_id FROM chat"]).exits(0);
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "[\n{\"request_id\":\"a\"}\n]\n"
    );
    let parquet = dir.arg("answer.parquet");
    sql(&dir, &["-o", &parquet, "-c", "SELECT request_id FROM chat"]).exits(0);
    assert!(fs::read(&parquet).unwrap().starts_with(b"PAR1"));
    sql(&dir, &["-o", &parquet, "-c", "SELECT 1; SELECT 2"])
        .exits(2)
        .says("one statement");
}

#[test]
fn a_damaged_part_fails_the_statement_and_is_named() {
    let dir = two_users();
    dir.write("lake/tables/chat/dt=2026-01-09/part-00000.parquet", "");
    sql(&dir, &["-c", "SELECT count(*) FROM chat"])
        .exits(1)
        .says("tables/chat/dt=2026-01-09/part-00000.parquet cannot be read: it is empty");
    sql(
        &dir,
        &["-c", "SELECT count(*) FROM chat WHERE dt < '2026-01-09'"],
    )
    .exits(0);
}

#[test]
fn what_a_run_made_is_known_without_reading_a_part() {
    let dir = two_users();
    // Of rows that nobody reads, the inventory tells the number.
    let done = sql(
        &dir,
        &["-c", "EXPLAIN SELECT count(*), max(dt) FROM user_activity"],
    )
    .exits(0);
    assert!(
        done.stdout.contains("PlaceholderRowExec"),
        "{}",
        done.stdout
    );
}

#[test]
fn statements_for_engines_say_where_the_lake_lies() {
    let dir = two_users();
    let lake = dir.arg("lake");
    let ddl =
        |args: &[&str]| promptlake(["ddl", "--lake", &lake, "--dialect"].iter().chain(args)).done();
    ddl(&["athena"]).exits(2).says("--location s3://");
    ddl(&["mysql"]).exits(2);
    ddl(&["athena", "--since", "2026-01-01", "--location", "s3://b/p"])
        .exits(2)
        .says("athena-catalog");
    let text = ddl(&["athena", "--location", "s3://b/p/"]).exits(0).stdout;
    assert!(text.contains("LOCATION 's3://b/p/tables/chat/'"), "{text}");
    assert!(text.contains("'projection.dt.range' = '2019-01-01,NOW+3DAYS'"));
    let at = |name: &str| {
        text.find(&format!("CREATE OR REPLACE VIEW {name} AS"))
            .unwrap()
    };
    assert!(at("user_day") < at("user_month") && at("user_month") < at("stopped_users"));
    let text = ddl(&[
        "athena-catalog",
        "--location",
        "s3://b/p",
        "--since",
        "2026-01-01",
        "--replace",
    ])
    .exits(0)
    .stdout;
    let statement = "ALTER TABLE user_activity ADD IF NOT EXISTS\n  PARTITION (dt = '2026-01-08') LOCATION 's3://b/p/tables/user_activity/dt=2026-01-08/'\n  PARTITION (dt = '2026-01-09')";
    assert!(
        text.contains(statement) && !text.contains("dt=2025-12-30"),
        "{text}"
    );
    assert!(text.contains("DROP TABLE IF EXISTS user_activity;\n"));
    let text = ddl(&["duckdb"]).exits(0).stdout;
    assert!(text.contains(&format!(
        "read_parquet('{lake}/tables/chat/dt=*/part-00000.parquet'"
    )));
    assert!(
        text.contains("FROM read_parquet") && text.contains("WHERE false;"),
        "dev_task has no part"
    );
}

#[test]
fn plans_and_users_that_cannot_be_used_stop_a_run_before_it_begins() {
    let dir = Dir::new();
    dir.put(
        &chat_key("2026-01-09", "a"),
        records(&[chat("a", "2026-01-09T10:00:00Z")]),
    );
    dir.write("plans.csv", "tier,rank,usd_per_month\nPRO,1,20\n");
    let plans = dir.arg("plans.csv");
    dir.run_with(&["--all", "--plans", &plans])
        .exits(2)
        .says("the header has no column credits");
    assert!(!dir.path("lake").exists());
}
