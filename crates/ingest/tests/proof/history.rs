//! Histories of a bucket and its lake.

use std::fmt;

use promptlake_datasets::day::Day;
use promptlake_datasets::generate::kit::{Flaw, KITS, Place, Record, Spot};
use proptest::prelude::*;

/// The first of the source days; there are four. In the weeks of both trees.
pub(crate) const FIRST: Day = Day(20_426);
/// How many there are.
pub(crate) const DAYS: i32 = 4;

/// An object that a history writes, again and again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    /// Which of the kits.
    pub(crate) kit: usize,
    pub(crate) spot: Spot,
}

/// What is wrong with an object as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    None,
    /// It ends after so many sixteenths of its content.
    Cut(u8),
    /// Its gzip does.
    CutGzip(u8),
    /// It is something else.
    Garbage,
    /// It has no bytes.
    Empty,
}

/// A step.
#[derive(Clone)]
pub(crate) enum Step {
    /// An object is written, anew or again. The slot's number is one of the history's.
    Put {
        slot: usize,
        records: Vec<Record>,
        damage: Damage,
    },
    /// An object is deleted.
    Delete { slot: usize },
    /// A run.
    Run(RunStep),
    /// Something of the lake is lost.
    Lose(Loss),
}

/// A run of a history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunStep {
    /// Source days from the first, both included; `None`: all.
    pub(crate) days: Option<(u8, u8)>,
    /// Only the family of this kit.
    pub(crate) table: Option<usize>,
    pub(crate) rebuild: bool,
    pub(crate) threads: usize,
    pub(crate) memory_bytes: u64,
}

/// What is lost. Numbers choose among what is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    Index,
    Ledger,
    LedgerDay(u8),
    Inventory(u8),
    Inventories,
    /// All of `_promptlake/`.
    State,
    /// A part. Only where every object that it holds rows of can still be read.
    Part(u8),
    /// A ledger day, an inventory or the index is cut in the middle.
    Torn(u8),
}

/// A history.
#[derive(Clone)]
pub(crate) struct History {
    pub(crate) slots: Vec<Slot>,
    pub(crate) steps: Vec<Step>,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spot {
            account,
            day,
            place,
            number,
        } = self.spot;
        let (name, day) = (KITS[self.kit].dataset, day.0 - FIRST.0);
        write!(
            f,
            "{name} account {account} day {day} {place:?} number {number}"
        )
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put {
                slot,
                records,
                damage,
            } => {
                write!(f, "put {slot}:")?;
                for record in records {
                    let day = record.day.map(|day| day.0 - FIRST.0);
                    let Record {
                        identity, content, ..
                    } = record;
                    write!(f, " {identity}={content}@{day:?}")?;
                    if record.flaw != Flaw::None {
                        write!(f, "!{:?}", record.flaw)?;
                    }
                }
                if *damage != Damage::None {
                    write!(f, " {damage:?}")?;
                }
                Ok(())
            }
            Self::Delete { slot } => write!(f, "delete {slot}"),
            Self::Run(run) => write!(f, "{run:?}"),
            Self::Lose(loss) => write!(f, "lose {loss:?}"),
        }
    }
}

/// A line a slot and a step.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, slot) in self.slots.iter().enumerate() {
            write!(f, "\n  {number}: {slot:?}")?;
        }
        for step in &self.steps {
            write!(f, "\n  {step:?}")?;
        }
        Ok(())
    }
}

/// Any history.
pub(crate) fn any() -> impl Strategy<Value = History> {
    let slots = prop::collection::vec(slot(), 2..9);
    slots.prop_flat_map(|slots| {
        let steps = prop::collection::vec(step(slots.len()), 3..24);
        (Just(slots), steps).prop_map(|(mut slots, steps)| {
            // Two slots that are one would only hide what a step does.
            for number in 1..slots.len() {
                if slots[..number].contains(&slots[number]) {
                    slots[number].spot.number = 3 + u8::try_from(number % 6).unwrap_or(0);
                }
            }
            History { slots, steps }
        })
    })
}

fn slot() -> impl Strategy<Value = Slot> {
    let place = prop_oneof![
        6 => Just(Place::Kiro),
        3 => Just(Place::QDeveloper),
        1 => Just(Place::Flat),
        1 => Just(Place::Loose),
    ];
    (0..KITS.len(), 0_u8..2, 0..DAYS, place, 0_u8..3).prop_map(
        |(kit, account, day, place, number)| Slot {
            kit,
            spot: Spot {
                account,
                day: FIRST.plus(day),
                place,
                number,
            },
        },
    )
}

fn step(slots: usize) -> impl Strategy<Value = Step> {
    let put = (0..slots, prop::collection::vec(record(), 0..6), damage()).prop_map(
        |(slot, records, damage)| Step::Put {
            slot,
            records,
            damage,
        },
    );
    prop_oneof![
        10 => put,
        2 => (0..slots).prop_map(|slot| Step::Delete { slot }),
        5 => run().prop_map(Step::Run),
        2 => loss().prop_map(Step::Lose),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let day = prop_oneof![
        9 => (-1..DAYS).prop_map(|day| Some(FIRST.plus(day))),
        1 => Just(None),
    ];
    let flaw = prop_oneof![
        10 => Just(Flaw::None),
        1 => Just(Flaw::Keyless),
        1 => Just(Flaw::Value),
    ];
    (0_u8..4, 0_u8..3, day, flaw).prop_map(|(identity, content, day, flaw)| Record {
        identity,
        content,
        day,
        flaw,
        mark: String::new(),
    })
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        20 => Just(Damage::None),
        1 => (0_u8..16).prop_map(Damage::Cut),
        1 => (0_u8..16).prop_map(Damage::CutGzip),
        1 => Just(Damage::Garbage),
        1 => Just(Damage::Empty),
    ]
}

fn run() -> impl Strategy<Value = RunStep> {
    let last = u8::try_from(DAYS - 1).unwrap_or(0);
    let days = prop_oneof![
        Just(None),
        (0..=last, 0..=last).prop_map(|(a, b)| Some((a.min(b), a.max(b)))),
    ];
    let memory = prop_oneof![Just(1_u64 << 12), Just(1 << 14), Just(1 << 26)];
    (
        days,
        prop::option::weighted(0.15, 0..KITS.len()),
        prop::bool::weighted(0.05),
        1_usize..4,
        memory,
    )
        .prop_map(|(days, table, rebuild, threads, memory_bytes)| RunStep {
            days,
            table,
            rebuild,
            threads,
            memory_bytes,
        })
}

fn loss() -> impl Strategy<Value = Loss> {
    prop_oneof![
        Just(Loss::Index),
        Just(Loss::Ledger),
        any_number().prop_map(Loss::LedgerDay),
        any_number().prop_map(Loss::Inventory),
        Just(Loss::Inventories),
        Just(Loss::State),
        any_number().prop_map(Loss::Part),
        any_number().prop_map(Loss::Torn),
    ]
}

fn any_number() -> impl Strategy<Value = u8> {
    0_u8..16
}
