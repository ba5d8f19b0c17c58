//! The same objects give the same lake, wherever they and it lie.

use bytes::Bytes;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::nights::Night;
use crate::world::{LAKE_URI, SOURCE, State, World, assert_same, parts, write_below};

/// The parts of a lake in a directory.
pub(crate) fn parts_below(root: &std::path::Path) -> State {
    let mut state = State::new();
    let mut folders = vec![root.join("tables")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                state.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    state
}

/// Without the parts that hold no row: what is left of partitions that lost theirs.
pub(crate) fn with_rows(mut parts: State) -> State {
    parts.retain(|_, bytes| {
        let file = SerializedFileReader::new(Bytes::from(bytes.clone())).unwrap();
        file.metadata().file_metadata().num_rows() > 0
    });
    parts
}

#[test]
fn local_and_bucket_give_the_same_parts() {
    let dir = tempfile::tempdir().unwrap();
    let (logs, lake, lake_of_bucket) = (
        dir.path().join("logs"),
        dir.path().join("lake"),
        dir.path().join("lake of bucket"),
    );
    let local_source = format!("prod={}", logs.display());
    let (all_local, lake_local, source_local) = (World::new(), World::new(), World::new());
    let buckets = World::new();
    for night in Night::BOTH {
        write_below(&logs, &night.objects());
        lake_local.set(night);
        buckets.set(night);
        let lake = lake.to_str().unwrap();
        let reports = [
            all_local.run_from(night, &[&local_source], lake).unwrap(),
            lake_local
                .run_from(night, &[SOURCE], lake_of_bucket.to_str().unwrap())
                .unwrap(),
            source_local
                .run_from(night, &[&local_source], LAKE_URI)
                .unwrap(),
            buckets.run(night).unwrap(),
        ];
        for report in &reports {
            assert_eq!(report.exit.code, 0, "{report:#?}");
            assert_eq!(report.objects, reports[0].objects);
            assert_eq!(report.records, reports[0].records);
            assert_eq!(report.tables, reports[0].tables);
            assert_eq!(report.new_rejects, reports[0].new_rejects);
        }
        let expected = parts_below(std::path::Path::new(lake));
        assert_eq!(expected.len(), if night == Night::First { 5 } else { 6 });
        assert_same(&parts_below(&lake_of_bucket), &expected, "from a bucket");
        assert_same(&parts(&source_local.state()), &expected, "into a bucket");
        assert_same(&parts(&buckets.state()), &expected, "from bucket to bucket");
    }
}
