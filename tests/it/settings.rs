//! What shapes the bytes of a lake is what its `lake.json` says, whatever a run is called with.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::harness::{Dir, chat_key, chat_saying, records};

const SETTINGS: &str = "_promptlake/lake.json";

/// Eight records of almost a megabyte.
fn bucket() -> Dir {
    let dir = Dir::new();
    for number in 0..8_u64 {
        put(&dir, number);
    }
    dir
}

fn put(dir: &Dir, number: u64) {
    let mut state = number;
    let mut prompt = String::new();
    while prompt.len() < 900_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        prompt.push_str(&format!("word{} ", (state >> 33) % 5000));
    }
    let record = chat_saying(&number.to_string(), "2026-01-09T10:00:00Z", &prompt);
    dir.put(
        &chat_key("2026-01-09", &number.to_string()),
        records(&[record]),
    );
}

/// Begins a lake with these settings.
fn begin(dir: &Dir, lake: &str, settings: &Value) {
    let text = serde_json::to_string(settings).unwrap();
    dir.write(&format!("{lake}/{SETTINGS}"), text);
}

#[test]
fn the_settings_of_the_lake_shape_its_bytes_and_flags_do_not() {
    let dir = bucket();
    dir.run().exits(0);
    let text = fs::read(dir.path(&format!("lake/{SETTINGS}"))).unwrap();
    let mut settings: Value = serde_json::from_slice(&text).unwrap();
    settings["encoding"]["zstd_level"] = 12.into();
    let few: &[&str] = &["--all", "--threads", "1", "--memory", "64MiB"];
    let many: &[&str] = &["--all", "--threads", "4", "--memory", "4GiB"];
    for lake in ["few", "many"] {
        begin(&dir, lake, &settings);
    }
    let bytes = |lake: &str| -> BTreeMap<String, Vec<u8>> {
        let files = dir.parts(lake).0.into_iter();
        files.map(|(name, (bytes, _))| (name, bytes)).collect()
    };
    let equal = |when: &str| {
        assert!(bytes("few") == bytes("many"), "{when}");
        let size = |lake| bytes(lake).values().map(Vec::len).sum::<usize>();
        let (ours, usual) = (size("few"), size("lake"));
        assert!(ours < usual - usual / 100, "{when}: {ours}, {usual}");
    };
    dir.run_from(&["bucket"], "few", few).exits(0);
    dir.run_from(&["bucket"], "many", many).exits(0);
    equal("at first");
    put(&dir, 8);
    dir.run().exits(0);
    dir.run_from(&["bucket"], "few", many).exits(0);
    dir.run_from(&["bucket"], "many", few).exits(0);
    equal("with an object more, the other way round");
    let before = bytes("few");
    dir.run_from(
        &["bucket"],
        "few",
        &["--all", "--rebuild", "--threads", "2"],
    )
    .exits(0);
    assert!(bytes("few") == before, "made anew");
}
