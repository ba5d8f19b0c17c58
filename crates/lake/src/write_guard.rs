//! Asks, once a run and before its first publish, whether publishes compare and swap.
//!
//! Not before: a nightly run that finds nothing new shall cost no more than its listings. Not only when a lake is made:
//! one that was copied to another store is written there as well.

use std::cell::Cell;

use crate::storage::{Storage, StorageError};

/// What stands before the publishes of a run.
#[derive(Debug)]
pub struct WriteGuard<'a> {
    storage: &'a dyn Storage,
    passed: Cell<bool>,
}

impl<'a> WriteGuard<'a> {
    /// Asks nothing yet.
    pub fn new(storage: &'a dyn Storage) -> Self {
        Self {
            storage,
            passed: Cell::new(false),
        }
    }

    /// What is to be written.
    pub fn storage(&self) -> &'a dyn Storage {
        self.storage
    }

    /// To be called before anything is published of which another run may publish something else.
    ///
    /// # Errors
    /// [`StorageError::NoCompareAndSwap`], or if the lake cannot be written at all.
    pub fn check(&self) -> Result<(), StorageError> {
        if self.passed.get() {
            return Ok(());
        }
        if !self.storage.compares_and_swaps()? {
            return Err(StorageError::NoCompareAndSwap);
        }
        self.passed.set(true);
        Ok(())
    }
}
