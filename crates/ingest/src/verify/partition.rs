//! One partition: its parts, their inventories, and all rows.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use promptlake_datasets::table::Table;
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{Header, InventoryReader};
use promptlake_lake::layout;
use promptlake_lake::ledger_index::LedgerIndex;
use promptlake_lake::settings::Encoding;
use promptlake_lake::storage::{Storage, StorageError, Version};

use super::VerifyError;
use super::finding::{Finding, Kind, Remedy};
use super::footer::{self, Described};
use super::order::ObjectList;
use super::twins::TwinCheck;
use super::walk::{WalkedTable, walk};
use crate::commit::{WRITER_VERSION, hex};
use crate::digest;
use crate::run_file::RunFile;
use crate::stage::PartitionId;

/// What partitions are checked with.
#[derive(Debug)]
pub(super) struct Checker<'a> {
    pub(super) storage: &'a dyn Storage,
    pub(super) temp: &'a Path,
    pub(super) index: &'a LedgerIndex,
    pub(super) settings: Option<&'a Encoding>,
    /// About what the checks of one partition may hold, beside what is being decoded.
    pub(super) bytes: usize,
}

/// What was found of a partition.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) findings: Vec<Finding>,
    /// The versions of part and inventory that were read, by table.
    pub(super) seen: Vec<(Option<Version>, Option<Version>)>,
    /// Whether its inventories describe it, so that they can be compared with the ledger.
    pub(super) described: bool,
    pub(super) rows: u64,
}

/// A table of the partition, opened.
struct Opened {
    table: &'static Table,
    part: Option<File>,
    header: Option<Header>,
    /// Part and inventory are of one run.
    described: bool,
    /// What a run would do about it.
    remedy: Remedy,
}

impl Checker<'_> {
    /// Checks a partition.
    ///
    /// # Errors
    /// If a temporary file cannot be used. What cannot be read of the lake is a finding.
    pub(super) fn check(&self, id: PartitionId) -> Result<Checked, VerifyError> {
        let mut checked = Checked {
            described: true,
            ..Checked::default()
        };
        let mut tables = Vec::new();
        for table in id.family.tables {
            let mut opened = self.open(id, table, &mut checked);
            self.compare(id, &mut opened, &mut checked);
            checked.described &= opened.described;
            tables.push(opened);
        }
        self.missing(id, &tables, &mut checked);
        // Decoders of damaged bytes have been seen to panic. A part whose hash is right was written by us.
        let known = tables
            .iter()
            .all(|table| table.described || table.part.is_none());
        let remedies: Vec<Remedy> = tables.iter().map(|table| table.remedy).collect();
        let read = || self.rows(id, tables, &remedies, &mut checked);
        if known {
            read()?;
        } else if let Ok(result) = catch_unwind(AssertUnwindSafe(read)) {
            result?;
        } else {
            let path = layout::part(id.family.tables[0].name, id.dt);
            let what = "its rows cannot be decoded".to_owned();
            checked.push(path, Kind::Damaged, what, remedies[0]);
        }
        Ok(checked)
    }

    /// Whether a partition is another one than was read.
    pub(super) fn changed(&self, id: PartitionId, checked: &Checked) -> Result<bool, StorageError> {
        for (table, seen) in id.family.tables.iter().zip(&checked.seen) {
            let part = self.version(&layout::part(table.name, id.dt))?;
            let inventory = self.version(&layout::inventory(table.name, id.dt))?;
            if (&part, &inventory) != (&seen.0, &seen.1) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn version(&self, path: &str) -> Result<Option<Version>, StorageError> {
        let mut version = None;
        self.storage.list(path, &mut |entry| {
            if entry.path == path {
                version = Some(entry.version);
            }
        })?;
        Ok(version)
    }

    fn open(&self, id: PartitionId, table: &'static Table, checked: &mut Checked) -> Opened {
        let part_path = layout::part(table.name, id.dt);
        // The inventory second: it follows its part, so that a publish in between does not go unseen.
        let part = self.storage.open(&part_path, self.temp);
        let inventory = InventoryReader::open(self.storage, self.temp, table.name, id.dt);
        let (mut seen, mut opened) = (
            (None, None),
            Opened {
                table,
                part: None,
                header: None,
                described: true,
                remedy: Remedy::Run,
            },
        );
        if let Ok(Some((_, version))) = &part {
            seen.0 = Some(version.clone());
        }
        match &inventory {
            Ok(Some((_, version))) => seen.1 = Some(version.clone()),
            Ok(None) => {}
            Err(_) => {
                seen.1 = self
                    .version(&layout::inventory(table.name, id.dt))
                    .ok()
                    .flatten();
            }
        }
        let noted = self.index.part(table.name, id.dt);
        if noted.is_some_and(|noted| {
            (Some(&noted.part), Some(&noted.inventory)) == (seen.0.as_ref(), seen.1.as_ref())
        }) {
            opened.remedy = Remedy::RunWithoutIndex;
        }
        checked.seen.push(seen);
        match part {
            Ok(part) => opened.part = part.map(|(file, _)| file),
            Err(error) => {
                opened.described = false;
                checked.unreadable(part_path, &error, opened.remedy);
            }
        }
        match inventory {
            Ok(inventory) => opened.header = inventory.map(|(reader, _)| reader.header().clone()),
            Err(error) => {
                opened.described = false;
                let path = layout::inventory(table.name, id.dt);
                match error {
                    StateError::Newer { .. } => checked.push(
                        path,
                        Kind::Inventory,
                        "a later version wrote it".to_owned(),
                        Remedy::Newer,
                    ),
                    StateError::Storage(error) => checked.unreadable(path, &error, opened.remedy),
                    _ => checked.push(
                        path,
                        Kind::Damaged,
                        "it is damaged".to_owned(),
                        opened.remedy,
                    ),
                }
            }
        }
        opened
    }

    /// Compares the bytes of a part with what its inventory says of them.
    fn compare(&self, id: PartitionId, opened: &mut Opened, checked: &mut Checked) {
        let name = opened.table.name;
        let (path, inventory) = (layout::part(name, id.dt), layout::inventory(name, id.dt));
        let (file, header) = match (&opened.part, &opened.header) {
            (Some(file), Some(header)) => (file, header),
            (Some(_), None) => {
                if opened.described {
                    checked.push(
                        inventory,
                        Kind::Missing,
                        "the inventory of a part is missing".to_owned(),
                        opened.remedy,
                    );
                }
                opened.described = false;
                return;
            }
            (None, Some(header)) => {
                if opened.described {
                    let what = format!(
                        "the part is missing, with {} rows as its inventory says",
                        header.part.rows
                    );
                    checked.push(path, Kind::Missing, what, opened.remedy);
                }
                opened.described = false;
                return;
            }
            (None, None) => return,
        };
        let (sha256, size) = match digest::of_file(file) {
            Ok(digest) => digest,
            Err(_) => {
                opened.described = false;
                checked.push(
                    path,
                    Kind::Damaged,
                    "the system cannot read it to its end".to_owned(),
                    opened.remedy,
                );
                return;
            }
        };
        let what = if size != header.part.size {
            format!(
                "it has {size} bytes, and {} as {inventory} says",
                header.part.size
            )
        } else if hex(&sha256) != header.part.sha256 {
            format!("its SHA-256 is another one than {inventory} says")
        } else {
            if header.part.writer_version > WRITER_VERSION {
                checked.push(
                    inventory,
                    Kind::Inventory,
                    "a later version wrote the part".to_owned(),
                    Remedy::Newer,
                );
            }
            return;
        };
        opened.described = false;
        checked.push(path, Kind::Inventory, what, opened.remedy);
    }

    /// Tells of parts that the index knows and of which there is nothing left, and of children without their parents.
    fn missing(&self, id: PartitionId, tables: &[Opened], checked: &mut Checked) {
        let any = tables.iter().any(|table| table.part.is_some());
        for (number, opened) in tables.iter().enumerate() {
            if opened.part.is_some() || opened.header.is_some() || !opened.described {
                continue;
            }
            let name = opened.table.name;
            let known = self.index.part(name, id.dt).is_some();
            if known || (number == 0 && any) {
                checked.described = false;
                checked.push(
                    layout::part(name, id.dt),
                    Kind::Missing,
                    "the part is missing, and so is its inventory".to_owned(),
                    opened.remedy,
                );
            }
        }
    }

    /// Checks footers and rows.
    fn rows(
        &self,
        id: PartitionId,
        tables: Vec<Opened>,
        remedies: &[Remedy],
        checked: &mut Checked,
    ) -> Result<(), VerifyError> {
        let mut walked = Vec::new();
        let mut twins = None;
        let share = self.bytes / 4;
        for (number, opened) in tables.into_iter().enumerate() {
            let name = opened.table.name;
            let path = layout::part(name, id.dt);
            let described = opened.described && opened.header.is_some();
            let file = match opened.part.map(|file| RunFile::open(file, opened.table)) {
                None => None,
                Some(Ok(file)) => Some(file),
                Some(Err(_)) => {
                    checked.described = false;
                    checked.push(
                        path.clone(),
                        Kind::Damaged,
                        "it is no Parquet file of its table: its footer cannot be read".to_owned(),
                        if described {
                            Remedy::Rebuild
                        } else {
                            remedies[number]
                        },
                    );
                    None
                }
            };
            if let Some(file) = &file {
                let of = opened.header.as_ref().filter(|_| described);
                let of = of.map(|header| Described {
                    rows: header.part.rows,
                    schema_version: header.part.schema_version,
                    encoding_version: header.part.encoding_version,
                });
                for (kind, what) in footer::check(file, opened.table, of, self.settings) {
                    match kind {
                        Kind::Inventory => {
                            checked.described = false;
                            let path = layout::inventory(name, id.dt);
                            checked.push(path, kind, what, remedies[number]);
                        }
                        Kind::Damaged => {
                            checked.push(path.clone(), kind, what, remedies[number]);
                        }
                        _ => checked.push(path.clone(), kind, what, Remedy::Rebuild),
                    }
                }
            }
            let mut list = None;
            if described && file.is_some() {
                list = self.inventory(id, opened.table).map(ObjectList::new);
                if number == 0
                    && let (Some(objects), Some(lines)) = (
                        self.inventory(id, opened.table),
                        self.inventory(id, opened.table),
                    )
                {
                    twins = Some(TwinCheck::load(objects, lines, self.temp, share)?);
                }
            }
            walked.push(WalkedTable { file, list });
        }
        let found = walk(id, walked, twins, self.temp, self.bytes - share)?;
        for (number, found) in found.into_iter().enumerate() {
            let table = id.family.tables[number];
            checked.rows += found.rows;
            for (kind, what) in found.part {
                let remedy = match kind {
                    Kind::Damaged => remedies[number],
                    _ if found.without_object => Remedy::RemoveAndRun,
                    _ => Remedy::Rebuild,
                };
                checked.push(layout::part(table.name, id.dt), kind, what, remedy);
            }
            for (kind, what) in found.inventory {
                checked.described = false;
                let remedy = match kind {
                    Kind::Twin => Remedy::Rebuild,
                    _ => remedies[number],
                };
                checked.push(layout::inventory(table.name, id.dt), kind, what, remedy);
            }
        }
        Ok(())
    }

    /// Opens an inventory once more; `None`: it was replaced meanwhile, and the partition is read again.
    fn inventory(&self, id: PartitionId, table: &Table) -> Option<InventoryReader<File>> {
        InventoryReader::open(self.storage, self.temp, table.name, id.dt)
            .ok()
            .flatten()
            .map(|(reader, _)| reader)
    }
}

impl Checked {
    fn push(&mut self, path: String, kind: Kind, what: String, remedy: Remedy) {
        self.findings.push(Finding {
            path,
            kind,
            what,
            remedy,
        });
    }

    fn unreadable(&mut self, path: String, error: &StorageError, remedy: Remedy) {
        let what = match error {
            StorageError::Denied { .. } => "permission to read it is denied",
            _ => "the system cannot read it",
        };
        self.push(path, Kind::Damaged, what.to_owned(), remedy);
    }
}
