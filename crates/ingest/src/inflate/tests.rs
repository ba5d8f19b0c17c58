use std::io::{self, Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::input::{End, Input};
use promptlake_datasets::reason::Reason;
use promptlake_lake::source::Body;
use proptest::prelude::*;

use super::{DEFAULT_MAX_OBJECT_BYTES, Inflater};

/// A reader that gives a few bytes at a time and may break.
struct Drip {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
    breaks: bool,
}

impl Read for Drip {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.step.min(out.len()).min(self.bytes.len() - self.at);
        if n == 0 && self.breaks {
            return Err(io::Error::other("cable cut"));
        }
        out[..n].copy_from_slice(&self.bytes[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

fn stream(bytes: &[u8], step: usize) -> Body {
    Body::Stream(Box::new(Drip {
        bytes: bytes.to_vec(),
        at: 0,
        step,
        breaks: false,
    }))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn drain(mut input: Input<'_>) -> (Vec<u8>, End) {
    let mut all = Vec::new();
    loop {
        let n = input.window().len();
        all.extend_from_slice(input.window());
        input.consume(n);
        if !input.more() {
            return (all, input.end().unwrap().clone());
        }
    }
}

/// Reads a body whole and in pieces, and holds both equal.
fn read(bytes: &[u8], max: u64) -> (Vec<u8>, Option<Reason>) {
    let mut inflater = Inflater::new(max);
    let whole = drain(inflater.input(Body::Bytes(bytes.to_vec())));
    for step in [1, 7, 4096] {
        assert_eq!(
            drain(inflater.input(stream(bytes, step))),
            whole,
            "step {step}"
        );
        assert!(inflater.failure().is_none());
    }
    let reason = match whole.1 {
        End::Clean => None,
        End::Broken { reason, .. } => Some(reason),
    };
    (whole.0, reason)
}

fn read_all(bytes: &[u8]) -> (Vec<u8>, Option<Reason>) {
    read(bytes, DEFAULT_MAX_OBJECT_BYTES)
}

const TEXT: &[u8] = br#"{"records":[{"a":"some text, some text, some text"}]}"#;

#[test]
fn plain_bytes_pass() {
    assert_eq!(read_all(TEXT), (TEXT.to_vec(), None));
    assert_eq!(read_all(b""), (Vec::new(), None));
    assert_eq!(read_all(&[0x1f]), (vec![0x1f], None));
}

#[test]
fn one_member_two_members_and_an_empty_one() {
    assert_eq!(read_all(&gzip(TEXT)), (TEXT.to_vec(), None));
    assert_eq!(
        read_all(&[gzip(TEXT), gzip(TEXT)].concat()),
        (TEXT.repeat(2), None)
    );
    assert_eq!(
        read_all(&[gzip(b""), gzip(TEXT), gzip(b"")].concat()),
        (TEXT.to_vec(), None)
    );
    assert_eq!(read_all(&gzip(b"")), (Vec::new(), None));
}

#[test]
fn the_length_at_the_end_is_only_a_hint() {
    // Equal lengths, so that the last member's length fits the first.
    let other: Vec<u8> = TEXT.iter().rev().copied().collect();
    assert_eq!(
        read_all(&[gzip(TEXT), gzip(&other)].concat()),
        ([TEXT, &other].concat(), None)
    );
    let more = u32::try_from(TEXT.len()).unwrap() + 1;
    for length in [0, 1, more, u32::MAX] {
        let mut bytes = gzip(TEXT);
        let at = bytes.len() - 4;
        bytes[at..].copy_from_slice(&length.to_le_bytes());
        assert_eq!(
            read_all(&bytes),
            (TEXT.to_vec(), Some(Reason::GzipCorrupt)),
            "{length}"
        );
    }
}

#[test]
fn a_gzip_in_a_gzip_is_unwrapped_once_more_and_no_further() {
    let twice = gzip(&[gzip(TEXT), gzip(TEXT)].concat());
    assert_eq!(read_all(&gzip(&gzip(TEXT))), (TEXT.to_vec(), None));
    assert_eq!(read_all(&twice), (TEXT.repeat(2), None));
    assert_eq!(
        read_all(&[twice.clone(), twice].concat()),
        (TEXT.repeat(4), None)
    );
    assert_eq!(read_all(&gzip(&gzip(&gzip(TEXT)))), (gzip(TEXT), None));
}

#[test]
fn damage_of_the_outer_gzip_is_the_one_that_is_told() {
    let outer = gzip(&gzip(TEXT));
    let (bytes, reason) = read_all(&[outer.as_slice(), b"x"].concat());
    assert_eq!(
        (bytes, reason),
        (TEXT.to_vec(), Some(Reason::TrailingBytes))
    );
    let mut bytes = outer;
    let at = bytes.len() - 8;
    bytes[at] ^= 1;
    assert_eq!(read_all(&bytes), (TEXT.to_vec(), Some(Reason::GzipCorrupt)));
}

#[test]
fn zeros_after_the_last_member_are_ignored_and_other_bytes_are_not() {
    let sound = gzip(TEXT);
    let with = |tail: &[u8]| read_all(&[sound.as_slice(), tail].concat());
    assert_eq!(with(&[0; 700]), (TEXT.to_vec(), None));
    assert_eq!(with(b"x"), (TEXT.to_vec(), Some(Reason::TrailingBytes)));
    assert_eq!(
        with(&[0, 0, b'{']),
        (TEXT.to_vec(), Some(Reason::TrailingBytes))
    );
    assert_eq!(with(&[0x1f]), (TEXT.to_vec(), Some(Reason::GzipTruncated)));
    assert_eq!(
        with(&[0x1f, 0x8c]),
        (TEXT.to_vec(), Some(Reason::TrailingBytes))
    );
    let next = [&[0_u8; 3][..], &sound].concat();
    assert_eq!(with(&next), (TEXT.repeat(2), None));
}

#[test]
fn headers_with_every_field_are_read() {
    let sound = gzip(TEXT);
    let mut bytes = vec![0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3];
    bytes.extend_from_slice(&[3, 0, 1, 2, 3]);
    bytes.extend_from_slice(b"name.json\0");
    bytes.extend_from_slice(b"a comment\0");
    bytes.extend_from_slice(&[9, 9]);
    bytes.extend_from_slice(&sound[10..]);
    assert_eq!(read_all(&bytes), (TEXT.to_vec(), None));
    bytes.truncate(22);
    assert_eq!(
        read_all(&bytes),
        (Vec::new(), Some(Reason::GzipTruncated)),
        "in the name"
    );
    bytes[3] = 0x20;
    assert_eq!(
        read_all(&bytes).1,
        Some(Reason::GzipCorrupt),
        "reserved flag"
    );
    bytes[2] = 7;
    assert_eq!(read_all(&bytes).1, Some(Reason::GzipCorrupt), "method");
}

#[test]
fn text_that_begins_like_gzip_is_corrupt() {
    let bytes = [
        &[0x1f, 0x8b][..],
        b"this is no gzip at all, and it is long enough",
    ]
    .concat();
    assert_eq!(read_all(&bytes), (Vec::new(), Some(Reason::GzipCorrupt)));
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let bomb = gzip(&vec![b'a'; 3 << 20]);
    let (bytes, reason) = read(&bomb, 1 << 20);
    assert_eq!((bytes.len(), reason), (1 << 20, Some(Reason::TooLarge)));
    assert_eq!(
        read(&gzip(&bomb), 1 << 20),
        (vec![b'a'; 1 << 20], Some(Reason::TooLarge))
    );
    assert_eq!(read(&bomb, 3 << 20).1, None, "exactly the limit");
    assert_eq!(
        read(&bomb, 0),
        (Vec::new(), Some(Reason::TooLarge)),
        "nothing at all"
    );
    assert_eq!(read(TEXT, 5), (TEXT[..5].to_vec(), Some(Reason::TooLarge)));
    assert_eq!(
        read(TEXT, TEXT.len() as u64).1,
        None,
        "plain, exactly the limit"
    );
}

#[test]
fn more_than_fits_at_once_is_streamed_in_a_bounded_window() {
    let len = 40 << 20;
    let bytes = gzip(&vec![b'b'; len]);
    let mut inflater = Inflater::new(DEFAULT_MAX_OBJECT_BYTES);
    let mut input = inflater.input(Body::Bytes(bytes));
    let expected = vec![b'b'; 1 << 20];
    let (mut total, mut widest) = (0, 0);
    while input.more() {
        let n = input.window().len();
        widest = widest.max(n);
        assert!(widest <= 1 << 20, "{widest}");
        assert_eq!(input.window(), &expected[..n]);
        total += n;
        input.consume(n);
    }
    assert_eq!((total, input.end()), (len, Some(&End::Clean)));
    assert_eq!(input.offset(), len as u64);
}

#[test]
fn a_buffer_used_before_does_not_show_through() {
    let mut inflater = Inflater::new(DEFAULT_MAX_OBJECT_BYTES);
    for text in [&TEXT.repeat(9)[..], b"short", TEXT] {
        assert_eq!(
            drain(inflater.input(Body::Bytes(gzip(text)))),
            (text.to_vec(), End::Clean)
        );
    }
}

#[test]
fn a_body_that_cannot_be_read_to_its_end_is_a_failure() {
    let mut bytes = gzip(TEXT);
    bytes.truncate(30);
    for bytes in [bytes, TEXT.to_vec(), Vec::new()] {
        let mut inflater = Inflater::new(DEFAULT_MAX_OBJECT_BYTES);
        let body = Body::Stream(Box::new(Drip {
            bytes,
            at: 0,
            step: 16,
            breaks: true,
        }));
        let (_, end) = drain(inflater.input(body));
        assert!(matches!(end, End::Broken { .. }));
        assert!(inflater.failure().is_some());
        drain(inflater.input(Body::Bytes(gzip(TEXT))));
        assert!(
            inflater.failure().is_none(),
            "the next object starts from nothing"
        );
    }
}

fn content() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let member = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        proptest::collection::vec(97_u8..101, 0..4000),
        Just(TEXT.to_vec()),
    ];
    proptest::collection::vec(member, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_into_members_is_the_whole(members in content()) {
        let expected = members.concat();
        prop_assume!(!expected.starts_with(&[0x1f, 0x8b]));
        let packed: Vec<u8> = members.iter().flat_map(|m| gzip(m)).collect();
        prop_assert_eq!(read_all(&packed), (expected.clone(), None));
        prop_assert_eq!(read_all(&gzip(&packed)), (expected, None));
    }

    #[test]
    fn a_cut_leaves_a_prefix(members in content(), cut in any::<prop::sample::Index>()) {
        let expected = members.concat();
        prop_assume!(!expected.starts_with(&[0x1f, 0x8b]));
        let packed: Vec<u8> = members.iter().flat_map(|m| gzip(m)).collect();
        let cut = cut.index(packed.len());
        let (bytes, reason) = read_all(&packed[..cut]);
        if cut > 1 {
            prop_assert!(expected.starts_with(&bytes));
            if reason.is_none() {
                let sound = (0..members.len()).any(|n| {
                    members[..=n].iter().map(|m| gzip(m).len()).sum::<usize>() == cut
                });
                prop_assert!(sound, "clean only where a member ends");
            } else {
                prop_assert_eq!(reason, Some(Reason::GzipTruncated));
            }
        }
    }

    #[test]
    fn damage_anywhere_is_told_alike_whole_and_in_pieces(
        members in content(), at in any::<prop::sample::Index>(), flip in 1_u8..=255, max in 0_u64..6000,
    ) {
        let mut packed: Vec<u8> = members.iter().flat_map(|m| gzip(m)).collect();
        let at = at.index(packed.len());
        packed[at] ^= flip;
        let (bytes, _) = read(&packed, max);
        prop_assert!(bytes.len() as u64 <= max);
        read(&gzip(&packed), max);
    }
}
