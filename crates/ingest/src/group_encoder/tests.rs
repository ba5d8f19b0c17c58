use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use arrow_array::RecordBatch;
use promptlake_datasets::rejects::REJECTS;
use promptlake_lake::settings::Encoding;

use super::{GroupEncoder, Lost};
use crate::encoder::{Encoder, Opened};
use crate::part::PartWriter;

/// Longer than it ever takes; a run that hangs would hang for ever.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn a_panic_of_the_pool_is_an_error_and_nobody_waits_for_it() {
    let (done, result) = channel();
    std::thread::spawn(move || {
        let temp = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(2)
            .panic_handler(|_| {})
            .build()
            .unwrap();
        let encoder = Encoder::new(pool, Encoding::default(), 10, false);
        let path = temp.path().join("part");
        let part = PartWriter::create(&path, &REJECTS, &encoder.encoding).unwrap();
        let schema = REJECTS.arrow_schema();
        let group = GroupEncoder::new(&encoder, &part.group_columns()).unwrap();
        let lane = Arc::clone(&group.lanes[0]);
        let column = lane.queue().column.take();
        let mut opened = Opened::new(&encoder);
        let mut push = || {
            // Each alone is more than may wait.
            opened.add(100);
            let batch = RecordBatch::new_empty(Arc::clone(&schema));
            group.push(&[batch], opened.queue());
        };
        push();
        encoder.pool.spawn(move || {
            let _lost = Lost(&lane);
            let _column = column;
            panic!("a bug of ours");
        });
        (0..10).for_each(|_| push());
        group.close();
        done.send(group.wait().map(drop)).unwrap();
    });
    let result = result.recv_timeout(PATIENCE).expect("it does not hang");
    let error = result.unwrap_err().to_string();
    assert!(error.contains("abandoned"), "{error}");
}
