//! What people and assistants write: requests, answers, pages on the web.

use super::code::{self, Language};
use super::rng::Rng;

/// What a session is about; its turns speak of the same things.
#[derive(Clone, Debug)]
pub struct Topic {
    /// `invoice`, `shipment`, …
    pub noun: &'static str,
    /// The part of the system.
    pub part: &'static str,
    /// The language of its code.
    pub language: Language,
    /// The file that is open.
    pub file: String,
    /// Its content, which the client puts into each prompt.
    pub source: String,
}

impl Topic {
    /// A topic, and a file of `functions` functions.
    pub fn new(rng: &mut Rng, functions: usize) -> Self {
        let noun = *rng.pick(&NOUNS);
        let language = *rng.pick(&code::LANGUAGES);
        let part = *rng.pick(&PARTS);
        let file = format!(
            "src/{noun}/{}.{}",
            part.replace(' ', "_"),
            language.extension()
        );
        let source = code::file(rng, language, noun, functions);
        Self {
            noun,
            part,
            language,
            file,
            source,
        }
    }
}

/// What somebody asks, one to three sentences.
pub fn request(rng: &mut Rng, topic: &Topic) -> String {
    let Topic {
        noun, part, file, ..
    } = topic;
    let issue = *rng.pick(&ISSUES);
    let first = match rng.below(6) {
        0 => format!("Why is it that the {part} {issue} when the {noun} list is empty?"),
        1 => format!("Add a test for the {part} that covers a {noun} without a date."),
        2 => format!(
            "Please refactor {file} so that reading a {noun} and saving it are two functions."
        ),
        3 => format!(
            "Write a {} function that merges two lists of {noun}s by id.",
            topic.language.name()
        ),
        4 => format!("The {part} {issue} since this morning. Find out why and fix it."),
        _ => format!(
            "Explain how the {part} decides which {noun} comes first – I don't see it in {file}."
        ),
    };
    let mut text = first;
    for _ in 0..rng.below(3) {
        text.push(' ');
        text.push_str(rng.pick::<&str>(&WISHES));
    }
    text
}

/// What an assistant answers to [`request`]: a paragraph or more, at times with code.
pub fn answer(rng: &mut Rng, topic: &Topic) -> String {
    let Topic { noun, part, .. } = topic;
    let mut text = match rng.below(4) {
        0 => format!(
            "The {part} reads every {noun} before it filters, so an empty list reaches the sort. "
        ),
        1 => format!("I looked at {} and its callers. ", topic.file),
        2 => format!("Here is a smaller version of the {part}. "),
        _ => format!("Two things happen to a {noun} here, in this order. "),
    };
    for _ in 0..rng.between(1, 6) {
        text.push_str(&finding(rng, topic));
        text.push(' ');
    }
    if rng.chance(60) {
        let language = topic.language;
        text.push_str("\n\n```");
        text.push_str(language.name());
        text.push('\n');
        text.push_str(&code::function(rng, language, noun));
        text.push_str("```\n\n");
        text.push_str(&finding(rng, topic));
    }
    text.trim_end().to_owned()
}

/// What an assistant says between two tool calls; at times nothing.
pub fn step(rng: &mut Rng, topic: &Topic) -> String {
    match rng.below(5) {
        0 => String::new(),
        1 => format!("Let me read {} first.", topic.file),
        2 => format!("The tests pass now. Next is the {}.", topic.part),
        3 => finding(rng, topic),
        _ => format!(
            "{} I'll change `{}` accordingly.",
            finding(rng, topic),
            code::name(rng, topic.language, topic.noun)
        ),
    }
}

/// A page that an answer refers to: uri, title, snippet.
pub fn web_page(rng: &mut Rng, topic: &Topic) -> (String, String, String) {
    let id = rng.between(100, 9999);
    (
        format!(
            "https://docs.example.com/{}/{id}?q={}%20order&lang=en",
            topic.noun, topic.noun
        ),
        format!(
            "Sorting a list of {}s – “{}” handbook",
            topic.noun, topic.part
        ),
        finding(rng, topic),
    )
}

fn finding(rng: &mut Rng, topic: &Topic) -> String {
    let Topic { noun, part, .. } = topic;
    let name = code::name(rng, topic.language, noun);
    match rng.below(7) {
        0 => format!("`{name}` is called once for each {noun}, which is where the time goes."),
        1 => format!(
            "A {noun} without a date sorts last, because the comparison treats a missing value as greatest."
        ),
        2 => format!("The {part} keeps the old {noun} until the transaction ends."),
        3 => format!("That is safe: nothing else writes to the {noun} table."),
        4 => format!("I'd rename it to `{name}` – the current name says nothing about {noun}s."),
        5 => "It costs about 3 µs a row, so it doesn't matter here.".to_owned(),
        _ => format!("The check in `{name}` comes too late; move it before the loop."),
    }
}

const NOUNS: [&str; 10] = [
    "invoice", "shipment", "booking", "ticket", "recipe", "sensor", "payment", "course", "vehicle",
    "order",
];
const PARTS: [&str; 8] = [
    "importer",
    "search index",
    "nightly export",
    "retry queue",
    "price list",
    "login page",
    "audit trail",
    "report builder",
];
const ISSUES: [&str; 5] = [
    "fails",
    "hangs",
    "returns duplicates",
    "loses the last row",
    "takes ten seconds",
];
const WISHES: [&str; 6] = [
    "Keep the public API as it is.",
    "No new dependencies, please.",
    "Use the naming of the other modules.",
    "It must work with Größe and naïve input, too 🙂.",
    "Show me the diff before you write it.",
    "Add a comment that says why.",
];
