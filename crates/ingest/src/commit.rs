//! Brings one partition up to date: opens what is there, merges, publishes the parts, then their inventories.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::Arc;

use promptlake_datasets::day::Day;
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{self, Header, InventoryReader, Line, Part};
use promptlake_lake::layout;
use promptlake_lake::ledger_index::PartState;
use promptlake_lake::storage::{Content, Expect, Storage, StorageError, Version};
use promptlake_lake::temp::RunTemp;

use crate::analyse::Counts;
use crate::describe::describe;
use crate::digest::{self, hex};
use crate::encode::ENCODING_VERSION;
use crate::encoder::Encoder;
use crate::merge::{Listed, MergeError, MergeInput, merge};
use crate::part::FinishedPart;
use crate::permits::Permits;
use crate::reading::Read;
use crate::run_cursor::Run;
use crate::run_file::RunFile;
use crate::shared_file::{self, SharedFile};
use crate::snapshot::Snapshot;
use crate::spool::{self, Spool};
use crate::stage::{ParkedRun, PartitionId};

/// Raised whenever the rows that the same objects give would differ.
pub const WRITER_VERSION: u32 = 1;

/// What all commits of a run share.
#[derive(Debug)]
pub struct Committer<'a> {
    /// The lake.
    pub storage: &'a dyn Storage,
    /// Temporary files.
    pub temp: &'a RunTemp,
    /// Encodes.
    pub encoder: &'a Arc<Encoder>,
    /// What stood in the lake when the run began.
    pub snapshot: &'a Snapshot,
    /// What was read.
    pub read: &'a Read,
    /// Partitions whose inventory cannot be trusted.
    pub stale: &'a BTreeSet<PartitionId>,
    /// Bytes for the decisions of one merge.
    pub memory: usize,
    /// Partitions whose part may be made anew without what stands there, should that be damaged or lost.
    pub replaceable: &'a BTreeSet<PartitionId>,
    /// How many merges run at once; publishing needs none.
    pub merges: &'a Permits,
}

/// A partition that is up to date.
#[derive(Debug)]
pub struct Committed {
    /// By table, the parent first.
    pub counts: Vec<Counts>,
    /// Rejects that were not in the table before, by reason.
    pub new_rejects: BTreeMap<String, u64>,
    /// By table.
    pub tables: Vec<TableState>,
    /// Tables whose rows were not at hand: those of objects that were not read again are given up.
    pub given_up: Vec<&'static str>,
}

/// A table's part after a commit.
#[derive(Clone, Debug)]
pub struct TableState {
    /// Its rows.
    pub rows: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Whether it was written.
    pub written: bool,
    /// For the ledger's index; `None`: there is no part.
    pub state: Option<PartState>,
}

/// Why a partition is as it was, or not known to be up to date.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another run published in between: this one lists again and merges again.
    #[error("{path} was changed by another run")]
    Conflict {
        /// What was changed.
        path: String,
    },
    /// A part cannot be read. Nothing was changed.
    #[error("{path} is damaged: {error}; `run --rebuild` makes it anew from what is readable")]
    Damaged {
        /// Which.
        path: String,
        /// What was noticed.
        error: String,
    },
    /// It is stale and cannot be mended by this run. Nothing was changed.
    #[error("{why}")]
    Blocked {
        /// Why.
        why: String,
    },
    /// The merge failed. Nothing was changed.
    #[error("merge {path}")]
    Merge {
        /// Partition.
        path: String,
        /// Why.
        #[source]
        source: MergeError,
    },
    /// The lake cannot be read or written.
    #[error(transparent)]
    Storage(StorageError),
    /// The inventory cannot be written.
    #[error(transparent)]
    State(#[from] StateError),
}

impl CommitError {
    /// Whether a part cannot be read, or does not fit its children.
    fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. }
                | Self::Merge {
                    source: MergeError::Read(_) | MergeError::OutOfStep { .. },
                    ..
                }
        )
    }
}

impl From<StorageError> for CommitError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Conflict { path } => Self::Conflict { path },
            other => Self::Storage(other),
        }
    }
}

/// What stands there of a table, as it stood when the run began.
struct Old {
    file: Option<File>,
    header: Option<Header>,
    /// Opened once: a remote storage copies it each time, and another run may replace it meanwhile.
    inventory: Option<SharedFile>,
}

impl Old {
    fn read_inventory(
        &self,
        id: PartitionId,
        number: usize,
    ) -> Result<Option<InventoryReader<shared_file::Reading>>, StateError> {
        let table = id.family.tables[number].name;
        let reader = |file: &SharedFile| InventoryReader::new(file.read(), table, id.dt);
        self.inventory.as_ref().map(reader).transpose()
    }
}

impl Committer<'_> {
    /// Commits a partition with its new rows, if there are any. Rows of objects in the log are replaced.
    ///
    /// # Errors
    /// See [`CommitError`]. Whatever happens, every part is the old one or the new one.
    pub fn commit(&self, id: PartitionId, staged: &[ParkedRun]) -> Result<Committed, CommitError> {
        match self.merge_and_publish(id, staged, false) {
            Err(error) if error.is_damage() && self.replaceable.contains(&id) => {
                self.merge_and_publish(id, staged, true)
            }
            result => result,
        }
    }

    fn merge_and_publish(
        &self,
        id: PartitionId,
        staged: &[ParkedRun],
        anew: bool,
    ) -> Result<Committed, CommitError> {
        let permit = self.merges.take();
        let tables = id.family.tables;
        let mut olds = Vec::new();
        for number in 0..tables.len() {
            olds.push(self.open_old(id, number)?);
        }
        let lost = |old: &Old| anew || (self.stale.contains(&id) && old.file.is_none());
        let given_up = tables
            .iter()
            .zip(&olds)
            .filter(|(_, old)| lost(old))
            .map(|(table, _)| table.name)
            .collect();
        let merge_error = |source| CommitError::Merge {
            path: layout::part(tables[0].name, id.dt),
            source,
        };
        let damaged = |number: usize, error: &dyn std::fmt::Display| CommitError::Damaged {
            path: layout::part(tables[number].name, id.dt),
            error: error.to_string(),
        };
        let mut old_run = Run::default();
        if !anew && olds.iter().any(|old| old.file.is_some()) {
            let mut files = Vec::new();
            for (number, old) in olds.iter_mut().enumerate() {
                let file = match old.file.take() {
                    Some(file) => file,
                    // A table without a part beside one with: it has no rows.
                    None => self
                        .empty_file(id, number)
                        .map_err(|e| merge_error(MergeError::Write(e)))?,
                };
                let file =
                    RunFile::open(file, tables[number]).map_err(|error| damaged(number, &error))?;
                if self.stale.contains(&id) && file.is_intact() == Some(false) {
                    return Err(damaged(number, &"its rows are not those that were written"));
                }
                files.push(file);
            }
            old_run.segments.push(files);
        }
        let parked = match staged {
            [run] if run.len() == 1 => Some(run[0].clone()),
            _ => None,
        };
        let mut runs = vec![old_run];
        for segments in staged {
            runs.push(open_parked(id, segments).map_err(|e| merge_error(MergeError::Read(e)))?);
        }
        let inventories = olds.iter().enumerate();
        let inventories = inventories
            .map(|(number, old)| old.read_inventory(id, number))
            .collect::<Result<Vec<_>, _>>()?;
        let mut spool = Spool::new(id, &self.read.log, inventories, self.temp.path());
        let listed = || listed(id, &olds[0]);
        let gone = |run: usize, day: Day, object: &str| match run {
            0 => self.read.replaces(day, object),
            _ => self.read.failed.contains(object),
        };
        let input = MergeInput {
            partition: id,
            runs,
            parked,
            listed: &listed,
            gone: &gone,
        };
        let merged = merge(
            &input,
            self.encoder,
            self.temp.path(),
            self.memory,
            &mut spool,
        )
        .map_err(merge_error)?;
        drop(input);
        drop(permit);
        let tables = self.publish(id, &olds, merged.parts, &mut spool)?;
        Ok(Committed {
            counts: merged.counts,
            new_rejects: merged.new_rejects,
            tables,
            given_up,
        })
    }

    /// Publishes children before their parents, so that a parent is never newer than its children's part.
    fn publish(
        &self,
        id: PartitionId,
        olds: &[Old],
        parts: Vec<Option<FinishedPart>>,
        spool: &mut Spool<'_>,
    ) -> Result<Vec<TableState>, CommitError> {
        let mut states = Vec::new();
        for (number, part) in parts.into_iter().enumerate().rev() {
            let table = id.family.tables[number];
            let (path, old) = (layout::part(table.name, id.dt), &olds[number]);
            let before = self.snapshot.part(table.name, id.dt);
            let header = |part: &FinishedPart| Header {
                version: inventory::VERSION,
                table: table.name.to_owned(),
                dt: id.dt,
                part: Part {
                    sha256: hex(&part.sha256),
                    size: part.bytes,
                    rows: part.rows,
                    schema_version: table.version,
                    writer_version: WRITER_VERSION,
                    encoding_version: ENCODING_VERSION,
                    version: None,
                },
            };
            let (mut header, version, written) = match (part, before) {
                // Without rows and without a part: there is nothing to say, unless an inventory says that there was one.
                (Some(part), None)
                    if part.rows == 0 && self.snapshot.inventory(table.name, id.dt).is_none() =>
                {
                    states.push(TableState {
                        rows: 0,
                        bytes: 0,
                        written: false,
                        state: None,
                    });
                    continue;
                }
                (Some(part), Some(version))
                    if self.snapshot.size(table.name, id.dt) == Some(part.bytes)
                        && self.stands(&path, version, &part)? =>
                {
                    (header(&part), version.clone(), false)
                }
                (Some(part), before) => {
                    let expect =
                        before.map_or(Expect::Absent, |version| Expect::Version(version.clone()));
                    let version =
                        self.storage
                            .publish(&path, Content::File(&part.path), &expect)?;
                    (header(&part), version, true)
                }
                (None, Some(version)) => match &old.header {
                    Some(header) => (header.clone(), version.clone(), false),
                    // It was described when it was opened, unless it cannot be read.
                    None => {
                        return Err(CommitError::Damaged {
                            path,
                            error: "it cannot be read".to_owned(),
                        });
                    }
                },
                (None, None) => {
                    states.push(TableState {
                        rows: 0,
                        bytes: 0,
                        written: false,
                        state: None,
                    });
                    continue;
                }
            };
            header.part.version = Some(version.clone());
            let inventory = self.publish_inventory(id, number, &header, old, spool)?;
            let state = Some(PartState {
                part: version,
                inventory,
            });
            states.push(TableState {
                rows: header.part.rows,
                bytes: header.part.size,
                written,
                state,
            });
        }
        states.reverse();
        Ok(states)
    }

    fn publish_inventory(
        &self,
        id: PartitionId,
        number: usize,
        header: &Header,
        old: &Old,
        spool: &mut Spool<'_>,
    ) -> Result<Version, CommitError> {
        let table = id.family.tables[number];
        let path = layout::inventory(table.name, id.dt);
        let file = self.temp.file(&format!("inventory-{}", table.name));
        spool.write(number, header, &file)?;
        let before = self.snapshot.inventory(table.name, id.dt);
        if let Some(version) = before
            && old
                .inventory
                .as_ref()
                .is_none_or(|there| there.is_as_long_as(&file))
            && let Some((there, now)) = self.storage.read(&path)?
            && now == *version
            && std::fs::read(&file).is_ok_and(|new| new == there)
        {
            return Ok(now);
        }
        let expect = before.map_or(Expect::Absent, |version| Expect::Version(version.clone()));
        Ok(self.storage.publish(&path, Content::File(&file), &expect)?)
    }

    /// Opens a part, if it is the one that stood there when the run began. Where no inventory is known to describe it,
    /// its own bytes do; a damaged one has no header.
    fn open_old(&self, id: PartitionId, number: usize) -> Result<Old, CommitError> {
        let table = id.family.tables[number];
        let path = layout::part(table.name, id.dt);
        let expected = self.snapshot.part(table.name, id.dt);
        let file = match expected {
            // Should there be one by now, the publish will say so.
            None => None,
            Some(expected) => match self.storage.open(&path, self.temp.path())? {
                Some((file, version)) if version == *expected => Some(file),
                _ => return Err(CommitError::Conflict { path }),
            },
        };
        let mut old = Old {
            file,
            header: None,
            inventory: None,
        };
        if !self.stale.contains(&id) {
            old.inventory = self.inventory(table.name, id.dt)?;
            old.header = match old.read_inventory(id, number) {
                Ok(reader) => reader.map(|reader| reader.header().clone()),
                Err(error) if error.is_damage() => None,
                Err(error) => return Err(error.into()),
            };
        }
        if old.header.is_none() {
            let file = old.file.as_ref();
            old.header = file.and_then(|file| describe(id.family.tables[number], id.dt, file).ok());
        }
        Ok(old)
    }

    /// Opens an inventory, if it is the one that stood there when the run began: another one tells of another part.
    fn inventory(&self, table: &str, dt: Day) -> Result<Option<SharedFile>, CommitError> {
        let Some(expected) = self.snapshot.inventory(table, dt) else {
            return Ok(None);
        };
        let path = layout::inventory(table, dt);
        match self.storage.open(&path, self.temp.path())? {
            Some((file, version)) if version == *expected => Ok(Some(SharedFile::new(file))),
            _ => Err(CommitError::Conflict { path }),
        }
    }

    /// Whether these bytes lie there already. What an inventory says of them is no proof: they may have been damaged since.
    fn stands(
        &self,
        path: &str,
        version: &Version,
        part: &FinishedPart,
    ) -> Result<bool, CommitError> {
        let Some((file, now)) = self.storage.open(path, self.temp.path())? else {
            return Ok(false);
        };
        let alike = now == *version && file.metadata().is_ok_and(|file| file.len() == part.bytes);
        Ok(alike && digest::of_file(&file).is_ok_and(|(sha256, _)| sha256 == part.sha256))
    }

    /// A file of a table without rows.
    fn empty_file(
        &self,
        id: PartitionId,
        number: usize,
    ) -> Result<File, parquet::errors::ParquetError> {
        let path = self.temp.file("empty");
        let writer = crate::part::PartWriter::create(
            &path,
            id.family.tables[number],
            &self.encoder.encoding,
        )?;
        writer.finish()?;
        Ok(File::open(path)?)
    }
}

/// The twins that the inventory of the parent table lists.
fn listed(id: PartitionId, parent: &Old) -> Result<Listed<'_>, MergeError> {
    let wrap = |error: Box<dyn std::error::Error + Send + Sync>| MergeError::Inventory(error);
    let reader = parent.read_inventory(id, 0).map_err(|e| wrap(e.into()))?;
    let twins = reader
        .into_iter()
        .flatten()
        .filter_map(move |line| match line {
            Ok(Line::Object(_)) => None,
            Ok(Line::Twin(twin)) => {
                Some(spool::listed(twin).ok_or_else(|| wrap("the hash of a key is none".into())))
            }
            Err(error) => Some(Err(wrap(error.into()))),
        });
    Ok(Box::new(twins))
}

fn open_parked(
    id: PartitionId,
    segments: &ParkedRun,
) -> Result<Run, parquet::errors::ParquetError> {
    let mut run = Run::default();
    for files in segments {
        let mut open = Vec::new();
        for (file, table) in files.iter().zip(id.family.tables) {
            open.push(RunFile::open(File::open(&file.path)?, table)?);
        }
        run.segments.push(open);
    }
    Ok(run)
}
