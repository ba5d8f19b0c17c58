//! What a request asks for.

use crate::encoding::decode;
use crate::http::Message;

/// An operation of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `ListObjectsV2`
    List,
    /// `HeadBucket`
    HeadBucket,
    /// `GetObject`
    Get,
    /// `HeadObject`
    Head,
    /// `PutObject`
    Put,
    /// `DeleteObject`
    Delete,
    /// `CreateMultipartUpload`
    CreateUpload,
    /// `UploadPart`
    UploadPart,
    /// `CompleteMultipartUpload`
    CompleteUpload,
    /// `AbortMultipartUpload`
    AbortUpload,
    /// `AssumeRole`, of STS.
    Sts,
    /// Anything else.
    Other,
}

/// A request, taken apart.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) bucket: String,
    /// Of a listing, its prefix.
    pub(crate) key: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) message: Message,
}

impl Request {
    pub(crate) fn new(message: Message) -> Self {
        let (path, query) = message
            .target
            .split_once('?')
            .unwrap_or((&message.target, ""));
        let query: Vec<_> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name, true), decode(value, true))
            })
            .collect();
        let path = path.strip_prefix('/').unwrap_or(path);
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let (bucket, mut key) = (decode(bucket, false), decode(key, false));
        let has = |name: &str| query.iter().any(|(n, _)| n == name);
        let kind = match (message.method.as_str(), key.is_empty()) {
            ("GET", true) if has("list-type") => Kind::List,
            ("HEAD", true) => Kind::HeadBucket,
            ("GET", false) => Kind::Get,
            ("HEAD", false) => Kind::Head,
            ("PUT", false) if has("partNumber") => Kind::UploadPart,
            ("PUT", false) => Kind::Put,
            ("POST", false) if has("uploads") => Kind::CreateUpload,
            ("POST", false) if has("uploadId") => Kind::CompleteUpload,
            ("DELETE", false) if has("uploadId") => Kind::AbortUpload,
            ("DELETE", false) => Kind::Delete,
            ("POST", true) if bucket.is_empty() => Kind::Sts,
            _ => Kind::Other,
        };
        if kind == Kind::List {
            key = query
                .iter()
                .find(|(name, _)| name == "prefix")
                .map(|(_, value)| value.clone())
                .unwrap_or_default();
        }
        Self {
            kind,
            bucket,
            key,
            query,
            message,
        }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}
