//! The stage and the merge against a model in memory: any history of objects read again and again leaves the rows
//! that the model says, in the bytes that one reading of everything leaves.
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a test that cannot go on panics, and its numbers are small"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    Date32Builder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use promptlake_datasets::day::Day;
use promptlake_datasets::key::source_day;
use promptlake_datasets::output::Rows;
use promptlake_datasets::table::{Column, ColumnType, Family, Lineage, Table};
use promptlake_ingest::encoder::Encoder;
use promptlake_ingest::merge::{
    Contents, Listed, ListedTwin, MergeInput, Merged, ObjectRows, merge,
};
use promptlake_ingest::run_cursor::Run;
use promptlake_ingest::run_file::RunFile;
use promptlake_ingest::stage::{PartitionId, Stage};
use promptlake_lake::settings::Encoding;
use proptest::prelude::*;

static PARENT: Table = Table {
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
static CHILD: Table = Table {
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
static ALONE: Family = Family {
    name: "parent",
    tables: &[&PARENT],
};
static WITH_CHILDREN: Family = Family {
    name: "parent",
    tables: &[&PARENT, &CHILD],
};

const DT: Day = Day(20_500);

/// A record: its key, its content, its children, and how many characters its text has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    key: Option<u8>,
    content: u8,
    children: u8,
}

/// A version of an object.
#[derive(Clone, Debug, Default)]
struct Version {
    records: Vec<Record>,
    report_ts: Option<i64>,
    account: bool,
}

/// A stored row as the test compares it: object, record, key, body, report_ts, variant, children.
type Row = (
    String,
    i64,
    Option<u8>,
    String,
    Option<i64>,
    i64,
    Vec<String>,
);

fn object_name(number: u8) -> String {
    format!(
        "AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/02/{:02}/0{}/o{number}.json.gz",
        14 + number % 3,
        number % 7
    )
}

fn body(record: &Record) -> String {
    format!("{:03}", record.content).repeat(40 + usize::from(record.content) % 90)
}

fn batches(family: &'static Family, name: &str, version: &Version) -> Rows {
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

#[derive(Default)]
struct Kept {
    twins: Vec<ListedTwin>,
    objects: Vec<BTreeMap<String, u64>>,
}

impl Contents for Kept {
    fn object(&mut self, table: usize, object: &ObjectRows) -> std::io::Result<()> {
        self.objects
            .resize_with(self.objects.len().max(table + 1), BTreeMap::new);
        let before = self.objects[table].insert(object.object.clone(), object.rows);
        assert_eq!(before, None, "an object is told once");
        Ok(())
    }

    fn twin(&mut self, twin: &ListedTwin) -> std::io::Result<()> {
        self.twins.push(twin.clone());
        Ok(())
    }
}

/// A partition on disk and what is listed with it.
#[derive(Default)]
struct Lake {
    parts: Vec<Vec<u8>>,
    twins: Vec<ListedTwin>,
}

struct Limits {
    held: u64,
    memory: usize,
    threads: usize,
}

fn encoding() -> Encoding {
    Encoding {
        zstd_level: 1,
        page_bytes: 1 << 12,
        batch_weight: 1 << 10,
        batch_rows: 5,
        group_min: 600,
        group_spread: 500,
        group_max: 3000,
        ..Encoding::default()
    }
}

fn run_file(path: &Path, table: &'static Table) -> RunFile {
    RunFile::open(File::open(path).unwrap(), table).unwrap()
}

/// Reads `objects` and merges them into `lake`.
fn read(
    family: &'static Family,
    lake: &Lake,
    objects: &BTreeMap<u8, Version>,
    limits: &Limits,
) -> (Lake, Merged) {
    let temp = tempfile::tempdir().unwrap();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(limits.threads)
        .build()
        .unwrap();
    let encoder = Encoder::new(pool, encoding(), 1 << 20);
    let mut stage = Stage::new(&encoder, temp.path().to_owned(), limits.held);
    let mut ordered: Vec<(Day, String, &Version)> = objects
        .iter()
        .map(|(number, version)| (object_name(*number), version))
        .map(|(name, version)| (source_day(&name, false).0, name, version))
        .collect();
    ordered.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (day, name, version) in &ordered {
        stage.append(*day, &batches(family, name, version)).unwrap();
    }
    let partition = PartitionId { family, dt: DT };
    let mut staged = stage.finish().unwrap().runs;
    let mut old = Run::default();
    if !lake.parts.is_empty() {
        let mut files = Vec::new();
        for (table, bytes) in family.tables.iter().zip(&lake.parts) {
            let path = temp.path().join(format!("old-{}", table.name));
            std::fs::write(&path, bytes).unwrap();
            files.push(run_file(&path, table));
        }
        old.segments.push(files);
    }
    let mut runs = vec![old];
    let staged = staged.remove(&partition).unwrap_or_default();
    let parked = match staged.as_slice() {
        [run] if run.len() == 1 => Some(run[0].clone()),
        _ => None,
    };
    for parked in staged {
        let open = |files: Vec<promptlake_ingest::part::FinishedPart>| {
            files
                .iter()
                .zip(family.tables)
                .map(|(file, table)| run_file(&file.path, table))
                .collect()
        };
        runs.push(Run {
            segments: parked.into_iter().map(open).collect(),
        });
    }
    let names: BTreeSet<String> = objects.keys().map(|number| object_name(*number)).collect();
    let listed = || -> Result<Listed<'_>, _> { Ok(Box::new(lake.twins.iter().cloned().map(Ok))) };
    let gone = |run: usize, _: Day, object: &str| run == 0 && names.contains(object);
    let input = MergeInput {
        partition,
        runs,
        parked,
        listed: &listed,
        gone: &gone,
    };
    let mut kept = Kept::default();
    let merged = merge(&input, &encoder, temp.path(), limits.memory, &mut kept).unwrap();
    let parts = merged
        .parts
        .iter()
        .enumerate()
        .map(|(table, part)| match part {
            Some(part) => std::fs::read(&part.path).unwrap(),
            None => lake.parts[table].clone(),
        });
    (
        Lake {
            parts: parts.collect(),
            twins: kept.twins,
        },
        merged,
    )
}

fn rows(family: &'static Family, lake: &Lake) -> Vec<Row> {
    let temp = tempfile::tempdir().unwrap();
    let table = |number: usize| -> Vec<RecordBatch> {
        let path = temp.path().join(number.to_string());
        std::fs::write(&path, &lake.parts[number]).unwrap();
        let file = run_file(&path, family.tables[number]);
        file.read(None, (0..file.groups()).collect(), None)
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let text = |batch: &RecordBatch, name: &str, row: usize| {
        let column = batch.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let int = |batch: &RecordBatch, name: &str, row: usize| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .value(row)
    };
    let mut children: BTreeMap<(String, i64, i64), Vec<String>> = BTreeMap::new();
    if family.tables.len() > 1 {
        for batch in table(1) {
            for row in 0..batch.num_rows() {
                let key = (
                    text(&batch, "source_object", row).unwrap(),
                    int(&batch, "record_index", row),
                    int(&batch, "variant", row),
                );
                children
                    .entry(key)
                    .or_default()
                    .push(text(&batch, "name", row).unwrap());
            }
        }
    }
    let mut rows = Vec::new();
    for batch in table(0) {
        let times = batch
            .column_by_name("report_ts")
            .unwrap()
            .as_primitive::<arrow_array::types::TimestampMillisecondType>();
        for row in 0..batch.num_rows() {
            let (object, index, variant) = (
                text(&batch, "source_object", row).unwrap(),
                int(&batch, "record_index", row),
                int(&batch, "variant", row),
            );
            let key = text(&batch, "request_id", row).map(|key| key.parse().unwrap());
            let own = children
                .remove(&(object.clone(), index, variant))
                .unwrap_or_default();
            let ts = times.is_valid(row).then(|| times.value(row));
            rows.push((
                object,
                index,
                key,
                text(&batch, "body", row).unwrap(),
                ts,
                variant,
                own,
            ));
        }
    }
    assert!(
        children.is_empty(),
        "children without a parent: {:?}",
        children.keys()
    );
    rows
}

/// The rows that the rules leave, worked out in memory.
fn expected(family: &'static Family, objects: &BTreeMap<u8, Version>) -> (Vec<Row>, usize) {
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
    let (rebuilt, _) = read(
        family,
        &Lake::default(),
        &now,
        &Limits {
            held: 1 << 30,
            memory: 1 << 20,
            threads: 2,
        },
    );
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
