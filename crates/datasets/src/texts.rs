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

#[cfg(test)]
mod tests {
    use super::*;

    /// A few rows after a large batch must not keep room for as many.
    #[test]
    fn room_that_was_made_in_vain_is_given_back() {
        let mut texts = StringBuilder::new();
        let large = "x".repeat(1 << 20);
        texts.append_value(&large);
        let first = finish_texts(&mut texts);
        assert!(texts.values_capacity() >= large.len());
        texts.append_value("y");
        let second = finish_texts(&mut texts);
        assert_eq!((first.value(0), second.value(0)), (large.as_str(), "y"));
        let kept = second.get_buffer_memory_size();
        assert!(kept < SMALL_BYTES, "{kept} bytes are kept for one");
        assert!(texts.values_capacity() < SMALL_BYTES);
        // However large a batch was, only so much is made ahead.
        texts.append_value("z".repeat(3 * AHEAD_BYTES));
        finish_texts(&mut texts);
        assert!(texts.values_capacity() <= AHEAD_BYTES);
    }
}
