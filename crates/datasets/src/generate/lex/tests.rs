use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::*;
use crate::dataset::Dataset;
use crate::input::{End, Input};
use crate::key::{Class, KeyContext, classify};
use crate::output::{Outcome, Output, Rows};
use crate::sniff;

fn from() -> Day {
    Day::from_ymd(2025, 12, 4).unwrap()
}

fn bucket() -> Vec<GeneratedObject> {
    lex(7, from(), 8).collect()
}

fn inflate(object: &GeneratedObject) -> Vec<u8> {
    let mut bytes = object.body.clone();
    while bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inner = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut inner)
            .unwrap();
        bytes = inner;
    }
    bytes
}

/// What each object of the bucket becomes.
fn outcomes(bucket: &[GeneratedObject]) -> Vec<(String, &'static Dataset, Outcome)> {
    let context = KeyContext {
        name: "calls".to_owned(),
        lex: true,
        ..KeyContext::default()
    };
    let mut all = Vec::new();
    for generated in bucket {
        let Class::Object(object) = classify(&context, &generated.key, generated.body.len() as u64)
        else {
            continue;
        };
        let bytes = inflate(generated);
        let dataset = sniff::of_log(object.dataset.unwrap(), &object.source_object, &bytes);
        let mut sink = |_: Rows| {};
        let mut output = Output::new(&mut sink);
        let mut decoder = (dataset.decoder)();
        decoder.decode(&object, &mut Input::whole(&bytes, End::Clean), &mut output);
        decoder.finish(&mut output);
        all.push((generated.key.clone(), dataset, output.take_outcome()));
    }
    all
}

#[test]
fn the_same_arguments_give_the_same_bucket_and_another_seed_another() {
    assert_eq!(bucket(), bucket());
    assert_ne!(bucket(), lex(8, from(), 8).collect::<Vec<_>>());
    assert_eq!(lex(7, from(), 0).count(), 0);
    let bucket = bucket();
    let keys: BTreeSet<&str> = bucket.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys.len(), bucket.len());
}

#[test]
fn every_shape_has_entries_and_the_counts_balance() {
    let mut accepted: BTreeMap<String, u64> = BTreeMap::new();
    let (mut rejected, mut skipped, mut control, mut slots) = (0, 0, 0, 0);
    for (key, dataset, outcome) in outcomes(&bucket()) {
        assert_eq!(
            outcome.records,
            outcome.accepted + outcome.rejected + outcome.skipped + outcome.control,
            "{key}"
        );
        let shape = key.split('/').next().unwrap().to_owned();
        *accepted
            .entry(format!("{} {shape}", dataset.name))
            .or_default() += outcome.accepted;
        rejected += outcome.rejected;
        skipped += outcome.skipped;
        control += outcome.control;
        slots += outcome.child_rows.values().sum::<u64>();
    }
    for shape in [
        "lex firehose",
        "lex exports",
        "lex extracted",
        "lex events",
        "lex flowers",
        "lex_audio aws",
    ] {
        assert!(
            accepted.get(shape).is_some_and(|count| *count > 0),
            "{shape}: {accepted:?}"
        );
    }
    // A cut line a week, a control message a day.
    assert_eq!((rejected, control), (2, 8));
    assert!(skipped > 8 && slots > 100, "{skipped} {slots}");
}

#[test]
fn flowers_were_sold_while_they_could_be() {
    let days: BTreeSet<Day> = outcomes(&bucket())
        .into_iter()
        .filter(|(key, ..)| key.starts_with("flowers/"))
        .flat_map(|(_, _, outcome)| outcome.rows.into_keys().collect::<Vec<_>>())
        .collect();
    let last = Day::from_ymd(2025, 9, 14).unwrap();
    assert_eq!(days.len(), 8);
    assert!(days.iter().all(|day| *day <= last));
}
