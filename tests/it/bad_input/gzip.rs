//! Compressed objects that are not as they should be.

use super::{Case, good};
use crate::harness::{chat_saying, gzip, records};

pub(super) fn cases() -> Vec<Case> {
    // The second record does not compress, so that the first is whole before the end.
    let noise: String = (0..40_000_u32)
        .map(|n| char::from(b'0' + u8::try_from(n.wrapping_mul(2_654_435_761) >> 27).unwrap()))
        .collect();
    let whole = records(&[
        good("0"),
        chat_saying("1", "2026-01-09T10:00:00Z", &noise),
        good("2"),
    ]);
    let half = &whole[..whole.len() / 2];
    let mut bad_crc = records(&[good("0"), good("1")]);
    let crc = bad_crc.len() - 8;
    bad_crc[crc] ^= 1;
    let two = [gzip(format!("[{}]", good("0"))), gzip(good("1"))].concat();
    let zeros = [records(&[good("0")]), vec![0; 512]].concat();
    let rubbish = [records(&[good("0")]), b"rubbish".to_vec()].concat();
    let bomb = format!("[{},\"{}\"]", good("0"), "0".repeat(64 << 20));
    vec![
        Case::log("a gzip that ends in the middle", half, &["0"]).rejects(&["gzip_truncated 1"]),
        Case::log("a gzip whose checksum is wrong", bad_crc, &["0", "1"])
            .rejects(&["gzip_corrupt 2"]),
        Case::log("a gzip of text that is no JSON", gzip("hello"), &[]).rejects(&["syntax 0"]),
        Case::log("a gzip of nothing", gzip(""), &[]),
        Case::log("a gzip of two members", two, &["0", "1"]),
        Case::log("zeros after a gzip", zeros, &["0"]),
        Case::log("other bytes after a gzip", rubbish, &["0"]).rejects(&["trailing_bytes 1"]),
        Case::log(
            "a log that is not compressed, named `.gz`",
            format!("[{}]", good("0")),
            &["0"],
        ),
        Case::log(
            "a gzip of 64 MiB in 64 KiB, over `--max-object-size`",
            gzip(bomb),
            &["0"],
        )
        .flags(&["--max-object-size", "1MiB"])
        .rejects(&["too_large 1"]),
    ]
}
