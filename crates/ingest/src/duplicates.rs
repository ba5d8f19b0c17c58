//! Decides twins and variants (invariant 7) from the keys of a partition's rows, without holding them.
//!
//! Every row that takes part has a *rank*: its number in the canonical order of all rows at hand, those of the old part,
//! the new ones, and the twins that the inventory lists. Rows are sorted by key; only where a key occurs in a new row and
//! another is content read, and only of those rows.

use std::io;
use std::path::{Path, PathBuf};

use crate::bitmap::Bitmap;
use crate::sorter::{Sorted, Sorter};

/// How many rows of one key are looked at together before their content is read without a look.
const GROUP: usize = 1 << 16;

/// A row or a listed twin, as far as duplicates are concerned.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts of a row"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Hash of its key.
    pub key: u128,
    /// Its number in canonical order.
    pub rank: u64,
    /// The run that holds its content: 0 is the old part.
    pub run: u8,
    /// The row of that run that holds its content.
    pub row: u64,
    /// It is listed in the inventory, not stored.
    pub listed: bool,
    /// Its object was read again, so that it goes.
    pub dead: bool,
    /// When its report was written; `None` is oldest.
    pub report_ts: Option<i64>,
    /// Its key has a date.
    pub dated: bool,
    /// It knows its account.
    pub account: bool,
    /// The variant with which it is stored.
    pub variant: u32,
}

/// What happens to a row that stays, where that is not what stands in its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The row.
    pub rank: u64,
    /// Its number among the contents of its key.
    pub variant: u32,
    /// For a listed twin that takes over: the row of the old part that holds its content.
    pub takes: Option<u64>,
}

/// All decisions of a partition, each list in the order of ranks.
#[derive(Debug)]
pub struct Decisions {
    /// Rows that are stored with another variant or lineage than they have.
    pub changed: Decided,
    /// Of these, the listed twins that take over.
    pub taking: Decided,
    /// Rows that are not stored, each with the rank of the one that stands for it.
    pub twins: Sorted<16>,
    /// How many twins there are.
    pub twin_count: u64,
    /// How many rows have a variant above 0.
    pub variant_count: u64,
}

/// Decisions in the order of ranks.
#[derive(Debug)]
pub struct Decided(Sorted<20>);

impl Decided {
    /// The next one.
    ///
    /// # Errors
    /// If a spilled run cannot be read.
    pub fn pop(&mut self) -> io::Result<Option<Decision>> {
        Ok(self.0.pop()?.map(|record| {
            let row = u64_at(&record, 12);
            Decision {
                rank: u64_at(&record, 0),
                variant: u32_at(&record, 8),
                takes: (row != u64::MAX).then_some(row),
            }
        }))
    }
}

impl Decisions {
    /// The next row that is a twin, and the one that stands for it.
    ///
    /// # Errors
    /// If a spilled run cannot be read.
    pub fn next_twin(&mut self) -> io::Result<Option<(u64, u64)>> {
        Ok(self
            .twins
            .pop()?
            .map(|record| (u64_at(&record, 0), u64_at(&record, 8))))
    }
}

/// Collects candidates and decides.
#[derive(Debug)]
pub struct Duplicates {
    temp: PathBuf,
    bytes: usize,
    candidates: Sorter<48>,
}

impl Duplicates {
    /// Holds at most about four times `bytes`; the rest goes to files in `temp`.
    pub fn new(temp: &Path, bytes: usize) -> Self {
        Self {
            temp: temp.to_owned(),
            bytes,
            candidates: Sorter::new(temp, bytes),
        }
    }

    /// Adds a row or a listed twin.
    ///
    /// # Errors
    /// If candidates cannot be spilled.
    pub fn push(&mut self, candidate: &Candidate) -> io::Result<()> {
        self.candidates.push(pack(candidate))
    }

    /// Decides. `emitted` has a bit a rank, set for the rows that stay if nothing is decided; it is brought to what is decided.
    /// `changes` is told the rank of every row that is stored with another variant or lineage than it has;
    /// `contents` gives the hash of a row's content; it is asked for rows of (run, row) in ascending order.
    ///
    /// # Errors
    /// If a spilled run or a content cannot be read.
    pub fn decide<E: From<io::Error>>(
        self,
        emitted: &mut Bitmap,
        mut changes: impl FnMut(u64),
        mut contents: impl FnMut(u8, u64) -> Result<u128, E>,
    ) -> Result<Decisions, E> {
        let mut by_row = Sorter::<56>::new(&self.temp, self.bytes);
        let mut by_content = Sorter::<64>::new(&self.temp, self.bytes);
        let mut decided = Sorter::<20>::new(&self.temp, self.bytes);
        let mut taking = Sorter::<20>::new(&self.temp, self.bytes);
        let mut candidates = self.candidates.sorted()?;
        let mut group: Vec<Candidate> = Vec::new();
        let mut unread: Option<u128> = None;
        let mut next = candidates.pop()?.map(|record| unpack(&record));
        while let Some(one) = next {
            next = candidates.pop()?.map(|record| unpack(&record));
            if unread == Some(one.key) {
                want(&mut by_row, &one)?;
                continue;
            }
            group.push(one);
            if next.is_some_and(|next| next.key == one.key) && group.len() < GROUP {
                continue;
            }
            if group.len() >= GROUP {
                unread = Some(one.key);
                group.iter().try_for_each(|one| want(&mut by_row, one))?;
            } else {
                resolve(&group, &mut by_row, &mut by_content, &mut decided)?;
            }
            group.clear();
        }
        drop(candidates);

        let mut by_row = by_row.sorted()?;
        let mut last: Option<((u8, u64), u128)> = None;
        while let Some(record) = by_row.pop()? {
            let at = (record[0], u64_at(&record, 1));
            let content = match last {
                Some((same, content)) if same == at => content,
                _ => contents(at.0, at.1)?,
            };
            last = Some((at, content));
            let mut packed = [0; 48];
            packed[..47].copy_from_slice(&record[9..]);
            by_content.push(pack_class(&unpack(&packed), content))?;
        }
        let (twins, twin_count, variant_count) =
            classes(&self.temp, self.bytes, by_content, &mut decided, emitted)?;
        let mut all = decided.sorted()?;
        let mut again = Sorter::<20>::new(&self.temp, self.bytes);
        while let Some(record) = all.pop()? {
            changes(u64_at(&record, 0));
            if u64_at(&record, 12) != u64::MAX {
                taking.push(record)?;
            }
            again.push(record)?;
        }
        let taking = Decided(taking.sorted()?);
        Ok(Decisions {
            changed: Decided(again.sorted()?),
            taking,
            twins: twins.sorted()?,
            twin_count,
            variant_count,
        })
    }
}

/// Walks the contents of each key: the first of a content stays, the others are its twins; contents are numbered.
///
/// Gives the twins, their number, and the number of rows with a variant above 0.
fn classes(
    temp: &Path,
    bytes: usize,
    by_content: Sorter<64>,
    changed: &mut Sorter<20>,
    emitted: &mut Bitmap,
) -> io::Result<(Sorter<16>, u64, u64)> {
    let mut twins = Sorter::<16>::new(temp, bytes);
    let mut stands = Sorter::<48>::new(temp, bytes);
    let mut twin_count = 0;
    let mut by_content = by_content.sorted()?;
    let mut class: Option<([u8; 32], u64)> = None;
    while let Some(record) = by_content.pop()? {
        let (candidate, content) = unpack_class(&record);
        match class {
            Some((class, standing)) if class == content => {
                twin_count += 1;
                emitted.set(candidate.rank, false);
                twins.push(concat(&[
                    &candidate.rank.to_be_bytes(),
                    &standing.to_be_bytes(),
                ]))?;
            }
            _ => {
                class = Some((content, candidate.rank));
                emitted.set(candidate.rank, true);
                stands.push(pack_standing(&candidate))?;
            }
        }
    }
    let mut stands = stands.sorted()?;
    let mut variant_count = 0;
    let mut last: Option<(u128, u32)> = None;
    while let Some(record) = stands.pop()? {
        let candidate = unpack_standing(&record);
        let variant = match last {
            Some((key, variant)) if key == candidate.key => variant.saturating_add(1),
            _ => 0,
        };
        last = Some((candidate.key, variant));
        variant_count += u64::from(variant > 0);
        if candidate.listed || candidate.variant != variant {
            changed.push(pack_decision(&candidate, variant))?;
        }
    }
    Ok((twins, twin_count, variant_count))
}

/// Sorts out the candidates of one key.
fn resolve(
    group: &[Candidate],
    by_row: &mut Sorter<56>,
    by_content: &mut Sorter<64>,
    changed: &mut Sorter<20>,
) -> io::Result<()> {
    let alive = || group.iter().filter(|candidate| !candidate.dead);
    let (count, new) = (alive().count(), alive().any(|candidate| candidate.run > 0));
    if count == 1 && alive().all(|candidate| !candidate.listed) {
        // Alone: whatever its content, it stays as the first.
        for candidate in alive().filter(|candidate| candidate.variant != 0) {
            changed.push(pack_decision(candidate, 0))?;
        }
        return Ok(());
    }
    for candidate in alive() {
        if new {
            want(by_row, candidate)?;
        } else {
            // Stored rows of one key differ, and a listed twin equals the row it is listed with.
            by_content.push(pack_class(candidate, u128::from(candidate.row)))?;
        }
    }
    Ok(())
}

fn want(by_row: &mut Sorter<56>, candidate: &Candidate) -> io::Result<()> {
    if candidate.dead {
        return Ok(());
    }
    by_row.push(concat(&[
        &[candidate.run],
        &candidate.row.to_be_bytes(),
        &pack(candidate)[..47],
    ]))
}

/// (key, rank, row, run, flags, report_ts, variant): 16 + 8 + 8 + 1 + 1 + 9 + 4, and one of padding.
fn pack(candidate: &Candidate) -> [u8; 48] {
    let flags = u8::from(candidate.dead)
        | u8::from(candidate.listed) << 1
        | u8::from(candidate.dated) << 2
        | u8::from(candidate.account) << 3;
    concat(&[
        &candidate.key.to_be_bytes(),
        &candidate.rank.to_be_bytes(),
        &candidate.row.to_be_bytes(),
        &[candidate.run, flags],
        &[u8::from(candidate.report_ts.is_some())],
        &candidate.report_ts.unwrap_or(0).to_be_bytes(),
        &candidate.variant.to_be_bytes(),
        &[0],
    ])
}

fn unpack(record: &[u8; 48]) -> Candidate {
    let flags = record[33];
    Candidate {
        key: u128_at(record, 0),
        rank: u64_at(record, 16),
        row: u64_at(record, 24),
        run: record[32],
        dead: flags & 1 != 0,
        listed: flags & 2 != 0,
        dated: flags & 4 != 0,
        account: flags & 8 != 0,
        report_ts: (record[34] == 1).then(|| u64_at(record, 35).cast_signed()),
        variant: u32_at(record, 43),
    }
}

/// By (key, content), then by preference: newest `report_ts`, dated, with an account, first in canonical order.
fn pack_class(candidate: &Candidate, content: u128) -> [u8; 64] {
    let flags = u8::from(candidate.listed) | candidate.run << 1;
    concat(&[
        &candidate.key.to_be_bytes(),
        &content.to_be_bytes(),
        &newest_first(candidate.report_ts),
        &[u8::from(!candidate.dated) << 1 | u8::from(!candidate.account)],
        &candidate.rank.to_be_bytes(),
        &[flags],
        &candidate.row.to_be_bytes()[1..],
        &candidate.variant.to_be_bytes(),
        &[0; 2],
    ])
}

fn unpack_class(record: &[u8; 64]) -> (Candidate, [u8; 32]) {
    let mut class = [0; 32];
    class.copy_from_slice(&record[..32]);
    let mut row = [0; 8];
    row[1..].copy_from_slice(&record[51..58]);
    let candidate = Candidate {
        key: u128_at(record, 0),
        rank: u64_at(record, 42),
        run: record[50] >> 1,
        row: u64::from_be_bytes(row),
        listed: record[50] & 1 != 0,
        dead: false,
        report_ts: oldest_last(&record[32..41]),
        dated: record[41] & 2 == 0,
        account: record[41] & 1 == 0,
        variant: u32_at(record, 58),
    };
    (candidate, class)
}

/// By key, then newest `report_ts`, then canonical order.
fn pack_standing(candidate: &Candidate) -> [u8; 48] {
    concat(&[
        &candidate.key.to_be_bytes(),
        &newest_first(candidate.report_ts),
        &candidate.rank.to_be_bytes(),
        &[candidate.run, u8::from(candidate.listed)],
        &candidate.row.to_be_bytes(),
        &candidate.variant.to_be_bytes(),
        &[0],
    ])
}

fn unpack_standing(record: &[u8; 48]) -> Candidate {
    Candidate {
        key: u128_at(record, 0),
        report_ts: oldest_last(&record[16..25]),
        rank: u64_at(record, 25),
        run: record[33],
        listed: record[34] != 0,
        row: u64_at(record, 35),
        variant: u32_at(record, 43),
        dead: false,
        dated: false,
        account: false,
    }
}

fn pack_decision(candidate: &Candidate, variant: u32) -> [u8; 20] {
    let row = if candidate.listed {
        candidate.row
    } else {
        u64::MAX
    };
    concat(&[
        &candidate.rank.to_be_bytes(),
        &variant.to_be_bytes(),
        &row.to_be_bytes(),
    ])
}

/// 9 bytes that sort the newest time first and none last.
fn newest_first(report_ts: Option<i64>) -> [u8; 9] {
    let sortable = report_ts.map(|ts| !(ts.cast_unsigned() ^ 1 << 63));
    concat(&[
        &[u8::from(sortable.is_none())],
        &sortable.unwrap_or(0).to_be_bytes(),
    ])
}

fn oldest_last(bytes: &[u8]) -> Option<i64> {
    (bytes[0] == 0).then(|| (!u64_at(bytes, 1) ^ 1 << 63).cast_signed())
}

fn concat<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut record = [0; N];
    let mut at = 0;
    for part in parts {
        record[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    debug_assert_eq!(at, N, "invariant: the parts fill the record");
    record
}

fn u64_at(record: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(
        record[at..at + 8]
            .try_into()
            .expect("invariant: eight bytes"),
    )
}

fn u32_at(record: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(
        record[at..at + 4]
            .try_into()
            .expect("invariant: four bytes"),
    )
}

fn u128_at(record: &[u8], at: usize) -> u128 {
    u128::from_be_bytes(
        record[at..at + 16]
            .try_into()
            .expect("invariant: sixteen bytes"),
    )
}
