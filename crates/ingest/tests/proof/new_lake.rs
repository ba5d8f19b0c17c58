//! A lake in memory before its first run.

use promptlake_lake::settings::{Encoding, Settings};
use promptlake_properties::memory_lake::MemoryLake;

/// A lake with settings, and nothing else.
pub(crate) fn new_lake() -> MemoryLake {
    let lake = MemoryLake::default();
    tiny_groups().create(&lake).unwrap();
    lake
}

/// Settings with which a few rows make a row group.
pub(crate) fn tiny_groups() -> Settings {
    Settings {
        encoding: Encoding {
            zstd_level: 1,
            page_bytes: 1 << 11,
            batch_weight: 1 << 10,
            batch_rows: 4,
            group_min: 1000,
            group_spread: 1000,
            group_max: 4000,
            ..Encoding::default()
        },
        ..Settings::default()
    }
}
