//! A local source that has trouble with one object.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use promptlake_ingest::discover::with_causes;
use promptlake_ingest::progress::Silent;
use promptlake_ingest::report::RunReport;
use promptlake_ingest::run::run;
use promptlake_lake::storage::LocalStorage;

use crate::faulty_source::{FaultySource, Trouble};
use crate::local::{Local, each};
use crate::same::{parts_below, with_rows};
use crate::world::assert_same;

/// Expects what a run with that trouble reports.
fn reports(trouble: Trouble, report: &RunReport, of: &str) {
    let failures = &report.failures;
    let code = match trouble {
        // It is another object now, or none: that is looked at once more, and no failure.
        Trouble::Torn | Trouble::Gone => 0,
        _ => 1,
    };
    assert_eq!(report.exit.code, code, "{of}: {report:#?}");
    let told = match trouble {
        Trouble::Unlisted => Some("list "),
        Trouble::Unreadable | Trouble::HalfReadable => Some("read "),
        Trouble::Torn | Trouble::Gone | Trouble::Stop => None,
    };
    assert_eq!(
        failures.len(),
        usize::from(told.is_some()),
        "{of}: {report:#?}"
    );
    for failure in failures {
        let error = &failure.error;
        assert!(error.starts_with(told.unwrap()), "{of}: {error}");
        assert!(error.contains("Input/output error"), "{of}: {error}");
    }
    assert_eq!(
        report.stopped,
        trouble == Trouble::Stop,
        "{of}: {report:#?}"
    );
}

/// The other objects are converted, and what is in the lake is sound. When the trouble is over, the next run brings the
/// lake to the same end.
#[test]
fn trouble_with_each_object() {
    let local = Local::new();
    for played in &local.played() {
        let objects = played.night.objects().len();
        each(objects * Trouble::ALL.len(), |n| {
            let (at, trouble) = (n / Trouble::ALL.len(), Trouble::ALL[n % Trouble::ALL.len()]);
            let of = format!("{trouble:?}, object {at} of {:?}", played.night);
            let lake = local.lake_like(&played.before);
            let logs = local.lake_like(&local.logs(played.night));
            let stop = Arc::new(AtomicBool::new(false));
            let source = FaultySource::new(&logs, trouble, at, &stop);
            let storage = LocalStorage::new(lake.clone());
            let options = local.options(played.night, Box::new(source), &lake, Box::new(storage));
            match run(&options, &Silent, &stop) {
                Ok(report) => {
                    let read = report.objects.read + report.objects.failed + report.objects.left;
                    // On the second night few are read.
                    if trouble == Trouble::Unlisted || (at as u64) < read {
                        reports(trouble, &report, &of);
                    }
                }
                // The only source shows nothing.
                Err(error) => {
                    assert_eq!((trouble, at), (Trouble::Unlisted, 0), "{of}: {error}");
                    let told = with_causes(&error);
                    assert!(told.contains("Input/output error"), "{of}: {told}");
                }
            }
            if stop.load(Ordering::Relaxed) {
                assert_same(&parts_below(&lake), &played.old, &of);
            }
            local.is_sound(&lake, &of);
            // The rejects of a torn object go, and leave a part without rows.
            let mended = with_rows(local.mended(played.night, &lake, &of));
            assert_same(&mended, &played.new, &of);
            fs::remove_dir_all(&lake).unwrap();
            fs::remove_dir_all(&logs).unwrap();
        });
    }
}
