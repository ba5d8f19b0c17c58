use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::time::Duration;

use promptlake_datasets::day::Day;
use promptlake_datasets::key::KeyContext;
use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};

use super::{ReadOptions, read};
use crate::discover::NamedSource;
use crate::plan::{PlanError, PlannedObject, ReadJob, Why};

/// Longer than it ever takes; a run that hangs would hang for ever.
const PATIENCE: Duration = Duration::from_mins(1);
/// So many that claims are waited for.
const OBJECTS: usize = 2000;

/// Gives empty objects, and panics at one in the middle.
#[derive(Debug)]
struct Panics;

impl Source for Panics {
    fn list(
        &self,
        _: Window,
        _: &mut dyn FnMut(Listed),
        _: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        Ok(())
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(objects.into_iter().map(|object| {
            assert!(!object.key.ends_with("/700.json"), "a bug of ours");
            Ok(Body::Bytes(Vec::new()))
        }))
    }
}

fn job() -> ReadJob {
    let planned = |number: usize| PlannedObject {
        source_object: format!("memory/{number}.json"),
        source: 0,
        key: format!("some/{number}.json"),
        size: 0,
        etag: String::new(),
        why: Why::New,
        known: None,
        also: Vec::new(),
    };
    ReadJob {
        dataset: "unsorted".to_owned(),
        day: Day::UNDATED,
        objects: (0..OBJECTS).map(planned).collect(),
        noted: Vec::new(),
        missing: Vec::new(),
        last: true,
        listing: None,
    }
}

#[test]
fn a_panic_of_a_worker_ends_the_run_with_its_message() {
    for threads in [1, 4] {
        let (done, result) = channel();
        std::thread::spawn(move || {
            let sources = [NamedSource {
                place: "memory://".to_owned(),
                context: KeyContext::default(),
                source: Box::new(Panics),
            }];
            let stop = AtomicBool::new(false);
            let options = ReadOptions {
                sources: &sources,
                threads,
                max_object_bytes: 1 << 20,
                stop: &stop,
            };
            let mut jobs = Some(job());
            let reading = || read::<PlanError>(&options, || Ok(jobs.take()), |_| Ok(()));
            let panic = catch_unwind(AssertUnwindSafe(reading));
            let message = panic.map_err(|panic| panic.downcast_ref::<&str>().copied());
            done.send(message.map(|result| result.is_ok())).unwrap();
        });
        let result = result.recv_timeout(PATIENCE).expect("it does not hang");
        assert_eq!(result, Err(Some("a bug of ours")), "{threads} threads");
    }
}
