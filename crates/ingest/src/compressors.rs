//! ZSTD contexts that are used again: making one costs more than compressing a small page.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use zstd::bulk::Compressor;
use zstd::zstd_safe::compress_bound;

/// Buffers for more than this are not kept.
const KEPT_BYTES: usize = 4 << 20;

/// Contexts of one level, as many as there are threads that compress at the same time.
pub(crate) struct Compressors {
    level: i32,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    context: Compressor<'static>,
    output: Vec<u8>,
}

impl fmt::Debug for Compressors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Compressors of level {}", self.level)
    }
}

impl Compressors {
    /// None yet.
    pub(crate) fn new(level: i32) -> Self {
        Self {
            level,
            idle: Mutex::default(),
        }
    }

    /// Compresses `bytes` and hands the frame to `take`. The frame depends on `bytes` and the level alone.
    ///
    /// # Errors
    /// If the level is none of zstd's, or there is no memory for a context.
    pub(crate) fn compress<T>(&self, bytes: &[u8], take: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        let mut idle = match self.lock().pop() {
            Some(idle) => idle,
            None => Idle {
                context: Compressor::new(self.level)?,
                output: Vec::new(),
            },
        };
        idle.output.clear();
        idle.output.reserve(compress_bound(bytes.len()));
        idle.context.compress_to_buffer(bytes, &mut idle.output)?;
        let taken = take(&idle.output);
        if idle.output.capacity() <= KEPT_BYTES {
            self.lock().push(idle);
        }
        Ok(taken)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // Nothing panics while it is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
