//! The ledger: every day by itself, and what it says of partitions against what their inventories say.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use promptlake_datasets::dataset::DATASETS;
use promptlake_datasets::day::Day;
use promptlake_datasets::key::source_day;
use promptlake_lake::error::StateError;
use promptlake_lake::inventory::{InventoryReader, Line};
use promptlake_lake::layout;
use promptlake_lake::ledger::{LedgerEntry, LedgerReader};
use promptlake_lake::ledger_index::LedgerIndex;
use promptlake_lake::storage::Storage;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::VerifyError;
use super::feeds::{Counted, Record, Says, count};
use super::finding::{Finding, Kind, Remedy, objects};
use super::listing::Listing;
use crate::snapshot::partition_of;
use crate::sorter::Sorter;
use crate::stage::PartitionId;

/// What the ledger is compared with.
#[derive(Debug)]
pub(super) struct LedgerCheck<'a> {
    pub(super) storage: &'a dyn Storage,
    pub(super) temp: &'a Path,
    pub(super) listing: &'a Listing,
    pub(super) index: &'a LedgerIndex,
    pub(super) since: Option<Day>,
    /// Partitions whose inventories do not describe them: what they hold is not compared.
    pub(super) doubtful: &'a BTreeSet<PartitionId>,
    pub(super) bytes: usize,
}

/// Numbers for (table, `dt`).
#[derive(Debug, Default)]
struct Partitions {
    numbers: BTreeMap<(String, Day), u32>,
    names: Vec<(String, Day)>,
}

impl Partitions {
    fn number(&mut self, table: &str, dt: Day) -> u32 {
        if let Some(number) = self.numbers.get(&(table.to_owned(), dt)) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert((table.to_owned(), dt), number);
        self.names.push((table.to_owned(), dt));
        number
    }
}

impl LedgerCheck<'_> {
    /// Checks all days, and compares.
    ///
    /// # Errors
    /// If a temporary file cannot be used.
    pub(super) fn check(&self) -> Result<Vec<Finding>, VerifyError> {
        let mut findings = Vec::new();
        if self.listing.ledger.is_empty() {
            if !self.listing.parts.is_empty() {
                findings.push(Finding {
                    path: layout::LEDGER.trim_end_matches('/').to_owned(),
                    kind: Kind::Missing,
                    what: "the ledger is missing: the next run lists and reads everything"
                        .to_owned(),
                    remedy: Remedy::Run,
                });
            }
            return Ok(findings);
        }
        let mut partitions = Partitions::default();
        let mut sorter = Sorter::new(self.temp, self.bytes);
        for (table, dt) in self.listing.inventories.keys() {
            if self.compares(table, *dt) {
                self.inventory(table, *dt, &mut partitions, &mut sorter)?;
            }
        }
        let days: Vec<&(String, Day)> = self.listing.ledger.keys().collect();
        let mut unread = false;
        for (number, (name, day)) in days.iter().copied().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let found = self.day(name, *day, number, &mut partitions, &mut sorter)?;
            unread |= found.iter().any(|finding| finding.kind != Kind::Ledger);
            findings.extend(found);
        }
        let counted = count(sorter.sorted()?, unread)?;
        self.tell(&counted, &partitions, &days, &mut findings);
        Ok(findings)
    }

    /// Whether a partition is compared.
    fn compares(&self, table: &str, dt: Day) -> bool {
        self.since.is_none_or(|since| since <= dt)
            && partition_of(table, dt).is_some_and(|id| !self.doubtful.contains(&id))
    }

    fn inventory(
        &self,
        table: &str,
        dt: Day,
        partitions: &mut Partitions,
        sorter: &mut Sorter<41>,
    ) -> io::Result<()> {
        // What cannot be read was found when the partition was read, unless it went since.
        let Ok(Some((lines, _))) = InventoryReader::open(self.storage, self.temp, table, dt) else {
            return Ok(());
        };
        let partition = partitions.number(table, dt);
        let children: Vec<u32> = partition_of(table, dt)
            .filter(|id| id.family.tables[0].name == table)
            .map_or(&[][..], |id| &id.family.tables[1..])
            .iter()
            .map(|child| partitions.number(child.name, dt))
            .collect();
        let mut push = |partition, object: &str, says, rows, etag: &str| {
            let etag = if etag.is_empty() {
                0
            } else {
                xxh3_64(etag.as_bytes())
            };
            let record = Record {
                partition,
                object: xxh3_128(object.as_bytes()),
                says,
                rows,
                etag,
                day: 0,
            };
            sorter.push(record.pack())
        };
        for line in lines.map_while(Result::ok) {
            match line {
                Line::Object(object) => push(
                    partition,
                    &object.object,
                    Says::Listed,
                    object.rows,
                    &object.etag,
                )?,
                Line::Twin(twin) => {
                    push(partition, &twin.object, Says::Twin, 1, "")?;
                    for child in &children {
                        push(*child, &twin.object, Says::ParentTwin, 0, "")?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads a day of the ledger.
    fn day(
        &self,
        name: &str,
        day: Day,
        number: u32,
        partitions: &mut Partitions,
        sorter: &mut Sorter<41>,
    ) -> io::Result<Vec<Finding>> {
        let path = layout::ledger_day(name, day);
        let found = |kind, what: String, remedy| Finding {
            path: path.clone(),
            kind,
            what,
            remedy,
        };
        let entries = match LedgerReader::open(self.storage, self.temp, name, day) {
            Ok(Some((entries, _))) => entries,
            Ok(None) => return Ok(Vec::new()),
            Err(error) => return Ok(vec![unreadable(&error, day, found)]),
        };
        let (mut wrong, mut elsewhere, mut any_open) = (0, 0, false);
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Ok(vec![unreadable(&error, day, found)]),
            };
            any_open |= entry.open;
            wrong += u64::from(!entry.open && !balances(&entry));
            let days = [false, true].map(|lex| source_day(&entry.object, lex).0);
            elsewhere += u64::from(!days.contains(&day));
            for feed in &entry.feeds {
                if !self.compares(&feed.table, feed.dt) {
                    continue;
                }
                let says = if entry.open { Says::Open } else { Says::Fed };
                let record = Record {
                    partition: partitions.number(&feed.table, feed.dt),
                    object: xxh3_128(entry.object.as_bytes()),
                    says,
                    rows: feed.rows,
                    etag: xxh3_64(entry.etag.as_bytes()),
                    day: number,
                };
                sorter.push(record.pack())?;
            }
        }
        let mut findings = Vec::new();
        if wrong > 0 {
            findings.push(found(
                Kind::Ledger,
                format!(
                    "{} whose records are not the sum of its rows",
                    objects(wrong)
                ),
                Remedy::RebuildDay(day),
            ));
        }
        if elsewhere > 0 {
            findings.push(found(
                Kind::Ledger,
                format!("{} of another source day", objects(elsewhere)),
                Remedy::Remove,
            ));
        }
        let whole = self.index.day(name, day).is_some_and(|state| {
            // Without a digest it says only that there is such a day.
            !state.digest.is_empty()
                && self.listing.ledger.get(&(name.to_owned(), day)) == Some(&state.version)
        });
        if whole && any_open {
            findings.push(Finding {
                path: layout::LEDGER_INDEX.to_owned(),
                kind: Kind::Index,
                what: format!("it says that {path} is whole, which has objects to be read again"),
                remedy: Remedy::Remove,
            });
        }
        Ok(findings)
    }

    fn tell(
        &self,
        counted: &Counted,
        partitions: &Partitions,
        days: &[&(String, Day)],
        findings: &mut Vec<Finding>,
    ) {
        for (partition, count) in &counted.unknown {
            let (table, dt) = &partitions.names[*partition as usize];
            findings.push(Finding {
                path: layout::inventory(table, *dt),
                kind: Kind::Ledger,
                what: format!(
                    "the ledger does not say that {} of it feed the partition",
                    objects(*count)
                ),
                remedy: self.remedy(table, *dt),
            });
        }
        let of_days = [
            (&counted.rows, "with other rows than"),
            (&counted.etag, "with another ETag than"),
            (&counted.absent, "that should be in, and are not in,"),
        ];
        for (counts, what) in of_days {
            for ((day, partition), count) in counts {
                let (name, day) = days[*day as usize];
                let (table, dt) = &partitions.names[*partition as usize];
                let inventory = layout::inventory(table, *dt);
                findings.push(Finding {
                    path: layout::ledger_day(name, *day),
                    kind: Kind::Ledger,
                    what: format!("{} {what} {inventory}", objects(*count)),
                    remedy: Remedy::RebuildDay(*day),
                });
            }
        }
    }

    /// Whether a run looks at a partition by itself.
    fn remedy(&self, table: &str, dt: Day) -> Remedy {
        let key = (table.to_owned(), dt);
        let noted = self.index.part(table, dt);
        let same = noted.is_some_and(|noted| {
            self.listing.parts.get(&key) == Some(&noted.part)
                && self.listing.inventories.get(&key) == Some(&noted.inventory)
        });
        if same {
            Remedy::RunWithoutIndex
        } else {
            Remedy::Run
        }
    }
}

/// Whether the counts of an entry balance. Rows of each dataset count, since an object of Lex may hold those of two.
fn balances(entry: &LedgerEntry) -> bool {
    let sum = |of: &dyn Fn(&str) -> bool| -> u64 {
        let feeds = entry.feeds.iter().filter(|feed| of(&feed.table));
        feeds.map(|feed| feed.rows).sum()
    };
    let is_parent = |table: &str| {
        DATASETS
            .iter()
            .any(|dataset| dataset.family.tables[0].name == table)
    };
    let counts = [entry.accepted, entry.rejected, entry.skipped, entry.control];
    // A damaged one may count more than a number holds.
    counts.into_iter().try_fold(0, u64::checked_add) == Some(entry.records)
        && sum(&is_parent) == entry.accepted
        && sum(&|table| table == "rejects") == entry.rejected
}

fn unreadable(
    error: &StateError,
    day: Day,
    found: impl Fn(Kind, String, Remedy) -> Finding,
) -> Finding {
    match error {
        StateError::Newer { .. } => found(
            Kind::Damaged,
            "a later version wrote it".to_owned(),
            Remedy::Newer,
        ),
        _ if error.is_damage() => found(
            Kind::Damaged,
            "it is damaged".to_owned(),
            Remedy::RebuildDay(day),
        ),
        _ => found(
            Kind::Damaged,
            "the system cannot read it".to_owned(),
            Remedy::RebuildDay(day),
        ),
    }
}
