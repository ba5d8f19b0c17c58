use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::input::{End, Input};
use crate::key::{Class, KeyContext, classify};
use crate::output::{Outcome, Output, Rows};
use crate::sniff::{of_log, sniff};

const DAY: Day = Day(20_426);

fn spots() -> Vec<Spot> {
    let mut spots = Vec::new();
    for place in [Place::Kiro, Place::QDeveloper, Place::Flat, Place::Loose] {
        for (account, number) in (0..2).flat_map(|a| (0..10).map(move |n| (a, n))) {
            for day in [DAY, DAY.plus(1)] {
                spots.push(Spot {
                    account,
                    day,
                    place,
                    number,
                });
            }
        }
    }
    spots
}

fn record(identity: u8, flaw: Flaw) -> Record {
    Record {
        identity,
        content: identity,
        day: Some(DAY),
        flaw,
        mark: String::new(),
    }
}

fn decode(kit: &Kit, spot: &Spot, records: &[Record]) -> Outcome {
    let context = KeyContext {
        name: "kit".to_owned(),
        lex: kit.lex,
        ..KeyContext::default()
    };
    let body = (kit.body)(spot, records);
    let Class::Object(mut object) = classify(&context, &(kit.key)(spot), body.len() as u64) else {
        panic!(
            "{} has a key that is none: {}",
            kit.dataset,
            (kit.key)(spot)
        );
    };
    let told = object.dataset;
    let told = told.map(|dataset| of_log(dataset, &object.source_object, &body));
    let dataset = told.or_else(|| sniff(&body)).unwrap();
    assert_eq!(dataset.name, kit.dataset);
    assert_eq!(object.dated, spot.place != Place::Loose);
    assert!(!object.dated || object.day == spot.day);
    object.dataset = Some(dataset);
    let mut sink = |_: Rows| {};
    let mut output = Output::new(&mut sink);
    let mut decoder = (dataset.decoder)();
    decoder.decode(&object, &mut Input::whole(&body, End::Clean), &mut output);
    decoder.finish(&mut output);
    output.take_outcome()
}

#[test]
fn every_dataset_has_a_kit() {
    let kits: BTreeSet<&str> = KITS.iter().map(|kit| kit.dataset).collect();
    let datasets: BTreeSet<&str> = DATASETS.iter().map(|dataset| dataset.name).collect();
    assert_eq!(kits, datasets);
}

#[test]
fn different_spots_have_different_keys() {
    let mut keys = BTreeMap::new();
    for kit in KITS {
        for spot in spots() {
            let before = keys.insert((kit.key)(&spot), (kit.dataset, spot));
            assert_eq!(before, None, "{spot:?} of {}", kit.dataset);
        }
    }
}

#[test]
fn records_are_accepted_or_refused_as_their_flaw_says() {
    let read = |kit: &&Kit| kit.dataset().unwrap().reads_content();
    for kit in KITS.iter().filter(read) {
        for spot in spots() {
            let good = [record(0, Flaw::None), record(3, Flaw::None)];
            let outcome = decode(kit, &spot, &good);
            assert_eq!(
                (outcome.accepted, outcome.rejected),
                (2, 0),
                "{}",
                kit.dataset
            );
            assert_eq!(outcome.rows.get(&DAY), Some(&2));
            let bad = [record(0, Flaw::Value), record(1, Flaw::None)];
            let outcome = decode(kit, &spot, &bad);
            assert_eq!(
                (outcome.accepted, outcome.rejected),
                (1, 1),
                "{}",
                kit.dataset
            );
            assert_eq!(decode(kit, &spot, &[record(0, Flaw::Keyless)]).records, 1);
            if spot.place != Place::Loose {
                assert_eq!(decode(kit, &spot, &[]).records, 0);
            }
        }
    }
}
