//! What is published: bytes, or a file that is sent as it is read.

use std::path::{Path, PathBuf};

use aws_sdk_s3::primitives::{ByteStream, Length};
use bytes::Bytes;

use crate::s3::{Failure, Kind};
use crate::storage::Content;

/// The content of an object, which can be sent more than once.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    Bytes(Bytes),
    File(PathBuf, u64),
}

impl Payload {
    /// Takes what a publish was given.
    pub(super) fn of(content: &Content<'_>) -> Result<Self, Failure> {
        match content {
            Content::Bytes(bytes) => Ok(Self::Bytes(Bytes::copy_from_slice(bytes))),
            Content::File(path) => Self::file(path),
        }
    }

    fn file(path: &Path) -> Result<Self, Failure> {
        let metadata = std::fs::metadata(path)
            .map_err(|e| Failure::caused(Kind::Other, "the temporary file cannot be read", e))?;
        Ok(Self::File(path.to_owned(), metadata.len()))
    }

    /// Bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(_, size) => *size,
        }
    }

    /// A stretch of it, which lies within its size.
    pub(super) async fn stretch(&self, from: u64, length: u64) -> Result<ByteStream, Failure> {
        match self {
            Self::Bytes(bytes) => {
                let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(at(from)..at(from + length)).into())
            }
            Self::File(path, _) => ByteStream::read_from()
                .path(path)
                .offset(from)
                .length(Length::Exact(length))
                .build()
                .await
                .map_err(|e| Failure::caused(Kind::Other, "the temporary file cannot be read", e)),
        }
    }
}
