//! Runs at once on one local lake.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use promptlake_ingest::progress::Silent;
use promptlake_ingest::run::run;
use promptlake_lake::source::{LocalSource, Window};
use promptlake_lake::storage::LocalStorage;

use crate::faulty::{Calls, Faulty, Script};
use crate::local::{Local, each};
use crate::nights::Night;
use crate::same::parts_below;
use crate::world::{assert_same, write_below};

/// How often it is tried: what happens when is left to the threads.
const ROUNDS: usize = 2;

/// The windows of runs that are made at once.
#[derive(Clone, Copy, Debug)]
enum Windows {
    /// Each has that of its night.
    Same,
    /// Each has some of the days, and together they have all.
    Different,
}

impl Windows {
    fn of(self, run: usize, night: Night) -> Window {
        let day = |days| Some(night.today().plus(days));
        match (self, run % 4) {
            (Self::Same, _) => night.window(),
            (Self::Different, 0) => Window {
                from: None,
                to: day(-1),
            },
            (Self::Different, 1) => Window {
                from: day(-1),
                to: None,
            },
            (Self::Different, 2) => Window {
                from: day(-2),
                to: day(-1),
            },
            (Self::Different, _) => Window {
                from: day(0),
                to: day(0),
            },
        }
    }
}

/// Makes a run in a window, and expects that it ends well.
fn run_in(local: &Local, night: Night, logs: &Path, lake: &Path, window: Window, of: &str) {
    let source = Box::new(LocalSource::new(logs.to_owned()));
    let storage = Box::new(LocalStorage::new(lake.to_owned()));
    let mut options = local.options(night, source, lake, storage);
    options.window = window;
    let report = run(&options, &Silent, &AtomicBool::new(false)).unwrap();
    assert_eq!(report.exit.code, 0, "{of}: {report:#?}");
}

#[test]
fn two_and_four_runs_in_windows_of_their_own() {
    let local = Local::new();
    for played in &local.played() {
        for round in 0..ROUNDS {
            for (runs, windows) in [
                (2, Windows::Same),
                (2, Windows::Different),
                (4, Windows::Same),
                (4, Windows::Different),
            ] {
                let of = format!("{runs} runs, {windows:?}, {:?}, {round}", played.night);
                let lake = local.lake_like(&played.before);
                let logs = local.logs(played.night);
                std::thread::scope(|scope| {
                    for run in 0..runs {
                        let window = windows.of(run, played.night);
                        let (local, logs, lake, of) = (&local, &logs, &lake, &of);
                        scope.spawn(move || run_in(local, played.night, logs, lake, window, of));
                    }
                });
                assert_same(&parts_below(&lake), &played.new, &of);
                local.is_mended(played, &lake, &of);
                fs::remove_dir_all(&lake).unwrap();
            }
        }
    }
}

/// A run around another one that is made, from its beginning to its end, before one of its calls.
struct Around<'a> {
    local: &'a Local,
    night: Night,
    logs: &'a Path,
    lake: &'a Path,
    window: Window,
}

impl Around<'_> {
    /// Makes both; both have to end well. Gives how many calls the outer one made.
    fn run(&self, at: usize, within: impl FnMut() + Send + 'static, of: &str) -> usize {
        let calls = Calls::default();
        let storage = Faulty::new(self.lake.to_owned(), Script::Sound, &calls, &Arc::default());
        let storage = Box::new(storage.meanwhile(at, within));
        let source = Box::new(LocalSource::new(self.logs.to_owned()));
        let mut options = self.local.options(self.night, source, self.lake, storage);
        options.window = self.window;
        let report = run(&options, &Silent, &AtomicBool::new(false)).unwrap();
        assert_eq!(report.exit.code, 0, "{of}: {report:#?}");
        calls.take().len()
    }
}

#[test]
fn a_run_within_a_run() {
    let local = Arc::new(Local::new());
    for played in &local.played() {
        let (night, logs) = (played.night, local.logs(played.night));
        for windows in [Windows::Same, Windows::Different] {
            let most = AtomicUsize::new(0);
            each(played.calls.len(), |at| {
                let of = format!("before call {at} of {night:?}, {windows:?}");
                let lake = local.lake_like(&played.before);
                let within = {
                    let (local, logs, lake) = (Arc::clone(&local), logs.clone(), lake.clone());
                    let (window, of) = (windows.of(1, night), of.clone());
                    move || run_in(&local, night, &logs, &lake, window, &of)
                };
                let around = Around {
                    local: &local,
                    night,
                    logs: &logs,
                    lake: &lake,
                    window: windows.of(0, night),
                };
                // With fewer days it makes fewer calls.
                let calls = around.run(at, within, &of);
                most.fetch_max(calls, Ordering::Relaxed);
                if calls > at {
                    assert_same(&parts_below(&lake), &played.new, &of);
                }
                local.is_mended(played, &lake, &of);
                fs::remove_dir_all(&lake).unwrap();
            });
            let calls = played.calls.len();
            assert!(
                most.into_inner() > calls,
                "no run was in the way of another"
            );
        }
    }
}

/// The second night comes while the run of the first is at one of its calls, and has a run of its own.
#[test]
fn a_source_that_changes_under_a_run() {
    let local = Arc::new(Local::new());
    let [first, second] = local.played();
    each(first.calls.len(), |at| {
        let of = format!("the second night before call {at} of the first");
        let lake = local.lake_like(&first.before);
        let logs = local.lake_like(&local.logs(Night::First));
        let within = {
            let (local, logs, lake) = (Arc::clone(&local), logs.clone(), lake.clone());
            let of = of.clone();
            move || {
                write_below(&logs, &Night::Second.objects());
                let window = Night::Second.window();
                run_in(&local, Night::Second, &logs, &lake, window, &of);
            }
        };
        let around = Around {
            local: &local,
            night: Night::First,
            logs: &logs,
            lake: &lake,
            window: Night::First.window(),
        };
        assert!(around.run(at, within, &of) > at, "{of}");
        assert_same(&parts_below(&lake), &second.new, &of);
        // In another place they are other files: they are read again, and come out the same.
        local.is_mended(&second, &lake, &of);
        fs::remove_dir_all(&lake).unwrap();
        fs::remove_dir_all(&logs).unwrap();
    });
}
