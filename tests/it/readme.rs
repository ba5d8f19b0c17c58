//! The way that README.md shows, from the demo to who stopped using it: what it says is what comes.

use crate::harness::{Dir, promptlake};

/// A fenced block: the language after its fence, and its lines.
struct Block<'t> {
    language: &'t str,
    text: String,
}

/// Runs each call of `promptlake sql` on the demo's lake that is shown with an answer after it, in a folder with the demo.
pub(crate) fn can_be_followed(dir: &Dir) {
    let text = include_str!("../../README.md");
    let blocks = blocks(text);
    let makes_the_demo = |line: &str| line.starts_with("cargo run --release -- demo ");
    assert!(
        blocks
            .iter()
            .any(|block| block.text.lines().any(makes_the_demo)),
        "the demo is made first, in the folder that the rest names"
    );
    let shown: Vec<(&str, &str)> = blocks
        .windows(2)
        .filter(|pair| pair[0].language == "sh" && pair[1].language == "text")
        .map(|pair| (pair[0].text.as_str(), pair[1].text.as_str()))
        .collect();
    assert!(!shown.is_empty(), "an answer is shown");
    let mut stopped = false;
    for (call, answer) in shown {
        let words = words(&call.replace("\\\n", " "));
        assert_eq!(words[0], "promptlake");
        let done = promptlake(&words[1..]).from(&dir.path("")).done().exits(0);
        assert_eq!(done.stdout, answer, "{call}");
        stopped |= call.contains("FROM stopped_users");
    }
    assert!(stopped, "who stopped is shown");
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| *line != "```");
            let text = lines.flat_map(|line| [line, "\n"]).collect();
            blocks.push(Block { language, text });
        }
    }
    blocks
}

/// A call's words: a comment ends it, quotes hold words together.
fn words(call: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in call.chars() {
        match (quote, c) {
            (None, '#') if word.is_none() => break,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if open == c => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
