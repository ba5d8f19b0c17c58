#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| promptlake_properties::key(bytes));
