//! A fresh folder with buckets and lakes in it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::call::{Call, Done, promptlake};
use super::files::Files;
use super::rows::{self, Row};

/// A folder; gone with this value. Its bucket is `bucket`, its lake `lake`, unless a test says otherwise.
pub(crate) struct Dir(TempDir);

impl Dir {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A path in it, as an argument.
    pub(crate) fn arg(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes an object of the bucket, or another one in its place.
    pub(crate) fn put(&self, key: &str, content: impl AsRef<[u8]>) {
        self.write(&format!("bucket/{key}"), content);
    }

    /// Writes a file, or another one in its place.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Renamed into its place, it is another file, however coarse the clock.
        let new = self.path("new object");
        fs::write(&new, content).unwrap();
        fs::rename(new, path).unwrap();
    }

    /// Removes an object of the bucket.
    pub(crate) fn remove(&self, key: &str) {
        fs::remove_file(self.path("bucket").join(key)).unwrap();
    }

    /// Removes files or folders, there or not.
    pub(crate) fn lose(&self, names: &[&str]) {
        for name in names {
            let path = self.path(name);
            fs::remove_dir_all(&path)
                .or_else(|_| fs::remove_file(&path))
                .ok();
        }
    }

    /// Converts all of the bucket into the lake.
    pub(crate) fn run(&self) -> Ran {
        self.run_with(&["--all"])
    }

    /// Converts the bucket into the lake, with these flags.
    pub(crate) fn run_with(&self, flags: &[&str]) -> Ran {
        self.run_from(&["bucket"], "lake", flags)
    }

    /// Converts folders, each a source of its own name, into a lake.
    pub(crate) fn run_from(&self, sources: &[&str], lake: &str, flags: &[&str]) -> Ran {
        Ran::of(self.call(sources, lake, flags).done())
    }

    /// The call of a run that gives its report on stdout.
    pub(crate) fn call(&self, sources: &[&str], lake: &str, flags: &[&str]) -> Call {
        let mut args = vec!["run".to_owned(), "--lake".to_owned(), self.arg(lake)];
        for source in sources {
            args.extend(["--source".to_owned(), self.arg(source)]);
        }
        args.extend(["--report", "-"].map(str::to_owned));
        args.extend(flags.iter().map(|&flag| flag.to_owned()));
        promptlake(args)
    }

    /// What the lake holds of tables, inventory, ledger and settings. Reports and locks are not compared.
    pub(crate) fn lake(&self) -> Files {
        let mut files = Files::below(&self.path("lake"));
        files.0.retain(|name, _| {
            let kept = [
                "tables/",
                "_promptlake/inventory/",
                "_promptlake/ledger/",
                "_promptlake/lake.json",
            ];
            kept.iter().any(|prefix| name.starts_with(prefix))
        });
        files
    }

    /// The parts of a lake.
    pub(crate) fn parts(&self, lake: &str) -> Files {
        Files::below(&self.path(&format!("{lake}/tables")))
    }

    /// The rows of a table, partition after partition.
    pub(crate) fn rows(&self, table: &str) -> Vec<Row> {
        self.rows_of("lake", table)
    }

    /// The rows of a table of a lake.
    pub(crate) fn rows_of(&self, lake: &str, table: &str) -> Vec<Row> {
        let root = self.path(&format!("{lake}/tables/{table}"));
        let mut rows = Vec::new();
        for name in Files::below(&root).0.keys() {
            let dt = name
                .strip_prefix("dt=")
                .and_then(|name| name.strip_suffix("/part-00000.parquet"));
            // What is foreign has no rows of ours.
            let Some(dt) = dt else {
                continue;
            };
            rows.extend(rows::of_part(&root.join(name), dt));
        }
        rows
    }

    /// Some columns of all rows of a table.
    pub(crate) fn lines(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let rows = self.rows(table);
        rows.iter().map(|row| row.line(columns)).collect()
    }

    /// Expects that the lake is, byte by byte, what one run makes of the bucket as it is now; partitions that have lost
    /// all their rows stay, without rows.
    #[track_caller]
    pub(crate) fn is_as_if_made_anew(&self) {
        self.is_as_if_made_of(&["bucket"]);
    }

    /// The same of several sources.
    #[track_caller]
    pub(crate) fn is_as_if_made_of(&self, sources: &[&str]) {
        self.lose(&["anew"]);
        let ran = self.run_from(sources, "anew", &["--all"]);
        assert!(ran.done.code < Some(2), "{:#?}", ran.done);
        let (here, anew) = (self.parts("lake"), self.parts("anew"));
        let (here, anew) = (here.bytes(), anew.bytes());
        for (name, bytes) in &anew {
            assert!(
                here.get(name) == Some(bytes),
                "{name} differs from a lake made anew:\n{:#?}\n{:#?}",
                part(&self.path("lake"), name),
                part(&self.path("anew"), name)
            );
        }
        for name in here.keys().filter(|name| !anew.contains_key(*name)) {
            let rows = part(&self.path("lake"), name);
            assert!(rows.is_empty(), "{name} has ghosts: {rows:#?}");
        }
        self.is_verified("lake");
        self.is_verified("anew");
    }

    /// Whether `verify` finds nothing wrong with a lake. What lies in the future is another matter.
    #[track_caller]
    pub(crate) fn is_verified(&self, lake: &str) {
        let lake = self.arg(lake);
        let done = promptlake(["verify", "--lake", &lake, "--now", "2099-12-31"]).done();
        assert_eq!(done.code, Some(0), "{done:#?}");
    }
}

/// The rows of a part of a lake; none, if there is no part.
fn part(lake: &Path, name: &str) -> Vec<Row> {
    let path = lake.join("tables").join(name);
    if path.exists() {
        rows::of_part(&path, "")
    } else {
        Vec::new()
    }
}

/// A run that was made.
#[derive(Debug)]
pub(crate) struct Ran {
    /// How it ended.
    pub done: Done,
    /// Its report; null if it gave none.
    pub report: Value,
}

impl Ran {
    /// A run that was called with `--report -`.
    pub(crate) fn of(done: Done) -> Self {
        let report = if done.stdout.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&done.stdout).unwrap()
        };
        Self { done, report }
    }

    /// Expects an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.done.code, Some(code), "{:#?}", self.done);
        self
    }

    /// Expects a text on stderr.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(
            self.done.stderr.contains(part),
            "no {part:?} in {:#?}",
            self.done
        );
        self
    }

    /// Expects some numbers of the report, by path, such as `objects/read`; one that is not there is 0.
    #[track_caller]
    pub(crate) fn counts(self, expected: &[(&str, u64)]) -> Self {
        for &(path, count) in expected {
            let value = self.report.pointer(&format!("/{path}"));
            let found = value.map_or(Some(0), Value::as_u64);
            assert_eq!(found, Some(count), "{path} in {:#}", self.report);
        }
        self
    }
}
