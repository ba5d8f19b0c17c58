//! The rows that a lake must hold, worked out in memory and plainly: every object decoded by itself, then the rules for
//! duplicates of `docs`, one after the other, over all rows of a partition.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use promptlake_datasets::dataset::Content;
use promptlake_datasets::day::Day;
use promptlake_datasets::input::End;
use promptlake_datasets::key::{Class, KeyContext, classify, source_day};
use promptlake_datasets::output::{Output, Rows};
use promptlake_datasets::reason::Reason;
use promptlake_datasets::sniff::{of_log, sniff};
use promptlake_datasets::table::{Family, Table};
use promptlake_ingest::inflate::Inflater;
use promptlake_lake::source::Body;
use promptlake_properties::cells::{self, Cell};

/// What the lake should hold: by (table, `dt`), the rows in their order.
pub(crate) type Expected = BTreeMap<(&'static str, Day), Vec<Vec<Cell>>>;

/// A row of a parent table with its children.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) family: &'static Family,
    pub(crate) dt: Day,
    pub(crate) object: String,
    /// −1 for a whole object.
    pub(crate) index: i64,
    cells: Vec<Cell>,
    /// By child table.
    children: Vec<Vec<Vec<Cell>>>,
}

/// An object as its decoder reads it.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    pub(crate) source_object: String,
    pub(crate) day: Day,
    pub(crate) dated: bool,
    /// Its dataset, as far as its key tells.
    pub(crate) dataset: Option<&'static str>,
    /// The tables that it may fill beside `rejects`; empty: its content tells.
    pub(crate) tables: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

/// Reads an object by itself.
pub(crate) fn decode(context: &KeyContext, key: &str, bytes: &[u8]) -> Decoded {
    let Class::Object(mut object) = classify(context, key, bytes.len() as u64) else {
        panic!("{key} is no key of an object");
    };
    let tables = object.dataset.map(|dataset| {
        dataset
            .family
            .tables
            .iter()
            .map(|table| table.name)
            .collect()
    });
    let told = object.dataset.map(|dataset| dataset.name);
    let mut all: Vec<Rows> = Vec::new();
    let mut sink = |rows: Rows| all.push(rows);
    let mut output = Output::new(&mut sink);
    let mut inflater = Inflater::new(1 << 20);
    let mut input = inflater.input(Body::Bytes(bytes.to_vec()));
    let mut empty = false;
    if object.dataset.is_none() {
        while input.window().len() < 4 << 10 && input.more() {}
        empty = input.window().is_empty() && input.end() == Some(&End::Clean);
        object.dataset = sniff(input.window());
    } else if let Some(dataset) = object.dataset
        && matches!(dataset.content, Content::Log)
    {
        while input.window().len() < 4 << 10 && input.more() {}
        object.dataset = Some(of_log(dataset, &object.source_object, input.window()));
    }
    match object.dataset {
        _ if empty => {}
        Some(dataset) => {
            let mut decoder = (dataset.decoder)();
            decoder.decode(&object, &mut input, &mut output);
            decoder.finish(&mut output);
        }
        None => output.reject_rest(
            &object,
            &mut input,
            Reason::UnknownContent,
            "the content is of no known dataset".to_owned(),
            None,
        ),
    }
    output.flush_rejects();
    drop(output);
    Decoded {
        source_object: object.source_object.clone(),
        day: object.day,
        dated: object.dated,
        dataset: told,
        tables: tables.unwrap_or_default(),
        rows: all.iter().flat_map(rows_of).collect(),
    }
}

fn rows_of(rows: &Rows) -> Vec<Row> {
    let at = |table: &Table, cells: &[Cell], name: &str| cells[table.index_of(name)].clone();
    let place = |table: &Table, cells: &[Cell]| {
        let index = at(table, cells, "record_index").map_or(-1, |index| index.parse().unwrap());
        (at(table, cells, "source_object").unwrap(), index)
    };
    let table = |number: usize| {
        let batch = &rows.tables[number];
        (0..batch.num_rows()).map(|row| cells::row(batch, row))
    };
    let mut children: BTreeMap<(String, i64), Vec<Vec<Vec<Cell>>>> = BTreeMap::new();
    for number in 1..rows.tables.len() {
        for cells in table(number) {
            let own = children
                .entry(place(rows.family.tables[number], &cells))
                .or_insert_with(|| vec![Vec::new(); rows.tables.len() - 1]);
            own[number - 1].push(cells);
        }
    }
    let parent = rows.family.tables[0];
    let row = |cells: Vec<Cell>| {
        let (object, index) = place(parent, &cells);
        Row {
            family: rows.family,
            dt: Day(at(parent, &cells, "event_date").unwrap().parse().unwrap()),
            children: children
                .remove(&(object.clone(), index))
                .unwrap_or_else(|| vec![Vec::new(); rows.tables.len() - 1]),
            object,
            index,
            cells,
        }
    };
    let all: Vec<Row> = table(0).map(row).collect();
    assert!(children.is_empty(), "children without a parent");
    all
}

impl Row {
    fn cell(&self, name: &str) -> Option<&str> {
        let table = self.family.tables[0];
        table
            .columns()
            .position(|column| column.name == name)
            .and_then(|at| self.cells[at].as_deref())
    }

    /// `None`: it is compared with no other.
    fn key(&self) -> Option<Vec<Option<Cow<'_, str>>>> {
        let table = self.family.tables[0];
        let known = table
            .key_required
            .iter()
            .all(|name| self.cell(name).is_some());
        if let Some(other) = table.key_else.filter(|_| !known) {
            let text = self.cell(other.column)?;
            return Some(vec![None, Some(Cow::Owned(sorted(text)))]);
        }
        (known && !table.key.is_empty()).then(|| {
            let cells = table.key.iter().map(|name| self.cell(name));
            cells.map(|cell| cell.map(Cow::Borrowed)).collect()
        })
    }

    fn content(&self) -> Vec<Cell> {
        let of = |table: &Table, cells: &[Cell]| -> Vec<Cell> {
            let columns = table.columns().zip(cells);
            columns
                .filter(|(column, _)| {
                    column.name != "variant" && !table.not_content.contains(&column.name)
                })
                .map(|(_, cell)| cell.clone())
                .collect()
        };
        let tables = self.family.tables;
        let mut content = of(tables[0], &self.cells);
        for (table, rows) in tables[1..].iter().zip(&self.children) {
            content.push(Some(format!("{} children", rows.len())));
            content.extend(rows.iter().flat_map(|cells| of(table, cells)));
        }
        content
    }

    fn report_ts(&self) -> Option<i64> {
        self.cell("report_ts").map(|ts| ts.parse().unwrap())
    }

    fn place(&self) -> (Day, &str, i64) {
        let lex = self.family.name.starts_with("lex");
        let day = match self.family.name {
            "rejects" => self.dt,
            _ => source_day(&self.object, lex).0,
        };
        (day, &self.object, self.index)
    }

    fn is_dated(&self) -> bool {
        source_day(&self.object, self.family.name.starts_with("lex")).1
    }
}

/// JSON with its keys in order: what stands for a key that a record does not have.
fn sorted(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).expect("it is JSON");
    let sorted: BTreeMap<String, serde_json::Value> =
        serde_json::from_value(value).expect("it is an object");
    serde_json::to_string(&sorted).expect("texts are JSON")
}

/// A row that is not stored.
pub(crate) type TwinPlace = (&'static str, Day, String, i64);

/// Applies the rules. Rows in `lost` are left out.
pub(crate) fn expected<'a>(
    rows: impl Iterator<Item = &'a Row>,
    lost: &BTreeSet<TwinPlace>,
) -> (Expected, BTreeSet<TwinPlace>) {
    let mut partitions: BTreeMap<(&'static str, Day), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if !lost.contains(&(row.family.name, row.dt, row.object.clone(), row.index)) {
            let id = (row.family.name, row.dt);
            partitions.entry(id).or_default().push(row);
        }
    }
    let (mut expected, mut twins) = (Expected::new(), BTreeSet::new());
    for ((family, dt), mut rows) in partitions {
        rows.sort_by(|a, b| a.place().cmp(&b.place()));
        let mut standing: Vec<(&Row, usize)> = Vec::new();
        for group in by_key(&rows) {
            let mut first: Vec<&Row> = Vec::new();
            for mut class in by_content(&group) {
                class.sort_by(|a, b| preference(a).cmp(&preference(b)));
                first.push(class[0]);
                let twin = |row: &&Row| (family, dt, row.object.clone(), row.index);
                twins.extend(class[1..].iter().map(twin));
            }
            first.sort_by(|a, b| {
                b.report_ts()
                    .cmp(&a.report_ts())
                    .then_with(|| a.place().cmp(&b.place()))
            });
            let numbered = first.into_iter().enumerate();
            standing.extend(numbered.map(|(variant, row)| (row, variant)));
        }
        // Stable: rejects of one place stay in the order of decoding.
        standing.sort_by(|(a, _), (b, _)| a.place().cmp(&b.place()));
        for (row, variant) in standing {
            let tables = row.family.tables;
            let parents = std::slice::from_ref(&row.cells);
            let children = row.children.iter().map(Vec::as_slice);
            for (table, rows) in tables.iter().zip(std::iter::once(parents).chain(children)) {
                for cells in rows {
                    let mut cells = cells.clone();
                    if table.lineage.variant {
                        cells[table.index_of("variant")] = Some(variant.to_string());
                    }
                    expected.entry((table.name, dt)).or_default().push(cells);
                }
            }
        }
    }
    (expected, twins)
}

/// Rows of equal key; one without a key is alone.
fn by_key<'a>(rows: &[&'a Row]) -> Vec<Vec<&'a Row>> {
    let mut alone = Vec::new();
    let mut groups: BTreeMap<Vec<Option<Cow<'_, str>>>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        match row.key() {
            Some(key) => groups.entry(key).or_default().push(row),
            None => alone.push(vec![*row]),
        }
    }
    groups.into_values().chain(alone).collect()
}

fn by_content<'a>(rows: &[&'a Row]) -> Vec<Vec<&'a Row>> {
    let mut classes: BTreeMap<Vec<Cell>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        classes.entry(row.content()).or_default().push(row);
    }
    classes.into_values().collect()
}

/// Newest report first, then dated, then with an account, then the place.
type Preference<'a> = (
    std::cmp::Reverse<Option<i64>>,
    bool,
    bool,
    (Day, &'a str, i64),
);

/// The least stays: the newest `report_ts`, then one from a dated object, then one that knows its account, then the first.
fn preference(row: &Row) -> Preference<'_> {
    (
        std::cmp::Reverse(row.report_ts()),
        !row.is_dated(),
        row.cell("account_id").is_none(),
        row.place(),
    )
}
