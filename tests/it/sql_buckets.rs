//! `sql` over a lake in a bucket: the answers of a local lake, and no request that it can do without.

use promptlake_s3_testserver::{ACCESS_KEY, Kind, SECRET_KEY, Server};

use crate::harness::{Dir, Files, chat, chat_key, promptlake, records};
use crate::shell::Terminal;

const LAKE: &str = "s3://acme-lake/kiro";
const DAYS: [&str; 3] = ["2026-01-07", "2026-01-08", "2026-01-09"];
const PART: &str = "tables/chat/dt=2026-01-09/part-00000.parquet";

/// A lake of three days, and a bucket with a copy of it.
fn lakes() -> (Dir, Server) {
    let dir = Dir::new();
    for (n, day) in DAYS.iter().enumerate() {
        let time = format!("{day}T10:00:00Z");
        let log: Vec<String> = (0..=n)
            .map(|n| chat(&format!("{day}-{n}"), &time))
            .collect();
        dir.put(&chat_key(day, "one"), records(&log));
    }
    dir.run().exits(0);
    let server = Server::start();
    server.create_bucket("acme-lake", "us-east-1");
    upload(&dir, &server);
    server.log();
    (dir, server)
}

/// Copies the lake into the bucket, state and all.
fn upload(dir: &Dir, server: &Server) {
    for (name, (bytes, _)) in Files::below(&dir.path("lake")).0 {
        server.put("acme-lake", &format!("kiro/{name}"), &bytes);
    }
}

fn variables(server: &Server) -> [(&'static str, String); 4] {
    [
        ("AWS_ENDPOINT_URL", server.url()),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
    ]
}

/// What a statement answers over the bucket, with the requests that were made: listings, and keys that were read.
fn ask(server: &Server, dir: &Dir, sql: &[&str]) -> (String, usize, Vec<String>) {
    let mut call = promptlake(["sql", "--lake", LAKE, "--format", "ndjson"]);
    call.0.envs(variables(server)).env("HOME", dir.path(""));
    for sql in sql {
        call.0.args(["-c", sql]);
    }
    let done = call.done().exits(0);
    let (listings, read) = requests(server);
    (done.stdout, listings, read)
}

fn requests(server: &Server) -> (usize, Vec<String>) {
    let log = server.log();
    let of = |kind: Kind| log.iter().filter(move |logged| logged.kind == kind);
    let read = of(Kind::Get).map(|logged| logged.key.clone()).collect();
    (of(Kind::List).count(), read)
}

#[test]
fn the_answers_are_those_of_the_local_lake() {
    let (dir, server) = lakes();
    for sql in [
        "SELECT * FROM chat ORDER BY request_id",
        "SELECT dt, count(*) AS n, max(event_ts) AS newest FROM chat GROUP BY dt ORDER BY dt",
        "SELECT count(*) AS n FROM chat",
        "SELECT * FROM turns_daily ORDER BY dt",
        "SELECT * FROM dim_plan ORDER BY tier",
        "SELECT * FROM user_activity",
    ] {
        let local = promptlake([
            "sql",
            "--lake",
            &dir.arg("lake"),
            "--format",
            "ndjson",
            "-c",
        ])
        .and(sql)
        .done()
        .exits(0);
        assert_eq!(ask(&server, &dir, &[sql]).0, local.stdout, "{sql}");
    }
}

#[test]
fn the_lake_is_listed_once_and_only_what_is_needed_is_read() {
    let (dir, server) = lakes();
    let (_, listings, read) = ask(&server, &dir, &["SELECT 1 AS one"]);
    // Tables and dimensions.
    assert_eq!(listings, 2);
    assert!(read.iter().all(|key| !key.contains("/tables/")), "{read:?}");

    let day = "SELECT request_id FROM chat WHERE event_ts >= TIMESTAMP '2026-01-09 00:00:00'";
    let (answer, listings, read) = ask(&server, &dir, &[day, day, "SELECT max(dt) FROM chat"]);
    assert_eq!(answer.lines().count(), 7);
    assert_eq!(listings, 2, "statements list nothing");
    let other = |key: &&String| key.contains("/tables/") && key.contains("dt=2026-01-07");
    let before_the_last = read.iter().filter(other).count();
    let (_, _, read) = ask(&server, &dir, &[day, day]);
    assert_eq!(read.iter().filter(other).count(), 0, "{read:?}");
    assert!(before_the_last > 0, "the last statement concerns every day");
}

#[test]
fn a_part_that_is_replaced_is_listed_again() {
    let (dir, server) = lakes();
    let owned = variables(&server);
    let given: Vec<(&str, &str)> = owned
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut shell = Terminal::over(&dir, LAKE, &["--format", "csv"], &given);
    let count = "SELECT 'there are ' || CAST(count(event_ts) AS varchar) || ' turns' AS n FROM chat WHERE dt = '2026-01-09';\r";
    shell
        .types(count)
        .sees("there are 3 turns")
        .sees("promptlake> ");
    requests(&server);
    shell
        .types(count)
        .sees("there are 3 turns")
        .sees("promptlake> ");
    assert_eq!(requests(&server).0, 0, "what is known is not listed again");

    let log = [
        chat("more", "2026-01-09T11:00:00Z"),
        chat("still", "2026-01-09T12:00:00Z"),
    ];
    dir.put(&chat_key("2026-01-09", "two"), records(&log));
    dir.run().exits(0);
    let before = server
        .object("acme-lake", &format!("kiro/{PART}"))
        .unwrap()
        .etag;
    upload(&dir, &server);
    assert_ne!(
        server
            .object("acme-lake", &format!("kiro/{PART}"))
            .unwrap()
            .etag,
        before
    );
    shell
        .types(count)
        .sees("there are 5 turns")
        .sees("promptlake> ");
    let (listings, read) = requests(&server);
    assert!(listings > 0);
    assert!(read.iter().any(|key| key.ends_with(PART)), "{read:?}");
    shell.types("\\q\r");
    assert_eq!(shell.ends(), Some(0));
}
