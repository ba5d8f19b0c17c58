//! Writes `schemas/` and `sql/<dialect>/` of the workspace from the code, or says what differs.
//!
//! `cargo run -p promptlake-datasets --example render -- --check|--write`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use promptlake_datasets::render::{rendered, rendered_folders};

fn main() -> io::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match std::env::args().nth(1).as_deref() {
        Some("--write") => write(&root),
        Some("--check") => check(&root),
        _ => {
            say("usage: render --check|--write");
            Ok(ExitCode::from(2))
        }
    }
}

fn write(root: &Path) -> io::Result<ExitCode> {
    let rendered = rendered();
    for folder in rendered_folders() {
        fs::create_dir_all(root.join(&folder))?;
        for path in files(root, &folder)? {
            if !rendered.contains_key(&path) {
                fs::remove_file(root.join(path))?;
            }
        }
    }
    for (path, text) in rendered {
        fs::write(root.join(path), text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(root: &Path) -> io::Result<ExitCode> {
    let rendered = rendered();
    let mut same = true;
    for (path, text) in &rendered {
        let committed = fs::read_to_string(root.join(path)).unwrap_or_default();
        if committed == *text {
            continue;
        }
        same = false;
        say(&format!("{path} differs"));
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
    for folder in rendered_folders() {
        for path in files(root, &folder)? {
            if !rendered.contains_key(&path) {
                same = false;
                say(&format!("{path} is of no table"));
            }
        }
    }
    if same {
        return Ok(ExitCode::SUCCESS);
    }
    say("run: cargo run -p promptlake-datasets --example render -- --write");
    Ok(ExitCode::FAILURE)
}

/// The files of a folder, by their paths below the root, in order.
fn files(root: &Path, folder: &str) -> io::Result<Vec<String>> {
    let path: PathBuf = root.join(folder);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for file in fs::read_dir(path)? {
        paths.push(format!("{folder}/{}", file?.file_name().to_string_lossy()));
    }
    paths.sort();
    Ok(paths)
}

#[expect(clippy::print_stderr, reason = "what a command line tool has to say")]
fn say(text: &str) {
    eprintln!("{text}");
}
