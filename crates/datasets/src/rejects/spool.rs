//! A slice that is seen in pieces and not held.

use sha2::{Digest, Sha256};

use super::rows::{MAX_RAW, Reject};
use crate::reason::Reason;

/// Keeps of a slice what a reject needs: its head, its length and its hash.
pub struct Spool {
    byte_offset: u64,
    line: u64,
    head: Vec<u8>,
    hash: Sha256,
    bytes: u64,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spool of {} bytes", self.bytes)
    }
}

impl Spool {
    /// An empty slice that begins at a byte of the inflated object, on a line.
    pub fn new(byte_offset: u64, line: u64) -> Self {
        Self {
            byte_offset,
            line,
            head: Vec::new(),
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// Adds the bytes that follow.
    pub fn add(&mut self, piece: &[u8]) {
        let room = (MAX_RAW + 4).saturating_sub(self.head.len());
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
    }

    /// The reject of the slice.
    pub fn reject(
        &mut self,
        reason: Reason,
        detail: String,
        record_index: Option<i64>,
    ) -> Reject<'_> {
        Reject {
            reason,
            detail,
            record_index,
            byte_offset: Some(self.byte_offset),
            line: Some(self.line),
            raw: &self.head,
            raw_bytes: self.bytes,
            raw_sha256: self.hash.finalize_reset().into(),
        }
    }
}
