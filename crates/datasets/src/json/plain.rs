//! Finds the bytes of a string that do not stand for themselves: quotes, backslashes, control bytes.

use wide::u8x16;

/// So many bytes are looked at together.
pub(super) const BLOCK: usize = 16;

/// Which bytes of a block do not stand for themselves: a bit for each, the first one lowest.
#[inline]
pub(super) fn special(block: &[u8; BLOCK]) -> u32 {
    let bytes = u8x16::new(*block);
    // The highest control byte is the greater one of itself and of any control byte.
    let last = u8x16::splat(0x1f);
    let control = bytes.max(last).simd_eq(last);
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
    (control | quote | backslash).to_bitmask()
}

/// Whether a byte stands for itself in a string.
#[inline]
pub(super) fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}

/// The first byte from `at` on that does not stand for itself in a string, or the end.
#[inline]
pub(super) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes[at..].first_chunk() {
        let special = special(block);
        if special != 0 {
            return at + special.trailing_zeros() as usize;
        }
        at += BLOCK;
    }
    while bytes.get(at).is_some_and(|byte| is_plain(*byte)) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_shows_its_special_bytes() {
        for byte in 0..=u8::MAX {
            for at in 0..BLOCK {
                for around in [b' ', b'a', 0x7f, 0x80, 0xff] {
                    let mut block = [around; BLOCK];
                    block[at] = byte;
                    let mut expected = u32::from(!is_plain(byte)) << at;
                    assert_eq!(special(&block), expected, "{byte} at {at}");
                    if let Some(next) = block.get_mut(at + 1) {
                        *next = b'"';
                        expected |= 1 << (at + 1);
                        assert_eq!(special(&block), expected, "{byte} at {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_end_of_plain_bytes_is_found_wherever_it_is() {
        for length in 0..3 * BLOCK {
            for at in 0..=length {
                for from in 0..=at {
                    let mut bytes = vec![b'x'; length];
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = b'\\';
                    }
                    assert_eq!(plain_end(&bytes, from), at);
                }
            }
        }
    }
}
