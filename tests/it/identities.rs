//! Each source may be read as somebody else: a profile of the AWS configuration, or a role that is taken on.

use promptlake_s3_testserver::{ACCESS_KEY, Kind, SECRET_KEY, Server};

use crate::harness::{Call, Dir, Ran, chat, chat_key, promptlake, records};

const ROLE: &str = "arn:aws:iam::444455556666:role/kiro-logs-reader";

/// Three buckets with a chat log each. Everybody may read the first; the second belongs to another key; the third to
/// a role that this other key may take on.
fn server() -> Server {
    let server = Server::start();
    server.add_key("EUKEY", "eu secret");
    server.add_role(ROLE, "EUKEY");
    for (bucket, region) in [
        ("acme-us", "us-east-1"),
        ("acme-eu", "eu-central-1"),
        ("acme-role", "eu-west-1"),
    ] {
        server.create_bucket(bucket, region);
        let log = records(&[chat(bucket, "2026-01-09T10:00:00Z")]);
        server.put(bucket, &chat_key("2026-01-09", bucket), &log);
    }
    server.only_for("acme-eu", "EUKEY");
    server.only_for("acme-role", ROLE);
    server
}

/// An AWS configuration with the default profile, that of the other key, and one that takes on the role.
fn configuration(server: &Server, dir: &Dir) {
    let url = server.url();
    let config = format!(
        "[default]\nregion = us-east-1\nendpoint_url = {url}\n\n\
         [profile eu]\nregion = eu-central-1\nendpoint_url = {url}\n\n\
         [profile reader]\nregion = us-east-1\nendpoint_url = {url}\nrole_arn = {ROLE}\nsource_profile = eu\n\n\
         [profile stranger]\nregion = us-east-1\nendpoint_url = {url}\n"
    );
    let credentials = format!(
        "[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n\n\
         [eu]\naws_access_key_id = EUKEY\naws_secret_access_key = eu secret\n\n\
         [stranger]\naws_access_key_id = NOBODY\naws_secret_access_key = none\n"
    );
    dir.write("aws/config", config);
    dir.write("aws/credentials", credentials);
}

fn run(dir: &Dir, sources: &[&str]) -> Call {
    let mut args = vec!["run", "--all", "--report", "-"];
    for source in sources {
        args.extend(["--source", source]);
    }
    let lake = dir.arg("lake");
    args.extend(["--lake", &lake]);
    let mut call = promptlake(args);
    call.0
        .env("AWS_CONFIG_FILE", dir.path("aws/config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", dir.path("aws/credentials"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", dir.path(""));
    call
}

#[test]
fn sources_of_several_accounts_are_read_in_one_run() {
    let (server, dir) = (server(), Dir::new());
    configuration(&server, &dir);
    let by_role = format!("role=s3://acme-role?profile=eu&role_arn={ROLE}");
    let sources = ["us=s3://acme-us", "eu=s3://acme-eu?profile=eu", &by_role];
    Ran::of(run(&dir, &sources).done())
        .exits(0)
        .counts(&[("objects/read", 3), ("objects/failed", 0)]);
    let ids = ["acme-eu", "acme-role", "acme-us"];
    assert_eq!(dir.lines("chat", &["request_id"]), ids);
    let log = server.log();
    let taken = log.iter().filter(|logged| logged.kind == Kind::Sts);
    assert_eq!(taken.count(), 1, "the role is taken on once: {log:#?}");
}

#[test]
fn a_profile_may_take_on_the_role_itself() {
    let (server, dir) = (server(), Dir::new());
    configuration(&server, &dir);
    Ran::of(run(&dir, &["role=s3://acme-role?profile=reader"]).done())
        .exits(0)
        .counts(&[("objects/read", 1)]);
    assert_eq!(dir.lines("chat", &["request_id"]), ["acme-role"]);
}

/// What is refused is named with its source; the other sources are converted.
#[test]
fn who_may_not_is_told_and_the_others_are_read() {
    let (server, dir) = (server(), Dir::new());
    configuration(&server, &dir);
    let refused_role = format!("s3://acme-role?role_arn={ROLE}");
    for (source, said) in [
        ("s3://acme-eu", "list s3://acme-eu/: permission denied"),
        (&refused_role, "list s3://acme-role/: the role"),
        (&refused_role, &format!("role {ROLE} cannot be taken on")),
        (&refused_role, "not authorized to perform: sts:AssumeRole"),
        ("s3://acme-eu?profile=stranger", "InvalidAccessKeyId"),
        ("s3://acme-eu?profile=missing", "missing"),
    ] {
        run(&dir, &[source]).done().exits(2).says(said);
        dir.lose(&["lake"]);
        let ran = Ran::of(run(&dir, &["us=s3://acme-us", source]).done())
            .exits(1)
            .says(said);
        let texts = format!("{ran:#?}");
        for secret in [SECRET_KEY, "eu secret"] {
            assert!(!texts.contains(secret), "{texts}");
        }
        assert_eq!(dir.lines("chat", &["request_id"]), ["acme-us"]);
        dir.lose(&["lake"]);
    }
}
