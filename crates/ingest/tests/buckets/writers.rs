//! Before the first publish: whether the lake's bucket compares and swaps.

use promptlake_ingest::run::RunError;
use promptlake_s3_testserver::Kind;

use crate::nights::Night;
use crate::world::{LAKE, State, World, assert_same, parts, undisturbed};

const PROBE: &str = "kiro/_promptlake/probe";

#[test]
fn a_bucket_without_conditions_needs_a_single_writer() {
    let [first, second] = undisturbed();
    let mut world = World::of(Night::First);
    world.server.set_conditional(LAKE, false);
    let error = world.run(Night::First).unwrap_err();
    assert!(matches!(error, RunError::NoCompareAndSwap(_)), "{error}");
    let mut left = world.state();
    left.remove("_promptlake/probe");
    assert_same(&left, &State::new(), "a lake that was refused");

    world.options.single_writer = true;
    world.server.log();
    for undisturbed in [&first, &second] {
        world.set(undisturbed.night);
        assert_eq!(world.run(undisturbed.night).unwrap().exit.code, 0);
        assert_same(&parts(&world.state()), &parts(&undisturbed.after), "parts");
    }
    assert!(
        world.server.log().iter().all(|logged| logged.key != PROBE),
        "there is nothing to try out"
    );

    // A lake that was brought to such a store.
    world.options.single_writer = false;
    world.reset(&second.before);
    world.server.set_conditional(LAKE, false);
    let error = world.run(Night::Second).unwrap_err();
    assert!(matches!(error, RunError::NoCompareAndSwap(_)), "{error}");
    assert_same(&parts(&world.state()), &parts(&second.before), "parts");
}

/// Listings, what they compare with, and the report: that is all a night costs on which nothing came.
#[test]
fn a_night_without_anything_new_writes_its_report_alone() {
    let world = World::of(Night::First);
    assert_eq!(world.run(Night::First).unwrap().exit.code, 0);
    world.server.log();
    let report = world.run(Night::First).unwrap();
    assert_eq!(report.exit.code, 0);
    let log = world.server.log();
    let written: Vec<&str> = log
        .iter()
        .filter(|logged| !matches!(logged.kind, Kind::List | Kind::Get | Kind::HeadBucket))
        .map(|logged| logged.key.as_str())
        .collect();
    assert_eq!(
        written,
        [format!("kiro/_promptlake/runs/{}.json", report.run_id)]
    );
    assert_eq!(report.requests.sources.gets, 0, "{report:#?}");
    assert_eq!(report.requests.lake.puts, 0, "but for the report's own");
    let settings_and_index = 2;
    assert_eq!(report.requests.lake.gets, settings_and_index, "{report:#?}");
    let requests = [report.requests.sources, report.requests.lake];
    let told: u64 = requests
        .iter()
        .map(|of| of.lists + of.gets + of.heads)
        .sum();
    assert_eq!(told + 1, log.len() as u64, "every request is told of");
}
