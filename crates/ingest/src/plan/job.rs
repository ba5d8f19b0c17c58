//! What a plan gives: the objects of a source day that are to be read, and why.

use promptlake_datasets::dataset::{DATASETS, Dataset};
use promptlake_datasets::day::Day;
use promptlake_lake::ledger::{LedgerEntry, Sighting};
use promptlake_lake::source::Listed;
use serde::{Deserialize, Serialize};

/// What stands for the dataset of objects whose content decides.
pub const UNSORTED: &str = "unsorted";

/// A day with more objects is given as several jobs.
pub const MAX_OBJECTS: usize = 16 << 10;

/// Why an object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The ledger does not know it.
    New,
    /// Its `ETag` or size is another one.
    Changed,
    /// It has rejects, and its decoder was mended since.
    DecoderNewerWithRejects,
    /// The ledger left it open.
    Open,
    /// A lost or stale inventory needs it.
    Repair,
    /// Everything is read.
    Rebuild,
}

impl Why {
    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::DecoderNewerWithRejects => "decoder_newer_with_rejects",
            Self::Open => "open",
            Self::Repair => "repair",
            Self::Rebuild => "rebuild",
        }
    }
}

/// An object to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedObject {
    /// Its name in the lake.
    pub source_object: String,
    /// The place of its source on the command line, from 0.
    pub source: u16,
    /// Its key in that source.
    pub key: String,
    /// Its size as listed, in bytes.
    pub size: u64,
    /// Its `ETag` as listed.
    pub etag: String,
    /// Why it is read.
    pub why: Why,
    /// What the ledger says of it.
    pub known: Option<Box<LedgerEntry>>,
    /// What `also` of its new entry is to say.
    pub also: Vec<Sighting>,
}

impl PlannedObject {
    /// The object as its source listed it.
    pub fn listed(&self) -> Listed {
        Listed {
            key: self.key.clone(),
            size: self.size,
            etag: self.etag.clone(),
            archived: false,
        }
    }
}

/// An object that is not read, but of whose `source_object` the ledger should know more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// What the ledger says now.
    pub entry: LedgerEntry,
    /// What `also` of it should say.
    pub also: Vec<Sighting>,
}

/// A listed day all of whose objects are in the lake once its jobs are done; what the ledger's index holds of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayListing {
    /// Objects listed.
    pub count: u64,
    /// Digest of the listing.
    pub digest: String,
}

/// Objects of a dataset and a source day, in canonical order. Holds no live handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadJob {
    /// Name of the dataset, or [`UNSORTED`].
    pub dataset: String,
    /// The source day.
    #[serde(with = "day_text")]
    pub day: Day,
    /// To be read, in the order of `source_object`; at most [`MAX_OBJECTS`].
    pub objects: Vec<PlannedObject>,
    /// Not to be read, in the order of `source_object`.
    pub noted: Vec<Noted>,
    /// What the ledger has, and no listing showed: entries that stand open, and, if that was asked for, those whose
    /// rows are to be dropped ([`Missing::drop`]). In the order of `source_object`.
    pub missing: Vec<Missing>,
    /// Whether it is the last job of its dataset and day.
    pub last: bool,
    /// For the index, in the last job, if nothing of the day is archived, clashing or failed. It holds once all jobs of
    /// the day are done without a failure and no entry of its ledger stands open.
    pub listing: Option<DayListing>,
}

/// An object of the ledger that no listing showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What the ledger says.
    pub entry: LedgerEntry,
    /// Its source was listed in full, and what is not there is to be dropped.
    pub drop: bool,
}

impl ReadJob {
    /// The dataset; `None`: the content of each object decides.
    pub fn dataset(&self) -> Option<&'static Dataset> {
        DATASETS.iter().find(|d| d.name == self.dataset).copied()
    }
}

mod day_text {
    use promptlake_datasets::day::Day;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands out references"
    )]
    pub(super) fn serialize<S: Serializer>(day: &Day, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
