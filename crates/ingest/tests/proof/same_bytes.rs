//! Same inputs, same bytes: whatever happened in between, the lake is what one reading of everything gives, and what a
//! plain model says.

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

use crate::history;
use crate::world::World;

/// As many as `PROPTEST_CASES` says, else few enough for every run of the tests.
fn config() -> ProptestConfig {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/proof/same_bytes.seeds");
    let mut config = ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        max_shrink_iters: 4000,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 16;
        // The same ones every time: a search for new ones is a task of its own.
        config.rng_seed = RngSeed::Fixed(7);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_history_leaves_the_bytes_of_one_reading(history in history::any()) {
        let mut world = World::new();
        world.live(&history).map_err(TestCaseError::fail)?;
    }
}
