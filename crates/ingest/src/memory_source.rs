//! A source in memory, for tests, and a key grammar that is simple to see through.

use std::collections::BTreeMap;
use std::sync::Mutex;

use promptlake_datasets::dataset::{Content, Dataset, Keys};
use promptlake_datasets::day::Day;
use promptlake_datasets::key::{Class, KeyContext};
use promptlake_datasets::object::Object;
use promptlake_datasets::rejects;
use promptlake_lake::source::{Body, Listed, Source, SourceError, Window};

use crate::discover::NamedSource;

pub(crate) static ALPHA: Dataset = dataset("alpha");
pub(crate) static BETA: Dataset = dataset("beta");
pub(crate) static REGISTRY: &[&Dataset] = &[&ALPHA, &BETA];

const fn dataset(name: &'static str) -> Dataset {
    Dataset {
        name,
        keys: Keys {
            folders: &[],
            endings: &[],
            report: false,
        },
        content: Content::Json(&[]),
        family: &rejects::FAMILY,
        decoder_version: 2,
        decoder: || unreachable!("nothing is decoded here"),
    }
}

/// Objects by key: content and `ETag`.
#[derive(Debug, Default)]
pub(crate) struct MemorySource {
    pub(crate) objects: BTreeMap<String, (Vec<u8>, String)>,
    /// Keys of objects that cannot be read at once.
    pub(crate) archived: Vec<String>,
    pub(crate) refuses: bool,
    pub(crate) half_broken: bool,
    pub(crate) fetched: Mutex<Vec<String>>,
}

impl MemorySource {
    pub(crate) fn of(keys: &[&str]) -> Self {
        let mut source = Self::default();
        for key in keys {
            source.put(key, key);
        }
        source
    }

    pub(crate) fn put(&mut self, key: &str, content: &str) {
        let etag = format!("etag of {content}");
        self.objects
            .insert(key.to_owned(), (content.as_bytes().to_vec(), etag));
    }

    pub(crate) fn named(self, name: &str) -> NamedSource {
        NamedSource {
            place: format!("memory://{name}"),
            context: KeyContext {
                name: name.to_owned(),
                ..KeyContext::default()
            },
            source: Box::new(self),
        }
    }
}

fn refused(what: &str) -> SourceError {
    SourceError::Denied {
        action: "list",
        place: what.to_owned(),
        source: "no".into(),
    }
}

impl Source for MemorySource {
    fn list(
        &self,
        window: Window,
        found: &mut dyn FnMut(Listed),
        problem: &mut dyn FnMut(SourceError),
    ) -> Result<(), SourceError> {
        if self.refuses {
            return Err(refused("memory"));
        }
        if self.half_broken {
            problem(refused("memory/half"));
        }
        for (key, (content, etag)) in self.objects.iter().rev() {
            if day_of(key).is_none_or(|day| window.contains(day)) {
                found(Listed {
                    key: key.clone(),
                    size: content.len() as u64,
                    etag: etag.clone(),
                    archived: self.archived.contains(key),
                });
            }
        }
        Ok(())
    }

    fn fetch(
        &self,
        objects: Vec<Listed>,
    ) -> Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + '_> {
        Box::new(objects.into_iter().map(|object| {
            self.fetched
                .lock()
                .expect("invariant: nobody panics with it")
                .push(object.key.clone());
            match self.objects.get(&object.key) {
                Some((content, _)) => Ok(Body::Bytes(content.clone())),
                None => Err(SourceError::NotFound {
                    action: "read",
                    place: object.key,
                }),
            }
        }))
    }
}

fn day_of(key: &str) -> Option<Day> {
    key.split('/').find_map(|folder| folder.parse().ok())
}

/// `[…/]alpha/<day>/…` and `[…/]beta/<day>/…` are objects, named from there on; `flat/…` is told by content;
/// `stray/…` is a stray, `new/<type>/…` an event type that is new, and all else is nothing known.
pub(crate) fn classify(context: &KeyContext, key: &str, _size: u64) -> Class {
    let folder = |name: &str| key.find(name).map(|at| &key[at..]);
    let (dataset, source_object) = if let Some(object) = folder("alpha/") {
        (Some(&ALPHA), object.to_owned())
    } else if let Some(object) = folder("beta/") {
        (Some(&BETA), object.to_owned())
    } else if key.starts_with("flat/") {
        (None, format!("{}/{key}", context.name))
    } else if key.starts_with("stray/") {
        return Class::Stray;
    } else {
        let event_type = key
            .strip_prefix("new/")
            .and_then(|rest| rest.split('/').next())
            .map(str::to_owned);
        return Class::Unrecognised { event_type };
    };
    let day = day_of(key);
    Class::Object(Box::new(Object {
        source_object,
        dataset,
        size: 0,
        day: day.unwrap_or(Day::UNDATED),
        dated: day.is_some(),
        account_id: context.account_id.clone(),
        region: context.region.clone(),
        product: None,
        client: None,
        report_ts: None,
    }))
}
