//! The twins that an inventory lists: each refers to a row of its key, and its object is listed.

use std::fs::File;
use std::io;
use std::path::Path;

use promptlake_datasets::day::Day;
use promptlake_lake::inventory::{InventoryReader, Line, Object};

use super::finding::{Kind, objects};
use crate::sorter::{Sorted, Sorter};

/// The twins in the order of the rows that stand for them.
#[derive(Debug)]
pub(super) struct TwinCheck {
    sorted: Sorted<24>,
    next: Option<(u64, u128)>,
    wrong: u64,
    without_twin: u64,
    without_object: u64,
    no_key: u64,
    damaged: bool,
}

impl TwinCheck {
    /// Reads an inventory to its end, twice at once: the objects and the twins are both in canonical order.
    pub(super) fn load(
        object_lines: InventoryReader<File>,
        twin_lines: InventoryReader<File>,
        temp: &Path,
        bytes: usize,
    ) -> io::Result<Self> {
        let mut sorter = Sorter::<24>::new(temp, bytes);
        let mut listed = object_lines
            .map_while(|line| match line {
                Ok(Line::Object(object)) => Some(object),
                _ => None,
            })
            .peekable();
        let (mut without_twin, mut without_object, mut no_key) = (0, 0, 0);
        let lonely = |object: &Object| u64::from(object.rows == 0);
        let mut last: Option<(Day, String)> = None;
        let mut damaged = false;
        for line in twin_lines {
            let twin = match line {
                Ok(Line::Twin(twin)) => twin,
                Ok(Line::Object(_)) => continue,
                Err(_) => {
                    damaged = true;
                    continue;
                }
            };
            let Some(key) = u128::from_str_radix(&twin.key, 16)
                .ok()
                .filter(|_| twin.has_key())
            else {
                no_key += 1;
                continue;
            };
            let mut record = [0; 24];
            record[..8].copy_from_slice(&twin.row.to_be_bytes());
            record[8..].copy_from_slice(&key.to_be_bytes());
            sorter.push(record)?;
            let place = (twin.day, twin.object);
            if last.as_ref() == Some(&place) {
                continue;
            }
            while let Some(object) =
                listed.next_if(|object| (object.day, object.object.as_str()) < (place.0, &place.1))
            {
                without_twin += lonely(&object);
            }
            let found = listed
                .next_if(|object| object.day == place.0 && object.object == place.1)
                .is_some();
            without_object += u64::from(!found);
            last = Some(place);
        }
        without_twin += listed.map(|object| lonely(&object)).sum::<u64>();
        let mut check = Self {
            sorted: sorter.sorted()?,
            next: None,
            wrong: 0,
            without_twin,
            without_object,
            no_key,
            damaged,
        };
        check.advance()?;
        Ok(check)
    }

    fn advance(&mut self) -> io::Result<()> {
        self.next = self.sorted.pop()?.map(|record| {
            let (row, key) = record.split_at(8);
            (
                u64::from_be_bytes(row.try_into().expect("invariant: eight bytes")),
                u128::from_be_bytes(key.try_into().expect("invariant: sixteen bytes")),
            )
        });
        Ok(())
    }

    /// Takes the next row of the part.
    pub(super) fn row(&mut self, row: u64, key: Option<u128>) -> io::Result<()> {
        while let Some((stands, wanted)) = self.next
            && stands <= row
        {
            self.wrong += u64::from(stands != row || key != Some(wanted));
            self.advance()?;
        }
        Ok(())
    }

    /// What was found.
    pub(super) fn findings(mut self) -> io::Result<Vec<(Kind, String)>> {
        if self.damaged {
            return Ok(vec![(
                Kind::Damaged,
                "it cannot be read to its end".to_owned(),
            )]);
        }
        while self.next.is_some() {
            self.wrong += 1;
            self.advance()?;
        }
        let twins = |count: u64| match count {
            1 => "1 twin".to_owned(),
            n => format!("{n} twins"),
        };
        let found = [
            (
                self.wrong,
                twins(self.wrong),
                "refer to no row of their key",
            ),
            (self.no_key, twins(self.no_key), "without a key"),
            (
                self.without_twin,
                objects(self.without_twin),
                "with neither rows nor twins",
            ),
            (
                self.without_object,
                objects(self.without_object),
                "with twins and not listed",
            ),
        ];
        Ok(found
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(_, counted, what)| (Kind::Twin, format!("{counted} {what}")))
            .collect())
    }
}
