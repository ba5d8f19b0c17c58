//! Prompt logs of all kinds.

use promptlake_datasets::object::Product;
use promptlake_datasets::sniff::sniff;
use promptlake_datasets::{chat, dev_task, inline_completion};

use crate::draws::Draws;
use crate::syntax::{Syntax, syntax};
use crate::trial::decode_any_way;

/// Takes inflated bytes for a log of each kind: in pieces as at once, balanced, bounded. JSON that another reader takes
/// has no `syntax` reject, and what it does not take has a reject.
pub fn json(bytes: &[u8]) {
    let mut draws = Draws::of(bytes);
    // Must not fail, whatever it says.
    let _ = sniff(bytes);
    let syntax = syntax(bytes);
    for dataset in [
        &chat::DATASET,
        &inline_completion::DATASET,
        &dev_task::DATASET,
    ] {
        let trial = decode_any_way(dataset, Product::Kiro, bytes, &mut draws);
        let reasons = trial.reasons();
        match syntax {
            Syntax::Sound => assert!(!reasons.contains(&"syntax"), "{}", dataset.name),
            Syntax::Broken => assert!(!reasons.is_empty(), "{}", dataset.name),
            Syntax::Empty => assert_eq!(trial.accepted(), 0, "{}", dataset.name),
        }
    }
}
