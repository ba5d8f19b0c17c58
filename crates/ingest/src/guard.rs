//! Decoders of other people panic on some damaged bytes. Here that becomes an error, and nothing is said of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use parquet::errors::ParquetError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder; its panic is an error. What the decoder holds must not be used after one.
///
/// # Errors
/// What the decoder says, or that it panicked.
pub fn guard<T>(decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(decode));
    GUARDED.set(before);
    result.unwrap_or_else(|_| {
        Err(ParquetError::General(
            "the bytes cannot be decoded".to_owned(),
        ))
    })
}

/// Silences the panics that [`guard`] catches: what a decoder says of damaged bytes tells people nothing, and may show them.
/// To be called once, by the program.
pub fn install() {
    let hook = take_hook();
    set_hook(Box::new(move |panic| {
        if !GUARDED.get() {
            hook(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guard(|| Ok(1)).unwrap(), 1);
        let panics: Result<(), _> = guard(|| panic!("of a decoder"));
        assert!(!panics.unwrap_err().to_string().contains("of a decoder"));
        assert!(!GUARDED.get());
    }
}
