//! The runtime of everything that talks to S3, hidden from the rest of the program.

use std::io;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

/// Sending and receiving cost little next to decoding: these threads are seldom busy at once.
const THREADS: usize = 2;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// The runtime, made by the first call.
pub(crate) fn runtime() -> io::Result<&'static Runtime> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("s3")
        .enable_all()
        .build()?;
    Ok(RUNTIME.get_or_init(|| made))
}
