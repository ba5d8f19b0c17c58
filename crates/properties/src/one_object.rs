//! A source of one object.

use std::io::Cursor;

use promptlake_datasets::key::KeyContext;
use promptlake_ingest::discover::NamedSource;
use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};

/// The object.
#[derive(Clone, Debug)]
pub(crate) struct OneObject {
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
    /// Its body is given as a stream.
    pub(crate) streamed: bool,
}

impl OneObject {
    /// It, as a source of a run.
    pub(crate) fn named(&self, context: &KeyContext) -> NamedSource {
        NamedSource {
            place: format!("memory://{}", context.name),
            context: context.clone(),
            source: Box::new(self.clone()),
        }
    }
}

impl Source for OneObject {
    fn list(
        &self,
        _: Window,
        found: &mut dyn FnMut(Listed),
        _: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        found(Listed {
            key: self.key.clone(),
            size: self.body.len() as u64,
            etag: "the only one".to_owned(),
            archived: false,
        });
        Ok(())
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(objects.into_iter().map(|_| {
            let body = self.body.clone();
            Ok(if self.streamed {
                Body::Stream(Box::new(Cursor::new(body)))
            } else {
                Body::Bytes(body)
            })
        }))
    }
}
