//! What is told of a lake's streams. The JSON is documented in `docs/status.md`.

use promptlake_datasets::day::Day;
use serde::Serialize;

use super::StatusOptions;
use super::last_event::{Event, Events};
use super::scan::Scan;
use super::state::{self, ActiveDays, Clock, State};
use super::stream::{Counts, Stream, StreamKey};

/// The version of the JSON. Fields may be added in any release; a change of meaning raises it.
pub const FORMAT: u32 = 1;

/// How the streams of a lake are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// [`FORMAT`].
    pub format: u32,
    /// The time that was taken for now, UTC.
    pub now: String,
    /// The first day that is shown, `YYYY-MM-DD`.
    pub from: String,
    /// The last one, today.
    pub to: String,
    /// The streams, in the order of account, region, dataset, client.
    pub streams: Vec<StreamLine>,
    /// Files of the lake that cannot be read, and why: what they hold is not counted.
    pub problems: Vec<String>,
}

/// A stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamLine {
    /// AWS account; null: not known.
    pub account: Option<String>,
    /// AWS region; null: not known.
    pub region: Option<String>,
    /// Dataset.
    pub dataset: String,
    /// Client of a user report, bot alias of a Lex log; null: none, or not known.
    pub client: Option<String>,
    /// Its state: a [`State`].
    pub state: &'static str,
    /// The first day that should have an object and has none; null unless late or stale.
    pub since: Option<String>,
    /// Its first day.
    pub first_day: Option<String>,
    /// Its last day, of those up to today; null: none.
    pub last_day: Option<String>,
    /// The last event of that day: an instant, or of a report a day; null: none has a time.
    pub last_event: Option<String>,
    /// The last object of that day.
    pub last_object: Option<String>,
    /// Objects, of all days.
    pub objects: u64,
    /// Rows, of all days.
    pub rows: u64,
    /// Rejects, of all days.
    pub rejects: u64,
    /// The days that are shown, all of them, in order.
    pub days: Vec<DayLine>,
}

/// A day of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayLine {
    /// The day.
    pub day: String,
    /// Its state: a [`State`].
    pub state: &'static str,
    /// Objects.
    pub objects: u64,
    /// Rows.
    pub rows: u64,
    /// Rejects.
    pub rejects: u64,
    /// The last event: an instant, or of a report a day; null: none, or none has a time.
    pub last_event: Option<String>,
    /// The last object; null: none.
    pub last_object: Option<String>,
}

impl Status {
    pub(super) fn new(
        options: &StatusOptions<'_>,
        scan: Scan,
        events: &Events,
        shown: (Day, Day),
    ) -> Self {
        let now = options.now;
        let accounts = ActiveDays::by_account(&scan.streams, now.today());
        let nobody = ActiveDays::default();
        let line = |(key, stream): (&StreamKey, &Stream)| {
            let active = accounts.get(&key.account.as_deref()).unwrap_or(&nobody);
            stream_line(now, key, stream, active, events, shown)
        };
        Self {
            format: FORMAT,
            now: now.to_string(),
            from: shown.0.to_string(),
            to: shown.1.to_string(),
            streams: scan.streams.iter().map(line).collect(),
            problems: scan.problems,
        }
    }
}

fn stream_line(
    now: Clock,
    key: &StreamKey,
    stream: &Stream,
    active: &ActiveDays,
    events: &Events,
    shown: (Day, Day),
) -> StreamLine {
    let (state, since) = state::of_stream(now, stream, active);
    let last = stream.last_day(now.today());
    let event = |day: Day| events.get(key, day).map(text);
    let day_line = |day: Day| {
        let there = stream.days.get(&day);
        let counts = there.map_or(Counts::default(), |there| there.counts);
        DayLine {
            day: day.to_string(),
            state: state::of_day(now, day, stream, active).as_str(),
            objects: counts.objects,
            rows: counts.rows,
            rejects: counts.rejects,
            last_event: event(day),
            last_object: there.and_then(|there| there.last_object.clone()),
        }
    };
    StreamLine {
        account: key.account.clone(),
        region: key.region.clone(),
        dataset: key.dataset.clone(),
        client: key.client.clone(),
        state: state.as_str(),
        since: since.map(|day| day.to_string()),
        first_day: stream.days.keys().next().map(Day::to_string),
        last_day: last.map(|day| day.to_string()),
        last_event: last.and_then(event),
        last_object: last.and_then(|day| stream.days.get(&day)?.last_object.clone()),
        objects: stream.total.objects,
        rows: stream.total.rows,
        rejects: stream.total.rejects,
        days: (shown.0.0..=shown.1.0)
            .map(|day| day_line(Day(day)))
            .collect(),
    }
}

impl StreamLine {
    /// Whether it should have something by now that it has not.
    pub fn has_stopped(&self) -> bool {
        [State::Late, State::Stale]
            .map(State::as_str)
            .contains(&self.state)
    }
}

/// An event as text: `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM:SS.mmmZ`.
fn text(event: Event) -> String {
    match event {
        Event::Date(day) => day.to_string(),
        Event::Instant(millis) => {
            let whole = Clock(millis.div_euclid(1000)).to_string();
            let whole = whole.trim_end_matches('Z');
            format!("{whole}.{:03}Z", millis.rem_euclid(1000))
        }
    }
}
