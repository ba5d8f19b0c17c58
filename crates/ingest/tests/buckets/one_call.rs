//! A local lake of which one call fails, or every publish from one on; and runs that are told to stop at a call.

use std::fs;
use std::path::Path;

use promptlake_ingest::discover::with_causes;
use promptlake_ingest::report::RunReport;
use promptlake_lake::layout;

use crate::faulty::{BROKEN, Call, FULL, Script};
use crate::local::{Local, Ran, assert_old_or_new, each};
use crate::same::parts_below;
use crate::world::assert_same;

/// A night that a script disturbed.
struct Struck<'a> {
    lake: &'a Path,
    ran: Ran,
    /// The call at which it was.
    call: Call,
    of: String,
}

impl Struck<'_> {
    /// What it says that went wrong; nothing, if it exits 0. Its exit code is as documented: 2 with an error, 1 with
    /// failures or where it was stopped, otherwise 0.
    fn said(&self) -> Vec<String> {
        match &self.ran.result {
            Ok(report) => {
                assert_eq!(report.imbalances(), [], "{}", self.of);
                let failed = report.failure_count > 0 || report.stopped;
                assert_eq!(
                    report.exit.code,
                    u8::from(failed),
                    "{}: {report:#?}",
                    self.of
                );
                let failures = report.failures.iter();
                failures.map(|failure| failure.error.clone()).collect()
            }
            Err(error) => vec![with_causes(error)],
        }
    }

    /// Expects that it says which call failed, and what the system said. The report's own copy in the lake is no reason
    /// to fail; a ledger that cannot be written is none to say nothing of what is committed.
    fn tells(&self, number: i32) {
        let (said, of, call) = (self.said(), &self.of, &self.call);
        if call.path.starts_with("_promptlake/runs/") {
            assert!(said.is_empty(), "{of}: {said:?}");
            return;
        }
        if call.action == "publish" && call.path.starts_with(layout::LEDGER) {
            let report = self.ran.result.as_ref();
            let report = report.unwrap_or_else(|error| panic!("{of}: {error:?}"));
            assert!(report.tables.values().any(|table| table.rows_after > 0));
        }
        let cause = std::io::Error::from_raw_os_error(number);
        let told = format!("{} {}: {cause}", call.action, call.path);
        let told = said.iter().any(|said| said.contains(&told));
        assert!(told, "{of}: {said:?}");
    }
}

/// Nights disturbed by a script at each of the calls that it counts. What a run says and leaves is looked at by `look`;
/// then the next run mends it.
fn each_call(script: impl Fn(usize) -> Script + Sync, look: impl Fn(&Struck<'_>) + Sync) {
    let local = Local::new();
    for played in &local.played() {
        let counts = |call: &&Call| script(0).counts(call.action);
        each(played.calls.iter().filter(counts).count(), |at| {
            let script = script(at);
            let lake = local.lake_like(&played.before);
            let ran = local.run(played.night, &lake, script);
            let call = ran.calls.iter().filter(counts).nth(at).cloned();
            let of = format!("{script:?} of {:?}: {call:?}", played.night);
            assert_old_or_new(played, &lake, &of);
            // Which calls it takes to write an inventory depends on which thread was first: there may be one less.
            if let Some(call) = call {
                let lake = &lake;
                let struck = Struck {
                    lake,
                    ran,
                    call,
                    of: of.clone(),
                };
                if struck.said().is_empty() && !stopped(&struck) {
                    assert_same(&parts_below(lake), &played.new, &of);
                }
                look(&struck);
            }
            local.is_mended(played, &lake, &of);
            let temp = fs::read_dir(lake.join("_promptlake/tmp"));
            assert_eq!(temp.map_or(0, Iterator::count), 0, "{of}: temporary files");
            fs::remove_dir_all(&lake).unwrap();
        });
    }
}

fn stopped(struck: &Struck<'_>) -> bool {
    struck
        .ran
        .result
        .as_ref()
        .is_ok_and(|report| report.stopped)
}

#[test]
fn one_call_fails() {
    each_call(Script::Fails, |struck| struck.tells(BROKEN));
}

#[test]
fn a_publish_seems_to_fail() {
    each_call(Script::Lies, |struck| struck.tells(BROKEN));
}

#[test]
fn the_disk_is_full_from_a_publish_on() {
    each_call(Script::Full, |struck| {
        let cause = std::io::Error::from_raw_os_error(FULL).to_string();
        let said = struck.said();
        assert!(
            said.iter().all(|said| said.contains(&cause)),
            "{}: {said:?}",
            struck.of
        );
        if !struck.call.path.starts_with("_promptlake/runs/") {
            assert!(!said.is_empty(), "{}", struck.of);
        }
    });
}

/// A half of it lies in a temporary directory that nobody holds: the next run takes it away.
#[test]
fn publishes_are_torn() {
    each_call(Script::Torn, |struck| {
        let torn = struck.lake.join("_promptlake/tmp/torn/object-0");
        assert!(torn.is_file(), "{}", struck.of);
    });
}

/// Of what is read, less is there than there should be. What cannot be understood is damaged, and said to be, or is made
/// anew; nothing is taken for the whole.
#[test]
fn reads_are_short() {
    for sixteenths in [0, 15] {
        each_call(
            |at| Script::Short(at, sixteenths),
            |struck| {
                let said = struck.said();
                let named = said.iter().all(|said| said.contains(" is damaged"));
                assert!(named, "{}: {said:?}", struck.of);
            },
        );
    }
}

/// Whenever a run is told to stop, it writes its report.
#[test]
fn stops_at_each_call() {
    each_call(Script::Stops, |struck| {
        let (report, of) = (struck.ran.result.as_ref().unwrap(), &struck.of);
        assert!(report.failures.is_empty(), "{of}: {report:#?}");
        let path = format!("_promptlake/runs/{}.json", report.run_id);
        let kept = fs::read(struck.lake.join(&path)).unwrap();
        let kept: RunReport = serde_json::from_slice(&kept).unwrap();
        assert_eq!(kept.exit, report.exit, "{of}");
        // Told while it writes its report, it is done.
        assert_eq!(report.exit.code, u8::from(struck.call.path != path), "{of}");
    });
}
