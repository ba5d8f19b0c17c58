//! What inventories and ledger say of an object and the partition that it feeds, brought together by a sort and judged.

use std::collections::BTreeMap;
use std::io;

use crate::sorter::Sorted;

/// A record of the join, in the order of its fields: partition, object, then what it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// Number of the (table, `dt`).
    pub(super) partition: u32,
    /// Hash of the `source_object`.
    pub(super) object: u128,
    pub(super) says: Says,
    pub(super) rows: u64,
    /// Hash of the ETag; 0: there is none.
    pub(super) etag: u64,
    /// Number of the ledger's day.
    pub(super) day: u32,
}

/// What says something of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// The inventory lists it.
    Listed,
    /// The inventory lists a twin of it.
    Twin,
    /// The parent's inventory lists a twin of it: some of its children may not be stored.
    ParentTwin,
    /// The ledger says that it feeds the partition.
    Fed,
    /// So it does, but the object is to be read again.
    Open,
}

impl Record {
    /// Its bytes, which sort as it does.
    pub(super) fn pack(&self) -> [u8; 41] {
        let mut record = [0; 41];
        record[..4].copy_from_slice(&self.partition.to_be_bytes());
        record[4..20].copy_from_slice(&self.object.to_be_bytes());
        record[20] = self.says as u8;
        record[21..29].copy_from_slice(&self.rows.to_be_bytes());
        record[29..37].copy_from_slice(&self.etag.to_be_bytes());
        record[37..].copy_from_slice(&self.day.to_be_bytes());
        record
    }

    fn unpack(record: &[u8; 41]) -> Self {
        let number = |range: std::ops::Range<usize>| {
            record[range]
                .iter()
                .fold(0_u128, |number, byte| number << 8 | u128::from(*byte))
        };
        let small = |range| u32::try_from(number(range)).unwrap_or(0);
        let large = |range| u64::try_from(number(range)).unwrap_or(0);
        Self {
            partition: small(0..4),
            object: number(4..20),
            says: match record[20] {
                0 => Says::Listed,
                1 => Says::Twin,
                2 => Says::ParentTwin,
                3 => Says::Fed,
                _ => Says::Open,
            },
            rows: large(21..29),
            etag: large(29..37),
            day: small(37..41),
        }
    }
}

/// What was counted of a day or partition: objects.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// Listed with rows, and the ledger does not say so; by partition.
    pub(super) unknown: BTreeMap<u32, u64>,
    /// With another number of rows; by (day, partition).
    pub(super) rows: BTreeMap<(u32, u32), u64>,
    /// With another ETag; by (day, partition).
    pub(super) etag: BTreeMap<(u32, u32), u64>,
    /// Not in the inventory; by (day, partition).
    pub(super) absent: BTreeMap<(u32, u32), u64>,
}

/// Compares what is said of each object of each partition. `unread`: a day cannot be read, so that the objects that no
/// day names may stand there.
pub(super) fn count(mut sorted: Sorted<41>, unread: bool) -> io::Result<Counted> {
    let mut counted = Counted::default();
    let mut group: Vec<Record> = Vec::new();
    loop {
        let next = sorted.pop()?.map(|record| Record::unpack(&record));
        let same = match (&next, group.last()) {
            (Some(next), Some(last)) => {
                (next.partition, next.object) == (last.partition, last.object)
            }
            _ => false,
        };
        if !same {
            judge(&group, unread, &mut counted);
            group.clear();
        }
        match next {
            // Of many twins of one object one record is enough, with their number.
            Some(next) => match group.last_mut().filter(|last| last.says == next.says) {
                Some(last) if matches!(next.says, Says::Twin | Says::ParentTwin) => {
                    last.rows += next.rows;
                }
                _ => group.push(next),
            },
            None => return Ok(counted),
        }
    }
}

/// Judges what is said of one object in one partition.
fn judge(group: &[Record], unread: bool, counted: &mut Counted) {
    let of = |says: Says| group.iter().filter(move |record| record.says == says);
    let Some(partition) = group.first().map(|record| record.partition) else {
        return;
    };
    let stored: u64 = of(Says::Listed)
        .chain(of(Says::Twin))
        .map(|record| record.rows)
        .sum();
    let listed = of(Says::Listed).next();
    let some_missing = of(Says::ParentTwin).next().is_some();
    if of(Says::Open).next().is_some() {
        return;
    }
    let Some(fed) = of(Says::Fed).next() else {
        if listed.is_some_and(|_| stored > 0) && !unread {
            *counted.unknown.entry(partition).or_default() += 1;
        }
        return;
    };
    let place = (fed.day, partition);
    match listed {
        None if fed.rows > 0 && !some_missing => *counted.absent.entry(place).or_default() += 1,
        None => {}
        Some(listed) => {
            let fits = stored == fed.rows || (some_missing && stored <= fed.rows);
            if !fits {
                *counted.rows.entry(place).or_default() += 1;
            }
            // Where an inventory was made anew without its object, it does not know the ETag.
            if listed.etag != 0 && listed.etag != fed.etag {
                *counted.etag.entry(place).or_default() += 1;
            }
        }
    }
}
