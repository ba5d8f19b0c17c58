//! Each fault, at each request of two nights.

use std::sync::atomic::{AtomicUsize, Ordering};

use promptlake_ingest::discover::with_causes;
use promptlake_s3_testserver::{Fault, Kind, Logged, What};

use crate::world::{LAKE, LOGS, Undisturbed, World, assert_same, undisturbed};

/// How many trials run side by side.
const WORKERS: usize = 3;

/// A run that gets over a fault may have another one so many requests later: so few runs meet it at each request.
const APART: usize = 4;

/// Some trials of each night. Each begins with the lake as the night before left it; since a disturbed night has to leave
/// the same, this tries all that two nights in a row would.
fn each_night(
    trials: impl Fn(&Undisturbed) -> usize,
    trial: &(dyn Fn(&World, &Undisturbed, usize) + Sync),
) {
    for undisturbed in undisturbed() {
        let next = AtomicUsize::new(0);
        let trials = trials(&undisturbed);
        let work = || {
            let world = World::of(undisturbed.night);
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= trials {
                    return;
                }
                world.reset(&undisturbed.before);
                world.server.clear_script();
                world.server.log();
                trial(&world, &undisturbed, n);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(work);
            }
        });
    }
}

/// A fault that passes, at each request: at the first and every [`APART`] later, at the second and so on.
fn is_got_over(fault: &Fault) {
    is_got_over_at_every(APART, fault);
}

fn is_got_over_at_every(apart: usize, fault: &Fault) {
    each_night(|_| apart, &|world, undisturbed, first| {
        for n in (first..undisturbed.requests).step_by(apart) {
            // Counts the requests that none before it struck.
            world.server.script(fault.clone().after(n).times(1));
        }
        let of = format!("{fault:?} from request {first} of {:?}", undisturbed.night);
        let report = world
            .run(undisturbed.night)
            .unwrap_or_else(|error| panic!("{of}: {}", with_causes(&error)));
        assert_eq!(report.exit.code, 0, "{of}: {report:#?}");
        assert_same(&world.state(), &undisturbed.after, &of);
        let log = world.server.log();
        let unknown = log.iter().filter(|logged| is_unknown_upload(logged));
        assert!(world.server.open_uploads(LAKE) <= unknown.count(), "{of}");
        let retries = report.requests.sources.retries + report.requests.lake.retries;
        assert!(retries > 0, "{of} was not noticed");
    });
}

/// An upload that was begun, whose name was lost on the way.
fn is_unknown_upload(logged: &Logged) -> bool {
    logged.kind == Kind::CreateUpload
}

#[test]
fn throttling() {
    is_got_over(&Fault::always(What::Error(503, "SlowDown")));
}

#[test]
fn errors_of_the_server() {
    is_got_over(&Fault::always(What::Error(500, "InternalError")));
}

#[test]
fn connections_that_are_closed() {
    is_got_over(&Fault::always(What::Close));
}

#[test]
fn connections_that_break_in_a_body() {
    is_got_over(&Fault::always(What::Cut(30)));
}

#[test]
fn answers_that_are_lost_though_it_was_done() {
    is_got_over(&Fault::always(What::LoseResponse));
}

#[test]
fn errors_though_it_was_done() {
    is_got_over(&Fault::always(What::LieAboutFailure(500, "InternalError")));
}

/// Bodies of objects that end early and say that this is all.
#[test]
fn truncated_objects() {
    // The second night reads three.
    is_got_over_at_every(3, &Fault::on(Kind::Get, What::Shorten(5)).bucket(LOGS));
}

/// A refusal is not asked about twice: the run ends with an error that names what was refused, or goes on without it. What
/// it leaves is whole, and the next run brings it to the same end.
#[test]
fn refusals() {
    each_night(
        |undisturbed| undisturbed.requests,
        &|world, undisturbed, n| {
            let fault = Fault::always(What::Error(403, "AccessDenied"))
                .after(n)
                .times(1);
            world.server.script(fault);
            let of = format!("a refusal at request {n} of {:?}", undisturbed.night);
            let clean = match world.run(undisturbed.night) {
                Ok(report) => {
                    let failures = &report.failures;
                    assert_eq!(
                        report.exit.code == 0,
                        failures.is_empty(),
                        "{of}: {report:#?}"
                    );
                    let named = failures
                        .iter()
                        .all(|failure| failure.error.contains("it takes s3:"));
                    assert!(named, "{of}: {failures:#?}");
                    report.exit.code == 0
                }
                Err(error) => {
                    let text = with_causes(&error);
                    assert!(text.contains("it takes s3:"), "{of}: {text}");
                    false
                }
            };
            if clean {
                assert_same(&world.state(), &undisturbed.after, &of);
            }
            let report = world.run(undisturbed.night).unwrap();
            assert_eq!(report.exit.code, 0, "after {of}: {report:#?}");
            assert_same(&world.state(), &undisturbed.after, &format!("after {of}"));
        },
    );
}
