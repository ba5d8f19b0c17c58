//! What is missing or denied for good: the rest is converted, and the exit code says so.

use promptlake_ingest::discover::with_causes;
use promptlake_s3_testserver::{Fault, Kind, What};

use crate::nights::{Night, REPORTS, chat};
use crate::world::{LAKE, LOGS, SOURCE, World, assert_same, parts, undisturbed};

const DENIED: What = What::Error(403, "AccessDenied");

#[test]
fn one_object() {
    let [first, _] = undisturbed();
    let world = World::of(Night::First);
    let key = format!("prompts/{}", chat("2026-01-09", "two"));
    world
        .server
        .script(Fault::on(Kind::Get, DENIED).prefix(&key));
    let report = world.run(Night::First).unwrap();
    assert_eq!(report.exit.code, 1);
    assert_eq!((report.objects.read, report.objects.failed), (4, 1));
    assert_eq!(report.failures.len(), 1, "{report:#?}");
    let error = &report.failures[0].error;
    assert!(
        error.contains(&format!("s3:GetObject on arn:aws:s3:::{LOGS}/{key}")),
        "{error}"
    );
    let there = parts(&world.state());
    for path in ["chat/dt=2026-01-08", "user_activity/dt=2026-01-08"] {
        let path = format!("tables/{path}/part-00000.parquet");
        assert!(there[&path] == first.after[&path], "{path}");
    }
    world.server.clear_script();
    assert_eq!(world.run(Night::First).unwrap().exit.code, 0);
    assert_same(&world.state(), &first.after, "after it was allowed");
}

#[test]
fn one_prefix() {
    let [first, _] = undisturbed();
    let world = World::of(Night::First);
    world
        .server
        .script(Fault::on(Kind::List, DENIED).prefix(&format!("prompts/{REPORTS}")));
    let report = world.run(Night::First).unwrap();
    assert_eq!(report.exit.code, 1);
    assert_eq!((report.objects.read, report.objects.failed), (4, 0));
    let error = &report.failures[0].error;
    assert!(
        error.contains("s3:ListBucket on arn:aws:s3:::acme-logs for the prefix prompts/"),
        "{error}"
    );
    world.server.clear_script();
    assert_eq!(world.run(Night::First).unwrap().exit.code, 0);
    assert_same(&world.state(), &first.after, "after it was allowed");
}

#[test]
fn one_partition() {
    let [first, second] = undisturbed();
    let world = World::of(Night::Second);
    world.reset(&second.before);
    let path = "tables/chat/dt=2026-01-08/";
    world
        .server
        .script(Fault::on(Kind::Put, DENIED).prefix(&format!("kiro/{path}")));
    let report = world.run(Night::Second).unwrap();
    assert_eq!(report.exit.code, 1);
    assert_eq!(report.failures.len(), 1, "{report:#?}");
    let error = &report.failures[0].error;
    assert!(
        error.contains(&format!("s3:PutObject on arn:aws:s3:::{LAKE}/kiro/{path}")),
        "{error}"
    );
    let there = world.state();
    for (path, bytes) in parts(&second.after) {
        let expected = if path.starts_with("tables/chat/dt=2026-01-08/") {
            &first.after[&path]
        } else {
            &bytes
        };
        assert!(there.get(&path) == Some(expected), "{path}");
    }
    world.server.clear_script();
    assert_eq!(world.run(Night::Second).unwrap().exit.code, 0);
    assert_same(&world.state(), &second.after, "after it was allowed");
}

#[test]
fn a_source_that_is_not_there() {
    let [first, _] = undisturbed();
    let world = World::of(Night::First);
    let missing = "typo=s3://acme-lgos/prompts";
    let error = world
        .run_from(Night::First, &[missing], crate::world::LAKE_URI)
        .unwrap_err();
    let text = with_causes(&error);
    assert!(text.contains("list s3://acme-lgos: not found"), "{text}");
    let report = world
        .run_from(Night::First, &[missing, SOURCE], crate::world::LAKE_URI)
        .unwrap();
    assert_eq!(report.exit.code, 1);
    assert_eq!(report.failures[0].what, "typo", "{report:#?}");
    assert_same(
        &parts(&world.state()),
        &parts(&first.after),
        "the other source",
    );
}

#[test]
fn a_lake_that_is_not_there() {
    let world = World::of(Night::First);
    let error = world
        .run_from(Night::First, &[SOURCE], "s3://acme-lkae/kiro")
        .unwrap_err();
    let text = with_causes(&error);
    assert!(
        text.contains("s3://acme-lkae/kiro") && text.contains("no such bucket"),
        "{text}"
    );
}
