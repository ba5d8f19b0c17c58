//! Writes a generated bucket: `generate DIR SEED FIRST_DAY DAYS USERS`; with `lex` for `USERS`, that of the call centre.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::{self, GeneratedObject};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, seed, first, days, users] = arguments.as_slice() else {
        return Err("usage: generate DIR SEED FIRST_DAY DAYS USERS|lex".into());
    };
    let first: Day = first.parse()?;
    let (seed, days) = (seed.parse()?, days.parse()?);
    let objects: Box<dyn Iterator<Item = GeneratedObject>> = match users.as_str() {
        "lex" => Box::new(generate::lex(seed, first, days)),
        users => Box::new(generate::organisation(seed, first, days, users.parse()?)),
    };
    for object in objects {
        write(Path::new(dir), &object)?;
    }
    Ok(())
}

fn write(dir: &Path, object: &GeneratedObject) -> std::io::Result<()> {
    let path = dir.join(&object.key);
    if object.key.ends_with('/') {
        return std::fs::create_dir_all(path);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if !object.gzip {
        return std::fs::write(path, &object.body);
    }
    let mut encoder = GzEncoder::new(std::fs::File::create(path)?, Compression::fast());
    encoder.write_all(&object.body)?;
    encoder.finish().map(drop)
}
