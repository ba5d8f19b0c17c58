//! The rows that the rules leave, worked out in memory.

use std::collections::BTreeMap;

use promptlake_datasets::day::Day;
use promptlake_datasets::key::source_day;
use promptlake_datasets::table::Family;

use crate::lake::Row;
use crate::tables::{Record, Version, body, object_name};

/// The rows of the objects, and how many others are twins of them.
pub(crate) fn expected(
    family: &'static Family,
    objects: &BTreeMap<u8, Version>,
) -> (Vec<Row>, usize) {
    struct Item {
        place: (Day, String, i64),
        record: Record,
        report_ts: Option<i64>,
        account: bool,
    }
    let mut items = Vec::new();
    for (number, version) in objects {
        let name = object_name(*number);
        for (index, record) in version.records.iter().enumerate() {
            let mut record = record.clone();
            record.children = if family.tables.len() > 1 {
                record.children
            } else {
                0
            };
            items.push(Item {
                place: (source_day(&name, false).0, name.clone(), index as i64),
                record,
                report_ts: version.report_ts,
                account: version.account,
            });
        }
    }
    let total = items.len();
    let mut standing: Vec<(Item, i64)> = Vec::new();
    let mut by_key: BTreeMap<u8, Vec<Item>> = BTreeMap::new();
    for item in items {
        match item.record.key {
            None => standing.push((item, 0)),
            Some(key) => by_key.entry(key).or_default().push(item),
        }
    }
    for (_, items) in by_key {
        let mut classes: BTreeMap<(u8, u8), Vec<Item>> = BTreeMap::new();
        for item in items {
            classes
                .entry((item.record.content, item.record.children))
                .or_default()
                .push(item);
        }
        let mut first: Vec<Item> = Vec::new();
        for (_, mut class) in classes {
            class.sort_by(|a, b| {
                b.report_ts
                    .cmp(&a.report_ts)
                    .then(b.account.cmp(&a.account))
                    .then(a.place.cmp(&b.place))
            });
            first.push(class.remove(0));
        }
        first.sort_by(|a, b| b.report_ts.cmp(&a.report_ts).then(a.place.cmp(&b.place)));
        standing.extend(
            first
                .into_iter()
                .enumerate()
                .map(|(variant, item)| (item, variant as i64)),
        );
    }
    standing.sort_by(|a, b| a.0.place.cmp(&b.0.place));
    let twins = total - standing.len();
    let rows = standing.into_iter().map(|(item, variant)| {
        let children = (0..item.record.children)
            .map(|child| format!("child {child}"))
            .collect();
        let (_, object, index) = item.place;
        (
            object,
            index,
            item.record.key,
            body(&item.record),
            item.report_ts,
            variant,
            children,
        )
    });
    (rows.collect(), twins)
}
