//! The help of every command, as files under `help/`. `PROMPTLAKE_BLESS=1 cargo test -p promptlake-cli` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use promptlake_cli::Arguments;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help")
}

/// Every command with its long help, by the words that call it.
fn helps(command: &mut Command, words: &str, helps: &mut Vec<(String, String)>) {
    let help = command.render_long_help().to_string();
    helps.push((words.to_owned(), help));
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .filter(|name| name != "help")
        .collect();
    for name in names {
        let words = format!("{words}-{name}");
        if let Some(command) = command.find_subcommand_mut(&name) {
            self::helps(command, &words, helps);
        }
    }
}

#[test]
fn help_is_as_written_down() {
    let mut command = Arguments::command().term_width(100);
    command.build();
    let mut found = Vec::new();
    helps(&mut command, "promptlake", &mut found);
    assert_eq!(
        found.len(),
        11,
        "run, plan, verify, status, rejects list and show, demo, sql, ddl, and two above them"
    );
    let bless = std::env::var_os("PROMPTLAKE_BLESS").is_some();
    let mut differ = Vec::new();
    for (words, help) in found {
        let path = folder().join(format!("{words}.txt"));
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let help = format!("{}\n", help.join("\n"));
        if bless {
            fs::write(&path, &help).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != help {
            differ.push(format!("{}:\n{help}", path.display()));
        }
    }
    assert!(
        differ.is_empty(),
        "the help is another one, PROMPTLAKE_BLESS=1 accepts it:\n{}",
        differ.join("\n")
    );
}

#[test]
fn every_flag_says_what_it_does_and_has_an_environment_variable() {
    fn check(command: &Command) {
        for arg in command.get_arguments() {
            let flag = arg.get_long().unwrap_or_default();
            assert!(arg.get_help().is_some(), "{} --{flag}", command.get_name());
            if !["", "help", "version"].contains(&flag) {
                let name = format!("PROMPTLAKE_{}", flag.replace('-', "_").to_uppercase());
                let env = arg.get_env().and_then(|env| env.to_str());
                assert_eq!(env, Some(name.as_str()), "{} --{flag}", command.get_name());
            }
        }
        command.get_subcommands().for_each(check);
    }
    check(&Arguments::command());
    Arguments::command().debug_assert();
}
