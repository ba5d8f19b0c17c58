//! Logs of Lex, however they are exported.

use promptlake_datasets::lex as dataset;
use promptlake_datasets::object::Product;
use promptlake_datasets::sniff::of_log;

use crate::draws::Draws;
use crate::trial::decode_any_way;

/// Takes inflated bytes for a log of Lex: in pieces as at once, balanced, bounded.
pub fn lex(bytes: &[u8]) {
    let mut draws = Draws::of(bytes);
    // Must not fail, whatever it says.
    let _ = of_log(&dataset::DATASET, "aws/lex/B/A/1/2026-07-27/x", bytes);
    decode_any_way(&dataset::DATASET, Product::Lex, bytes, &mut draws);
}
