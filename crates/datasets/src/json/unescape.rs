//! Reads a string with escapes in one pass: finds its end and writes what it stands for.

use super::plain::{BLOCK, is_plain, special};
use super::token::unescape;

/// Bytes that are written at most, about: longer strings are rare, and their memory has other bounds.
const LONGEST: usize = 1 << 20;

/// Writes what a string stands for whose first character is at `start`; all before `plain_end` stands for itself. Gives the
/// place of its closing quote and the bytes that were written to the front of `out`, whose other bytes mean nothing. They
/// are as much UTF-8 as the source is. `None`: it is not well-formed, stands for no text, its end is not at hand, or it is
/// longer than [`LONGEST`].
pub(super) fn read_escaped(
    bytes: &[u8],
    start: usize,
    plain_end: usize,
    out: &mut Vec<u8>,
) -> Option<(usize, usize)> {
    let (mut at, mut length) = (plain_end, plain_end - start);
    if length > LONGEST {
        return None;
    }
    make_room(out, length);
    out[..length].copy_from_slice(&bytes[start..plain_end]);
    loop {
        match *bytes.get(at)? {
            b'"' => return Some((at, length)),
            b'\\' => {
                let (char, escape) = unescape(bytes.get(at..)?)?;
                at += escape;
                make_room(out, length);
                if let Ok(byte) = u8::try_from(char)
                    && char.is_ascii()
                {
                    out[length] = byte;
                    length += 1;
                } else {
                    length += char.encode_utf8(&mut out[length..]).len();
                }
            }
            byte if is_plain(byte) => {
                make_room(out, length);
                out[length] = byte;
                (at, length) = (at + 1, length + 1);
            }
            _ => return None,
        }
        // Blocks are written whole; what of one is not plain is written over.
        while let Some(block) = bytes[at..].first_chunk::<BLOCK>() {
            make_room(out, length);
            out[length..length + BLOCK].copy_from_slice(block);
            let special = special(block);
            if special != 0 {
                let plain = special.trailing_zeros() as usize;
                (at, length) = (at + plain, length + plain);
                break;
            }
            (at, length) = (at + BLOCK, length + BLOCK);
        }
        if length > LONGEST {
            return None;
        }
    }
}

/// Makes room for a block or a character after so many bytes.
#[inline]
fn make_room(out: &mut Vec<u8>, length: usize) {
    if out.len() < length + BLOCK {
        grow(out, length);
    }
}

#[cold]
fn grow(out: &mut Vec<u8>, length: usize) {
    out.resize((2 * length).max(1 << 12), 0);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::arena::Arena;
    use super::super::fault::Fault;
    use super::super::scan::Scanner;
    use super::*;

    /// What strings are made of, well-formed and not.
    const PARTS: &[&[u8]] = &[
        b"a",
        b"sixteen letters!",
        b"more than sixteen of them",
        b"\\n",
        b"\\\"",
        b"\\\\",
        b"\\/",
        b"\\b\\f\\r\\t",
        b"\\u0041",
        b"\\u00e9",
        b"\\u65E5",
        b"\\ud83d\\ude00",
        b"\\ud83d",
        b"\\ude00",
        b"\\ud83d\\n",
        b"\\ud83d\\u0041",
        b"\\u00",
        b"\\x",
        b"\n",
        b"\"",
        b"\xff",
        "\u{65e5}\u{1f600}".as_bytes(),
    ];

    /// Reads a string at the front: what it stands for and where it ends.
    fn read(bytes: &[u8], in_one_pass: bool) -> Result<(String, usize), Fault> {
        let (mut scan, mut arena) = (Scanner::new(bytes), Arena::default());
        let text = if in_one_pass {
            scan.text(&mut arena)?.expect("it is no null")
        } else {
            scan.string()?.read(&mut arena)?
        };
        Ok((arena.get(text).to_owned(), scan.at()))
    }

    fn assert_alike(bytes: &[u8]) {
        let [one, two] = [true, false].map(|once| read(bytes, once));
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn one_pass_says_what_two_say(
            parts in prop::collection::vec(prop::sample::select(PARTS), 0..12),
            cut in 0..4_usize,
        ) {
            let mut bytes = [&b"\""[..], &parts.concat(), b"\", and what follows"].concat();
            if cut > 0 {
                bytes.truncate(1 + bytes.len() * cut / 4);
            }
            assert_alike(&bytes);
        }
    }

    #[test]
    fn long_strings_are_read_too_and_take_no_more_memory() {
        for (parts, plain) in [(1 << 14, 1 << 10), (1 << 10, LONGEST), (1 << 18, 0)] {
            let text = format!(
                "\"{}{}\"",
                "p".repeat(plain),
                "eight\\n \u{e9}".repeat(parts)
            );
            assert_alike(text.as_bytes());
            let mut out = Vec::new();
            read_escaped(text.as_bytes(), 1, 1 + plain, &mut out);
            assert!(out.len() <= 3 * LONGEST, "{}", out.len());
        }
    }
}
