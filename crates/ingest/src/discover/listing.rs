//! The listing of one source.

use std::io;
use std::sync::{Mutex, PoisonError};

use promptlake_datasets::key::Class;
use promptlake_datasets::object::Object;
use promptlake_lake::source::{Listed, SourceError, Window};

use super::sightings::{EventTypes, Samples};
use super::{Classify, Counts, Filter, ListError, NamedSource, Prefixes};
use crate::object_list::{Entry, ObjectList};

/// What one source showed, without its objects.
pub(super) struct Listing {
    pub(super) counts: Counts,
    pub(super) samples: Samples,
    pub(super) event_types: EventTypes,
    pub(super) problems: Vec<ListError>,
    /// It was listed and holds something known.
    pub(super) usable: bool,
    pub(super) spill_error: Option<io::Error>,
    known: u64,
    prefixes: Prefixes,
}

pub(super) fn list_source(
    ordinal: usize,
    source: &NamedSource,
    filter: Filter<'_>,
    classify: Classify,
    list: &Mutex<ObjectList>,
) -> Listing {
    let ordinal = u16::try_from(ordinal).expect("invariant: fewer than 65,536 sources");
    let mut listing = Listing {
        counts: Counts::default(),
        samples: Samples::default(),
        event_types: EventTypes::default(),
        problems: Vec::new(),
        usable: false,
        spill_error: None,
        known: 0,
        prefixes: Prefixes::default(),
    };
    let mut problems = Vec::new();
    let result = source.source.list(
        filter.listed_window(),
        &mut |listed| listing.see(ordinal, source, filter, classify, list, &listed),
        &mut |error| problems.push(ListError::Source(error)),
    );
    listing.problems = problems;
    match result {
        Err(error) => listing.problems.push(error.into()),
        Ok(()) if listing.known > 0 => listing.usable = true,
        Ok(()) => listing.look_outside(source, filter.listed_window(), classify),
    }
    listing
}

impl Listing {
    fn see(
        &mut self,
        ordinal: u16,
        source: &NamedSource,
        filter: Filter<'_>,
        classify: Classify,
        list: &Mutex<ObjectList>,
        listed: &Listed,
    ) {
        self.counts.listed += 1;
        let object = match classify(&source.context, &listed.key, listed.size) {
            Class::Object(object) => object,
            other => {
                self.see_other(source, &other, &listed.key);
                return;
            }
        };
        self.known += 1;
        if !selects(filter, &object) {
            self.counts.elsewhere += 1;
            return;
        }
        self.counts.selected += 1;
        let entry = Entry {
            dataset: object.dataset,
            day: object.day,
            source_object: &object.source_object,
            source: ordinal,
            key: &listed.key,
            size: listed.size,
            etag: &listed.etag,
            archived: listed.archived,
        };
        if self.spill_error.is_none() {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            self.spill_error = list.push(&entry).err();
        }
    }

    fn see_other(&mut self, source: &NamedSource, class: &Class, key: &str) {
        self.prefixes.note(key);
        if let Class::Unrecognised { event_type } = class {
            self.counts.unrecognised += 1;
            self.samples.note(source.name(), key);
            if let Some(event_type) = event_type {
                self.event_types.note(event_type, source.name(), key);
            }
        } else {
            self.counts.strays += 1;
        }
    }

    /// Nothing known was shown. If the listing was limited to a window, days without use are no error, a wrong prefix is.
    fn look_outside(&mut self, source: &NamedSource, window: Window, classify: Classify) {
        let mut listed = self.counts.listed;
        let mut prefixes = std::mem::take(&mut self.prefixes);
        if window != Window::ALL {
            listed = 0;
            prefixes = Prefixes::default();
            let mut known = false;
            let mut problems: Vec<SourceError> = Vec::new();
            let result = source.source.list(
                Window::ALL,
                &mut |object| {
                    listed += 1;
                    prefixes.note(&object.key);
                    known = known
                        || matches!(
                            classify(&source.context, &object.key, object.size),
                            Class::Object(_)
                        );
                },
                &mut |error| problems.push(error),
            );
            if known && result.is_ok() {
                self.usable = true;
                return;
            }
            if let Err(error) = result {
                self.problems.push(error.into());
                return;
            }
        }
        self.problems.push(ListError::NothingKnown {
            place: source.place.clone(),
            listed,
            prefixes: prefixes.into_vec(),
        });
    }
}

fn selects(filter: Filter<'_>, object: &Object) -> bool {
    let in_window = !object.dated
        || filter.window.contains(object.day)
        || filter.extra_days.binary_search(&object.day).is_ok();
    let of_table = match (filter.table, object.dataset) {
        (Some(table), Some(dataset)) => dataset.family.tables.iter().any(|t| t.name == table),
        _ => true,
    };
    in_window && of_table
}
