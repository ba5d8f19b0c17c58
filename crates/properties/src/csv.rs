//! Reports of both kinds.

use promptlake_datasets::object::Product;
use promptlake_datasets::sniff::sniff;
use promptlake_datasets::{by_user_analytic, user_report};

use crate::draws::Draws;
use crate::trial::decode_any_way;

/// Takes inflated bytes for a report of each kind: in pieces as at once, balanced, bounded.
pub fn csv(bytes: &[u8]) {
    let mut draws = Draws::of(bytes);
    // Must not fail, whatever it says.
    let _ = sniff(bytes);
    for dataset in [&user_report::DATASET, &by_user_analytic::DATASET] {
        decode_any_way(dataset, Product::Kiro, bytes, &mut draws);
    }
}
