//! A day whose listing is not the one that the index knows: its objects beside the entries of its ledger.

use promptlake_datasets::dataset::Dataset;
use promptlake_datasets::day::Day;
use promptlake_lake::ledger::LedgerEntry;

use super::decision::{Candidate, Decision, Notes, Rules};
use super::job::{DayListing, MAX_OBJECTS, Missing, ReadJob};
use super::{Ledger, PlanCounts, PlanError, PlanProblem};
use crate::object_list::Cursor;

/// A merge join that goes on job by job.
pub(super) struct DayJoin<'a> {
    pub(super) dataset: Option<&'static Dataset>,
    pub(super) name: &'static str,
    pub(super) day: Day,
    pub(super) entries: Cursor<'a>,
    /// How many listed objects the day has from the cursor on.
    pub(super) left: u64,
    pub(super) ahead: Option<Candidate>,
    pub(super) ledger: Option<Ledger>,
    /// `None` once it is known that not the whole day will be in the lake.
    pub(super) listing: Option<DayListing>,
    pub(super) done: bool,
}

impl DayJoin<'_> {
    /// The next job of the day, if there is something in it.
    pub(super) fn next_job(
        &mut self,
        rules: Rules<'_>,
        counts: &mut PlanCounts,
        problems: &mut Vec<PlanProblem>,
    ) -> Result<Option<ReadJob>, PlanError> {
        if self.done {
            return Ok(None);
        }
        let mut job = ReadJob {
            dataset: self.name.to_owned(),
            day: self.day,
            objects: Vec::new(),
            noted: Vec::new(),
            missing: Vec::new(),
            last: false,
            listing: None,
        };
        while job.objects.len() + job.noted.len() + job.missing.len() < MAX_OBJECTS {
            let Some(group) = self.next_group()? else {
                while let Some(entry) = self.next_entry(None, problems)? {
                    self.miss(entry, rules, &mut job);
                }
                self.done = true;
                job.last = true;
                job.listing = self.listing.take();
                break;
            };
            let object = group[0].source_object.clone();
            let entry = loop {
                match self.next_entry(Some(&object), problems)? {
                    Some(entry) if entry.object == object => break Some(entry),
                    Some(entry) => self.miss(entry, rules, &mut job),
                    None => break None,
                }
            };
            let mut notes = Notes {
                counts,
                problems,
                whole: true,
            };
            let decision = rules.decide(group, entry, &mut notes);
            if !notes.whole {
                self.listing = None;
            }
            match decision {
                Decision::Read(object) => job.objects.push(object),
                Decision::Note(seen) => job.noted.push(seen),
                Decision::Nothing => {}
            }
        }
        Ok(Some(job))
    }

    /// The listed objects of the next `source_object`.
    fn next_group(&mut self) -> Result<Option<Vec<Candidate>>, PlanError> {
        let Some(first) = self.next_candidate()? else {
            return Ok(None);
        };
        let mut group = vec![first];
        while let Some(next) = self.next_candidate()? {
            if next.source_object == group[0].source_object {
                group.push(next);
            } else {
                self.ahead = Some(next);
                break;
            }
        }
        Ok(Some(group))
    }

    fn next_candidate(&mut self) -> Result<Option<Candidate>, PlanError> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let entry = self.entries.next().map_err(PlanError::List)?;
        Ok(entry.map(|entry| Candidate {
            source_object: entry.source_object.to_owned(),
            source: entry.source,
            listed: entry.listed(),
        }))
    }

    /// The next entry of the ledger, if its object is not after `up_to`. A ledger that turns out to be damaged has none.
    fn next_entry(
        &mut self,
        up_to: Option<&str>,
        problems: &mut Vec<PlanProblem>,
    ) -> Result<Option<LedgerEntry>, PlanError> {
        let Some(ledger) = &mut self.ledger else {
            return Ok(None);
        };
        let due = |entry: &Result<LedgerEntry, _>| match (entry, up_to) {
            (Ok(entry), Some(up_to)) => entry.object.as_bytes() <= up_to.as_bytes(),
            _ => true,
        };
        match ledger.next_if(due) {
            None => Ok(None),
            Some(Ok(entry)) => Ok(Some(entry)),
            Some(Err(error)) if error.is_damage() => {
                problems.push(PlanProblem::Ledger {
                    error: crate::discover::with_causes(&error),
                });
                self.ledger = None;
                Ok(None)
            }
            Some(Err(error)) => Err(PlanError::State(error)),
        }
    }

    fn miss(&mut self, entry: LedgerEntry, rules: Rules<'_>, job: &mut ReadJob) {
        let drop = rules.droppable.contains(&entry.name);
        if drop || entry.open {
            if !drop {
                self.listing = None;
            }
            job.missing.push(Missing { entry, drop });
        }
    }
}
