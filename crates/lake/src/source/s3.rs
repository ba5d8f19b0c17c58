//! A source that is a bucket's prefix.

use std::sync::{Arc, OnceLock};

use super::day_folders::DayFolders;
use super::{Body, Listed, Source, SourceError, Window};
use crate::layout;
use crate::location::Location;
use crate::s3::{Access, Bucket, Failure, Kind, S3Options};
use crate::stats::Stats;

mod fetch;
mod stream;
mod walk;

/// Objects of a bucket below a prefix.
///
/// Nothing is asked before the first listing or fetch; then the bucket's region is found out. Failures of the server and
/// the network are retried, throttling lowers the number of requests in flight; both are counted. Requests say that the
/// requester pays, which buckets ignore whose owner does.
#[derive(Debug)]
pub struct S3Source {
    bucket: Arc<Bucket>,
    /// What keys begin with: empty, or with `/` at its end.
    prefix: String,
    /// What keys of the lake begin with.
    excluded: Vec<String>,
    skipped: OnceLock<String>,
    day_folders: bool,
}

impl S3Source {
    /// The source below `prefix`, which has no slashes at its ends and may be empty. Requests go out as `role_arn` if
    /// there is one, taken on with the credentials of `profile`, or of the standard chain.
    pub fn new(
        bucket: &str,
        prefix: &str,
        role_arn: Option<String>,
        profile: Option<String>,
        options: S3Options,
    ) -> Self {
        let access = Access {
            role_arn,
            profile,
            requester_pays: true,
        };
        Self {
            bucket: Bucket::new(bucket.to_owned(), access, options),
            prefix: folder(prefix),
            excluded: Vec::new(),
            skipped: OnceLock::new(),
            day_folders: true,
        }
    }

    /// Leaves out a lake in the same bucket: all of it, or where the source lies in it, its own folders.
    #[must_use]
    pub fn excluding_lake(mut self, lake: &Location) -> Self {
        if let Location::S3 { bucket, prefix } = lake
            && *bucket == self.bucket.name
        {
            let lake = folder(prefix);
            self.excluded = if self.prefix.starts_with(&lake) {
                [layout::TABLES, layout::DIMS, layout::STATE]
                    .map(|folder| format!("{lake}{folder}"))
                    .to_vec()
            } else {
                vec![lake]
            };
        }
        self
    }

    /// Shows all days, whatever the window: in Lex keys the last date counts, and only the whole key has it.
    #[must_use]
    pub fn without_day_folders(mut self) -> Self {
        self.day_folders = false;
        self
    }

    /// What the source's own prefix tells of days.
    fn folders(&self) -> DayFolders {
        if self.day_folders {
            DayFolders::of(self.prefix.trim_end_matches('/'))
        } else {
            DayFolders::Outside
        }
    }

    /// Whether a key, or all keys below a prefix, are of the lake; noted if so.
    fn is_of_the_lake(&self, key: &str) -> bool {
        let Some(excluded) = self
            .excluded
            .iter()
            .find(|excluded| key.starts_with(*excluded))
        else {
            return false;
        };
        self.skipped
            .get_or_init(|| self.bucket.uri(excluded.trim_end_matches('/')));
        true
    }
}

impl Source for S3Source {
    fn list(
        &self,
        window: Window,
        found: &mut dyn FnMut(Listed),
        problem: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        walk::walk(self, window, found, problem)
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(fetch::fetch(&self.bucket, &self.prefix, objects))
    }

    fn excluded(&self) -> Option<&str> {
        self.skipped.get().map(String::as_str)
    }

    fn stats(&self) -> Stats {
        self.bucket.counters.stats()
    }
}

fn folder(prefix: &str) -> String {
    if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}/")
    }
}

fn source_error(action: &'static str, place: String, failure: Failure) -> SourceError {
    match failure.kind {
        Kind::NoObject | Kind::NoBucket => SourceError::NotFound { action, place },
        Kind::Precondition => SourceError::Changed { place },
        Kind::Denied => SourceError::Denied {
            action,
            place,
            source: failure.into(),
        },
        _ => SourceError::Other {
            action,
            place,
            source: failure.into(),
        },
    }
}
