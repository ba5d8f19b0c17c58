//! SHA-256 of a file.

use std::fs::File;
use std::io::{self, Read, Seek};

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's bytes from its beginning, and their number.
///
/// # Errors
/// If it cannot be read.
pub fn of_file(file: &File) -> io::Result<([u8; 32], u64)> {
    of_start(file, u64::MAX)
}

/// The SHA-256 of at most `most` bytes from a file's beginning, and their number.
///
/// # Errors
/// If it cannot be read.
pub fn of_start(mut file: &File, most: u64) -> io::Result<([u8; 32], u64)> {
    file.rewind()?;
    let mut file = file.take(most);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((hash.finalize().into(), bytes));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}
