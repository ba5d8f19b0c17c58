//! The hash of an object's body as it lies in the source, by which a mirror is told from a clash without reading it again.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use promptlake_lake::source::Body;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The hash of a body that is being read.
pub enum BodyHash {
    /// All of it was at hand.
    Known(u128),
    /// It is hashed as it is read: hash and bytes so far.
    Growing(Arc<Mutex<(Xxh3, u64)>>),
}

impl std::fmt::Debug for BodyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BodyHash")
    }
}

impl BodyHash {
    /// The body, to be read in place of `body`, and its hash.
    pub fn of(body: Body) -> (Body, Self) {
        match body {
            Body::Bytes(bytes) => {
                let hash = Self::Known(xxh3_128(&bytes));
                (Body::Bytes(bytes), hash)
            }
            Body::Stream(reader) => {
                let hash = Arc::new(Mutex::new((Xxh3::new(), 0)));
                let reader = Hashing {
                    reader,
                    hash: Arc::clone(&hash),
                };
                (Body::Stream(Box::new(reader)), Self::Growing(hash))
            }
        }
    }

    /// The hash in hex, if all `size` bytes were read.
    pub fn finish(self, size: u64) -> Option<String> {
        let hash = match self {
            Self::Known(hash) => hash,
            Self::Growing(hash) => {
                let hash = hash.lock().unwrap_or_else(PoisonError::into_inner);
                (hash.1 == size).then(|| hash.0.digest128())?
            }
        };
        Some(format!("{hash:032x}"))
    }
}

struct Hashing {
    reader: Box<dyn Read + Send>,
    hash: Arc<Mutex<(Xxh3, u64)>>,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(buffer)?;
        let mut hash = self.hash.lock().unwrap_or_else(PoisonError::into_inner);
        hash.0.update(&buffer[..n]);
        hash.1 += n as u64;
        Ok(n)
    }
}
