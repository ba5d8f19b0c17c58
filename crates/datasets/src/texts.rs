//! Columns of large texts.

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, StringArray};

/// Room for at most so much is made ahead.
const AHEAD_BYTES: usize = 4 << 20;
/// So little is not worth giving back.
const SMALL_BYTES: usize = 64 << 10;

/// Finishes the texts of a batch. The next batch probably takes as much: room for it is made at once, since texts that
/// grow by doubling are copied as often.
pub(crate) fn finish_texts(texts: &mut StringBuilder) -> StringArray {
    let room = texts.values_slice().len();
    let capacity = texts.values_capacity();
    let mut finished = texts.finish();
    if capacity > SMALL_BYTES && capacity / 2 > room {
        // Room was made for more than came.
        finished.shrink_to_fit();
    }
    *texts = StringBuilder::with_capacity(finished.len(), room.min(AHEAD_BYTES));
    finished
}
