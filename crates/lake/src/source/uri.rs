//! What `--source` takes: `[NAME=]URI[?kind=…&account=…&region=…&role_arn=…&profile=…]`.

use promptlake_datasets::key::KeyContext;

use crate::location::{Location, LocationError};

/// A source as its URI names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSpec {
    /// Its name in the ledger and, for keys outside `AWSLogs/`, in `source_object`.
    pub name: String,
    /// Where it lies.
    pub location: Location,
    /// What its options say of its keys.
    pub context: KeyContext,
    /// `role_arn=`: the role that reads it; S3 only.
    pub role_arn: Option<String>,
    /// `profile=`: the AWS profile that reads it; S3 only.
    pub profile: Option<String>,
}

/// Why a text is no source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The URI.
    #[error("source {uri}")]
    Location {
        /// The URI, without name and options.
        uri: String,
        /// What is wrong with it.
        #[source]
        source: LocationError,
    },
    /// It has no last path component to be named after.
    #[error("source {uri} needs a name: NAME={uri}")]
    Nameless {
        /// The URI.
        uri: String,
    },
    /// An option that does not exist.
    #[error(
        "source option {option}= is not known, expected kind, account, region, role_arn or profile"
    )]
    UnknownOption {
        /// Its key.
        option: String,
    },
    /// An option without `=`, without value, given twice, of the wrong form, or for S3 only.
    #[error("source option {option}: {problem}")]
    BadOption {
        /// Its key.
        option: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl SourceSpec {
    /// Reads the text of a `--source`.
    ///
    /// NAME is `[A-Za-z0-9_-]+` before the first `=`. Options follow the last `?`, if that looks like them (a
    /// `key=` is among them); a `?` in a path is a part of the path otherwise. Values are taken as they are.
    ///
    /// # Errors
    /// If the URI or an option cannot be understood: nothing is guessed.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let (given_name, rest) = split_name(text);
        let (uri, options) = split_options(rest);
        let location = Location::parse(uri).map_err(|source| SpecError::Location {
            uri: uri.to_owned(),
            source,
        })?;
        let name = match given_name {
            Some(name) => name.to_owned(),
            None => default_name(&location).ok_or_else(|| SpecError::Nameless {
                uri: uri.to_owned(),
            })?,
        };
        let mut spec = Self {
            context: KeyContext {
                name: name.clone(),
                root: location.root(),
                ..KeyContext::default()
            },
            name,
            location,
            role_arn: None,
            profile: None,
        };
        for option in options.into_iter().flat_map(|options| options.split('&')) {
            spec.set(option)?;
        }
        Ok(spec)
    }

    fn set(&mut self, option: &str) -> Result<(), SpecError> {
        let bad = |problem| SpecError::BadOption {
            option: option.split('=').next().unwrap_or_default().to_owned(),
            problem,
        };
        let (key, value) = option
            .split_once('=')
            .ok_or_else(|| bad("expected KEY=VALUE"))?;
        let aws = matches!(key, "role_arn" | "profile");
        let place = match key {
            "kind" => {
                if value != "lex" {
                    return Err(bad("expected lex"));
                }
                if self.context.lex {
                    return Err(bad("given twice"));
                }
                self.context.lex = true;
                return Ok(());
            }
            "account" => &mut self.context.account_id,
            "region" => &mut self.context.region,
            "role_arn" => &mut self.role_arn,
            "profile" => &mut self.profile,
            _ => {
                return Err(SpecError::UnknownOption {
                    option: key.to_owned(),
                });
            }
        };
        if value.is_empty() {
            return Err(bad("no value"));
        }
        if place.is_some() {
            return Err(bad("given twice"));
        }
        if key == "account" && !(value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit())) {
            return Err(bad("expected 12 digits"));
        }
        if aws && matches!(self.location, Location::Local(_)) {
            return Err(bad("only for s3:// sources"));
        }
        *place = Some(if key == "region" {
            value.to_ascii_lowercase()
        } else {
            value.to_owned()
        });
        Ok(())
    }
}

fn split_name(text: &str) -> (Option<&str>, &str) {
    match text.split_once('=') {
        Some((name, rest))
            if !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) =>
        {
            (Some(name), rest)
        }
        _ => (None, text),
    }
}

fn split_options(text: &str) -> (&str, Option<&str>) {
    let key = |option: &str| {
        option.split_once('=').is_some_and(|(key, _)| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
    };
    match text.rsplit_once('?') {
        Some((uri, options)) if options.split('&').any(key) => (uri, Some(options)),
        _ => (text, None),
    }
}

fn default_name(location: &Location) -> Option<String> {
    match location {
        Location::S3 { bucket, .. } => Some(bucket.clone()),
        Location::Local(path) => match path.file_name() {
            Some(name) => Some(name.to_string_lossy().into_owned()),
            // `..` at the end: only the system knows what that directory is called.
            None => Some(
                path.canonicalize()
                    .ok()?
                    .file_name()?
                    .to_string_lossy()
                    .into_owned(),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> SourceSpec {
        SourceSpec::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn names_come_from_the_text_or_the_last_component() {
        for (text, name, root) in [
            ("/data/mirror", "mirror", "/data/mirror"),
            ("eu-1_x=/data/mirror/", "eu-1_x", "/data/mirror"),
            ("/data/a=b", "a=b", "/data/a=b"),
            ("my.name=x", "my.name=x", ""),
            ("s3://my.bucket/some/prefix/", "my.bucket", "some/prefix"),
            ("logs=s3://b", "logs", ""),
        ] {
            let spec = parse(text);
            assert_eq!(spec.name, name, "{text}");
            assert_eq!(spec.context.name, name, "{text}");
            if !root.is_empty() {
                assert_eq!(spec.context.root, root, "{text}");
            }
        }
        assert!(matches!(
            SourceSpec::parse("/"),
            Err(SpecError::Nameless { .. })
        ));
        assert_eq!(parse("root=/").name, "root");
    }

    #[test]
    fn options_fill_the_context() {
        let spec = parse(
            "s3://b/p?kind=lex&account=111122223333&region=EU-Central-1&role_arn=arn:aws:iam::1:role/x&profile=p q",
        );
        assert_eq!(
            spec.location,
            Location::S3 {
                bucket: "b".to_owned(),
                prefix: "p".to_owned()
            }
        );
        assert!(spec.context.lex);
        assert_eq!(spec.context.account_id.as_deref(), Some("111122223333"));
        assert_eq!(spec.context.region.as_deref(), Some("eu-central-1"));
        assert_eq!(spec.role_arn.as_deref(), Some("arn:aws:iam::1:role/x"));
        assert_eq!(spec.profile.as_deref(), Some("p q"));
        assert_eq!(parse("/a?kind=lex").name, "a");
    }

    #[test]
    fn a_question_mark_in_a_path_stays_there() {
        for (text, root) in [
            ("/data/what?/x", "/data/what?/x"),
            ("/data/what?", "/data/what?"),
            ("/data/what?/x?kind=lex", "/data/what?/x"),
        ] {
            assert_eq!(parse(text).context.root, root, "{text}");
        }
    }

    #[test]
    fn no_option_is_guessed() {
        for text in [
            "/a?color=red",
            "/a?kind=lex&color=red",
            "/a?kind=chat",
            "/a?kind=lex&kind=lex",
            "/a?kind=lex&account",
            "/a?account=12",
            "/a?account=",
            "/a?region=",
            "/a?region=x&region=x",
            "/a?profile=x",
            "x=gs://b",
        ] {
            assert!(SourceSpec::parse(text).is_err(), "{text}");
        }
    }
}
