//! A server with a bucket of logs and a bucket for the lake, and runs between them.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use promptlake_ingest::discover::NamedSource;
use promptlake_ingest::options::{Limits, RunOptions};
use promptlake_ingest::progress::Silent;
use promptlake_ingest::report::{RunReport, Tolerance};
use promptlake_ingest::run::{RunError, run};
use promptlake_lake::location::Location;
use promptlake_lake::s3::{AccessKey, Patience, S3Options};
use promptlake_lake::source::{SourceSpec, open_source_with};
use promptlake_lake::storage::{Storage, open_storage_with};
use promptlake_s3_testserver::{ACCESS_KEY, SECRET_KEY, Server};

use crate::nights::{Night, Objects};

/// The bucket of the logs.
pub(crate) const LOGS: &str = "acme-logs";
/// The bucket of the lake.
pub(crate) const LAKE: &str = "acme-lake";
/// The source.
pub(crate) const SOURCE: &str = "prod=s3://acme-logs/prompts";
/// The lake's place.
pub(crate) const LAKE_URI: &str = "s3://acme-lake/kiro";

/// What stands in a lake, by path; reports of runs are left out.
pub(crate) type State = BTreeMap<String, Vec<u8>>;

/// A server, and how it is asked. The two buckets lie in different regions.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) options: S3Options,
}

impl World {
    /// Without any object.
    pub(crate) fn new() -> Self {
        let server = Server::start();
        server.create_bucket(LOGS, "us-east-1");
        server.create_bucket(LAKE, "eu-central-1");
        let options = S3Options {
            endpoint_url: Some(server.url()),
            access_key: Some(AccessKey {
                id: ACCESS_KEY.to_owned(),
                secret: SECRET_KEY.to_owned(),
                session_token: None,
            }),
            patience: Patience {
                tries: 6,
                first_wait: Duration::from_millis(1),
                longest_wait: Duration::from_millis(5),
                stall: Duration::from_secs(5),
            },
            ..S3Options::default()
        };
        Self { server, options }
    }

    /// With the objects of a night.
    pub(crate) fn of(night: Night) -> Self {
        let world = Self::new();
        world.set(night);
        world
    }

    /// Lets a night come.
    pub(crate) fn set(&self, night: Night) {
        for (key, bytes) in night.objects() {
            self.server.put(LOGS, &format!("prompts/{key}"), &bytes);
        }
    }

    /// Makes the nightly run from bucket to bucket.
    pub(crate) fn run(&self, night: Night) -> Result<RunReport, RunError> {
        self.run_from(night, &[SOURCE], LAKE_URI)
    }

    /// Makes a nightly run. Rejects are no failures.
    pub(crate) fn run_from(
        &self,
        night: Night,
        sources: &[&str],
        lake: &str,
    ) -> Result<RunReport, RunError> {
        let place = Location::parse(lake).unwrap();
        let storage = open_storage_with(&place, &self.options).unwrap();
        self.run_on(night, sources, lake, storage)
    }

    /// Makes a nightly run through a storage of one's own.
    pub(crate) fn run_on(
        &self,
        night: Night,
        sources: &[&str],
        lake: &str,
        storage: Box<dyn Storage>,
    ) -> Result<RunReport, RunError> {
        let temp = tempfile::tempdir().unwrap();
        let lake = Location::parse(lake).unwrap();
        let source = |text: &&str| {
            let spec = SourceSpec::parse(text).unwrap();
            NamedSource {
                place: spec.location.to_string(),
                source: open_source_with(&spec, &lake, &self.options).unwrap(),
                context: spec.context,
            }
        };
        let options = RunOptions {
            // One a run: two at once keep a report each.
            run_id: temp
                .path()
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
            version: "0".to_owned(),
            today: night.today(),
            sources: sources.iter().map(source).collect(),
            storage,
            lake,
            window: night.window(),
            table: None,
            rebuild: false,
            drop_missing: false,
            tolerance: Tolerance {
                max_rejects: u64::MAX,
                strict: false,
            },
            expect: Vec::new(),
            limits: Limits {
                threads: 2,
                memory_bytes: 64 << 20,
                temp_dir: Some(temp.path().to_owned()),
                max_object_bytes: 1 << 20,
            },
        };
        run(&options, &Silent, &AtomicBool::new(false))
    }

    /// What stands in the lake.
    pub(crate) fn state(&self) -> State {
        let objects = self.server.objects(LAKE).into_iter();
        objects
            .filter_map(|(key, object)| {
                let path = key.strip_prefix("kiro/")?;
                let kept = !path.starts_with("_promptlake/runs/");
                kept.then(|| (path.to_owned(), object.bytes.to_vec()))
            })
            .collect()
    }

    /// Makes the lake what it was.
    pub(crate) fn reset(&self, state: &State) {
        self.server.create_bucket(LAKE, "eu-central-1");
        for (path, bytes) in state {
            self.server.put(LAKE, &format!("kiro/{path}"), bytes);
        }
    }
}

/// The parts of a lake.
pub(crate) fn parts(state: &State) -> State {
    let parts = state.iter().filter(|(path, _)| path.starts_with("tables/"));
    parts
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect()
}

/// A night that nothing disturbs.
#[derive(Debug)]
pub(crate) struct Undisturbed {
    pub(crate) night: Night,
    /// The lake before it.
    pub(crate) before: State,
    /// The lake after it.
    pub(crate) after: State,
    /// How many requests it takes.
    pub(crate) requests: usize,
}

/// Two nights that nothing disturbs.
pub(crate) fn undisturbed() -> [Undisturbed; 2] {
    let world = World::new();
    Night::BOTH.map(|night| {
        world.set(night);
        let before = world.state();
        world.server.log();
        let report = world.run(night).unwrap();
        assert_eq!(report.exit.code, 0, "{report:#?}");
        Undisturbed {
            night,
            before,
            after: world.state(),
            requests: world.server.log().len(),
        }
    })
}

/// Expects two states to be the same, byte for byte.
#[track_caller]
pub(crate) fn assert_same(found: &State, expected: &State, what: &str) {
    let differing: Vec<&String> = found
        .keys()
        .chain(expected.keys())
        .filter(|path| found.get(*path) != expected.get(*path))
        .collect();
    assert!(differing.is_empty(), "{what}: {differing:?} differ");
}

/// Writes those objects below a folder that are new or changed.
pub(crate) fn write_below(root: &std::path::Path, objects: &Objects) {
    for (key, bytes) in objects {
        let path = root.join(key);
        if std::fs::read(&path).is_ok_and(|there| there == *bytes) {
            continue;
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Renamed into its place, it is another file, however coarse the clock.
        std::fs::write(root.join("new"), bytes).unwrap();
        std::fs::rename(root.join("new"), path).unwrap();
    }
}
