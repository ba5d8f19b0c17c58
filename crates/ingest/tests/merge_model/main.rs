//! The stage and the merge against a model in memory: any history of objects read again and again leaves the rows
//! that the model says, in the bytes that one reading of everything leaves.
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a test that cannot go on panics, and its numbers are small"
)]

mod lake;
mod model;
mod tables;

use std::collections::BTreeMap;

use promptlake_datasets::table::Family;
use promptlake_ingest::merge::MergeError;
use proptest::prelude::*;

use lake::{Lake, Limits, read, rows, try_read};
use model::expected;
use tables::{ALONE, Record, Version, WITH_CHILDREN};

const ROOMY: Limits = Limits {
    held: 1 << 30,
    memory: 1 << 20,
    threads: 2,
};

fn version() -> impl Strategy<Value = Version> {
    let record = (prop::option::weighted(0.9, 0_u8..12), 0_u8..3, 0_u8..3).prop_map(
        |(key, content, children)| Record {
            key,
            content,
            children,
        },
    );
    (
        prop::collection::vec(record, 0..6),
        prop::option::of(0_i64..3),
        any::<bool>(),
    )
        .prop_map(|(records, report_ts, account)| Version {
            records,
            report_ts,
            account,
        })
}

fn history() -> impl Strategy<Value = Vec<BTreeMap<u8, Version>>> {
    prop::collection::vec(prop::collection::btree_map(0_u8..10, version(), 0..6), 1..6)
}

fn check(
    family: &'static Family,
    history: &[BTreeMap<u8, Version>],
    limits: &Limits,
) -> Result<(), TestCaseError> {
    let mut lake = Lake::default();
    let mut now: BTreeMap<u8, Version> = BTreeMap::new();
    for step in history {
        now.extend(
            step.iter()
                .map(|(number, version)| (*number, version.clone())),
        );
        lake = read(family, &lake, step, limits).0;
        let (rows_now, twins) = expected(family, &now);
        prop_assert_eq!(rows(family, &lake), rows_now);
        prop_assert_eq!(lake.twins.len(), twins);
    }
    let (rebuilt, _) = read(family, &Lake::default(), &now, &ROOMY);
    prop_assert_eq!(&rebuilt.twins, &lake.twins, "twins");
    prop_assert!(
        rebuilt.parts == lake.parts,
        "the bytes differ from those of one reading"
    );
    let (again, merged) = read(family, &lake, &BTreeMap::new(), limits);
    prop_assert!(
        again.parts == lake.parts && merged.parts.iter().all(Option::is_none),
        "nothing read, nothing written"
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_history_leaves_the_rows_and_bytes_of_one_reading(history in history(), held in 0_u64..20_000, memory in 0_usize..2_000, threads in 1_usize..4) {
        let limits = Limits { held, memory, threads };
        check(&ALONE, &history, &limits)?;
        check(&WITH_CHILDREN, &history, &limits)?;
    }
}

fn object(content: u8) -> Version {
    let record = |key| Record {
        key: Some(key),
        content,
        children: 2,
    };
    Version {
        records: (0..5).map(record).collect(),
        ..Version::default()
    }
}

/// All that stands is read again, or a part of it; the children of an object as well.
#[test]
fn objects_read_again_leave_nothing_of_what_they_were() {
    let before: BTreeMap<u8, Version> = (0..4).map(|number| (number, object(number))).collect();
    for again in [vec![0, 1, 2, 3], vec![1, 2], vec![3]] {
        let step = again
            .iter()
            .map(|number| (*number, object(number + 9)))
            .collect();
        check(&WITH_CHILDREN, &[before.clone(), step], &ROOMY).unwrap();
    }
}

/// A child table that was put there from elsewhere, or the parent's part from before: what has no parent is not dropped silently.
#[test]
fn children_without_a_parent_are_told_even_if_all_parents_are_replaced() {
    let both = BTreeMap::from([(0, object(0)), (1, object(1))]);
    let one = BTreeMap::from([(0, object(0))]);
    let (with_both, _) = read(&WITH_CHILDREN, &Lake::default(), &both, &ROOMY);
    let (mut torn, _) = read(&WITH_CHILDREN, &Lake::default(), &one, &ROOMY);
    torn.parts[1].clone_from(&with_both.parts[1]);
    let again = BTreeMap::from([(0, object(7))]);
    let result = try_read(&WITH_CHILDREN, &torn, &again, &ROOMY);
    assert!(matches!(
        result,
        Err(MergeError::OutOfStep { table: "child" })
    ));
}
