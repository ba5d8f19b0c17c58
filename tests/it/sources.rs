//! Sources: several of one lake, some that fail, and a lake that lies in one.

use crate::harness::{Dir, Ran, chat, chat_key, chat_saying, kiro, records};

const DAY: &str = "2026-01-09";
const TIME: &str = "2026-01-09T10:00:00Z";

fn put(dir: &Dir, source: &str, key: &str, ids: &[&str]) {
    let all: Vec<String> = ids.iter().map(|id| chat(id, TIME)).collect();
    dir.write(&format!("{source}/{key}"), records(&all));
}

#[test]
fn equal_objects_of_two_sources_are_one() {
    let dir = Dir::new();
    for source in ["one", "two"] {
        put(&dir, source, &chat_key(DAY, "a"), &["r"]);
    }
    put(&dir, "two", &chat_key(DAY, "b"), &["s"]);
    let both = ["one", "two"];
    dir.run_from(&both, "lake", &["--all"])
        .exits(0)
        .counts(&[("objects/read", 2), ("objects/mirrored", 1)]);
    assert_eq!(dir.lines("chat", &["request_id"]), ["r", "s"]);
    let before = dir.lake();
    dir.run_from(&both, "lake", &["--all"]).exits(0).counts(&[
        ("objects/read", 0),
        ("objects/mirrored", 1),
        ("objects/skipped", 2),
    ]);
    assert_eq!(dir.lake().written_since(&before), [""; 0]);
}

#[test]
fn other_contents_under_one_name_are_a_clash() {
    let dir = Dir::new();
    let key = chat_key(DAY, "a");
    put(&dir, "one", &key, &["r"]);
    put(&dir, "two", &key, &["s"]);
    put(&dir, "two", &chat_key(DAY, "b"), &["t"]);
    for _ in 0..2 {
        let ran = dir
            .run_from(&["one", "two"], "lake", &["--all"])
            .exits(1)
            .says(kiro(&key))
            .counts(&[("objects/clashed", 1), ("failure_count", 1)]);
        assert_eq!(ran.report["failures"][0]["kind"], "clash");
        assert_eq!(
            dir.lines("chat", &["request_id"]),
            ["r", "t"],
            "the first source's"
        );
    }
}

#[test]
fn a_clash_is_one_in_any_later_run() {
    let dir = Dir::new();
    let key = chat_key(DAY, "a");
    put(&dir, "one", &key, &["r"]);
    put(&dir, "two", &key, &["s"]);
    dir.run_from(&["one"], "lake", &["--all"]).exits(0);
    dir.run_from(&["two"], "lake", &["--all"])
        .exits(1)
        .says(kiro(&key));
    assert_eq!(dir.lines("chat", &["request_id"]), ["r"]);
    // Once the second says the same, all is well.
    put(&dir, "two", &key, &["r"]);
    dir.run_from(&["two"], "lake", &["--all"])
        .exits(0)
        .counts(&[("objects/mirrored", 1)]);
    assert_eq!(dir.lines("chat", &["request_id"]), ["r"]);
}

#[test]
fn two_keys_of_one_source_may_clash() {
    let dir = Dir::new();
    let key = chat_key(DAY, "a");
    put(&dir, "bucket", &format!("first/{key}"), &["r"]);
    put(&dir, "bucket", &format!("second/{key}"), &["s"]);
    dir.run().exits(1).counts(&[("objects/clashed", 1)]);
    assert_eq!(dir.lines("chat", &["request_id"]), ["r"]);
    put(&dir, "bucket", &format!("second/{key}"), &["r"]);
    dir.run().exits(0).counts(&[("objects/mirrored", 1)]);
}

#[test]
fn a_source_that_gives_nothing_is_an_error_that_says_what_is_there() {
    let dir = Dir::new();
    dir.run().exits(2).says("not found");
    std::fs::create_dir(dir.path("bucket")).unwrap();
    dir.run().exits(2).says("it is empty");
    dir.put("holidays/2025/beach.jpg", "x");
    dir.put("holidays/2025/hills.jpg", "x");
    dir.put("readme", "x");
    dir.run().exits(2).says("holidays/2025/ (2)");
    assert!(!dir.path("lake/tables").exists(), "nothing was converted");
    // Strays alone are nothing known either.
    dir.put("logs/aws-logs-write-test", "x");
    dir.run().exits(2);
}

#[test]
fn one_of_several_sources_that_gives_nothing_fails_alone() {
    let dir = Dir::new();
    put(&dir, "good", &chat_key(DAY, "a"), &["r"]);
    dir.write("photos/beach.jpg", "x");
    for (other, said) in [
        ("missing", "not found"),
        ("photos", "no object of a known kind"),
    ] {
        dir.lose(&["lake"]);
        let ran = dir
            .run_from(&[other, "good"], "lake", &["--all"])
            .exits(1)
            .says(said);
        assert_eq!(ran.report["failures"][0]["kind"], "source");
        assert_eq!(ran.report["failures"][0]["what"], other);
        assert_eq!(dir.lines("chat", &["request_id"]), ["r"], "{other}");
    }
}

#[test]
fn nothing_is_missing_of_a_source_that_cannot_be_listed() {
    let dir = Dir::new();
    put(&dir, "good", &chat_key(DAY, "a"), &["r"]);
    put(&dir, "other", &chat_key(DAY, "b"), &["s"]);
    dir.run_from(&["good", "other"], "lake", &["--all"])
        .exits(0);
    dir.lose(&["other"]);
    dir.run_from(&["good", "other"], "lake", &["--rebuild", "--drop-missing"])
        .exits(1);
    assert_eq!(dir.lines("chat", &["request_id"]), ["r", "s"]);
}

#[test]
fn what_may_not_be_read_fails_and_the_rest_is_converted() {
    let dir = Dir::new();
    put(&dir, "bucket", &chat_key(DAY, "a"), &["r"]);
    put(&dir, "bucket", &chat_key(DAY, "secret"), &["s"]);
    put(&dir, "bucket", &chat_key("2026-01-08", "b"), &["t"]);
    let run = || {
        let call = dir.call(&["bucket"], "lake", &["--all"]);
        Ran::of(dir.unprivileged(call).done())
    };
    let object = format!("bucket/{}", chat_key(DAY, "secret"));
    dir.permit(&object, 0);
    let ran = run()
        .exits(1)
        .says("permission denied")
        .counts(&[("objects/failed", 1)]);
    assert_eq!(ran.report["failures"][0]["kind"], "object");
    assert_eq!(dir.lines("chat", &["request_id"]), ["t", "r"]);
    dir.permit(&object, 0o600);
    run().exits(0).counts(&[("objects/read", 1)]);

    let day =
        "bucket/logs/AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/01/09";
    dir.lose(&["lake"]);
    dir.permit(day, 0);
    run().exits(1).says("permission denied");
    assert_eq!(dir.lines("chat", &["request_id"]), ["t"]);
    dir.permit(day, 0o700);

    dir.permit("bucket", 0);
    run().exits(2).says("permission denied");
    dir.permit("bucket", 0o700);
    run().exits(0);
    dir.is_as_if_made_anew();
}

#[test]
fn a_lake_in_a_source_is_left_out_and_said_once() {
    let dir = Dir::new();
    put(&dir, "bucket", &chat_key(DAY, "a"), &["r"]);
    for read in [1, 0] {
        let ran = dir
            .run_from(&["bucket"], "bucket/lake", &["--all"])
            .exits(0)
            .counts(&[("objects/listed", 1), ("objects/read", read)]);
        // At the first run there is no lake yet when the source is listed.
        let said = ran.done.stderr.matches("left out").count();
        assert_eq!(said, 1, "{}", ran.done.stderr);
    }
    // A source in the lake's folder, beside what is the lake's own.
    put(&dir, "here/raw", &chat_key(DAY, "a"), &["r"]);
    for _ in 0..2 {
        dir.run_from(&["here"], "here", &["--all"])
            .exits(0)
            .counts(&[("objects/listed", 1)]);
    }
}

#[test]
fn an_object_that_is_told_by_its_content_alone() {
    let dir = Dir::new();
    dir.put("x.gz", records(&[chat("r", TIME)]));
    dir.put("y.json", chat_saying("s", TIME, "bare"));
    dir.put(
        "z.csv",
        "Date,UserId,Client_Type,Total_Messages,auto_messages\n2026-01-09,u,KIRO_IDE,2,2\n",
    );
    dir.run().exits(0);
    assert_eq!(
        dir.lines("chat", &["request_id", "source_object"]),
        ["r bucket/x.gz", "s bucket/y.json"]
    );
    assert_eq!(
        dir.lines("user_activity", &["dt", "user_id"]),
        ["2026-01-09 u"]
    );
    dir.run().exits(0).counts(&[("objects/read", 0)]);
}

#[test]
fn what_content_of_no_known_kind_holds_is_not_in_the_detail() {
    let dir = Dir::new();
    dir.put("x.json", r#"{"whatever":"canary"}"#);
    dir.put("y.json", "canary");
    dir.put("z.csv", "canary,canary\n1,2\n");
    dir.run().exits(1);
    assert_eq!(
        dir.lines("rejects", &["reason", "detail"]),
        ["unknown_content the content is of no known dataset"; 3]
    );
}
