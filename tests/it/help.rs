//! The help of every command, as the binary prints it.

use crate::harness::promptlake;

const COMMANDS: [&[&str]; 11] = [
    &[],
    &["run"],
    &["plan"],
    &["verify"],
    &["status"],
    &["rejects"],
    &["rejects", "list"],
    &["rejects", "show"],
    &["demo"],
    &["sql"],
    &["ddl"],
];

#[test]
fn every_command_has_help() {
    for words in COMMANDS {
        for flag in ["--help", "-h"] {
            let done = promptlake(words.iter().chain([&flag])).done().exits(0);
            let usage = ["Usage: promptlake", words.join(" ").as_str()].join(" ");
            assert!(
                done.stdout.contains(usage.trim_end()),
                "{words:?}: {}",
                done.stdout
            );
            assert!(done.stderr.is_empty(), "{words:?}");
            assert!(
                !done.stdout.contains('\u{1b}'),
                "{words:?}: colour in a pipe"
            );
        }
    }
}

#[test]
fn the_help_names_every_command() {
    let help = promptlake(["--help"]).done().exits(0).stdout;
    for words in COMMANDS.iter().filter(|words| words.len() == 1) {
        assert!(help.contains(&format!("\n  {} ", words[0])), "{help}");
    }
    assert!(help.contains("Exit codes: 0 clean; 1 finished"), "{help}");
}

#[test]
fn the_version_is_that_of_the_package() {
    let done = promptlake(["--version"]).done().exits(0);
    assert_eq!(
        done.stdout,
        concat!("promptlake ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
