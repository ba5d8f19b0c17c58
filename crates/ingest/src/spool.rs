//! The inventory of a part while it is being merged: its lines, before its header can be written.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{
    Header, InventoryReader, InventoryWriter, Line, LinesWriter, Object, Twin,
};
use tempfile::SpooledTempFile;

use crate::merge::{Contents, ListedTwin, ObjectRows};
use crate::read_log::{Identities, ReadLog};
use crate::run_cursor::day_of;
use crate::shared_file;
use crate::stage::PartitionId;

/// So much of a table's lines is kept in memory.
const IN_MEMORY: usize = 64 << 10;

/// Spools the inventories of a partition's tables.
pub struct Spool<'a> {
    partition: PartitionId,
    read: Identities<'a>,
    /// By table: the objects of the old inventory, read in step; `None`: there is none that can be trusted.
    old: Vec<Option<std::iter::Peekable<Objects>>>,
    objects: Vec<Lines>,
    twins: Lines,
}

/// Lines in memory, or in a file once there are many.
type Lines = LinesWriter<BufWriter<SpooledTempFile>>;

/// The objects of an old inventory.
type Objects = Box<dyn Iterator<Item = Object> + Send>;

impl std::fmt::Debug for Spool<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Spool of {} {}",
            self.partition.family.name, self.partition.dt
        )
    }
}

impl<'a> Spool<'a> {
    /// A spool in memory, and in files without names in `temp` if it grows. `old` opens the old inventory of each table.
    pub fn new(
        partition: PartitionId,
        log: &'a ReadLog,
        old: Vec<Option<InventoryReader<shared_file::Reading>>>,
        temp: &Path,
    ) -> Self {
        let lines = |table: &Table| {
            let file = BufWriter::new(tempfile::spooled_tempfile_in(IN_MEMORY, temp));
            LinesWriter::new(file, table.name, partition.dt)
        };
        let tables = partition.family.tables;
        let objects = tables.iter().map(|table| lines(table)).collect();
        let old = old.into_iter().map(|reader| {
            let objects = reader?.map_while(|line| match line {
                Ok(Line::Object(object)) => Some(object),
                // Twins follow the objects; a damaged line ends what can be known, and the objects after it have no ETag.
                _ => None,
            });
            Some((Box::new(objects) as Objects).peekable())
        });
        Self {
            partition,
            read: log.identities(),
            old: old.collect(),
            objects,
            twins: lines(tables[0]),
        }
    }

    /// Writes the inventory of a table.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn write(&mut self, table: usize, header: &Header, to: &Path) -> Result<(), StateError> {
        let shown = to.to_string_lossy().into_owned();
        let wrap = |source: io::Error| StateError::Write {
            path: shown.clone(),
            source,
        };
        let file = File::create_new(to).map_err(wrap)?;
        let mut writer = InventoryWriter::new(BufWriter::new(file), header)?;
        writer.append(from_the_beginning(&mut self.objects[table]).map_err(wrap)?)?;
        if table == 0 {
            writer.append(from_the_beginning(&mut self.twins).map_err(wrap)?)?;
        }
        writer.finish()?.flush().map_err(wrap)
    }

    /// ETag and size of an object: as this run read it, else as the old inventory has it.
    fn identity(&mut self, table: usize, day: Day, object: &str) -> io::Result<(String, u64)> {
        if let Some(identity) = self.read.of(day, object)? {
            return Ok(identity);
        }
        if let Some(old) = &mut self.old[table] {
            while old
                .next_if(|known| (known.day, known.object.as_str()) < (day, object))
                .is_some()
            {}
            if let Some(known) = old
                .peek()
                .filter(|known| known.day == day && known.object == object)
            {
                return Ok((known.etag.clone(), known.size));
            }
        }
        Ok((String::new(), 0))
    }
}

impl Contents for Spool<'_> {
    fn object(&mut self, table: usize, object: &ObjectRows) -> io::Result<()> {
        let (etag, size) = self.identity(table, object.day, &object.object)?;
        let line = Object {
            day: object.day,
            object: object.object.clone(),
            etag,
            size,
            rows: object.rows,
            account: object.account_id.clone(),
            region: object.region.clone(),
        };
        self.objects[table].object(&line).map_err(io::Error::other)
    }

    fn twin(&mut self, twin: &ListedTwin) -> io::Result<()> {
        let line = Twin {
            day: day_of(self.partition, &twin.object),
            object: twin.object.clone(),
            index: twin.index.unsigned_abs(),
            account: twin.account_id.clone(),
            region: twin.region.clone(),
            source: twin.source.clone(),
            report_ts: twin.report_ts,
            row: twin.row,
            key: format!("{:032x}", twin.key),
        };
        self.twins.twin(&line).map_err(io::Error::other)
    }
}

/// A twin as a merge takes it; `None`: its key is no hash of ours.
pub fn listed(twin: Twin) -> Option<ListedTwin> {
    Some(ListedTwin {
        object: twin.object,
        index: i64::try_from(twin.index).ok()?,
        account_id: twin.account,
        region: twin.region,
        source: twin.source,
        report_ts: twin.report_ts,
        row: twin.row,
        key: u128::from_str_radix(&twin.key, 16).ok()?,
    })
}

/// The lines of a spool, from the beginning.
fn from_the_beginning(lines: &mut Lines) -> io::Result<BufReader<&mut SpooledTempFile>> {
    lines.output().flush()?;
    let file = lines.output().get_mut();
    file.rewind()?;
    Ok(BufReader::new(file))
}
