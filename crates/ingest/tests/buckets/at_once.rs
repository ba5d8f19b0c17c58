//! Two runs at once on one lake.

use std::time::Duration;

use crate::nights::Night;
use crate::world::{LAKE_URI, SOURCE, World, assert_same, undisturbed};

/// How often it is tried: what happens when is left to the threads.
const ROUNDS: usize = 6;

#[test]
fn two_runs_at_once_leave_what_one_leaves() {
    let [first, second] = undisturbed();
    for round in 0..ROUNDS {
        let world = World::new();
        world.server.set_latency(Duration::from_millis(1));
        for undisturbed in [&first, &second] {
            world.set(undisturbed.night);
            std::thread::scope(|scope| {
                let run = || world.run(undisturbed.night).unwrap();
                let runs = [scope.spawn(run), scope.spawn(run)];
                for run in runs {
                    let report = run.join().unwrap();
                    assert_eq!(report.exit.code, 0, "{report:#?}");
                }
            });
            let of = format!("round {round}, {:?}", undisturbed.night);
            assert_same(&world.state(), &undisturbed.after, &of);
        }
    }
}

/// One that begins the second night while another is still at the first.
#[test]
fn runs_of_different_nights() {
    let [_, second] = undisturbed();
    let world = World::of(Night::Second);
    world.server.set_latency(Duration::from_millis(1));
    std::thread::scope(|scope| {
        let run = |night| {
            let world = &world;
            move || world.run_from(night, &[SOURCE], LAKE_URI).unwrap()
        };
        let runs = [
            scope.spawn(run(Night::First)),
            scope.spawn(run(Night::Second)),
        ];
        for run in runs {
            let report = run.join().unwrap();
            assert_eq!(report.exit.code, 0, "{report:#?}");
        }
    });
    assert_same(
        &crate::world::parts(&world.state()),
        &crate::world::parts(&second.after),
        "two nights at once",
    );
}
