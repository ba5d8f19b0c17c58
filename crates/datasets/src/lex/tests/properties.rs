//! Properties that hold of any bytes.

use proptest::prelude::*;

use super::{decode, object};
use crate::input::End;
use crate::trial::broken;

/// What logs are made of, whole and in parts.
const FRAGMENTS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    "\r\n",
    "\"",
    "\\",
    "text",
    "null",
    "12",
    "-1.5e3",
    "\"a\"",
    "\"messageVersion\"",
    "\"message\":\"{\\\"messageVersion\\\":\\\"1.0\\\",\\\"botName\\\":null}\"",
    "1785189600010 ",
    "2026-07-27T22:00:00.000Z ",
    "2026-07-27T22:00:00.000Z",
    "{\"messageVersion\":\"2.0\",\"bot\":{}}",
    "{\n\"messageVersion\":\"1.0\",\n\"botName\":\"A\",\n\"slots\":{\"A\":\"{A}\"}\n}",
    "{\"messageVersion\":\"2.0\",\"bot\":{},",
    "\"sessionState\":{\"intent\":{\"name\":\"i\",\"slots\":{\"A\":{\"values\":[null,{}]}}}}}",
    "{\"messageVersion\":\"2.0\",\"bot\":{},\"x\":\"\\ud800\"}",
    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"123456789012\",\"logEvents\":[",
    "{\"messageType\":\"CONTROL_MESSAGE\"}",
    "{\"timestamp\":1785189600010,\"message\":\"[{}]\"}",
    "{\"timestamp\":1785189600010,\"message\":\"\\ud800 messageVersion\"}",
    "{\"awslogs\":{\"data\":\"H4sIAAAAAAAA\"}}",
    "{\"awslogs\":{\"data\":\"",
    "\u{feff}",
    "é😀",
    "\0",
];

fn logs() -> impl Strategy<Value = Vec<u8>> {
    let fragments = prop::collection::vec(prop::sample::select(FRAGMENTS), 0..14)
        .prop_map(|parts| parts.concat().into_bytes());
    let bytes = prop::collection::vec(any::<u8>(), 0..60);
    prop_oneof![
        4 => fragments.clone(),
        1 => (fragments, bytes).prop_map(|(mut log, bytes)| {
            log.extend(bytes);
            log
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn pieces_give_what_the_whole_gives(log in logs(), dated: bool, is_broken: bool) {
        let object = object(dated);
        let end = if is_broken { broken() } else { End::Clean };
        let whole = decode(&object, &log, &end, None);
        for size in [1, 2, 3, 7, 64] {
            prop_assert_eq!(&whole, &decode(&object, &log, &end, Some(size)));
        }
        if is_broken {
            prop_assert!(whole.outcome.rejected > 0);
        }
    }
}
