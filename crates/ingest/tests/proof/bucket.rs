//! A source in memory whose objects come, change and go, and that keeps a log of what was fetched.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use promptlake_datasets::key::KeyContext;
use promptlake_ingest::discover::NamedSource;
use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};

/// An object as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) etag: String,
}

/// Objects by key. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    objects: BTreeMap<String, Stored>,
    puts: u64,
    fetched: Vec<(String, String)>,
}

impl Bucket {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an object; the same bytes once more have another ETag.
    pub(crate) fn put(&self, key: &str, bytes: Vec<u8>) {
        let mut inner = self.lock();
        inner.puts += 1;
        let etag = format!("put-{}", inner.puts);
        let bytes = bytes.into();
        inner.objects.insert(key.to_owned(), Stored { bytes, etag });
    }

    pub(crate) fn delete(&self, key: &str) {
        self.lock().objects.remove(key);
    }

    pub(crate) fn get(&self, key: &str) -> Option<Stored> {
        self.lock().objects.get(key).cloned()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    pub(crate) fn holds_any(&self) -> bool {
        !self.lock().objects.is_empty()
    }

    /// Keys and ETags that were fetched since the last call, in the order of fetching.
    pub(crate) fn take_fetched(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.lock().fetched)
    }

    /// The bucket as a source of a run.
    pub(crate) fn named(&self, context: KeyContext) -> NamedSource {
        NamedSource {
            place: format!("memory://{}", context.name),
            context,
            source: Box::new(self.clone()),
        }
    }
}

impl Source for Bucket {
    fn list(
        &self,
        _: Window,
        found: &mut dyn FnMut(Listed),
        _: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        let objects = self.lock().objects.clone();
        // Backwards: a listing promises no order.
        for (key, stored) in objects.into_iter().rev() {
            found(Listed {
                key,
                size: stored.bytes.len() as u64,
                etag: stored.etag,
                archived: false,
            });
        }
        Ok(())
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(objects.into_iter().map(|listed| {
            let mut inner = self.lock();
            let place = listed.key.clone();
            let Some(stored) = inner.objects.get(&listed.key).cloned() else {
                let action = "read";
                return Err(SourceError::NotFound { action, place });
            };
            if stored.etag != listed.etag {
                return Err(SourceError::Changed { place });
            }
            inner.fetched.push((listed.key, listed.etag));
            // Both ways of giving a body, whatever the size.
            Ok(if stored.bytes.len() % 2 == 0 {
                Body::Bytes(stored.bytes.to_vec())
            } else {
                Body::Stream(Box::new(Cursor::new(stored.bytes.to_vec())))
            })
        }))
    }
}
