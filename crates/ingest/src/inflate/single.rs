//! The fast way: one gzip member, at hand in full, inflated at once.

use libdeflater::Decompressor;

/// Larger ones are streamed, so that a worker's buffer stays bounded.
const MAX_AT_ONCE: u64 = 32 << 20;

/// Deflate cannot do better than 1:1032, so a length beyond that is a lie.
const MAX_RATIO: u64 = 1032;

/// A member without name and content: header, an empty block, CRC and length.
const SHORTEST: usize = 18;

pub(super) struct SingleMember {
    decompressor: Decompressor,
}

impl SingleMember {
    pub(super) fn new() -> Self {
        Self {
            decompressor: Decompressor::new(),
        }
    }

    /// Inflates `body` into the front of `out` and tells how long it is, if `body` is exactly one sound gzip member;
    /// `None` says nothing but that it has to be streamed.
    ///
    /// Of a code with one word alone it takes the word that is not assigned too, which a stream refuses as damage. No
    /// compressor writes that word, and CRC and length vouch for the bytes.
    pub(super) fn inflate(&mut self, body: &[u8], out: &mut Vec<u8>, max: u64) -> Option<usize> {
        if body.len() < SHORTEST {
            return None;
        }
        let (_, trailer) = body.split_last_chunk::<4>()?;
        let claimed = u64::from(u32::from_le_bytes(*trailer));
        if claimed > MAX_AT_ONCE.min(max) || claimed > body.len() as u64 * MAX_RATIO {
            return None;
        }
        let claimed = usize::try_from(claimed).ok()?;
        if out.len() < claimed {
            out.resize(claimed, 0);
        }
        let written = self
            .decompressor
            .gzip_decompress(body, &mut out[..claimed])
            .ok()?;
        (written == claimed && ends_once(body, *trailer, &out[..claimed])).then_some(claimed)
    }
}

/// Whether the member that was inflated is all of `body`. The library reads the first member and does not tell where
/// it ends; but it has checked that it ends in CRC and length, so if these stand only at the end, it ends there.
fn ends_once(body: &[u8], length: [u8; 4], inflated: &[u8]) -> bool {
    let before = &body[..body.len() - 1];
    if memchr::memmem::find(before, &length).is_none() {
        return true;
    }
    let mut trailer = [0; 8];
    trailer[..4].copy_from_slice(&libdeflater::crc32(inflated).to_le_bytes());
    trailer[4..].copy_from_slice(&length);
    memchr::memmem::find(before, &trailer).is_none() && body.ends_with(&trailer)
}
