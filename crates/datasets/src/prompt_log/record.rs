//! A record: a request half, a response half, or both.

use crate::json::{Fault, Known, Scanner, Unknown};
use crate::reason::Reason;

/// Reads the record that begins `bytes`, and gives its length. Each of the `halves` that is not null is shown to `half`
/// with its place among them, and must be read by it.
#[inline]
pub(crate) fn read_halves<'a>(
    halves: &Known,
    bytes: &'a [u8],
    unknown: &mut Unknown,
    mut half: impl FnMut(usize, &mut Scanner<'a>, &mut Unknown) -> Result<(), Fault>,
) -> Result<usize, Fault> {
    let mut scan = Scanner::new(bytes);
    let mut has_half = false;
    halves.read(&mut scan, unknown, |place, scan, unknown| {
        if scan.null()? {
            return Ok(());
        }
        has_half = true;
        unknown.enter(halves.0[place]);
        half(place, scan, unknown)?;
        unknown.leave()
    })?;
    if has_half {
        Ok(scan.at())
    } else {
        Err(no_half())
    }
}

/// A record without any half.
pub(crate) fn no_half() -> Fault {
    Fault::bad(Reason::NotARecord, "neither a request nor a response half")
}
