//! Files below a folder, so that two looks can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Paths below a folder, each with content and time of change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(pub BTreeMap<String, (Vec<u8>, SystemTime)>);

impl Files {
    /// What is below `root` now; nothing, if that is not there.
    pub(crate) fn below(root: &Path) -> Self {
        let mut files = Self::default();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                let changed = path.metadata().unwrap().modified().unwrap();
                let content = fs::read(&path).unwrap();
                files.0.insert(name.to_owned(), (content, changed));
            }
        }
        files
    }

    /// The names of those that are new, gone, or were written since `before`, even with the same bytes.
    pub(crate) fn written_since(&self, before: &Self) -> Vec<String> {
        let gone = before.0.keys().filter(|name| !self.0.contains_key(*name));
        let written = self
            .0
            .iter()
            .filter(|(name, file)| before.0.get(*name) != Some(file))
            .map(|(name, _)| name);
        let mut names: Vec<String> = gone.chain(written).cloned().collect();
        names.sort();
        names
    }

    /// The bytes of each.
    pub(crate) fn bytes(&self) -> BTreeMap<&str, &[u8]> {
        self.0
            .iter()
            .map(|(name, (bytes, _))| (name.as_str(), bytes.as_slice()))
            .collect()
    }
}
