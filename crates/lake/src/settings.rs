//! `lake.json`: what is fixed at a lake's first run, so that no later run writes other bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::StateError;
use crate::layout;
use crate::storage::{Content, Expect, Storage, StorageError, Version};

/// The format of the lake that this program writes.
pub const FORMAT_VERSION: u32 = 1;

/// A lake's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Of the lake as a whole: layout, inventory, ledger.
    pub format_version: u32,
    /// What shapes the bytes of parts.
    pub encoding: Encoding,
    /// What of the text columns is stored.
    pub text_level: TextLevel,
    /// Names of all sources that were ever read into the lake.
    pub sources: BTreeSet<String>,
    /// Fields that this program does not know; kept as they are.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What shapes the bytes of parts, beside the rows. The weight of a row is 8 bytes a column and the bytes of its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoding {
    /// Stands in every footer; groups of another one are encoded again.
    pub version: u32,
    /// Level of the column chunks' compression.
    pub zstd_level: i32,
    /// Size of a page before compression, at most about this.
    pub page_bytes: u64,
    /// A batch closes after the row with which it weighs as much.
    pub batch_weight: u64,
    /// A batch closes at this number of rows.
    pub batch_rows: u64,
    /// A row group that weighs less does not close at a cut point.
    pub group_min: u64,
    /// Of the rows of a group beyond its minimum, one in this weight is a cut point.
    pub group_spread: u64,
    /// A row group closes after the row with which it weighs as much.
    pub group_max: u64,
    /// Fields that this program does not know; kept as they are.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What of the text columns is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextLevel {
    /// As the source has it.
    #[default]
    Full,
    /// A hash of it.
    Hashed,
    /// NULL.
    None,
}

const MIB: u64 = 1 << 20;

impl Default for Encoding {
    fn default() -> Self {
        Self {
            version: 1,
            // Of text, 4 % larger than level 3 for a quarter less CPU: benches/RESULTS.md.
            zstd_level: 2,
            // Of 4 MiB, text is 0.3 to 2 % smaller, for a tenth to a sixth more memory.
            page_bytes: MIB,
            batch_weight: MIB,
            batch_rows: 4096,
            group_min: 24 * MIB,
            group_spread: 16 * MIB,
            group_max: 64 * MIB,
            other: Map::new(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format_version: FORMAT_VERSION,
            encoding: Encoding::default(),
            text_level: TextLevel::default(),
            sources: BTreeSet::new(),
            other: Map::new(),
        }
    }
}

impl Settings {
    /// Reads a lake's settings; `None`: there are none, which means no lake, or one that lost them.
    ///
    /// # Errors
    /// If they cannot be read or understood, or are of a later format than [`FORMAT_VERSION`].
    pub fn read(storage: &dyn Storage) -> Result<Option<(Self, Version)>, StateError> {
        let Some((bytes, version)) = storage.read(layout::SETTINGS)? else {
            return Ok(None);
        };
        let damaged = |e: serde_json::Error| StateError::Damaged {
            path: layout::SETTINGS.to_owned(),
            line: u64::try_from(e.line()).unwrap_or(0),
            source: e.into(),
        };
        // The version first: what else a later format holds may not be understood.
        let format: Format = serde_json::from_slice(&bytes).map_err(damaged)?;
        StateError::check_version(layout::SETTINGS, format.format_version, FORMAT_VERSION)?;
        let settings = serde_json::from_slice(&bytes).map_err(damaged)?;
        Ok(Some((settings, version)))
    }

    /// Writes them for a new lake. Where another run was first, its settings are returned, not these.
    ///
    /// # Errors
    /// As [`Settings::read`], or if they cannot be written.
    pub fn create(self, storage: &dyn Storage) -> Result<Self, StateError> {
        match self.publish(storage, &Expect::Absent) {
            Ok(()) => Ok(self),
            Err(StorageError::Conflict { path }) => match Self::read(storage)? {
                Some((settings, _)) => Ok(settings),
                None => Err(StorageError::Conflict { path }.into()),
            },
            Err(e) => Err(e.into()),
        }
    }

    /// Adds names of sources to the settings of a lake, and returns these; writes only if one is new.
    ///
    /// # Errors
    /// As [`Settings::create`]; [`StorageError::Conflict`] if there are none.
    pub fn add_sources(storage: &dyn Storage, names: &[String]) -> Result<Self, StateError> {
        loop {
            let Some((mut settings, version)) = Self::read(storage)? else {
                return Err(StorageError::Conflict {
                    path: layout::SETTINGS.to_owned(),
                }
                .into());
            };
            let before = settings.sources.len();
            settings.sources.extend(names.iter().cloned());
            if settings.sources.len() == before {
                return Ok(settings);
            }
            match settings.publish(storage, &Expect::Version(version)) {
                Ok(()) => return Ok(settings),
                // Somebody else got on, so this ends.
                Err(StorageError::Conflict { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    fn publish(&self, storage: &dyn Storage, expect: &Expect) -> Result<(), StorageError> {
        let mut text = serde_json::to_vec_pretty(self)
            .expect("invariant: settings are strings and numbers, with strings as keys");
        text.push(b'\n');
        storage
            .publish(layout::SETTINGS, Content::Bytes(&text), expect)
            .map(drop)
    }
}

#[derive(Deserialize)]
struct Format {
    format_version: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::LocalStorage;

    fn write(storage: &dyn Storage, text: &str) {
        storage
            .publish(
                layout::SETTINGS,
                Content::Bytes(text.as_bytes()),
                &Expect::Absent,
            )
            .unwrap();
    }

    #[test]
    fn the_first_run_decides() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        assert_eq!(Settings::read(&storage).unwrap(), None);
        let first = Settings::default().create(&storage).unwrap();
        let other = Settings {
            text_level: TextLevel::None,
            ..Settings::default()
        };
        assert_eq!(other.create(&storage).unwrap(), first);
        assert_eq!(Settings::read(&storage).unwrap().unwrap().0, first);
    }

    #[test]
    fn names_of_several_runs_add_up() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        let names: Vec<String> = (0..8).map(|i| format!("source-{i}")).collect();
        assert!(Settings::add_sources(&storage, &names).is_err());
        Settings::default().create(&storage).unwrap();
        std::thread::scope(|scope| {
            for name in names.chunks(1) {
                scope.spawn(|| Settings::add_sources(&storage, name).unwrap());
            }
        });
        let (settings, version) = Settings::read(&storage).unwrap().unwrap();
        assert!(settings.sources.iter().eq(&names));
        Settings::add_sources(&storage, &names[..2]).unwrap();
        assert_eq!(Settings::read(&storage).unwrap().unwrap().1, version);
    }

    #[test]
    fn unknown_fields_outlive_a_rewrite() {
        let lake = tempfile::tempdir().unwrap();
        let storage = LocalStorage::new(lake.path().to_owned());
        let mut value = serde_json::to_value(Settings::default()).unwrap();
        value["plan"] = serde_json::json!({"b": 1, "a": [null]});
        value["encoding"]["dictionary"] = true.into();
        write(&storage, &value.to_string());
        Settings::add_sources(&storage, &["x".to_owned()]).unwrap();
        value["sources"] = serde_json::json!(["x"]);
        let (bytes, _) = storage.read(layout::SETTINGS).unwrap().unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
    }

    #[test]
    fn a_later_format_and_nonsense_are_told_apart() {
        for (text, newer) in [
            (r#"{"format_version": 2, "encoding": 7}"#, true),
            (r#"{"format_version": 1}"#, false),
            ("{", false),
            ("", false),
            ("[]", false),
        ] {
            let lake = tempfile::tempdir().unwrap();
            let storage = LocalStorage::new(lake.path().to_owned());
            write(&storage, text);
            let error = Settings::read(&storage).unwrap_err();
            assert_eq!(
                matches!(
                    error,
                    StateError::Newer {
                        found: 2,
                        known: 1,
                        ..
                    }
                ),
                newer,
                "{text}: {error:?}"
            );
            assert_eq!(error.is_damage(), !newer, "{text}: {error:?}");
        }
    }
}
