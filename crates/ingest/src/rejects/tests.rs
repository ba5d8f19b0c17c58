use std::fs::{self, File};
use std::path::PathBuf;

use parquet::arrow::ArrowWriter;
use promptlake_datasets::object::Object;
use promptlake_datasets::reason::Reason;
use promptlake_datasets::rejects::{Reject, RejectRows};
use promptlake_lake::storage::{Content, Entry, Expect, Version};

use super::*;
use crate::memory_source::{ALPHA, BETA};

/// A directory with parts, without a way to publish.
#[derive(Debug)]
struct Parts(PathBuf);

impl Storage for Parts {
    fn list(&self, prefix: &str, found: &mut dyn FnMut(Entry)) -> Result<(), StorageError> {
        let folder = self.0.join("tables/rejects");
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_by(|a, b| b.cmp(a));
        for name in names {
            for file in fs::read_dir(self.0.join("tables/rejects").join(&name)).unwrap() {
                let file = file.unwrap().file_name().into_string().unwrap();
                let path = format!("tables/rejects/{name}/{file}");
                if path.starts_with(prefix) {
                    let version = Version(String::new());
                    found(Entry {
                        path,
                        size: 0,
                        version,
                    });
                }
            }
        }
        Ok(())
    }

    fn read(&self, _: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        Ok(None)
    }

    fn open(&self, path: &str, _: &Path) -> Result<Option<(File, Version)>, StorageError> {
        Ok(File::open(self.0.join(path))
            .ok()
            .map(|file| (file, Version(String::new()))))
    }

    fn publish(&self, path: &str, _: Content<'_>, _: &Expect) -> Result<Version, StorageError> {
        Err(StorageError::Conflict {
            path: path.to_owned(),
        })
    }

    fn remove(&self, _: &str, _: &Version) -> Result<(), StorageError> {
        Ok(())
    }
}

fn lake() -> (tempfile::TempDir, Parts) {
    let temp = tempfile::tempdir().unwrap();
    for (day, dataset) in [("2026-01-02", &ALPHA), ("2026-01-01", &BETA)] {
        let object = Object {
            source_object: format!("AWSLogs/of {day}"),
            dataset: Some(dataset),
            size: 0,
            day: day.parse().unwrap(),
            dated: true,
            account_id: Some("111122223333".to_owned()),
            region: None,
            product: None,
            client: None,
            report_ts: None,
        };
        let mut rows = RejectRows::default();
        for index in 0..20 {
            let reason = if index % 2 == 0 {
                Reason::Syntax
            } else {
                Reason::BadTime
            };
            let raw = format!("raw {index}");
            let reject =
                Reject::of_slice(reason, "what".to_owned(), Some(index), 7, 3, raw.as_bytes());
            rows.push(&object, &reject);
        }
        let batch = rows.take().unwrap();
        let folder = temp.path().join(format!("tables/rejects/dt={day}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("README"), "foreign").unwrap();
        let file = File::create(folder.join("part-00000.parquet")).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
    let parts = Parts(temp.path().to_owned());
    (temp, parts)
}

fn read(lake: &Parts, filter: &RejectFilter, with_raw: bool) -> (Vec<RejectRow>, Vec<String>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    read_rejects(
        lake,
        &lake.0,
        filter,
        with_raw,
        &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        },
        &mut |problem| problems.push(problem.to_string()),
    )
    .unwrap();
    (rows, problems)
}

#[test]
fn all_come_in_the_order_of_days_without_raw() {
    let (_temp, lake) = lake();
    let (rows, problems) = read(&lake, &RejectFilter::default(), false);
    assert_eq!((rows.len(), problems.len()), (40, 0));
    assert_eq!(rows[0].event_date, "2026-01-01");
    assert_eq!(rows[39].event_date, "2026-01-02");
    assert_eq!(rows[39].record_index, Some(19));
    assert_eq!(rows[39].account_id.as_deref(), Some("111122223333"));
    assert_eq!(rows[39].region, None);
    assert!(rows.iter().all(|row| row.raw.is_none()));
    let expected =
        promptlake_datasets::rejects::id("AWSLogs/of 2026-01-01", Some("beta"), Some(0), "syntax");
    assert_eq!(rows[0].id, expected);
}

#[test]
fn filters_take_what_they_say() {
    let (_temp, lake) = lake();
    let count = |filter: &RejectFilter| read(&lake, filter, false).0.len();
    let since = RejectFilter {
        since: Some("2026-01-02".parse().unwrap()),
        ..RejectFilter::default()
    };
    let reason = RejectFilter {
        reason: Some("bad_time".to_owned()),
        ..RejectFilter::default()
    };
    let both = RejectFilter {
        dataset: Some("beta".to_owned()),
        ..since.clone()
    };
    assert_eq!((count(&since), count(&reason), count(&both)), (20, 20, 0));
}

#[test]
fn one_is_shown_with_its_raw_text() {
    let (_temp, lake) = lake();
    let wanted = read(&lake, &RejectFilter::default(), false).0.remove(33);
    let filter = RejectFilter {
        id: Some(wanted.id.clone()),
        ..RejectFilter::default()
    };
    let (rows, _) = read(&lake, &filter, true);
    let raw = Some("raw 13".to_owned());
    assert_eq!(rows, [RejectRow { raw, ..wanted }]);
}

#[test]
fn a_damaged_part_is_named_and_the_others_go_on() {
    let (temp, lake) = lake();
    let path = "tables/rejects/dt=2026-01-01/part-00000.parquet";
    fs::write(temp.path().join(path), "no parquet").unwrap();
    let (rows, problems) = read(&lake, &RejectFilter::default(), false);
    assert_eq!(rows.len(), 20);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains(path), "{problems:?}");
}

#[test]
fn reading_stops_when_told() {
    let (_temp, lake) = lake();
    let mut seen = 0;
    read_rejects(
        &lake,
        &lake.0,
        &RejectFilter::default(),
        false,
        &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        },
        &mut |problem| panic!("{problem}"),
    )
    .unwrap();
    assert_eq!(seen, 1);
}
