//! The bucket of the demo, as files.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::{self, GeneratedObject};

const SEED: u64 = 7;
/// The first day, in the weeks in which objects were written to both trees.
const FIRST_DAY: Day = Day(20_426);
/// How many days.
pub(super) const DAYS: u32 = 30;
const USERS: usize = 24;
/// Once a week there are two objects with something in them that cannot be read.
pub(super) const REJECTS: u64 = 2 * DAYS.div_ceil(7) as u64;

/// The first day.
pub(super) fn first_day() -> Day {
    FIRST_DAY
}

/// Writes the objects below `dir`, the same each time; gives their number, folder markers not counted.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn write(dir: &Path) -> anyhow::Result<u64> {
    let mut objects = 0;
    let mut folder = PathBuf::new();
    for object in generate::organisation(SEED, FIRST_DAY, DAYS, USERS) {
        let path = dir.join(&object.key);
        let failed = || format!("write {}", path.display());
        if object.key.ends_with('/') {
            fs::create_dir_all(&path).with_context(failed)?;
            continue;
        }
        // Objects of a folder follow each other.
        if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
            fs::create_dir_all(parent).with_context(failed)?;
            parent.clone_into(&mut folder);
        }
        content(&path, &object).with_context(failed)?;
        objects += 1;
    }
    Ok(objects)
}

fn content(path: &Path, object: &GeneratedObject) -> io::Result<()> {
    if !object.gzip {
        return fs::write(path, &object.body);
    }
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = GzEncoder::new(file, Compression::fast());
    encoder.write_all(&object.body)?;
    encoder.finish()?.flush()
}
