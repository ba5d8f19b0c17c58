//! What goes wrong, by script.

use crate::request::{Kind, Request};

/// How a request fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Nothing is done; the answer is an error of this status and code.
    Error(u16, &'static str),
    /// Nothing is done and nothing answered: the connection is closed.
    Close,
    /// Nothing is done and nothing answered until the client gives up.
    Hang,
    /// It is done, but nothing answered until the client gives up.
    HangAfter,
    /// It is done, but the connection is closed instead of an answer.
    LoseResponse,
    /// It is done, but the answer is an error of this status and code.
    LieAboutFailure(u16, &'static str),
    /// The connection breaks after so many bytes of the body.
    Cut(usize),
    /// The body ends after so many bytes, and its `Content-Length` says the same.
    Shorten(usize),
    /// The body stops after so many bytes, and the connection stays.
    Stall(usize),
}

/// A rule: which requests fail, and how. The first rule that matches counts.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: Option<Kind>,
    bucket: Option<String>,
    prefix: String,
    skip: usize,
    times: usize,
    what: What,
}

impl Fault {
    /// Every request of a kind fails.
    pub fn on(kind: Kind, what: What) -> Self {
        Self {
            kind: Some(kind),
            ..Self::always(what)
        }
    }

    /// Every request fails.
    pub fn always(what: What) -> Self {
        Self {
            kind: None,
            bucket: None,
            prefix: String::new(),
            skip: 0,
            times: usize::MAX,
            what,
        }
    }

    /// Only of this bucket.
    #[must_use]
    pub fn bucket(mut self, bucket: &str) -> Self {
        self.bucket = Some(bucket.to_owned());
        self
    }

    /// Only of keys, or prefixes of listings, that begin with this.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Not the first `skip` of them.
    #[must_use]
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    /// Only so many of them.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Whether a request fails by it; counts those that match.
    pub(crate) fn strikes(&mut self, request: &Request) -> Option<What> {
        let matches = self.kind.is_none_or(|kind| kind == request.kind)
            && self
                .bucket
                .as_ref()
                .is_none_or(|bucket| *bucket == request.bucket)
            && request.key.starts_with(&self.prefix);
        if !matches || self.times == 0 {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.what.clone())
    }
}
