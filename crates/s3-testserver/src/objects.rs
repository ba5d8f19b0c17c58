//! Buckets and what lies in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use md5::{Digest, Md5};

use crate::encoding::hex;
use crate::uploads::Upload;

/// Where an object is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorageClass {
    /// `STANDARD`
    #[default]
    Standard,
    /// `GLACIER_IR`: read at once.
    GlacierInstant,
    /// `DEEP_ARCHIVE`: refused until it is restored.
    DeepArchive,
    /// `DEEP_ARCHIVE`, with a copy that can be read.
    Restored,
}

impl StorageClass {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::GlacierInstant => "GLACIER_IR",
            Self::DeepArchive | Self::Restored => "DEEP_ARCHIVE",
        }
    }
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// Its ETag, quoted.
    pub etag: String,
    /// Its storage class.
    pub class: StorageClass,
    /// Headers that were stored with it: metadata, encryption.
    pub headers: Vec<(String, String)>,
}

impl Object {
    pub(crate) fn new(bytes: Vec<u8>, headers: Vec<(String, String)>) -> Self {
        Self {
            etag: format!("\"{}\"", hex(&Md5::digest(&bytes))),
            bytes: Arc::new(bytes),
            class: StorageClass::default(),
            headers,
        }
    }
}

/// A bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) region: String,
    pub(crate) objects: BTreeMap<String, Object>,
    /// What listings show instead, once they are frozen.
    pub(crate) frozen: Option<BTreeMap<String, Object>>,
    pub(crate) requester_pays: bool,
    /// Who alone gets at it; `None`: everybody.
    pub(crate) only_for: Option<String>,
    /// Whether conditions on writes are heeded.
    pub(crate) conditional: bool,
    pub(crate) uploads: BTreeMap<String, Upload>,
}

impl Bucket {
    pub(crate) fn new(region: &str) -> Self {
        Self {
            region: region.to_owned(),
            objects: BTreeMap::new(),
            frozen: None,
            requester_pays: false,
            only_for: None,
            conditional: true,
            uploads: BTreeMap::new(),
        }
    }
}
