//! A panic: a bug of ours. It is told without what it may say of a record, and ends the program as any other error.

use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, set_hook};

use crate::printer::Printer;

/// Tells of panics by `printer`.
pub(crate) fn tell_by(printer: Printer) {
    set_hook(Box::new(move |panic| {
        printer.error(&text(panic.payload(), panic.location()));
    }));
}

/// Runs the program; `None`: it panicked, which was told.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}

/// A message that was put together at run time may hold anything: slices of texts show the text. One that stands in the code does not.
fn text(payload: &(dyn Any + Send), place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(String::new, |place| {
        format!(", at {}:{}", place.file(), place.line())
    });
    let message = payload
        .downcast_ref::<&'static str>()
        .map_or("what it says may show data and is left out", |text| text);
    format!("a bug of promptlake{place}: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_may_quote_is_left_out() {
        let here = Location::caller();
        let at = format!("a bug of promptlake, at {}:{}", here.file(), here.line());
        let quotes: Box<dyn Any + Send> = Box::new("of `the prompt`".to_owned());
        let told = text(quotes.as_ref(), Some(here));
        assert_eq!(
            told,
            format!("{at}: what it says may show data and is left out")
        );
        let fixed: Box<dyn Any + Send> = Box::new("invariant: sorted");
        assert_eq!(
            text(fixed.as_ref(), Some(here)),
            format!("{at}: invariant: sorted")
        );
        assert_eq!(caught(|| 1), Some(1));
    }
}
