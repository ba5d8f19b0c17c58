//! Tables, objects and records of the test.

use std::sync::Arc;

use arrow_array::builder::{
    Date32Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use promptlake_datasets::day::Day;
use promptlake_datasets::output::Rows;
use promptlake_datasets::table::{Column, ColumnType, Family, Lineage, Table};

pub(crate) static PARENT: Table = Table {
    name: "parent",
    version: 1,
    doc: "a row of the test",
    own: &[
        Column::plain("event_date", ColumnType::Date, "the day"),
        Column::plain("request_id", ColumnType::Text, "the key"),
        Column::text("body", ColumnType::Text, "the content"),
        Column::plain("report_ts", ColumnType::Instant, "when it was reported"),
    ],
    lineage: Lineage {
        variant: true,
        extra: false,
    },
    key: &["request_id"],
    key_required: &["request_id"],
    key_else: None,
    not_content: &[
        "source",
        "source_object",
        "record_index",
        "report_ts",
        "account_id",
        "region",
    ],
    bloom: &["request_id"],
};
pub(crate) static CHILD: Table = Table {
    name: "child",
    version: 1,
    doc: "a child of a row of the test",
    own: &[
        Column::plain("event_date", ColumnType::Date, "the day"),
        Column::plain("name", ColumnType::Text, "the content"),
        Column::plain("report_ts", ColumnType::Instant, "when it was reported"),
    ],
    lineage: Lineage {
        variant: true,
        extra: false,
    },
    key: &[],
    key_required: &[],
    key_else: None,
    not_content: &[
        "source",
        "source_object",
        "record_index",
        "report_ts",
        "account_id",
        "region",
    ],
    bloom: &[],
};
pub(crate) static ALONE: Family = Family {
    name: "parent",
    tables: &[&PARENT],
};
pub(crate) static WITH_CHILDREN: Family = Family {
    name: "parent",
    tables: &[&PARENT, &CHILD],
};

pub(crate) const DT: Day = Day(20_500);

/// A record: its key, its content, its children, and how many characters its text has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    pub(crate) key: Option<u8>,
    pub(crate) content: u8,
    pub(crate) children: u8,
}

/// A version of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Version {
    pub(crate) records: Vec<Record>,
    pub(crate) report_ts: Option<i64>,
    pub(crate) account: bool,
}

pub(crate) fn object_name(number: u8) -> String {
    format!(
        "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/02/{:02}/0{}/o{number}.json.gz",
        14 + number % 3,
        number % 7
    )
}

pub(crate) fn body(record: &Record) -> String {
    format!("{:03}", record.content).repeat(40 + usize::from(record.content) % 90)
}

pub(crate) fn batches(family: &'static Family, name: &str, version: &Version) -> Rows {
    let mut dates = Date32Builder::new();
    let (mut ids, mut bodies) = (StringBuilder::new(), StringBuilder::new());
    let mut times = TimestampMillisecondBuilder::new().with_timezone("UTC");
    let (mut accounts, mut regions, mut sources, mut objects) = (
        StringBuilder::new(),
        StringBuilder::new(),
        StringBuilder::new(),
        StringBuilder::new(),
    );
    let (mut indexes, mut variants) = (Int64Builder::new(), Int64Builder::new());
    for (index, record) in version.records.iter().enumerate() {
        dates.append_value(DT.0);
        ids.append_option(record.key.map(|key| key.to_string()));
        bodies.append_value(body(record));
        times.append_option(version.report_ts);
        accounts.append_option(version.account.then_some("111122223333"));
        regions.append_null();
        sources.append_null();
        objects.append_value(name);
        indexes.append_value(index as i64);
        variants.append_value(0);
    }
    let lineage = |columns: Vec<ArrayRef>, table: &Table| {
        RecordBatch::try_new(table.arrow_schema(), columns).unwrap()
    };
    let parent: Vec<ArrayRef> = vec![
        Arc::new(dates.finish()),
        Arc::new(ids.finish()),
        Arc::new(bodies.finish()),
        Arc::new(times.finish()),
        Arc::new(accounts.finish()),
        Arc::new(regions.finish()),
        Arc::new(sources.finish()),
        Arc::new(objects.finish()),
        Arc::new(indexes.finish()),
        Arc::new(variants.finish()),
    ];
    let mut tables = vec![lineage(parent, &PARENT)];
    if family.tables.len() > 1 {
        let mut names = StringBuilder::new();
        for (index, record) in version.records.iter().enumerate() {
            for child in 0..record.children {
                dates.append_value(DT.0);
                names.append_value(format!("child {child}"));
                times.append_option(version.report_ts);
                accounts.append_option(version.account.then_some("111122223333"));
                regions.append_null();
                sources.append_null();
                objects.append_value(name);
                indexes.append_value(index as i64);
                variants.append_value(0);
            }
        }
        let child: Vec<ArrayRef> = vec![
            Arc::new(dates.finish()),
            Arc::new(names.finish()),
            Arc::new(times.finish()),
            Arc::new(accounts.finish()),
            Arc::new(regions.finish()),
            Arc::new(sources.finish()),
            Arc::new(objects.finish()),
            Arc::new(indexes.finish()),
            Arc::new(variants.finish()),
        ];
        tables.push(lineage(child, &CHILD));
    }
    Rows { family, tables }
}
