//! A lake to spoil, and what is needed to spoil it well.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate;
use promptlake_datasets::table::Table;
use promptlake_ingest::cut::weights;
use promptlake_ingest::digest::hex;
use promptlake_ingest::discover::NamedSource;
use promptlake_ingest::encoder::Encoder;
use promptlake_ingest::options::{Limits, RunOptions, VerifyOptions};
use promptlake_ingest::part::FinishedPart;
use promptlake_ingest::progress::Silent;
use promptlake_ingest::report::{RunReport, Tolerance};
use promptlake_ingest::run::run;
use promptlake_ingest::run_file::RunFile;
use promptlake_ingest::table_writer::TableWriter;
use promptlake_ingest::verify::{Finding, Kind, Remedy, verify};
use promptlake_lake::inventory::{Header, InventoryReader, InventoryWriter, Line, LinesWriter};
use promptlake_lake::layout;
use promptlake_lake::ledger::{LedgerEntry, LedgerReader, LedgerWriter};
use promptlake_lake::location::Location;
use promptlake_lake::settings::Encoding;
use promptlake_lake::source::{SourceSpec, Window, open_source};
use promptlake_lake::storage::open_storage;

/// The first of the days of the bucket, in which both trees were written.
pub(crate) const FIRST: &str = "2025-12-01";
/// So late that no day of the bucket is in a nightly run's window.
const TODAY: &str = "2025-12-20";

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A bucket, and a lake made of it.
pub(crate) struct Lake {
    folder: tempfile::TempDir,
    runs: std::cell::Cell<u32>,
    pub(crate) clean: BTreeMap<String, Vec<u8>>,
}

impl Lake {
    /// Three days of two people.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for object in generate::organisation(7, day(FIRST), 3, 2) {
            let path = folder.path().join("bucket").join(&object.key);
            if object.key.ends_with('/') {
                fs::create_dir_all(path).unwrap();
                continue;
            }
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut file = File::create(path).unwrap();
            if object.gzip {
                let mut encoder = GzEncoder::new(file, Compression::fast());
                encoder.write_all(&object.body).unwrap();
                encoder.finish().unwrap();
            } else {
                file.write_all(&object.body).unwrap();
            }
        }
        let mut lake = Self {
            folder,
            runs: std::cell::Cell::new(0),
            clean: BTreeMap::new(),
        };
        let report = lake.run(Window::ALL, false);
        assert_eq!(report.exit.code, 0, "{}", report.summary());
        lake.clean = lake.tables();
        assert!(lake.clean.len() > 9, "{:?}", lake.clean.keys());
        lake.assert_clean();
        lake
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn bucket(&self) -> PathBuf {
        self.folder.path().join("bucket")
    }

    fn location(&self) -> Location {
        Location::parse(self.root().to_str().unwrap()).unwrap()
    }

    fn limits(&self) -> Limits {
        Limits {
            threads: 2,
            memory_bytes: 256 << 20,
            temp_dir: Some(self.folder.path().join("temp")),
            max_object_bytes: 1 << 30,
        }
    }

    pub(crate) fn run(&self, window: Window, rebuild: bool) -> RunReport {
        let location = self.location();
        let text = format!("logs={}", self.bucket().to_str().unwrap());
        let spec = SourceSpec::parse(&text).unwrap();
        let source = open_source(&spec, &location).unwrap();
        self.runs.set(self.runs.get() + 1);
        let options = RunOptions {
            run_id: format!("run-{}", self.runs.get()),
            version: "0".to_owned(),
            today: day(TODAY),
            sources: vec![NamedSource {
                place: spec.location.to_string(),
                context: spec.context,
                source,
            }],
            storage: open_storage(&location).unwrap(),
            lake: location,
            window,
            table: None,
            rebuild,
            drop_missing: false,
            tolerance: Tolerance {
                max_rejects: 1000,
                strict: false,
            },
            expect: Vec::new(),
            limits: self.limits(),
        };
        run(&options, &Silent, &AtomicBool::new(false)).unwrap()
    }

    /// What a nightly run reads.
    pub(crate) fn nightly() -> Window {
        Window {
            from: Some(day(TODAY).plus(-3)),
            to: Some(day(TODAY)),
        }
    }

    pub(crate) fn verify_since(&self, since: Option<Day>) -> Vec<Finding> {
        let options = VerifyOptions {
            today: day(TODAY),
            storage: open_storage(&self.location()).unwrap(),
            since,
            limits: self.limits(),
        };
        fs::create_dir_all(self.folder.path().join("temp")).unwrap();
        let verified = verify(&options, &Silent, &AtomicBool::new(false)).unwrap();
        assert!(!verified.stopped);
        verified.findings
    }

    pub(crate) fn verify(&self) -> Vec<Finding> {
        self.verify_since(None)
    }

    pub(crate) fn assert_clean(&self) {
        let findings = self.verify();
        assert!(findings.is_empty(), "{}", lines(&findings));
    }

    /// Verifies, expects a finding of this kind with this path, does what all findings say, and expects the lake to be
    /// what it was.
    pub(crate) fn found_and_mended(&self, path: &str, kind: Kind) {
        let findings = self.verify();
        assert!(
            findings
                .iter()
                .any(|found| found.path == path && found.kind == kind),
            "no {} at {path} in:\n{}",
            kind.as_str(),
            lines(&findings)
        );
        self.mend(&findings);
        let left = self.verify();
        assert!(
            left.is_empty(),
            "found:\n{}left:\n{}",
            lines(&findings),
            lines(&left)
        );
        let now = self.tables();
        for (path, bytes) in &self.clean {
            assert!(now.get(path) == Some(bytes), "{path} is another one");
        }
        assert_eq!(now.len(), self.clean.len());
    }

    /// Does what the findings say.
    pub(crate) fn mend(&self, findings: &[Finding]) {
        let mut todo: Vec<Remedy> = Vec::new();
        for finding in findings {
            match finding.remedy {
                Remedy::Remove => fs::remove_file(self.path(&finding.path)).unwrap(),
                Remedy::RemoveAndRun => {
                    fs::remove_file(self.path(&finding.path)).ok();
                }
                Remedy::RunWithoutIndex => {
                    fs::remove_file(self.path(layout::LEDGER_INDEX)).ok();
                }
                Remedy::Newer | Remedy::Nothing => panic!("{finding}"),
                _ => {}
            }
            todo.push(finding.remedy);
        }
        todo.sort();
        todo.dedup();
        let report = match todo
            .iter()
            .find(|remedy| matches!(remedy, Remedy::Rebuild | Remedy::RebuildDay(_)))
        {
            Some(Remedy::Rebuild) => self.run(Window::ALL, true),
            Some(Remedy::RebuildDay(_)) => {
                for remedy in &todo {
                    if let Remedy::RebuildDay(day) = remedy {
                        let window = Window {
                            from: Some(*day),
                            to: Some(*day),
                        };
                        assert_eq!(self.run(window, true).exit.code, 0);
                    }
                }
                self.run(Self::nightly(), false)
            }
            _ => self.run(Self::nightly(), false),
        };
        assert_eq!(report.exit.code, 0, "{}", report.summary());
    }

    /// Everything under `tables/`.
    pub(crate) fn tables(&self) -> BTreeMap<String, Vec<u8>> {
        fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(root, &path, files);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                    files.insert(name.to_owned(), fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(&self.root(), &self.root().join("tables"), &mut files);
        files
    }

    /// Changes a file in place.
    pub(crate) fn edit(&self, path: &str, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(path)).unwrap();
        edit(&mut bytes);
        fs::write(self.path(path), bytes).unwrap();
    }

    /// Changes a file in place so that its time does not tell.
    pub(crate) fn edit_unseen(&self, path: &str, edit: impl FnOnce(&mut Vec<u8>)) {
        let time: SystemTime = fs::metadata(self.path(path)).unwrap().modified().unwrap();
        self.edit(path, edit);
        let file = File::options().write(true).open(self.path(path)).unwrap();
        file.set_modified(time).unwrap();
    }

    /// Exchanges two files.
    pub(crate) fn exchange(&self, a: &str, b: &str) {
        let (a, b) = (self.path(a), self.path(b));
        let aside = self.folder.path().join("aside");
        fs::rename(&a, &aside).unwrap();
        fs::rename(&b, &a).unwrap();
        fs::rename(&aside, &b).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// All rows of a part.
    pub(crate) fn rows(&self, table: &'static Table, dt: Day) -> RecordBatch {
        let file = File::open(self.path(&layout::part(table.name, dt))).unwrap();
        let run = RunFile::open(file, table).unwrap();
        let groups = (0..run.groups()).collect();
        let batches: Vec<RecordBatch> = run
            .read(None, groups, None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        concat_batches(&table.arrow_schema(), &batches).unwrap()
    }

    /// Writes a part with other rows, and an inventory that fits it as far as its header goes.
    pub(crate) fn write_part(&self, table: &'static Table, dt: Day, rows: &RecordBatch) {
        self.write_part_as(table, dt, rows, Encoding::default());
    }

    pub(crate) fn write_part_as(
        &self,
        table: &'static Table,
        dt: Day,
        rows: &RecordBatch,
        encoding: Encoding,
    ) {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .unwrap();
        let encoder = Encoder::new(pool, encoding, 1 << 20, true);
        let path = self.folder.path().join("new-part");
        let mut writer = TableWriter::create(&encoder, table, &path).unwrap();
        let weights = weights(rows);
        writer.append(rows, &weights, 0..rows.num_rows()).unwrap();
        let part: FinishedPart = writer.finish().unwrap();
        fs::rename(&part.path, self.path(&layout::part(table.name, dt))).unwrap();
        self.edit_inventory(table.name, dt, |header, _| {
            header.part.sha256 = hex(&part.sha256);
            header.part.size = part.bytes;
            header.part.rows = part.rows;
            header.part.version = None;
        });
    }

    /// Writes an inventory anew.
    pub(crate) fn edit_inventory(
        &self,
        table: &str,
        dt: Day,
        edit: impl FnOnce(&mut Header, &mut Vec<Line>),
    ) {
        let path = self.path(&layout::inventory(table, dt));
        let reader = InventoryReader::new(File::open(&path).unwrap(), table, dt).unwrap();
        let mut header = reader.header().clone();
        let mut lines: Vec<Line> = reader.map(Result::unwrap).collect();
        edit(&mut header, &mut lines);
        let mut of_lines = LinesWriter::new(Vec::new(), table, dt);
        for line in &lines {
            match line {
                Line::Object(object) => of_lines.object(object).unwrap(),
                Line::Twin(twin) => of_lines.twin(twin).unwrap(),
            }
        }
        let mut writer = InventoryWriter::new(Vec::new(), &header).unwrap();
        writer.append(of_lines.output().as_slice()).unwrap();
        fs::write(path, writer.finish().unwrap()).unwrap();
    }

    /// Writes a day of the ledger anew.
    pub(crate) fn edit_ledger(
        &self,
        dataset: &str,
        day: Day,
        edit: impl FnOnce(&mut Vec<LedgerEntry>),
    ) {
        let path = self.path(&layout::ledger_day(dataset, day));
        let reader = LedgerReader::new(File::open(&path).unwrap(), dataset, day).unwrap();
        let mut entries: Vec<LedgerEntry> = reader.map(Result::unwrap).collect();
        edit(&mut entries);
        let mut writer = LedgerWriter::new(Vec::new(), dataset, day).unwrap();
        for entry in &entries {
            writer.put(entry).unwrap();
        }
        fs::write(path, writer.finish().unwrap()).unwrap();
    }
}

pub(crate) fn lines(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
