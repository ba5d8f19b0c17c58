//! The canonical order of a table's rows, and how many rows of which object there are.

use std::fs::File;

use promptlake_datasets::day::Day;
use promptlake_lake::inventory::{InventoryReader, Line, Object};

use super::finding::{Kind, Tally, objects};
use crate::run_cursor::Place;

/// Follows the rows of a table in the order of the file.
#[derive(Debug)]
pub(super) struct OrderCheck {
    /// Whether a record has one row only.
    single: bool,
    last: Option<(Day, String, i64)>,
    disorder: Tally,
    repeated: Tally,
    undated: Tally,
    list: Option<ObjectList>,
    rows: u64,
    lineage: (Option<String>, Option<String>),
}

/// What a row is known by beside its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lineage<'a> {
    pub(super) account: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    /// The partition is the source day only because there is no time.
    pub(super) dt_if_timeless: Option<Day>,
}

impl OrderCheck {
    /// `list`: the objects of an inventory that describes these rows. `single`: a record has one row.
    pub(super) fn new(single: bool, list: Option<ObjectList>) -> Self {
        Self {
            single,
            last: None,
            disorder: Tally::default(),
            repeated: Tally::default(),
            undated: Tally::default(),
            list,
            rows: 0,
            lineage: (None, None),
        }
    }

    /// Takes the next row.
    pub(super) fn row(&mut self, row: u64, place: Place<'_>, lineage: Lineage<'_>) {
        if lineage.dt_if_timeless.is_some_and(|dt| dt != place.day) {
            self.undated.add(row);
        }
        if let Some((day, object, index)) = &mut self.last
            && object == place.object
        {
            if place.index < *index {
                self.disorder.add(row);
            } else if place.index == *index && self.single {
                self.repeated.add(row);
            }
            (*day, *index) = (place.day, place.index);
            self.rows += 1;
            return;
        }
        if self
            .last
            .as_ref()
            .is_some_and(|(day, object, _)| (place.day, place.object) < (*day, object.as_str()))
        {
            self.disorder.add(row);
        }
        self.close();
        self.last = Some((place.day, place.object.to_owned(), place.index));
        self.lineage = (
            lineage.account.map(str::to_owned),
            lineage.region.map(str::to_owned),
        );
        self.rows = 1;
    }

    fn close(&mut self) {
        if let (Some(list), Some((day, object, _))) = (&mut self.list, &self.last) {
            let (account, region) = (&self.lineage.0, &self.lineage.1);
            list.object(
                *day,
                object,
                self.rows,
                account.as_deref(),
                region.as_deref(),
            );
        }
    }

    /// What was found of the part, then of its inventory.
    pub(super) fn findings(mut self) -> (Vec<(Kind, String)>, Vec<(Kind, String)>) {
        self.close();
        let mut part = Vec::new();
        let mut push = |kind, text: Option<String>| part.extend(text.map(|text| (kind, text)));
        push(
            Kind::Order,
            self.disorder.text("out of the canonical order"),
        );
        push(
            Kind::Order,
            self.repeated.text("of a record that has one already"),
        );
        push(
            Kind::Dt,
            self.undated
                .text("without event_ts on another day than their object's"),
        );
        let inventory = match self.list {
            // What is out of order cannot be compared.
            Some(list) if part.is_empty() => list.findings(),
            _ => Vec::new(),
        };
        (part, inventory)
    }
}

/// The objects of an inventory, in step with the rows.
pub(super) struct ObjectList {
    lines: InventoryReader<File>,
    next: Option<Object>,
    damaged: bool,
    unlisted: u64,
    too_many: u64,
    other_rows: u64,
    other_lineage: u64,
}

impl std::fmt::Debug for ObjectList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ObjectList of {:?}", self.lines)
    }
}

impl ObjectList {
    /// Of an inventory that was just opened.
    pub(super) fn new(lines: InventoryReader<File>) -> Self {
        let mut list = Self {
            lines,
            next: None,
            damaged: false,
            unlisted: 0,
            too_many: 0,
            other_rows: 0,
            other_lineage: 0,
        };
        list.advance();
        list
    }

    fn advance(&mut self) {
        self.next = match self.lines.next() {
            Some(Ok(Line::Object(object))) => Some(object),
            // The twins follow.
            Some(Ok(Line::Twin(_))) | None => None,
            Some(Err(_)) => {
                self.damaged = true;
                None
            }
        };
    }

    fn object(
        &mut self,
        day: Day,
        object: &str,
        rows: u64,
        account: Option<&str>,
        region: Option<&str>,
    ) {
        self.skip(|listed| (listed.day, listed.object.as_str()) < (day, object));
        match &self.next {
            Some(listed) if listed.day == day && listed.object == object => {
                self.other_rows += u64::from(listed.rows != rows);
                self.other_lineage += u64::from(
                    listed.account.as_deref() != account || listed.region.as_deref() != region,
                );
                self.advance();
            }
            _ => self.unlisted += 1,
        }
    }

    /// Passes by objects of which the part has no rows.
    fn skip(&mut self, before: impl Fn(&Object) -> bool) {
        while let Some(listed) = self.next.as_ref().filter(|listed| before(listed)) {
            self.too_many += u64::from(listed.rows > 0);
            self.advance();
        }
    }

    fn findings(mut self) -> Vec<(Kind, String)> {
        self.skip(|_| true);
        if self.damaged {
            return vec![(Kind::Damaged, "it cannot be read to its end".to_owned())];
        }
        let found = [
            (self.unlisted, "of the part not listed"),
            (
                self.too_many,
                "listed with rows that the part does not have",
            ),
            (self.other_rows, "listed with another number of rows"),
            (self.other_lineage, "listed with another account or region"),
        ];
        found
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| (Kind::Object, format!("{} {what}", objects(count))))
            .collect()
    }
}
