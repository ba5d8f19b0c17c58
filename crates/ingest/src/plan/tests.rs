use promptlake_lake::ledger::{self, Base, Change, Feed, LedgerEntry};
use promptlake_lake::ledger_index::{DayState, IndexChanges, LedgerIndex};
use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};
use promptlake_lake::storage::LocalStorage;
use promptlake_lake::temp::RunTemp;

use super::*;
use crate::discover::{Filter, discover_with};
use crate::memory_source::{MemorySource, REGISTRY, classify};

/// A lake that knows what was read, and takes jobs for done.
struct Lake {
    folder: tempfile::TempDir,
    storage: LocalStorage,
    temp: RunTemp,
}

/// What a plan gave.
#[derive(Debug, Default)]
struct Planned {
    jobs: Vec<ReadJob>,
    counts: PlanCounts,
    problems: Vec<String>,
}

impl Planned {
    /// `source_object` and why.
    fn reads(&self) -> Vec<(String, Why)> {
        let objects = self.jobs.iter().flat_map(|job| &job.objects);
        objects.map(|o| (o.source_object.clone(), o.why)).collect()
    }

    /// `source_object`s that only the ledger learns of.
    fn notes(&self) -> Vec<String> {
        let noted = self.jobs.iter().flat_map(|job| &job.noted);
        noted.map(|n| n.entry.object.clone()).collect()
    }
}

impl Lake {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            storage: LocalStorage::new(folder.path().to_owned()),
            temp: RunTemp::in_lake(folder.path(), "test").unwrap(),
            folder,
        }
    }

    fn plan(&self, sources: &[NamedSource], options: &PlanOptions) -> Planned {
        let filter = Filter {
            window: Window::ALL,
            table: None,
            extra_days: &[],
        };
        let temp = self.temp.path();
        let found = discover_with(sources, filter, 1 << 20, temp, REGISTRY, classify).unwrap();
        let view = LedgerView::load(&self.storage).unwrap();
        let mut jobs = Planner::new(&found, sources, &view, &self.storage, temp, options);
        let mut planned = Planned::default();
        while let Some(job) = jobs.next_job().unwrap() {
            let json = serde_json::to_string(&job).unwrap();
            assert_eq!(serde_json::from_str::<ReadJob>(&json).unwrap(), job);
            planned.jobs.push(job);
        }
        planned.counts = jobs.counts();
        planned.problems = jobs
            .take_problems()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(planned.counts.total(), found.counts.selected);
        assert_eq!(planned.counts.read, planned.reads().len() as u64);
        planned
    }

    /// Does to the ledger what a run does, with entries that `shape` may change.
    fn done(&self, planned: &Planned, sources: &[NamedSource], shape: fn(&mut LedgerEntry)) {
        let mut index = IndexChanges::default();
        for job in &planned.jobs {
            let changes = || {
                let read = job.objects.iter().map(|o| {
                    let source = &sources[usize::from(o.source)];
                    let mut entry = LedgerEntry {
                        object: o.source_object.clone(),
                        name: source.name().to_owned(),
                        etag: o.etag.clone(),
                        size: o.size,
                        hash: sameness::hash((source, &o.listed())).ok(),
                        decoder_version: 1,
                        also: o.also.clone(),
                        ..LedgerEntry::default()
                    };
                    shape(&mut entry);
                    let base = o.known.as_deref().map(Base::of);
                    Change::Put { entry, base }
                });
                let noted = job.noted.iter().map(|n| Change::Put {
                    entry: LedgerEntry {
                        also: n.also.clone(),
                        ..n.entry.clone()
                    },
                    base: Some(Base::of(&n.entry)),
                });
                let mut all: Vec<Change> = read.chain(noted).collect();
                all.sort_by(|a, b| a.object().cmp(b.object()));
                all.into_iter().map(Ok)
            };
            let updated =
                ledger::update(&self.storage, &self.temp, &job.dataset, job.day, changes).unwrap();
            if let (Some(listing), Some(version)) = (&job.listing, updated.version) {
                let state = DayState {
                    count: listing.count,
                    digest: listing.digest.clone(),
                    version,
                };
                index.day(&job.dataset, job.day, Some(state));
            }
        }
        LedgerIndex::merge(&self.storage, &index).unwrap();
    }

    /// Plans and does it.
    fn run(&self, sources: &[NamedSource]) -> Planned {
        let planned = self.plan(sources, &PlanOptions::default());
        self.done(&planned, sources, |_| {});
        planned
    }
}

const A: &str = "alpha/2026-01-01/a";
const B: &str = "alpha/2026-01-01/b";
const C: &str = "beta/2026-01-02/c";

fn one() -> MemorySource {
    MemorySource::of(&[A, B, C, "flat/f"])
}

fn is(reads: &[(String, Why)], expected: &[(&str, Why)]) {
    let reads: Vec<(&str, Why)> = reads.iter().map(|(o, why)| (o.as_str(), *why)).collect();
    assert_eq!(reads, expected);
}

#[test]
fn what_is_new_is_read_once() {
    let lake = Lake::new();
    let sources = [one().named("s")];
    let first = lake.run(&sources);
    is(
        &first.reads(),
        &[
            (A, Why::New),
            (B, Why::New),
            (C, Why::New),
            ("s/flat/f", Why::New),
        ],
    );
    assert_eq!(
        first
            .jobs
            .iter()
            .map(|j| (j.dataset.as_str(), j.last, j.listing.is_some()))
            .collect::<Vec<_>>(),
        [
            ("alpha", true, true),
            ("beta", true, true),
            (UNSORTED, true, true)
        ]
    );
    let second = lake.run(&sources);
    assert!(second.jobs.is_empty(), "{second:?}");
    assert_eq!(second.counts.skipped, 4);
}

#[test]
fn what_changed_or_came_late_is_read_and_the_rest_of_its_day_is_not() {
    let lake = Lake::new();
    lake.run(&[one().named("s")]);
    let mut later = one();
    later.put(A, "other content");
    later.put("alpha/2026-01-01/late", "late");
    let planned = lake.run(&[later.named("s")]);
    is(
        &planned.reads(),
        &[(A, Why::Changed), ("alpha/2026-01-01/late", Why::New)],
    );
    assert_eq!(planned.counts.skipped, 3);
    assert_eq!(planned.jobs[0].objects[0].known.as_ref().unwrap().object, A);
}

#[test]
fn a_lost_index_costs_a_look_and_a_lost_day_is_read_again() {
    let lake = Lake::new();
    let sources = [one().named("s")];
    lake.run(&sources);
    std::fs::remove_file(lake.folder.path().join("_promptlake/ledger/index")).unwrap();
    let planned = lake.run(&sources);
    assert_eq!((planned.counts.read, planned.counts.skipped), (0, 4));
    let day = lake
        .folder
        .path()
        .join("_promptlake/ledger/alpha/day=2026-01-01");
    std::fs::write(&day, "damaged").unwrap();
    let planned = lake.plan(&sources, &PlanOptions::default());
    assert_eq!(planned.counts.read, 2);
    assert_eq!(planned.problems.len(), 1);
    std::fs::remove_file(&day).unwrap();
    let planned = lake.run(&sources);
    is(&planned.reads(), &[(A, Why::New), (B, Why::New)]);
}

#[test]
fn rejects_are_read_again_with_a_newer_decoder_and_open_entries_always() {
    let lake = Lake::new();
    let sources = [one().named("s")];
    let first = lake.plan(&sources, &PlanOptions::default());
    lake.done(&first, &sources, |entry| {
        entry.rejected = u64::from(entry.object == A);
        entry.open = entry.object == C;
    });
    // The digests hold, so only a day that the index does not vouch for is looked at.
    std::fs::remove_file(lake.folder.path().join("_promptlake/ledger/index")).unwrap();
    let planned = lake.plan(&sources, &PlanOptions::default());
    is(
        &planned.reads(),
        &[(A, Why::DecoderNewerWithRejects), (C, Why::Open)],
    );
}

#[test]
fn rebuild_and_repair_read_what_they_name() {
    let lake = Lake::new();
    let sources = [one().named("s")];
    lake.run(&sources);
    let rebuild = PlanOptions {
        rebuild: true,
        ..PlanOptions::default()
    };
    let planned = lake.plan(&sources, &rebuild);
    assert_eq!(planned.counts.read, 4);
    assert!(planned.reads().iter().all(|(_, why)| *why == Why::Rebuild));
    let wanted = [(
        ("alpha".to_owned(), "2026-01-01".parse().unwrap()),
        [B.to_owned()].into(),
    )];
    let repair = PlanOptions {
        wanted: wanted.into(),
        ..PlanOptions::default()
    };
    is(&lake.plan(&sources, &repair).reads(), &[(B, Why::Repair)]);
}

#[test]
fn what_is_gone_keeps_its_rows_unless_it_is_to_be_dropped() {
    let lake = Lake::new();
    lake.run(&[one().named("s")]);
    let left = || [MemorySource::of(&[A, "flat/f"]).named("s")];
    let planned = lake.plan(&left(), &PlanOptions::default());
    assert!(planned.jobs.iter().all(|job| job.missing.is_empty()));
    let options = PlanOptions {
        rebuild: true,
        drop_missing: true,
        ..PlanOptions::default()
    };
    let missing = |planned: &Planned| -> Vec<(String, bool)> {
        let missing = planned.jobs.iter().flat_map(|job| &job.missing);
        missing.map(|m| (m.entry.object.clone(), m.drop)).collect()
    };
    let planned = lake.plan(&left(), &options);
    assert_eq!(missing(&planned), [(B.to_owned(), true)]);
    let mut half = MemorySource::of(&[A, "flat/f"]);
    half.half_broken = true;
    assert!(missing(&lake.plan(&[half.named("s")], &options)).is_empty());
    assert!(
        missing(&lake.plan(&[MemorySource::of(&[A]).named("t")], &options)).is_empty(),
        "of a source that is not in this run"
    );
}

#[test]
fn mirrors_are_compared_once_and_clashes_are_told_every_time() {
    let lake = Lake::new();
    let sources = || {
        let mut second = MemorySource::of(&[A]);
        second.objects.get_mut(A).unwrap().1 = "another etag".to_owned();
        second.put(B, &"x".repeat(B.len()));
        [one().named("s"), second.named("t")]
    };
    let first = lake.run(&sources());
    assert_eq!(
        (
            first.counts.read,
            first.counts.mirrored,
            first.counts.clashed
        ),
        (4, 1, 1)
    );
    assert_eq!(first.problems.len(), 1);
    assert!(
        first.problems[0].contains(&format!("t/{B} has other bytes")),
        "{first:?}"
    );
    assert!(
        first.jobs[0].listing.is_none(),
        "not all of it is in the lake"
    );

    let mut again = sources();
    // What the ledger remembers is not read again to be compared.
    for source in &mut again {
        let listed = std::mem::replace(&mut source.source, Box::new(MemorySource::default()));
        source.source = Box::new(Unreadable(listed));
    }
    let second = lake.run(&again);
    assert_eq!(
        (
            second.counts.read,
            second.counts.mirrored,
            second.counts.clashed,
            second.counts.failed
        ),
        (0, 1, 1, 0)
    );
    assert_eq!(second.problems, first.problems);
    assert!(second.notes().is_empty());

    let swapped = {
        let [first, second] = sources();
        [second, first]
    };
    let third = lake.run(&swapped);
    is(&third.reads(), &[(B, Why::Changed)]);
    assert!(third.problems[0].contains(&format!("s/{B} has other bytes")));
}

#[test]
fn a_plan_that_only_lists_reads_nothing() {
    let lake = Lake::new();
    let listing_only = PlanOptions {
        listing_only: true,
        ..PlanOptions::default()
    };
    let unreadable = |name| {
        let mut named = MemorySource::of(&[A]).named(name);
        let listed = std::mem::replace(&mut named.source, Box::new(MemorySource::default()));
        named.source = Box::new(Unreadable(listed));
        named
    };
    let planned = lake.plan(&[unreadable("s"), unreadable("t")], &listing_only);
    assert_eq!((planned.counts.read, planned.counts.mirrored), (1, 1));
}

/// Lists, and cannot be read.
#[derive(Debug)]
struct Unreadable(Box<dyn Source>);

impl Source for Unreadable {
    fn list(
        &self,
        window: Window,
        found: &mut dyn FnMut(Listed),
        problem: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        self.0.list(window, found, problem)
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(objects.into_iter().map(|object| {
            Err(SourceError::NotFound {
                action: "read",
                place: object.key,
            })
        }))
    }
}

#[test]
fn another_source_alone_is_a_mirror_or_a_clash_by_its_bytes() {
    let lake = Lake::new();
    lake.run(&[MemorySource::of(&[A, B]).named("s")]);
    let other = || {
        let mut other = MemorySource::of(&[A, B]);
        other.objects.get_mut(A).unwrap().1 = "another etag".to_owned();
        other.put(B, &"x".repeat(B.len()));
        [other.named("t")]
    };
    for round in 0..2 {
        let planned = lake.run(&other());
        assert_eq!(
            (
                planned.counts.read,
                planned.counts.mirrored,
                planned.counts.clashed
            ),
            (0, 1, 1),
            "round {round}"
        );
        assert_eq!(planned.notes().is_empty(), round == 1, "remembered");
        assert_eq!(planned.problems.len(), 1);
    }
    let planned = lake.run(&[MemorySource::of(&[A, B]).named("s")]);
    assert!(planned.reads().is_empty(), "{planned:?}");
}

#[test]
fn archived_objects_are_counted_until_they_can_be_read() {
    let lake = Lake::new();
    let archived = || {
        let mut source = one();
        source.archived.push(B.to_owned());
        [source.named("s")]
    };
    let first = lake.run(&archived());
    assert_eq!((first.counts.read, first.counts.archived), (3, 1));
    let second = lake.run(&archived());
    assert_eq!((second.counts.read, second.counts.archived), (0, 1));
    let third = lake.run(&[one().named("s")]);
    is(&third.reads(), &[(B, Why::New)]);
    let fourth = lake.run(&archived());
    assert_eq!(fourth.counts.skipped, 4, "it was read before");
}

#[test]
fn a_large_day_comes_in_several_jobs() {
    let keys: Vec<String> = (0..MAX_OBJECTS + 10)
        .map(|n| format!("alpha/2026-01-01/{n:06}"))
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let lake = Lake::new();
    let sources = [MemorySource::of(&keys).named("s")];
    let planned = lake.plan(&sources, &PlanOptions::default());
    let shape: Vec<_> = planned
        .jobs
        .iter()
        .map(|job| (job.objects.len(), job.last, job.listing.is_some()))
        .collect();
    assert_eq!(shape, [(MAX_OBJECTS, false, false), (10, true, true)]);
    assert_eq!(planned.jobs[1].objects[9].key, keys[MAX_OBJECTS + 9]);
}

#[test]
fn the_outline_counts_by_day_and_reason_and_names_partitions() {
    let lake = Lake::new();
    let first = lake.plan(&[one().named("s")], &PlanOptions::default());
    lake.done(&first, &[one().named("s")], |entry| {
        entry.feeds = vec![Feed {
            table: "chat".to_owned(),
            dt: "2026-01-07".parse().unwrap(),
            rows: 1,
        }];
    });
    let mut later = one();
    later.put(A, "other");
    later.put(C, "other");
    let mut outline = Outline::default();
    for job in &lake.plan(&[later.named("s")], &PlanOptions::default()).jobs {
        outline.add(job);
    }
    assert_eq!(outline.days.len(), 2);
    assert_eq!(
        outline.objects().into_iter().collect::<Vec<_>>(),
        [(Why::Changed, 2)]
    );
    assert!(outline.partitions.iter().eq(["chat/dt=2026-01-07"]));
    let json = serde_json::to_value(&outline).unwrap();
    assert_eq!(json["days"][0]["objects"]["changed"], 1);
}
