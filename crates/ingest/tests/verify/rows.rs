//! Parts that somebody wrote well, with rows that are not as they should be, and inventories that fit them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{
    Array, ArrayRef, Date32Array, Int64Array, RecordBatch, TimestampMillisecondArray, UInt64Array,
    new_null_array,
};
use arrow_select::take::take_record_batch;
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use promptlake_datasets::{chat, rejects, user_report};
use promptlake_ingest::verify::Kind;
use promptlake_lake::layout;
use promptlake_lake::settings::Encoding;

use crate::lake::{Lake, day, lines};

fn dt() -> Day {
    day("2025-12-02")
}

fn table(name: &str) -> &'static Table {
    let families = [
        chat::DATASET.family,
        user_report::DATASET.family,
        &rejects::FAMILY,
    ];
    families
        .iter()
        .flat_map(|family| family.tables)
        .find(|table| table.name == name)
        .unwrap()
}

/// A part with a column replaced by what `change` makes of its values.
fn spoil(lake: &Lake, name: &str, column: &str, change: impl FnOnce(&ArrayRef) -> ArrayRef) {
    let table = table(name);
    let rows = lake.rows(table, dt());
    let mut columns = rows.columns().to_vec();
    let at = table.index_of(column);
    columns[at] = change(&columns[at]);
    let rows = RecordBatch::try_new(rows.schema(), columns).unwrap();
    lake.write_part(table, dt(), &rows);
}

fn reorder(lake: &Lake, name: &str, order: impl FnOnce(u64) -> Vec<u64>) {
    let table = table(name);
    let rows = lake.rows(table, dt());
    let order = UInt64Array::from(order(rows.num_rows() as u64));
    lake.write_part(table, dt(), &take_record_batch(&rows, &order).unwrap());
}

fn numbers(column: &ArrayRef, change: impl FnOnce(&mut Vec<Option<i64>>)) -> ArrayRef {
    let mut values: Vec<Option<i64>> = column.as_primitive::<Int64Type>().iter().collect();
    change(&mut values);
    Arc::new(Int64Array::from(values))
}

#[test]
fn rows_out_of_order_are_found() {
    let lake = Lake::new();
    reorder(&lake, "chat", |rows| (0..rows).rev().collect());
    lake.found_and_mended(&layout::part("chat", dt()), Kind::Order);
}

#[test]
fn a_row_twice_is_found() {
    let lake = Lake::new();
    reorder(&lake, "chat", |rows| {
        (0..rows)
            .flat_map(|row| vec![row; 1 + usize::from(row == 3)])
            .collect()
    });
    let path = layout::part("chat", dt());
    let findings = lake.verify();
    for kind in [Kind::Order, Kind::Variant] {
        assert!(
            findings
                .iter()
                .any(|found| found.path == path && found.kind == kind),
            "{}",
            lines(&findings)
        );
    }
    lake.found_and_mended(&path, Kind::Variant);
}

#[test]
fn a_duplicate_key_is_found() {
    let lake = Lake::new();
    // Every second request has the id of the one before.
    spoil(&lake, "chat", "request_id", |ids| {
        let ids = ids.as_string::<i32>();
        let ids = (0..ids.len()).map(|row| ids.is_valid(row & !1).then(|| ids.value(row & !1)));
        Arc::new(ids.collect::<arrow_array::StringArray>())
    });
    lake.found_and_mended(&layout::part("chat", dt()), Kind::Variant);
}

#[test]
fn wrong_variants_are_found() {
    let lake = Lake::new();
    for wrong in [Some(1), Some(-1), Some(i64::MAX), None] {
        spoil(&lake, "chat", "variant", |variants| {
            numbers(variants, |variants| variants[0] = wrong)
        });
        lake.found_and_mended(&layout::part("chat", dt()), Kind::Variant);
    }
    spoil(&lake, "user_activity", "variant", |variants| {
        numbers(variants, |variants| {
            for variant in variants {
                *variant = variant.map(|variant| variant + 1);
            }
        })
    });
    lake.found_and_mended(&layout::part("user_activity", dt()), Kind::Variant);
}

#[test]
fn a_row_of_another_day_is_found() {
    let lake = Lake::new();
    for name in ["chat", "user_activity", "model_usage"] {
        spoil(&lake, name, "event_date", |dates| {
            let mut dates: Vec<Option<i32>> = dates.as_primitive::<Date32Type>().iter().collect();
            dates[0] = dates[0].map(|date| date + 1);
            Arc::new(Date32Array::from(dates))
        });
        lake.found_and_mended(&layout::part(name, dt()), Kind::Dt);
    }
    spoil(&lake, "chat", "event_date", |dates| {
        new_null_array(dates.data_type(), dates.len())
    });
    lake.found_and_mended(&layout::part("chat", dt()), Kind::Null);
}

#[test]
fn times_that_do_not_fit_are_found() {
    let lake = Lake::new();
    let path = layout::part("chat", dt());
    spoil(&lake, "chat", "event_ts", |times| {
        let mut times: Vec<Option<i64>> = times
            .as_primitive::<TimestampMillisecondType>()
            .iter()
            .collect();
        let at = times.iter().position(Option::is_some).unwrap();
        times[at] = times[at].map(|time| time + 1);
        Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC"))
    });
    lake.found_and_mended(&path, Kind::Time);
    spoil(&lake, "chat", "event_ts_nanos", |nanos| {
        numbers(nanos, |nanos| {
            let at = nanos.iter().position(Option::is_some).unwrap();
            nanos[at] = nanos[at].map(|nanos| nanos + Day::NANOS);
        })
    });
    lake.found_and_mended(&path, Kind::Dt);
}

#[test]
fn lineage_that_is_missing_is_found() {
    let lake = Lake::new();
    for (name, column) in [
        ("chat", "record_index"),
        ("chat", "source_object"),
        ("model_usage", "record_index"),
        ("user_activity", "variant"),
    ] {
        spoil(&lake, name, column, |values| {
            new_null_array(values.data_type(), values.len())
        });
        lake.found_and_mended(&layout::part(name, dt()), Kind::Null);
    }
}

#[test]
fn children_without_parents_are_found() {
    let lake = Lake::new();
    let child = layout::part("model_usage", dt());
    let places = |name: &'static str| -> Vec<(String, i64)> {
        let rows = lake.rows(table(name), dt());
        let column = |column| rows.column(table(name).index_of(column));
        let objects = column("source_object").as_string::<i32>();
        let indexes = column("record_index").as_primitive::<Int64Type>();
        (0..rows.num_rows())
            .map(|row| (objects.value(row).to_owned(), indexes.value(row)))
            .collect()
    };
    // The parent of the first child goes.
    let first = places("model_usage").swap_remove(0);
    let gone = places("user_activity")
        .iter()
        .position(|place| *place == first);
    let gone = gone.unwrap();
    reorder(&lake, "user_activity", |rows| {
        (0..rows).filter(|row| *row != gone as u64).collect()
    });
    lake.found_and_mended(&child, Kind::Child);
    spoil(&lake, "model_usage", "variant", |variants| {
        numbers(variants, |variants| variants[0] = Some(7))
    });
    lake.found_and_mended(&child, Kind::Child);
}

#[test]
fn a_part_of_another_encoding_is_found() {
    let lake = Lake::new();
    let rows = lake.rows(table("chat"), dt());
    let encoding = Encoding {
        zstd_level: 1,
        ..Encoding::default()
    };
    lake.write_part_as(table("chat"), dt(), &rows, encoding);
    lake.found_and_mended(&layout::part("chat", dt()), Kind::Footer);
}

#[test]
fn a_part_with_other_columns_is_found() {
    let lake = Lake::new();
    let chat = table("chat");
    let other: &'static Table = Box::leak(Box::new(Table {
        name: chat.name,
        version: chat.version,
        doc: chat.doc,
        own: &chat.own[1..],
        lineage: chat.lineage,
        key: chat.key,
        key_required: chat.key_required,
        key_else: None,
        not_content: chat.not_content,
        bloom: &[],
    }));
    let rows = lake.rows(table("chat"), dt());
    let rest: Vec<usize> = (1..rows.num_columns()).collect();
    lake.write_part(other, dt(), &rows.project(&rest).unwrap());
    lake.found_and_mended(&layout::part("chat", dt()), Kind::Schema);
}

#[test]
fn a_part_outside_the_projection_is_named() {
    let lake = Lake::new();
    let at = |dt: &str| layout::part("chat", day(dt));
    let rows = lake.rows(table("chat"), dt());
    for far in ["2018-12-31", "2025-12-24"] {
        let folder = lake.path(&at(far));
        std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
        std::fs::copy(lake.path(&at("2025-12-02")), folder).unwrap();
        let findings = lake.verify();
        assert!(
            findings
                .iter()
                .any(|found| found.path == at(far) && found.kind == Kind::Projection),
            "{}",
            lines(&findings)
        );
    }
    let near = lake.path(&at("2025-12-23"));
    std::fs::create_dir_all(near.parent().unwrap()).unwrap();
    std::fs::copy(lake.path(&at("2025-12-02")), near).unwrap();
    let findings = lake.verify();
    assert!(
        findings
            .iter()
            .all(|found| found.path != at("2025-12-23") || found.kind != Kind::Projection),
        "{}",
        lines(&findings)
    );
    assert!(rows.num_rows() > 0);
}
