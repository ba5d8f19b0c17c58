use std::sync::Arc;

use promptlake_datasets::day::Day;
use promptlake_datasets::object::Object;
use promptlake_datasets::output::Rows;
use promptlake_datasets::reason::Reason;
use promptlake_datasets::rejects::{self, Reject, RejectRows};
use promptlake_lake::settings::Encoding;

use super::Stage;
use crate::encoder::Encoder;

/// Rows that wait for the pool are not the stage's.
const QUEUED: u64 = 64 << 10;
const ROW: usize = 64 << 10;
const PARTITIONS: i32 = 200;

/// Text that hardly compresses.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let byte = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        b' ' + (state >> 57) as u8 % 95
    };
    (0..ROW).map(byte).collect()
}

fn encoder(encoding: Encoding) -> Arc<Encoder> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    Encoder::new(pool, encoding, QUEUED, false)
}

/// Ends a stage, of which nothing is held then, and gives the rows that it parked.
fn parked(stage: Stage, encoder: &Encoder) -> u64 {
    let parked = stage.finish().unwrap();
    assert_eq!(encoder.held(), 0);
    let files = parked.runs.values().flatten().flatten().flatten();
    files.map(|file| file.rows).sum()
}

/// A row of a partition.
fn row(number: i32) -> Rows {
    let object = Object {
        source_object: format!("AWSLogs/{number:03}"),
        dataset: None,
        size: 1,
        day: Day(20_000 + number),
        dated: true,
        account_id: None,
        region: None,
        product: None,
        client: None,
        report_ts: None,
    };
    let mut rows = RejectRows::default();
    let raw = noise(number.unsigned_abs().into());
    rows.push(
        &object,
        &Reject::of_slice(Reason::Syntax, String::new(), Some(0), 0, 1, &raw),
    );
    Rows {
        family: &rejects::FAMILY,
        tables: vec![rows.take().unwrap()],
    }
}

#[test]
fn many_open_partitions_keep_to_the_budget() {
    // Rows of a batch that is not full; pages, whose encoders take more than a megabyte a partition.
    let batch_weight = Encoding::default().batch_weight;
    for (held_as, batch_weight, budget) in [("rows", batch_weight, 1 << 20), ("pages", 1, 16 << 20)]
    {
        let temp = tempfile::tempdir().unwrap();
        let encoder = encoder(Encoding {
            batch_weight,
            ..Encoding::default()
        });
        let mut stage = Stage::new(&encoder, temp.path().to_owned(), budget);
        let mut most = 0;
        for number in 0..PARTITIONS {
            // All of one source day: none of them is passed by.
            stage.append(Day(20_000), &row(number)).unwrap();
            most = most.max(encoder.held());
        }
        assert!(most < 2 * budget, "{most} bytes of {held_as} are held");
        assert!(most > budget / 2, "{most} bytes of {held_as} are held");
        assert_eq!(parked(stage, &encoder), 200);
    }
}

#[test]
fn partitions_that_source_days_have_passed_by_are_closed() {
    let temp = tempfile::tempdir().unwrap();
    let encoder = encoder(Encoding::default());
    let mut stage = Stage::new(&encoder, temp.path().to_owned(), u64::MAX);
    let mut most = 0;
    for number in 0..PARTITIONS {
        stage.append(Day(20_000 + number), &row(number)).unwrap();
        most = most.max(encoder.held());
    }
    let partitions = most / ROW as u64;
    assert!(partitions < 50, "rows of {partitions} partitions are held");
    assert_eq!(parked(stage, &encoder), 200);
}

#[test]
fn the_day_before_is_closed_where_much_of_it_is_open() {
    for (rows, waits) in [(1, true), (160, false)] {
        let temp = tempfile::tempdir().unwrap();
        let encoder = encoder(Encoding::default());
        let mut stage = Stage::new(&encoder, temp.path().to_owned(), u64::MAX);
        for _ in 0..rows {
            stage.append(Day(20_000), &row(0)).unwrap();
        }
        let open = |stage: &Stage| {
            let staged = stage.partitions.iter().find(|(id, _)| id.dt == Day(20_000));
            let live = staged.and_then(|(_, staged)| staged.live.as_ref());
            live.is_some_and(|live| !live.closing)
        };
        assert!(open(&stage), "{rows} rows");
        stage.append(Day(20_001), &row(1)).unwrap();
        assert_eq!(open(&stage), waits, "{rows} rows");
        // More may come all the same.
        stage.append(Day(20_001), &row(0)).unwrap();
        assert_eq!(parked(stage, &encoder), rows + 2);
    }
}
