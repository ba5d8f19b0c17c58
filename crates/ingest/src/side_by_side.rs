//! The same work for many things, several at once.

use std::sync::{Mutex, PoisonError};

/// How much is published at once: a publish waits for the disk or the server, not for the processor.
pub const PUBLISHES: usize = 8;

/// Does the work for each item, on as many threads as are asked for; gives the results in the order of the items.
///
/// # Panics
/// If the work does.
pub fn each<T: Send, R: Send>(
    items: impl ExactSizeIterator<Item = T> + Send,
    threads: usize,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let count = items.len();
    let next = Mutex::new(items.enumerate());
    let results = Mutex::new(Vec::with_capacity(count));
    let all = || {
        loop {
            // Let go of before the work begins.
            let item = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, item)) = item else {
                break;
            };
            let result = work(item);
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.push((number, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.min(count) {
            scope.spawn(all);
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}
