//! The listing of a lake's directory.

use std::fs;
use std::io;
use std::path::Path;

use super::{LOCK, error, version};
use crate::layout;
use crate::stamp::Stamp;
use crate::storage::{Entry, StorageError};

/// Shows every object whose path begins with `prefix`.
pub(super) fn list(
    root: &Path,
    prefix: &str,
    found: &mut dyn FnMut(Entry),
) -> Result<(), StorageError> {
    let folder = prefix.rfind('/').map_or("", |slash| &prefix[..=slash]);
    if folder.starts_with(layout::TEMP) {
        return Ok(());
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        let failed = |e| error("list", &path, e);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(failed(e)),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let name = format!("{folder}{}", entry.file_name().to_string_lossy());
            // Links are followed: a lake may be spread over disks.
            let metadata = match fs::metadata(entry.path()) {
                Ok(metadata) => metadata,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(error("list", &entry.path(), e)),
            };
            if metadata.is_dir() {
                let below = format!("{name}/");
                let wanted = below.starts_with(prefix) || prefix.starts_with(&below);
                if wanted && below != layout::TEMP {
                    folders.push(below);
                }
            } else if name.starts_with(prefix) && name != LOCK {
                let stamp = Stamp::of(&metadata);
                found(Entry {
                    path: name,
                    size: stamp.size,
                    version: version(stamp),
                });
            }
        }
    }
    Ok(())
}
