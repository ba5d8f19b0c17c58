//! Writes `schemas/` of the workspace from the code, or says what differs.
//!
//! `cargo run -p promptlake-datasets --example render -- --check|--write`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use promptlake_datasets::render::{all_tables, schema_text};

fn main() -> io::Result<ExitCode> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let rendered: BTreeMap<String, String> = all_tables()
        .into_iter()
        .map(|table| (format!("{}.md", table.name), schema_text(table)))
        .collect();
    match std::env::args().nth(1).as_deref() {
        Some("--write") => write(&folder, &rendered),
        Some("--check") => check(&folder, &rendered),
        _ => {
            say("usage: render --check|--write");
            Ok(ExitCode::from(2))
        }
    }
}

fn write(folder: &Path, rendered: &BTreeMap<String, String>) -> io::Result<ExitCode> {
    fs::create_dir_all(folder)?;
    for path in files(folder)? {
        if !rendered.contains_key(&name(&path)) {
            fs::remove_file(path)?;
        }
    }
    for (name, text) in rendered {
        fs::write(folder.join(name), text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(folder: &Path, rendered: &BTreeMap<String, String>) -> io::Result<ExitCode> {
    let mut same = true;
    for (name, text) in rendered {
        let committed = fs::read_to_string(folder.join(name)).unwrap_or_default();
        if committed == *text {
            continue;
        }
        same = false;
        say(&format!("schemas/{name} differs"));
        for line in committed
            .lines()
            .filter(|line| text.lines().all(|new| new != *line))
        {
            say(&format!("-{line}"));
        }
        for line in text
            .lines()
            .filter(|line| committed.lines().all(|old| old != *line))
        {
            say(&format!("+{line}"));
        }
    }
    for path in files(folder)? {
        if !rendered.contains_key(&name(&path)) {
            same = false;
            say(&format!("schemas/{} is of no table", name(&path)));
        }
    }
    if same {
        return Ok(ExitCode::SUCCESS);
    }
    say("run: cargo run -p promptlake-datasets --example render -- --write");
    Ok(ExitCode::FAILURE)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for file in fs::read_dir(folder)? {
        paths.push(file?.path());
    }
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[expect(clippy::print_stderr, reason = "what a command line tool has to say")]
fn say(text: &str) {
    eprintln!("{text}");
}
