//! The last event of a stream's day, from the parts that may hold it.
//!
//! Only the last partition that a day's rows lie in is looked at: of the days that are shown, and of the last day of
//! streams that have stopped. Where no other stream and day feeds the part, its statistics tell; else four narrow
//! columns are read. Reports have days instead of instants, and nothing is read of them.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray as _;
use arrow_array::types::TimestampMillisecondType;
use arrow_array::{Array as _, StringArray};
use parquet::errors::ParquetError;
use parquet::file::statistics::Statistics;
use promptlake_datasets::dataset;
use promptlake_datasets::day::Day;
use promptlake_datasets::table::Table;
use promptlake_lake::layout;
use rayon::prelude::*;

use crate::discover::with_causes;
use crate::run_file::RunFile;

use super::StatusOptions;
use super::origin::{Clients, Origin, PartError, client_columns, open_part, text};
use super::stream::{StreamKey, Streams};

const EVENT_TS: &str = "event_ts";

/// A stream's day.
type At = (StreamKey, Day);

/// The last event of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A report's date.
    Date(Day),
    /// Milliseconds since the epoch.
    Instant(i64),
}

/// Last events by stream and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Events(BTreeMap<At, Event>);

impl Events {
    /// That of a day.
    pub(super) fn get(&self, key: &StreamKey, day: Day) -> Option<Event> {
        self.0.get(&(key.clone(), day)).copied()
    }

    fn note(&mut self, at: At, event: Event) {
        let last = self.0.entry(at).or_insert(event);
        *last = event.max(*last);
    }
}

/// A part, and which streams' days are looked for in it.
struct Question {
    table: &'static Table,
    dt: Day,
    wanted: BTreeSet<At>,
    /// Nothing else feeds it.
    alone: bool,
}

/// Finds the last events of the days from `shown.0` to `shown.1`, and of the last day of every stream.
pub(super) fn find(
    options: &StatusOptions<'_>,
    streams: &Streams,
    shown: (Day, Day),
    problems: &mut Vec<String>,
) -> Events {
    let mut events = Events::default();
    let questions = questions(streams, shown, options.now.today(), &mut events);
    let answers: Vec<Result<Events, String>> = questions
        .par_iter()
        .map(|question| {
            answer(options, streams, question).map_err(|error| {
                let path = layout::part(question.table.name, question.dt);
                format!("{path}: {}", with_causes(&error))
            })
        })
        .collect();
    for answer in answers {
        match answer {
            Ok(found) => found.0.into_iter().for_each(|(at, event)| {
                events.note(at, event);
            }),
            Err(problem) => problems.push(problem),
        }
    }
    events
}

/// What has to be read; days without instants are answered at once.
fn questions(
    streams: &Streams,
    shown: (Day, Day),
    today: Day,
    events: &mut Events,
) -> Vec<Question> {
    let mut feeding: BTreeMap<(&str, Day), u64> = BTreeMap::new();
    let mut wanted: BTreeMap<(&str, Day), (&'static Table, BTreeSet<At>)> = BTreeMap::new();
    for (key, stream) in streams.iter() {
        let Some(dataset) = dataset::by_name(&key.dataset) else {
            continue;
        };
        let table = dataset.family.tables[0];
        let has_instants = table.columns().any(|column| column.name == EVENT_TS);
        let last_day = stream.last_day(today);
        for (day, counts) in &stream.days {
            for dt in &counts.partitions {
                *feeding.entry((table.name, *dt)).or_default() += 1;
            }
            let is_shown = (shown.0..=shown.1).contains(day) || last_day == Some(*day);
            let Some(dt) = counts.partitions.last().filter(|_| is_shown) else {
                continue;
            };
            let at = (key.clone(), *day);
            if has_instants {
                let (_, days) = wanted
                    .entry((table.name, *dt))
                    .or_insert_with(|| (table, BTreeSet::new()));
                days.insert(at);
            } else {
                events.note(at, Event::Date(*dt));
            }
        }
    }
    let question = |((name, dt), (table, wanted)): ((&str, Day), (_, _))| Question {
        table,
        dt,
        wanted,
        alone: feeding.get(&(name, dt)) == Some(&1),
    };
    wanted.into_iter().map(question).collect()
}

fn answer(
    options: &StatusOptions<'_>,
    streams: &Streams,
    question: &Question,
) -> Result<Events, PartError> {
    let part = open_part(options.storage, options.temp, question.table, question.dt)?;
    let mut events = Events::default();
    let Some(part) = part else {
        return Ok(events);
    };
    if question.alone
        && let Some(last) = statistics(&part)
    {
        for at in &question.wanted {
            events.note(at.clone(), Event::Instant(last));
        }
        return Ok(events);
    }
    read(&part, streams, question, &mut events)?;
    Ok(events)
}

/// The last instant of a part, if its footer tells.
fn statistics(part: &RunFile) -> Option<i64> {
    let metadata = part.metadata();
    let schema = metadata.file_metadata().schema_descr();
    let leaf =
        (0..schema.num_columns()).find(|leaf| schema.get_column_root(*leaf).name() == EVENT_TS)?;
    let mut last = None;
    for group in metadata.row_groups() {
        match group.column(leaf).statistics()? {
            Statistics::Int64(values) => last = last.max(Some(*values.max_opt()?)),
            _ => return None,
        }
    }
    last
}

fn read(
    part: &RunFile,
    streams: &Streams,
    question: &Question,
    events: &mut Events,
) -> Result<(), PartError> {
    let client_columns = client_columns(question.table);
    let columns = [
        &["source_object", EVENT_TS, "account_id", "region"],
        client_columns.as_slice(),
    ]
    .concat();
    let dataset = question.wanted.first().map(|(key, _)| key.dataset.clone());
    let dataset = dataset.unwrap_or_default();
    let mut last = Last::default();
    for batch in part.read(Some(&columns), (0..part.groups()).collect(), None)? {
        let batch = batch?;
        let objects = text(&batch, "source_object")?;
        let (accounts, regions) = (text(&batch, "account_id")?, text(&batch, "region")?);
        let clients = Clients::of(&batch, &client_columns)?;
        let instants = batch
            .column_by_name(EVENT_TS)
            .and_then(|column| column.as_primitive_opt::<TimestampMillisecondType>())
            .ok_or_else(|| ParquetError::General(format!("no column {EVENT_TS}")))?;
        for row in (0..batch.num_rows()).filter(|row| instants.is_valid(*row)) {
            let (object, client) = (objects.value(row), clients.row(row));
            if !last.is_of(object, client) {
                let value = |column: &StringArray| {
                    column.is_valid(row).then(|| column.value(row).to_owned())
                };
                let origin = Origin::of_key(object, &dataset);
                let key = StreamKey {
                    account: value(accounts),
                    region: value(regions),
                    dataset: dataset.clone(),
                    client: client.map(str::to_owned),
                };
                let at = (
                    streams.resolve(&key).clone(),
                    if origin.dated {
                        origin.day
                    } else {
                        question.dt
                    },
                );
                std::mem::replace(&mut last, Last::of(object, client, at)).tell(question, events);
            }
            last.instant = last.instant.max(Some(instants.value(row)));
        }
    }
    last.tell(question, events);
    Ok(())
}

/// The last instant of an object's rows with one client, which follow each other.
#[derive(Default)]
struct Last {
    object: String,
    client: Option<String>,
    at: Option<At>,
    instant: Option<i64>,
}

impl Last {
    fn of(object: &str, client: Option<&str>, at: At) -> Self {
        Self {
            object: object.to_owned(),
            client: client.map(str::to_owned),
            at: Some(at),
            instant: None,
        }
    }

    fn is_of(&self, object: &str, client: Option<&str>) -> bool {
        self.at.is_some() && self.object == object && self.client.as_deref() == client
    }

    fn tell(self, question: &Question, events: &mut Events) {
        if let (Some(at), Some(instant)) = (self.at, self.instant)
            && question.wanted.contains(&at)
        {
            events.note(at, Event::Instant(instant));
        }
    }
}
