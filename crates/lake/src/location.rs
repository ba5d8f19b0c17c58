//! Where a source or a lake lies: a directory or a bucket's prefix.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place that a URI names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A directory, absolute, without a slash at its end.
    Local(PathBuf),
    /// `s3://bucket/prefix`
    S3 {
        /// Bucket.
        bucket: String,
        /// Prefix, without slashes at its ends; may be empty. It names a folder: keys are below `<prefix>/`.
        prefix: String,
    },
}

/// Why a text is no location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Nothing given.
    #[error("empty, expected a directory or s3://bucket/prefix")]
    Empty,
    /// Another scheme than `file` and `s3`.
    #[error("{scheme}:// is not known, expected a directory, file:// or s3://")]
    Scheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// `file://host/…`
    #[error("file:// with a host, expected file:///…")]
    Host,
    /// `s3://` without a bucket.
    #[error("s3:// without a bucket")]
    Bucket,
    /// The working directory is gone, which a relative path needs.
    #[error("{path} cannot be made absolute")]
    Relative {
        /// The path.
        path: String,
    },
}

impl Location {
    /// Reads a path, `file://…` or `s3://…`. Nothing is percent-decoded: paths and keys are written as they are.
    /// A relative path is made absolute; links and `..` in it stay.
    ///
    /// # Errors
    /// If it is none of them.
    pub fn parse(uri: &str) -> Result<Self, LocationError> {
        if uri.is_empty() {
            return Err(LocationError::Empty);
        }
        let Some((scheme, rest)) = split_scheme(uri) else {
            return Self::local(uri);
        };
        match scheme.to_ascii_lowercase().as_str() {
            "file" => {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                if !path.starts_with('/') {
                    return Err(LocationError::Host);
                }
                Self::local(path)
            }
            "s3" => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(LocationError::Bucket);
                }
                Ok(Self::S3 {
                    bucket: bucket.to_owned(),
                    prefix: prefix.trim_matches('/').to_owned(),
                })
            }
            _ => Err(LocationError::Scheme {
                scheme: scheme.to_owned(),
            }),
        }
    }

    /// The path that keys continue: the prefix, or the directory.
    pub fn root(&self) -> String {
        match self {
            Self::Local(path) => path.to_string_lossy().into_owned(),
            Self::S3 { prefix, .. } => prefix.clone(),
        }
    }

    fn local(path: &str) -> Result<Self, LocationError> {
        let error = |_| LocationError::Relative {
            path: path.to_owned(),
        };
        let absolute = std::path::absolute(path).map_err(error)?;
        // Path equality is by component: collecting them drops the slash at the end.
        Ok(Self::Local(absolute.components().collect()))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => Path::display(path).fmt(f),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// Splits `scheme://rest`, if it begins like that.
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    let form = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'));
    form.then_some((scheme, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_are_told_apart() {
        let local = |path: &str| Ok(Location::Local(PathBuf::from(path)));
        let s3 = |bucket: &str, prefix: &str| {
            Ok(Location::S3 {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
            })
        };
        for (uri, expected) in [
            ("/data/a b%20#1/", local("/data/a b%20#1")),
            ("file:///data/x", local("/data/x")),
            ("file://localhost/data/x", local("/data/x")),
            ("/a://b", local("/a:/b")),
            ("s3://bucket", s3("bucket", "")),
            ("S3://bucket/", s3("bucket", "")),
            ("s3://bucket/a/b//", s3("bucket", "a/b")),
            ("file://host/x", Err(LocationError::Host)),
            ("s3:///x", Err(LocationError::Bucket)),
            ("", Err(LocationError::Empty)),
            (
                "gs://bucket/x",
                Err(LocationError::Scheme {
                    scheme: "gs".to_owned(),
                }),
            ),
        ] {
            assert_eq!(Location::parse(uri), expected, "{uri}");
        }
    }

    #[test]
    fn relative_paths_become_absolute() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(
            Location::parse("./bucket/"),
            Ok(Location::Local(here.join("bucket")))
        );
        assert_eq!(Location::parse("."), Ok(Location::Local(here)));
    }
}
