//! Sources and a lake in buckets, through the flags and the environment.

use promptlake_s3_testserver::{ACCESS_KEY, SECRET_KEY, Server};

use crate::harness::{Call, Dir, Ran, chat, chat_key, promptlake, records};

pub(crate) const RUN: [&str; 9] = [
    "run",
    "--source",
    "prod=s3://acme-logs",
    "--lake",
    "s3://acme-lake/kiro",
    "--all",
    "--report",
    "-",
    "--concurrency=4",
];

/// A server with a chat log, and an empty bucket for the lake.
pub(crate) fn server() -> Server {
    let server = Server::start();
    server.create_bucket("acme-logs", "us-east-1");
    server.create_bucket("acme-lake", "eu-central-1");
    let log = records(&[chat("a", "2026-01-09T10:00:00Z")]);
    server.put("acme-logs", &chat_key("2026-01-09", "one"), &log);
    server
}

/// A call that finds its buckets on a server.
pub(crate) fn call(server: &Server, dir: &Dir, args: &[&str]) -> Call {
    let mut call = promptlake(args);
    call.0
        .env("AWS_ENDPOINT_URL", server.url())
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_REGION", "us-east-1")
        .env("HOME", dir.path(""))
        .env("TMPDIR", dir.path("tmp"));
    call
}

#[test]
fn from_bucket_to_bucket() {
    let (server, dir) = (server(), Dir::new());
    let ran = Ran::of(call(&server, &dir, &RUN).done()).exits(0).counts(&[
        ("objects/read", 1),
        ("requests/sources/gets", 1),
        ("requests/sources/heads", 1),
        ("requests/lake/throttles", 0),
    ]);
    assert_eq!(ran.report["lake"], "s3://acme-lake/kiro");
    let ran = ran.says("\ns3      sources ");
    assert!(
        ran.done.stderr.contains(" 1 GET, 1 HEAD; lake "),
        "{ran:#?}"
    );
    let part = "kiro/tables/chat/dt=2026-01-09/part-00000.parquet";
    assert!(server.object("acme-lake", part).is_some());
    let temporary = std::fs::read_dir(dir.path("tmp")).unwrap();
    assert_eq!(
        temporary.count(),
        0,
        "the system's place was used, and left"
    );

    let mut plan = RUN[..6].to_vec();
    plan[0] = "plan";
    let plan = call(&server, &dir, &plan).done().exits(0);
    assert!(
        plan.stdout
            .contains("1 objects listed: 0 to read, 1 unchanged"),
        "{plan:?}"
    );
    let lake = ["rejects", "list", "--lake", "s3://acme-lake/kiro"];
    call(&server, &dir, &lake)
        .done()
        .exits(0)
        .says("no rejects");
    let lake = ["verify", "--lake", "s3://acme-lake/kiro"];
    call(&server, &dir, &lake).done().exits(0);
}

#[test]
fn a_bucket_without_conditional_writes() {
    let (server, dir) = (server(), Dir::new());
    server.set_conditional("acme-lake", false);
    call(&server, &dir, &RUN)
        .done()
        .exits(2)
        .says("--single-writer says that there is only one");
    let mut single = RUN.to_vec();
    single.push("--single-writer");
    call(&server, &dir, &single).done().exits(0);
}

/// A lake that was brought to such a store: what is not a partition is not written there either.
#[test]
fn dimensions_and_drift_ask_for_conditional_writes_too() {
    let (server, dir) = (server(), Dir::new());
    call(&server, &dir, &RUN).done().exits(0);
    server.set_conditional("acme-lake", false);
    let lake = || {
        let mut objects = server.objects("acme-lake");
        objects.retain(|key, _| {
            !key.contains("/_promptlake/runs/") && !key.ends_with("/_promptlake/probe")
        });
        objects
    };
    let before = lake();
    call(&server, &dir, &RUN).done().exits(0);

    dir.write("plans.csv", "tier,rank,usd_per_month,credits\nPRO,1,99,1\n");
    let plans = dir.arg("plans.csv");
    let mut given = RUN.to_vec();
    given.extend(["--plans", &plans]);
    call(&server, &dir, &given)
        .done()
        .exits(2)
        .says("--single-writer says that there is only one");
    assert!(lake() == before, "nothing was written");

    let strange = chat_key("2026-01-09", "two").replace("GenerateAssistantResponse", "Daydream");
    server.put("acme-logs", &strange, b"?");
    call(&server, &dir, &RUN)
        .done()
        .exits(2)
        .says("--single-writer says that there is only one");
    assert!(lake() == before, "nothing was written");

    given.push("--single-writer");
    call(&server, &dir, &given).done().exits(0);
    assert!(lake().keys().any(|key| key.ends_with("/drift")));
}

#[test]
fn the_lake_is_encrypted_with_a_key_that_is_named() {
    let (server, dir) = (server(), Dir::new());
    let mut encrypted = RUN.to_vec();
    encrypted.extend(["--sse-kms-key-id", "alias/lake"]);
    call(&server, &dir, &encrypted).done().exits(0);
    for (key, object) in server.objects("acme-lake") {
        let named = object.headers.iter().any(|(name, value)| {
            name == "x-amz-server-side-encryption-aws-kms-key-id" && value == "alias/lake"
        });
        assert!(named, "{key}: {:?}", object.headers);
    }
}

#[test]
fn a_bucket_that_is_not_there() {
    let (server, dir) = (server(), Dir::new());
    let mut typo = RUN.to_vec();
    typo[2] = "prod=s3://acme-lgos";
    call(&server, &dir, &typo)
        .done()
        .exits(2)
        .says("s3://acme-lgos: not found");
    typo[2] = RUN[2];
    typo[4] = "s3://acme-lkae/kiro";
    call(&server, &dir, &typo)
        .done()
        .exits(2)
        .says("no such bucket");
}
