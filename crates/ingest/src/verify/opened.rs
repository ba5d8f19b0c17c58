//! A table of a partition, opened: its part, what its inventory says of it, and what a run would do about the two.

use std::fs::File;

use promptlake_datasets::table::Table;
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{Header, InventoryReader};
use promptlake_lake::layout;

use super::finding::{Kind, Remedy};
use super::partition::{Checked, Checker};
use crate::commit::WRITER_VERSION;
use crate::digest::{self, hex};
use crate::stage::PartitionId;

/// A table of the partition, opened.
pub(super) struct Opened {
    pub(super) table: &'static Table,
    pub(super) part: Option<File>,
    pub(super) header: Option<Header>,
    /// Part and inventory are of one run.
    pub(super) described: bool,
    /// What a run would do about it.
    pub(super) remedy: Remedy,
}

impl Checker<'_> {
    /// Opens what there is of a table.
    pub(super) fn open(
        &self,
        id: PartitionId,
        table: &'static Table,
        checked: &mut Checked,
    ) -> Opened {
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
}

impl Opened {
    /// Compares the bytes of a part with what its inventory says of them.
    pub(super) fn compare(&mut self, id: PartitionId, checked: &mut Checked) {
        let name = self.table.name;
        let (path, inventory) = (layout::part(name, id.dt), layout::inventory(name, id.dt));
        let (file, header) = match (&self.part, &self.header) {
            (Some(file), Some(header)) => (file, header),
            (Some(_), None) => {
                if self.described {
                    checked.push(
                        inventory,
                        Kind::Missing,
                        "the inventory of a part is missing".to_owned(),
                        self.remedy,
                    );
                }
                self.described = false;
                return;
            }
            (None, Some(header)) => {
                if self.described {
                    let what = format!(
                        "the part is missing, with {} rows as its inventory says",
                        header.part.rows
                    );
                    checked.push(path, Kind::Missing, what, self.remedy);
                }
                self.described = false;
                return;
            }
            (None, None) => return,
        };
        let Ok((sha256, size)) = digest::of_file(file) else {
            self.described = false;
            checked.push(
                path,
                Kind::Damaged,
                "the system cannot read it to its end".to_owned(),
                self.remedy,
            );
            return;
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
        self.described = false;
        checked.push(path, Kind::Inventory, what, self.remedy);
    }
}
