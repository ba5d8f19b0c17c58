//! The folder of a demo, and how it is told from one that is not ours.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};

/// The bucket in it.
pub(super) const BUCKET: &str = "bucket";
/// The bucket of Lex logs in it.
pub(super) const BUCKET_LEX: &str = "bucket-lex";
/// The lake in it.
const LAKE: &str = "lake";
/// Marks it. Written first, so that a demo that was interrupted is known again.
const MARK: &str = ".promptlake-demo";
const MARK_TEXT: &str =
    "Made by `promptlake demo`, which makes buckets and lake in this folder anew each time.\n";

/// The folder of a demo.
#[derive(Debug)]
pub(super) struct Folder {
    /// As it was typed.
    name: String,
}

impl Folder {
    /// A folder that is empty but for its mark: a new one, or that of an earlier demo, whose buckets and lake go.
    ///
    /// # Errors
    /// If it is not empty and no demo, or cannot be written.
    pub(super) fn begin(dir: &Path) -> anyhow::Result<Self> {
        let Some(name) = dir.to_str() else {
            bail!("demo {}: its name is not UTF-8", dir.display());
        };
        let mark = dir.join(MARK);
        let ours = mark.try_exists().unwrap_or(false);
        let action = || format!("demo {name}");
        match fs::read_dir(dir) {
            Ok(mut entries) => {
                if !ours && entries.next().is_some() {
                    bail!("demo {name}: the folder is not empty, and is no earlier demo");
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(dir).with_context(action)?;
            }
            Err(error) => return Err(error).with_context(action),
        }
        fs::write(mark, MARK_TEXT).with_context(action)?;
        for part in [BUCKET, BUCKET_LEX, LAKE] {
            match fs::remove_dir_all(dir.join(part)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).with_context(action);
                }
                _ => {}
            }
        }
        Ok(Self::named(name.to_owned()))
    }

    /// A folder of that name, which is not looked at.
    pub(super) fn named(name: String) -> Self {
        Self { name }
    }

    /// The path of the bucket.
    pub(super) fn bucket(&self) -> String {
        self.path(BUCKET)
    }

    /// The path of the bucket of Lex logs.
    pub(super) fn bucket_lex(&self) -> String {
        self.path(BUCKET_LEX)
    }

    /// The path of the lake.
    pub(super) fn lake(&self) -> String {
        self.path(LAKE)
    }

    fn path(&self, part: &str) -> String {
        format!("{}/{part}", self.name.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_and_empty_folders_and_earlier_demos_are_taken() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("x/demo");
        let folder = Folder::begin(&dir).unwrap();
        assert_eq!(folder.lake(), format!("{}/lake", dir.display()));
        fs::create_dir_all(dir.join("lake/tables")).unwrap();
        fs::write(dir.join("notes.txt"), "mine").unwrap();
        Folder::begin(&dir).unwrap();
        assert!(!dir.join("lake").exists(), "made anew");
        assert!(dir.join("notes.txt").exists(), "not ours to remove");

        let other = temp.path().join("other");
        fs::create_dir_all(other.join("lake")).unwrap();
        let error = Folder::begin(&other).unwrap_err().to_string();
        assert!(error.contains("not empty"), "{error}");
        assert!(other.join("lake").exists() && !other.join(MARK).exists());
        Folder::begin(&other.join("lake")).unwrap();

        let file = temp.path().join("file");
        fs::write(&file, "").unwrap();
        Folder::begin(&file).unwrap_err();
    }
}
