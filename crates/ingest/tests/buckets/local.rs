//! Folders of logs and of lakes, and runs between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use promptlake_datasets::key::KeyContext;
use promptlake_ingest::discover::NamedSource;
use promptlake_ingest::options::{Limits, RunOptions, VerifyOptions};
use promptlake_ingest::progress::Silent;
use promptlake_ingest::report::{RunReport, Tolerance};
use promptlake_ingest::run::{RunError, run};
use promptlake_ingest::verify::verify;
use promptlake_lake::location::Location;
use promptlake_lake::source::{LocalSource, Source, Window};
use promptlake_lake::storage::{LocalStorage, Storage};
use tempfile::TempDir;

use crate::faulty::{Call, Calls, Faulty, Script};
use crate::nights::Night;
use crate::same::parts_below;
use crate::world::{State, assert_same, write_below};

/// How many trials run side by side.
const WORKERS: usize = 3;

/// Where files are in memory, if the system has such a place: a disk would be waited for at every publish.
const MEMORY: &str = "/dev/shm";

/// A folder with the logs of both nights, and with lakes.
#[derive(Debug)]
pub(crate) struct Local {
    dir: TempDir,
    names: AtomicUsize,
}

/// A run that was made.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) result: Result<RunReport, RunError>,
    /// The calls of the lake's storage.
    pub(crate) calls: Vec<Call>,
}

impl Ran {
    /// Expects that it went well.
    #[track_caller]
    pub(crate) fn exits_clean(self, of: &str) -> Self {
        let report = self.result.as_ref().unwrap();
        assert_eq!(report.exit.code, 0, "{of}: {report:#?}");
        self
    }

    /// The paths that it published.
    pub(crate) fn published(&self) -> Vec<&str> {
        let calls = self.calls.iter().filter(|call| call.action == "publish");
        calls.map(|call| call.path.as_str()).collect()
    }
}

/// A night that nothing disturbed.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) night: Night,
    /// The lake before it.
    pub(crate) before: PathBuf,
    /// Its parts.
    pub(crate) old: State,
    /// Its parts after it.
    pub(crate) new: State,
    /// The calls of the storage that it takes.
    pub(crate) calls: Vec<Call>,
}

impl Local {
    /// The logs of both nights, and no lake.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir());
        let local = Self {
            dir: dir.unwrap(),
            names: AtomicUsize::new(0),
        };
        let [first, second] = Night::BOTH.map(|night| local.logs(night));
        write_below(&first, &Night::First.objects());
        // What is there on both nights is the same file.
        link(&first, &second);
        write_below(&second, &Night::Second.objects());
        local
    }

    /// The logs of a night.
    pub(crate) fn logs(&self, night: Night) -> PathBuf {
        self.dir.path().join(format!("logs of {night:?}"))
    }

    /// A path that is not taken yet.
    pub(crate) fn new_path(&self) -> PathBuf {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        self.dir.path().join(format!("{number}"))
    }

    /// Another lake that is as one there; its objects are the same files, with the same versions.
    pub(crate) fn lake_like(&self, lake: &Path) -> PathBuf {
        let path = self.new_path();
        link(lake, &path);
        path
    }

    /// What a nightly run is told. Rejects are no failures.
    pub(crate) fn options(
        &self,
        night: Night,
        source: Box<dyn Source>,
        lake: &Path,
        storage: Box<dyn Storage>,
    ) -> RunOptions {
        RunOptions {
            run_id: format!("run-{}", self.names.fetch_add(1, Ordering::Relaxed)),
            version: "0".to_owned(),
            today: night.today(),
            sources: vec![NamedSource {
                place: self.logs(night).display().to_string(),
                context: KeyContext {
                    name: "prod".to_owned(),
                    ..KeyContext::default()
                },
                source,
            }],
            storage,
            lake: Location::Local(lake.to_owned()),
            window: night.window(),
            table: None,
            rebuild: false,
            drop_missing: false,
            tolerance: Tolerance {
                max_rejects: u64::MAX,
                strict: false,
            },
            expect: Vec::new(),
            limits: limits(),
        }
    }

    /// Makes a nightly run into a lake whose storage has a script.
    pub(crate) fn run(&self, night: Night, lake: &Path, script: Script) -> Ran {
        self.run_in(night.window(), night, lake, script)
    }

    /// Makes a run of other days.
    pub(crate) fn run_in(&self, window: Window, night: Night, lake: &Path, script: Script) -> Ran {
        let (calls, stop) = (Calls::default(), Arc::default());
        let storage = Faulty::new(lake.to_owned(), script, &calls, &stop);
        let source = LocalSource::new(self.logs(night));
        let mut options = self.options(night, Box::new(source), lake, Box::new(storage));
        options.window = window;
        let result = run(&options, &Silent, &stop);
        Ran {
            result,
            calls: calls.take(),
        }
    }

    /// Two nights that nothing disturbs.
    pub(crate) fn played(&self) -> [Played; 2] {
        let mut before = self.new_path();
        fs::create_dir_all(before.join("tables")).unwrap();
        Night::BOTH.map(|night| {
            let after = self.lake_like(&before);
            let ran = self.run(night, &after, Script::Sound);
            let ran = ran.exits_clean("nothing disturbs it");
            let played = Played {
                night,
                old: parts_below(&before),
                new: parts_below(&after),
                before: std::mem::replace(&mut before, after),
                calls: ran.calls,
            };
            assert_ne!(played.old, played.new);
            played
        })
    }

    /// The same night, begun with a copy of the lake.
    pub(crate) fn copied(&self, played: Played) -> Played {
        let before = self.new_path();
        copy(&played.before, &before);
        let ran = self.run(played.night, &self.lake_like(&before), Script::Sound);
        Played {
            before,
            calls: ran.exits_clean("in a copied lake").calls,
            ..played
        }
    }

    /// Expects that `verify` finds nothing wrong with a lake.
    #[track_caller]
    pub(crate) fn is_sound(&self, lake: &Path, of: &str) {
        let temp = self.new_path();
        fs::create_dir(&temp).unwrap();
        let options = VerifyOptions {
            today: Night::Second.today(),
            storage: Box::new(LocalStorage::new(lake.to_owned())),
            since: None,
            limits: Limits {
                temp_dir: Some(temp),
                ..limits()
            },
        };
        let verified = verify(&options, &Silent, &AtomicBool::new(false)).unwrap();
        assert!(
            verified.findings.is_empty(),
            "{of}: {:#?}",
            verified.findings
        );
    }

    /// Makes the next run after a disturbed night, and one more, which has to find nothing to do: no object is read, and
    /// nothing but its report is published. Gives the parts.
    #[track_caller]
    pub(crate) fn mended(&self, night: Night, lake: &Path, of: &str) -> State {
        let mending = self.run(night, lake, Script::Sound);
        mending.exits_clean(&format!("after {of}"));
        let parts = parts_below(lake);
        let further = self.run(night, lake, Script::Sound);
        let further = further.exits_clean(&format!("once more after {of}"));
        let report = further.result.as_ref().unwrap();
        assert_eq!(report.objects.read, 0, "once more after {of}: {report:#?}");
        let own = format!("_promptlake/runs/{}.json", report.run_id);
        assert_eq!(further.published(), [own], "once more after {of}");
        assert_same(&parts_below(lake), &parts, of);
        parts
    }

    /// Expects that the next run brings the lake to the end that an undisturbed night has.
    #[track_caller]
    pub(crate) fn is_mended(&self, played: &Played, lake: &Path, of: &str) {
        assert_same(&self.mended(played.night, lake, of), &played.new, of);
    }
}

fn limits() -> Limits {
    Limits {
        threads: 2,
        memory_bytes: 64 << 20,
        temp_dir: None,
        max_object_bytes: 1 << 20,
    }
}

/// Expects that every part is the one from before a night or the one from after it, and that none is gone.
#[track_caller]
pub(crate) fn assert_old_or_new(played: &Played, lake: &Path, of: &str) {
    let found = parts_below(lake);
    for (path, bytes) in &found {
        let whole = [&played.old, &played.new].map(|state| state.get(path) == Some(bytes));
        assert!(
            whole.contains(&true),
            "{of}: {path} is neither the old nor the new one"
        );
    }
    for path in played.old.keys() {
        assert!(found.contains_key(path), "{of}: {path} is gone");
    }
}

/// Makes trials, some side by side.
pub(crate) fn each(trials: usize, trial: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= trials {
                return;
            }
            trial(n);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(work);
        }
    });
}

/// Gives files another name in another folder. Publishes put other files in their place, so the first name keeps what it
/// has.
fn link(from: &Path, to: &Path) {
    walk(from, to, &|from, to| fs::hard_link(from, to).unwrap());
}

fn copy(from: &Path, to: &Path) {
    walk(from, to, &|from, to| {
        fs::copy(from, to).unwrap();
    });
}

fn walk(from: &Path, to: &Path, file: &dyn Fn(&Path, &Path)) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            walk(&entry.path(), &target, file);
        } else if entry.file_name() != "lock" {
            // The lock is each lake's own.
            file(&entry.path(), &target);
        }
    }
}
