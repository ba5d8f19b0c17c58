//! What becomes of the objects of one `source_object`.

use std::collections::BTreeSet;

use promptlake_datasets::dataset::{DATASETS, Dataset};
use promptlake_lake::ledger::{LedgerEntry, Sighting};
use promptlake_lake::source::{Listed, SourceError};

use super::job::{Noted, PlannedObject, Why};
use super::{PlanCounts, PlanProblem, sameness};
use crate::discover::{NamedSource, with_causes};

/// A listed object, on its own.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) source_object: String,
    pub(super) source: u16,
    pub(super) listed: Listed,
}

/// What decides beside the listing and the ledger.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) sources: &'a [NamedSource],
    pub(super) dataset: Option<&'static Dataset>,
    pub(super) rebuild: bool,
    pub(super) listing_only: bool,
    /// Objects of this dataset and day that a repair needs.
    pub(super) wanted: Option<&'a BTreeSet<String>>,
    /// Names of the sources whose objects are to be dropped where no listing shows them.
    pub(super) droppable: &'a BTreeSet<String>,
}

/// Where a decision notes what it meets.
pub(super) struct Notes<'a> {
    pub(super) counts: &'a mut PlanCounts,
    pub(super) problems: &'a mut Vec<PlanProblem>,
    /// Whether the day can be said to be in the lake once what was decided is done.
    pub(super) whole: bool,
}

impl Notes<'_> {
    fn fail(&mut self, problem: PlanProblem) {
        self.counts.failed += 1;
        self.whole = false;
        self.problems.push(problem);
    }

    fn clash(&mut self, problem: PlanProblem) {
        self.counts.clashed += 1;
        self.whole = false;
        self.problems.push(problem);
    }
}

/// What becomes of a `source_object`.
pub(super) enum Decision {
    Read(PlannedObject),
    Note(Noted),
    Nothing,
}

/// What is known of a listed object by the ledger alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The lake has it.
    Read,
    /// The lake has its bytes, from another source.
    Mirrored,
    /// It was seen beside the one that the lake has, with other bytes.
    Clashed,
    /// Nothing.
    No,
}

impl Rules<'_> {
    fn name(&self, candidate: &Candidate) -> &str {
        self.sources
            .get(usize::from(candidate.source))
            .map_or("", NamedSource::name)
    }

    fn known(&self, candidate: &Candidate, entry: Option<&LedgerEntry>) -> Known {
        let Some(entry) = entry else {
            return Known::No;
        };
        let listed = &candidate.listed;
        let name = self.name(candidate);
        let is = |n: &str, etag: &str, size: u64| {
            n == name && etag == listed.etag && size == listed.size
        };
        if is(&entry.name, &entry.etag, entry.size) {
            return Known::Read;
        }
        let sighting = entry.also.iter().find(|s| is(&s.name, &s.etag, s.size));
        match sighting {
            Some(sighting) if sighting.clash => Known::Clashed,
            Some(_) => Known::Mirrored,
            None if listed_as(entry, listed) == Some(true) => Known::Mirrored,
            None => Known::No,
        }
    }

    /// Decides. `group` has all listed objects of one `source_object`, of which the first counts.
    pub(super) fn decide(
        &self,
        group: Vec<Candidate>,
        entry: Option<LedgerEntry>,
        notes: &mut Notes<'_>,
    ) -> Decision {
        let mut group = group.into_iter();
        let Some(first) = group.next() else {
            return Decision::Nothing;
        };
        let others = distinct(&first, group.collect(), notes.counts);
        let mut known = self.known(&first, entry.as_ref());
        let mut own = None;
        if let Some(entry) = &entry
            && known != Known::Read
            && self.stands_elsewhere(&first, &others, entry)
        {
            match self.beside(&first, known, entry) {
                Ok(Some(equal)) => {
                    known = if equal {
                        Known::Mirrored
                    } else {
                        Known::Clashed
                    };
                    own = Some(self.sighting(&first, !equal));
                }
                Ok(None) => {}
                Err(problem) => {
                    notes.fail(problem);
                    notes.counts.failed += others.len() as u64;
                    return Decision::Nothing;
                }
            }
            if known == Known::Clashed {
                // Those beside it are not compared: the lake has none of them.
                for candidate in std::iter::once(&first).chain(&others) {
                    notes.clash(self.clash(candidate, &entry.name));
                }
                return note(entry, own.as_slice());
            }
        }
        let mut also = self.others(&first, known, &others, entry.as_ref(), notes);
        let mirrors = own.is_some();
        also.extend(own);
        let Some(why) = self.why(&first.source_object, known, entry.as_ref()) else {
            // The lake has the bytes: from this object, or from one that is not shown in this run.
            if mirrors {
                notes.counts.mirrored += 1;
            } else {
                notes.counts.skipped += 1;
            }
            return entry.map_or(Decision::Nothing, |entry| note(&entry, &also));
        };
        if first.listed.archived {
            notes.counts.archived += 1;
            notes.whole = false;
            return Decision::Nothing;
        }
        notes.counts.read += 1;
        if let Some(entry) = &entry
            && in_lake(known)
        {
            // The content stays, so what was known of others holds; the one that stood is one of them now.
            if !entry.name.is_empty() && self.name(&first) != entry.name {
                also.push(Sighting {
                    name: entry.name.clone(),
                    etag: entry.etag.clone(),
                    size: entry.size,
                    clash: false,
                });
            }
            also = merged(entry, &also);
            also.retain(|s| s.name != self.name(&first));
        }
        Decision::Read(PlannedObject {
            source_object: first.source_object,
            source: first.source,
            key: first.listed.key,
            size: first.listed.size,
            etag: first.listed.etag,
            why,
            known: entry.map(Box::new),
            also,
        })
    }

    /// Whether the lake has this `source_object` from a source that does not show it in this run. Where the ledger was
    /// lost, nobody knows from which it has it: then it is this one.
    fn stands_elsewhere(
        &self,
        first: &Candidate,
        others: &[Candidate],
        entry: &LedgerEntry,
    ) -> bool {
        !entry.name.is_empty()
            && std::iter::once(first)
                .chain(others)
                .all(|c| self.name(c) != entry.name)
    }

    /// Whether an object is the same as the one that the lake has, which is not at hand; `None`: that cannot be told,
    /// and its rows are to replace those of the other.
    fn beside(
        &self,
        first: &Candidate,
        known: Known,
        entry: &LedgerEntry,
    ) -> Result<Option<bool>, PlanProblem> {
        match known {
            Known::Clashed => return Ok(Some(false)),
            Known::Read | Known::Mirrored => return Ok(Some(true)),
            Known::No => {}
        }
        if let Some(equal) = listed_as(entry, &first.listed) {
            return Ok(Some(equal));
        }
        let (Some(hash), Some(source)) = (&entry.hash, self.sources.get(usize::from(first.source)))
        else {
            return Ok(None);
        };
        if self.listing_only {
            return Ok(Some(true));
        }
        if first.listed.archived {
            return Ok(None);
        }
        match sameness::hash((source, &first.listed)) {
            Ok(found) => Ok(Some(found == *hash)),
            Err(error) => Err(self.unread(first, &error)),
        }
    }

    fn why(&self, object: &str, known: Known, entry: Option<&LedgerEntry>) -> Option<Why> {
        let Some(entry) = entry else {
            return Some(Why::New);
        };
        let decoder = match &entry.dataset {
            Some(name) => DATASETS.iter().find(|d| d.name == name).copied(),
            None => self.dataset,
        };
        if !in_lake(known) {
            Some(Why::Changed)
        } else if self.wanted.is_some_and(|wanted| wanted.contains(object)) {
            Some(Why::Repair)
        } else if entry.open {
            Some(Why::Open)
        } else if self.rebuild {
            Some(Why::Rebuild)
        } else if entry.rejected > 0
            && decoder.is_some_and(|d| d.decoder_version > entry.decoder_version)
        {
            Some(Why::DecoderNewerWithRejects)
        } else {
            None
        }
    }

    /// Tells of every further object whether it mirrors the first or clashes with it.
    fn others(
        &self,
        first: &Candidate,
        known: Known,
        others: &[Candidate],
        entry: Option<&LedgerEntry>,
        notes: &mut Notes<'_>,
    ) -> Vec<Sighting> {
        let mut also = Vec::with_capacity(others.len());
        for other in others {
            let equal = match self.equal(first, known, other, entry) {
                Ok(equal) => equal,
                Err(error) => {
                    notes.fail(error);
                    continue;
                }
            };
            if equal {
                notes.counts.mirrored += 1;
            } else {
                notes.clash(self.clash(other, self.name(first)));
            }
            also.push(self.sighting(other, !equal));
        }
        also.sort();
        also.dedup();
        also
    }

    fn equal(
        &self,
        first: &Candidate,
        known: Known,
        other: &Candidate,
        entry: Option<&LedgerEntry>,
    ) -> Result<bool, PlanProblem> {
        if let Some(equal) = sameness::by_listing(&first.listed, &other.listed) {
            return Ok(equal);
        }
        // The ledger compares with what the lake has, so it helps if the first is the same as that.
        match self.known(other, entry) {
            Known::Clashed if in_lake(known) => return Ok(false),
            known_other if in_lake(known_other) && in_lake(known) => return Ok(true),
            known_other if in_lake(known_other) && known == Known::Clashed => return Ok(false),
            _ => {}
        }
        let at = |candidate: &Candidate| self.sources.get(usize::from(candidate.source));
        let (Some(a), Some(b)) = (at(first), at(other)) else {
            return Ok(false);
        };
        if self.listing_only {
            return Ok(true);
        }
        if first.listed.archived || other.listed.archived {
            return Err(PlanProblem::Object {
                what: self.place(other),
                error: "is archived, so it cannot be told whether it is the same as another of its name"
                    .to_owned(),
            });
        }
        sameness::by_reading((a, &first.listed), (b, &other.listed))
            .map_err(|error| self.unread(other, &error))
    }

    fn clash(&self, other: &Candidate, name: &str) -> PlanProblem {
        PlanProblem::Clash {
            what: self.place(other),
            source_object: other.source_object.clone(),
            stands: name.to_owned(),
        }
    }

    fn unread(&self, candidate: &Candidate, error: &SourceError) -> PlanProblem {
        PlanProblem::Object {
            what: self.place(candidate),
            error: with_causes(error),
        }
    }

    fn sighting(&self, candidate: &Candidate, clash: bool) -> Sighting {
        Sighting {
            name: self.name(candidate).to_owned(),
            etag: candidate.listed.etag.clone(),
            size: candidate.listed.size,
            clash,
        }
    }

    fn place(&self, candidate: &Candidate) -> String {
        format!("{}/{}", self.name(candidate), candidate.listed.key)
    }
}

fn in_lake(known: Known) -> bool {
    matches!(known, Known::Read | Known::Mirrored)
}

/// What was seen beside an object that is not read again, if the ledger does not know it yet.
fn note(entry: &LedgerEntry, seen: &[Sighting]) -> Decision {
    if seen.iter().all(|s| entry.also.contains(s)) {
        return Decision::Nothing;
    }
    Decision::Note(Noted {
        also: merged(entry, seen),
        entry: entry.clone(),
    })
}

/// Those that are not shown twice by one listing.
fn distinct(first: &Candidate, others: Vec<Candidate>, counts: &mut PlanCounts) -> Vec<Candidate> {
    let mut distinct: Vec<Candidate> = Vec::with_capacity(others.len());
    for other in others {
        let last = distinct.last().unwrap_or(first);
        if (other.source, &other.listed.key) == (last.source, &last.listed.key) {
            counts.repeated += 1;
        } else {
            distinct.push(other);
        }
    }
    distinct
}

/// Whether what the ledger has is the same as a listed object, where that can be told.
fn listed_as(entry: &LedgerEntry, listed: &Listed) -> Option<bool> {
    let read = Listed {
        key: String::new(),
        size: entry.size,
        etag: entry.etag.clone(),
        archived: false,
    };
    sameness::by_listing(&read, listed)
}

/// What the ledger knew, less what it knew of the same sources before, and what was seen now.
fn merged(entry: &LedgerEntry, seen: &[Sighting]) -> Vec<Sighting> {
    let mut also: Vec<Sighting> = entry
        .also
        .iter()
        .filter(|old| seen.iter().all(|new| new.name != old.name))
        .cloned()
        .chain(seen.iter().cloned())
        .collect();
    also.sort();
    also.dedup();
    also
}
