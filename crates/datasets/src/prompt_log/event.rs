//! When a record happened, and where it stands.

use crate::day::Day;
use crate::instant;
use crate::json::Fault;
use crate::object::Object;

/// A record, as far as it has a place and a time.
pub(crate) struct Event<'r> {
    pub(crate) object: &'r Object,
    /// Its `record_index`.
    pub(crate) index: i64,
    /// Nanoseconds since the epoch; `None`: it does not say.
    pub(crate) nanos: Option<i64>,
    /// Its `dt`.
    pub(crate) day: Day,
}

impl<'r> Event<'r> {
    /// A record with this time stamp, which stands at `path` in it.
    pub(crate) fn new(
        object: &'r Object,
        index: i64,
        time_stamp: Option<&str>,
        path: &str,
    ) -> Result<Self, Fault> {
        let at_path = |reason| Fault::from(reason).within(path);
        let nanos = match time_stamp {
            Some(text) => instant::parse(text).map_err(at_path)?,
            None => None,
        };
        let day = instant::event_day(nanos, object).map_err(at_path)?;
        Ok(Self {
            object,
            index,
            nanos,
            day,
        })
    }
}
