use std::time::Instant;

use promptlake_datasets::dataset::Dataset;
use promptlake_datasets::day::Day;
use proptest::prelude::*;

use super::{Entry, ObjectList, SortedObjects};
use crate::memory_source::{ALPHA, BETA, REGISTRY};

#[derive(Clone, Debug)]
struct Owned {
    dataset: Option<&'static Dataset>,
    day: i32,
    source_object: String,
    source: u16,
    key: String,
    size: u64,
    etag: String,
    archived: bool,
}

impl Owned {
    fn entry(&self) -> Entry<'_> {
        Entry {
            dataset: self.dataset,
            day: Day(self.day),
            source_object: &self.source_object,
            source: self.source,
            key: &self.key,
            size: self.size,
            etag: &self.etag,
            archived: self.archived,
        }
    }

    fn of(entry: &Entry<'_>) -> Self {
        Self {
            dataset: entry.dataset,
            day: entry.day.0,
            source_object: entry.source_object.to_owned(),
            source: entry.source,
            key: entry.key.to_owned(),
            size: entry.size,
            etag: entry.etag.to_owned(),
            archived: entry.archived,
        }
    }
}

fn sort(entries: &[Owned], max_bytes: usize) -> SortedObjects {
    let temp = tempfile::tempdir().unwrap();
    let mut list = ObjectList::new(REGISTRY, max_bytes, temp.path());
    for entry in entries {
        list.push(&entry.entry()).unwrap();
    }
    list.finish().unwrap()
}

fn all(list: &SortedObjects) -> Vec<Owned> {
    let mut cursor = list.cursor();
    let mut all = Vec::new();
    while let Some(entry) = cursor.next().unwrap() {
        all.push(Owned::of(&entry));
    }
    all
}

fn expected(entries: &[Owned]) -> Vec<Owned> {
    let mut sorted = entries.to_vec();
    sorted.sort_by(|a, b| {
        let rank = |d: Option<&'static Dataset>| d.map_or("~unsorted", |d| d.name);
        (
            rank(a.dataset),
            a.day,
            a.source_object.as_bytes(),
            a.source,
            a.key.as_bytes(),
        )
            .cmp(&(
                rank(b.dataset),
                b.day,
                b.source_object.as_bytes(),
                b.source,
                b.key.as_bytes(),
            ))
    });
    sorted
}

fn same(found: &[Owned], expected: &[Owned]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.entry(), expected.entry());
    }
}

fn owned() -> impl Strategy<Value = Owned> {
    let dataset = prop_oneof![Just(None), Just(Some(&ALPHA)), Just(Some(&BETA))];
    let name = "[a-c\u{0}/é]{0,6}";
    (
        dataset,
        -2..3_i32,
        name,
        0..3_u16,
        name,
        0..3_u8,
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(dataset, day, own, source, other, form, size, archived)| {
            let (source_object, key) = match form {
                0 => (own.clone(), format!("{other}{own}")),
                1 => (format!("{own}{other}"), other),
                _ => (own, other),
            };
            Owned {
                dataset,
                day,
                source_object,
                source,
                key,
                size,
                etag: format!("e{size}"),
                archived,
            }
        })
}

proptest! {
    #[test]
    fn spilled_or_not_the_order_is_the_same(
        entries in proptest::collection::vec(owned(), 0..300), every in 0..3_usize,
    ) {
        // A block costs 1 MiB, so these spill every object, never, and once.
        let max_bytes = [0, usize::MAX, (1 << 20) + 40 * 100][every];
        let list = sort(&entries, max_bytes);
        prop_assert_eq!(list.len(), entries.len() as u64);
        same(&all(&list), &expected(&entries));
    }
}

#[test]
fn a_cursor_goes_on_where_another_was() {
    let entries: Vec<Owned> = (0..50)
        .map(|n| Owned {
            dataset: Some(&ALPHA),
            day: 0,
            source_object: format!("object {n:02}"),
            source: 0,
            key: format!("prefix/object {n:02}"),
            size: n,
            etag: String::new(),
            archived: false,
        })
        .collect();
    for max_bytes in [0, usize::MAX] {
        let list = sort(&entries, max_bytes);
        let mut first = list.cursor();
        for _ in 0..20 {
            first.next().unwrap();
        }
        let mut second = list.cursor_at(first.position());
        for n in 20..50 {
            assert_eq!(first.next().unwrap().unwrap().size, n);
            assert_eq!(second.next().unwrap().unwrap().size, n);
        }
        assert!(second.next().unwrap().is_none());
        assert!(second.next().unwrap().is_none());
    }
}

#[test]
#[ignore = "needs a release build: cargo test --release -p promptlake-ingest -- --ignored"]
fn many_objects_are_sorted_in_less_than_a_second() {
    let mut seed = 1_u64;
    let entries: Vec<Owned> = (0..300_000_u64)
        .map(|n| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let day = i32::try_from(seed >> 60).unwrap() + 20_000;
            let day_folder = "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27";
            let source_object = format!(
                "{day_folder}/00/111122223333_GenerateAssistantResponse_202607270000_{seed:016x}.json.gz"
            );
            Owned {
                dataset: Some(&ALPHA), day, source: 0, key: format!("logs/{source_object}"), source_object,
                size: n, etag: format!("{seed}-{n}-123456"), archived: false,
            }
        })
        .collect();
    for max_bytes in [usize::MAX, 16 << 20] {
        let start = Instant::now();
        let list = sort(&entries, max_bytes);
        assert_eq!(list.len(), 300_000);
        let took = start.elapsed();
        assert!(took.as_secs_f64() < 1.0, "{took:?} with {max_bytes} bytes");
    }
}
