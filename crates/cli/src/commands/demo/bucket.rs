//! The buckets of the demo, as files.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::people::ACCOUNTS;
use promptlake_datasets::generate::{self, GeneratedObject};

const SEED: u64 = 11;
/// The first day, in the weeks in which objects were written to both trees.
const FIRST_DAY: Day = Day(20_426);
/// How many days.
pub(super) const DAYS: u32 = 30;
/// How many people work there.
pub(super) const USERS: usize = 40;
/// Once a week there are two objects with something in them that cannot be read, and a line of a bot's log that was cut.
pub(super) const REJECTS: u64 = 3 * DAYS.div_ceil(7) as u64;
/// The region of the call centre.
const LEX_REGION: &str = "eu-west-2";

/// The first day.
pub(super) fn first_day() -> Day {
    FIRST_DAY
}

/// The night after the last day, when the demo pretends to run: 03:30 UTC, when reports of the day are there.
pub(super) fn night() -> String {
    format!("{}T03:30:00Z", last_day().plus(1))
}

fn last_day() -> Day {
    FIRST_DAY.plus(i32::try_from(DAYS).unwrap_or(1) - 1)
}

/// The user reports of the second account are late: those of the last two days have not come yet.
fn is_late(key: &str) -> bool {
    [last_day().plus(-1), last_day()].iter().any(|day| {
        let digits = day.to_string().replace('-', "");
        key.contains(&format!("_{}_user_report_{digits}", ACCOUNTS[1].id))
    })
}

/// The source of the people's bucket, as `run` takes it.
pub(super) fn source(dir: &str) -> String {
    format!("demo={dir}")
}

/// The source of the call centre's bucket, whose keys do not tell what the options say.
pub(super) fn lex_source(dir: &str) -> String {
    let account = generate::lex::ACCOUNT;
    format!("calls={dir}?kind=lex&account={account}&region={LEX_REGION}")
}

/// Writes the logs and reports of the people below `dir`, the same each time; gives the number of objects, folder markers not
/// counted.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn write(dir: &Path) -> anyhow::Result<u64> {
    let there = generate::organisation(SEED, FIRST_DAY, DAYS, USERS);
    objects(dir, there.filter(|object| !is_late(&object.key)))
}

/// The same of the call centre's bots: text logs in every shape, and audio.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn write_lex(dir: &Path) -> anyhow::Result<u64> {
    objects(dir, generate::lex(SEED, FIRST_DAY, DAYS))
}

fn objects(dir: &Path, there: impl Iterator<Item = GeneratedObject>) -> anyhow::Result<u64> {
    let mut objects = 0;
    let mut folder = PathBuf::new();
    for object in there {
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
