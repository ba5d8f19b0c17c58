//! Where an object comes from: account, region, client. Its key says; else what the lake holds of it.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch, StringArray};
use parquet::errors::ParquetError;
use promptlake_datasets::dataset::{self, Dataset};
use promptlake_datasets::day::Day;
use promptlake_datasets::key::{Class, KeyContext, classify};
use promptlake_datasets::table::Table;
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{InventoryReader, Line};
use promptlake_lake::layout;
use promptlake_lake::storage::Storage;

use crate::run_file::RunFile;

use super::stream::StreamKey;

/// Columns that hold what tells a stream's client, the first that has a value: of user reports, of Lex.
const CLIENT_COLUMNS: [&str; 3] = ["client_type", "bot_alias", "bot_alias_id"];

/// Where an object comes from, as far as its key tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The stream, without what is not known.
    pub(super) stream: StreamKey,
    /// What it holds.
    pub(super) dataset: Option<&'static Dataset>,
    /// Whether its key has a date.
    pub(super) dated: bool,
    /// Its source day.
    pub(super) day: Day,
}

impl Origin {
    /// Of an object that the ledger keeps under `dataset`.
    pub(super) fn of_key(object: &str, dataset: &str) -> Self {
        // A `source_object` that is in no tree begins with the name of its source.
        let (name, key) = match object.split_once('/') {
            Some((name, key)) if name != "AWSLogs" => (name, key),
            _ => ("", object),
        };
        let context = KeyContext {
            name: name.to_owned(),
            lex: dataset.starts_with("lex"),
            ..KeyContext::default()
        };
        // Its size tells only whether it is a folder's marker, which is never read.
        let told = match classify(&context, key, 1) {
            Class::Object(object) => Some(object),
            _ => None,
        };
        let mut origin = Self {
            stream: StreamKey {
                dataset: dataset.to_owned(),
                ..StreamKey::default()
            },
            dataset: dataset::by_name(dataset),
            dated: false,
            day: Day::UNDATED,
        };
        if let Some(told) = told {
            origin.stream.account = told.account_id;
            origin.stream.region = told.region;
            origin.stream.client = told.client;
            (origin.dated, origin.day) = (told.dated, told.day);
        }
        origin
    }

    /// Whether account or region are not known.
    pub(super) fn lacks_place(&self) -> bool {
        self.stream.account.is_none() || self.stream.region.is_none()
    }

    /// Whether the client is not known, though objects of its dataset have one.
    pub(super) fn lacks_client(&self) -> bool {
        self.stream.client.is_none() && self.table().is_some_and(|t| !client_columns(t).is_empty())
    }

    /// The first table that it fills.
    pub(super) fn table(&self) -> Option<&'static Table> {
        self.dataset.map(|dataset| dataset.family.tables[0])
    }
}

/// The columns of a table that tell a stream's client.
pub(super) fn client_columns(table: &Table) -> Vec<&'static str> {
    CLIENT_COLUMNS
        .into_iter()
        .filter(|name| table.columns().any(|column| column.name == *name))
        .collect()
}

/// What the lake knows of objects whose keys do not say all.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Account and region.
    pub(super) places: BTreeMap<String, (Option<String>, Option<String>)>,
    /// Rows by client and partition.
    pub(super) clients: BTreeMap<String, BTreeMap<Option<String>, BTreeMap<Day, u64>>>,
}

impl Known {
    /// Takes accounts and regions of `objects` from a partition's inventory. An inventory that is not there says nothing.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn ask_inventory(
        &mut self,
        storage: &dyn Storage,
        temp: &std::path::Path,
        table: &Table,
        dt: Day,
        objects: &BTreeSet<&str>,
    ) -> Result<(), StateError> {
        let Some((reader, _)) = InventoryReader::open(storage, temp, table.name, dt)? else {
            return Ok(());
        };
        for line in reader {
            let Line::Object(line) = line? else {
                // Twins follow.
                break;
            };
            if objects.contains(line.object.as_str()) {
                self.places.insert(line.object, (line.account, line.region));
            }
        }
        Ok(())
    }

    /// Takes the clients of `objects` from the rows of a partition.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn ask_part(
        &mut self,
        storage: &dyn Storage,
        temp: &std::path::Path,
        table: &'static Table,
        dt: Day,
        objects: &BTreeSet<&str>,
    ) -> Result<(), PartError> {
        let Some(part) = open_part(storage, temp, table, dt)? else {
            return Ok(());
        };
        let clients = client_columns(table);
        let columns = [&["source_object"], clients.as_slice()].concat();
        let groups = (0..part.groups()).collect();
        for batch in part.read(Some(&columns), groups, None)? {
            let batch = batch?;
            let source_objects = text(&batch, "source_object")?;
            let clients = Clients::of(&batch, &clients)?;
            for row in 0..batch.num_rows() {
                let object = source_objects.value(row);
                if objects.contains(object) {
                    let client = clients.row(row).map(str::to_owned);
                    let of_object = self.clients.entry(object.to_owned()).or_default();
                    *of_object.entry(client).or_default().entry(dt).or_default() += 1;
                }
            }
        }
        Ok(())
    }
}

/// Why a part cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum PartError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] promptlake_lake::storage::StorageError),
    /// It is damaged, or of another table.
    #[error("it cannot be read")]
    Parquet(#[from] ParquetError),
}

/// Opens a part; `None`: there is none.
pub(super) fn open_part(
    storage: &dyn Storage,
    temp: &std::path::Path,
    table: &'static Table,
    dt: Day,
) -> Result<Option<RunFile>, PartError> {
    match storage.open(&layout::part(table.name, dt), temp)? {
        Some((file, _)) => Ok(Some(RunFile::open(file, table)?)),
        None => Ok(None),
    }
}

/// A text column of a batch.
pub(super) fn text<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray, PartError> {
    let column = batch
        .column_by_name(name)
        .and_then(|column| column.as_string_opt::<i32>());
    column.ok_or_else(|| ParquetError::General(format!("no text column {name}")).into())
}

/// The clients of a batch's rows.
pub(super) struct Clients<'a>(Vec<&'a StringArray>);

impl<'a> Clients<'a> {
    /// From the table's client columns.
    pub(super) fn of(batch: &'a RecordBatch, columns: &[&str]) -> Result<Self, PartError> {
        let columns = columns.iter().map(|name| text(batch, name));
        Ok(Self(columns.collect::<Result<_, _>>()?))
    }

    /// The client of a row.
    pub(super) fn row(&self, row: usize) -> Option<&'a str> {
        let column = self.0.iter().find(|column| column.is_valid(row))?;
        Some(column.value(row))
    }
}
