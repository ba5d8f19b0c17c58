//! The line editor: history, colours, completion.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use datafusion::execution::FunctionRegistry as _;
use promptlake_datasets::ddl::relations;
use promptlake_datasets::views::VIEWS;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Helper};

use super::words::{KEYWORDS, is_keyword};
use super::{ShellOptions, command};
use crate::engine::Engine;
use crate::error::QueryError;

/// Lines that are kept.
const HISTORY: usize = 5_000;

/// The editor.
pub(super) struct Editor<'a> {
    inner: rustyline::Editor<Known<'a>, FileHistory>,
    history: Option<PathBuf>,
}

impl<'a> Editor<'a> {
    pub(super) fn open(engine: &'a Engine, options: &ShellOptions) -> Result<Self, QueryError> {
        let config = Config::builder()
            .max_history_size(HISTORY)
            .map_err(io::Error::other)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .bracketed_paste(true)
            .build();
        let mut inner = rustyline::Editor::with_config(config).map_err(io::Error::other)?;
        inner.set_helper(Some(Known::new(engine, options.colour)));
        if let Some(path) = &options.history {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).ok();
            }
            // Without a history the shell is as good.
            inner.load_history(path).ok();
        }
        Ok(Self {
            inner,
            history: options.history.clone(),
        })
    }

    /// Reads a line; `before`: the lines of the statement before it.
    pub(super) fn line(&mut self, prompt: &str, before: &str) -> Result<String, ReadlineError> {
        if let Some(known) = self.inner.helper() {
            before.clone_into(&mut known.before.borrow_mut());
        }
        self.inner.readline(prompt)
    }

    /// Keeps a statement or command.
    pub(super) fn remember(&mut self, text: &str) {
        self.inner.add_history_entry(text).ok();
        if let Some(path) = &self.history {
            self.inner.append_history(path).ok();
        }
    }
}

/// What the editor knows of the lake.
struct Known<'a> {
    engine: &'a Engine,
    relations: Vec<&'static str>,
    functions: Vec<String>,
    files: FilenameCompleter,
    before: RefCell<String>,
    colour: bool,
}

impl<'a> Known<'a> {
    fn new(engine: &'a Engine, colour: bool) -> Self {
        let mut names: Vec<&str> = relations().iter().map(|relation| relation.name).collect();
        names.extend(VIEWS.iter().map(|view| view.name));
        names.sort_unstable();
        let state = engine.session().context().state();
        let mut functions: Vec<String> = state.udfs().into_iter().chain(state.udafs()).collect();
        functions.extend(state.udwfs());
        functions.sort_unstable();
        functions.dedup();
        Self {
            engine,
            relations: names,
            functions,
            files: FilenameCompleter::new(),
            before: RefCell::default(),
            colour,
        }
    }

    /// The columns of the tables and views that the statement names.
    fn columns(&self, statement: &str) -> BTreeSet<String> {
        let mut columns = BTreeSet::new();
        for name in &self.relations {
            let is_named = words(statement).any(|word| word.eq_ignore_ascii_case(name));
            if !is_named {
                continue;
            }
            let provider = self.engine.session().context().table_provider(*name);
            if let Ok(provider) = self.engine.wait(provider) {
                columns.extend(
                    provider
                        .schema()
                        .fields()
                        .iter()
                        .map(|field| field.name().clone()),
                );
            }
        }
        columns
    }
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

impl Completer for Known<'_> {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        ctx: &Context<'_>,
    ) -> Result<(usize, Vec<Pair>), ReadlineError> {
        let head = &line[..pos];
        if head.starts_with("\\export ") || head.starts_with("\\i ") {
            return self.files.complete(line, pos, ctx);
        }
        let is_command = head.starts_with('\\') && !head.contains(' ');
        let begin = if is_command {
            0
        } else {
            head.rfind(|c: char| !c.is_alphanumeric() && c != '_')
                .map_or(0, |at| {
                    at + head[at..].chars().next().map_or(1, char::len_utf8)
                })
        };
        let typed = &head[begin..];
        let mut found: Vec<String> = Vec::new();
        let mut add = |candidate: &str| {
            let is_begun = candidate
                .get(..typed.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(typed));
            if is_begun && !found.iter().any(|seen| seen == candidate) {
                found.push(candidate.to_owned());
            }
        };
        if is_command {
            command::words().for_each(&mut add);
        } else {
            let statement = format!("{} {line}", self.before.borrow());
            let before = format!("{} {}", self.before.borrow(), &head[..begin]);
            let wants_relation = head.starts_with("\\d ")
                || head.starts_with("\\athena ")
                || words(&before).next_back().is_some_and(|word| {
                    word.eq_ignore_ascii_case("FROM") || word.eq_ignore_ascii_case("JOIN")
                });
            if !wants_relation {
                let columns = self.columns(&statement);
                columns.iter().for_each(|name| add(name));
                let lower = typed.starts_with(|c: char| c.is_ascii_lowercase());
                for keyword in KEYWORDS {
                    if lower {
                        add(&keyword.to_lowercase());
                    } else {
                        add(keyword);
                    }
                }
            }
            self.relations.iter().for_each(|name| add(name));
            // All functions would be hundreds.
            if !wants_relation && !typed.is_empty() {
                self.functions.iter().for_each(|name| add(name));
            }
        }
        let pairs = found.into_iter().map(|name| Pair {
            display: name.clone(),
            replacement: name,
        });
        Ok((begin, pairs.collect()))
    }
}

impl Highlighter for Known<'_> {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        if self.colour {
            Cow::Owned(coloured(line))
        } else {
            Cow::Borrowed(line)
        }
    }

    fn highlight_char(&self, _line: &str, _pos: usize, _kind: CmdKind) -> bool {
        self.colour
    }
}

/// Keywords in blue, texts in green, comments in grey.
fn coloured(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 32);
    let mut rest = line;
    let mut paint = |colour: &str, text: &str| {
        if colour.is_empty() {
            out.push_str(text);
        } else {
            out.push_str(colour);
            out.push_str(text);
            out.push_str("\u{1b}[0m");
        }
    };
    while let Some(first) = rest.chars().next() {
        let (length, colour) = if rest.starts_with("--") {
            (rest.len(), "\u{1b}[90m")
        } else if first == '\'' {
            (
                rest[1..].find('\'').map_or(rest.len(), |at| at + 2),
                "\u{1b}[32m",
            )
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            (
                end,
                if is_keyword(&rest[..end]) {
                    "\u{1b}[1;34m"
                } else {
                    ""
                },
            )
        } else {
            (first.len_utf8(), "")
        };
        paint(colour, &rest[..length]);
        rest = &rest[length..];
    }
    out
}

impl Hinter for Known<'_> {
    type Hint = String;
}

impl Validator for Known<'_> {}

impl Helper for Known<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_no_character() {
        for line in ["SELECT 'a''b' -- x", "select é from 'open", "1 + _a"] {
            let coloured = coloured(line);
            let mut plain = String::new();
            let mut rest = coloured.as_str();
            while let Some(at) = rest.find('\u{1b}') {
                plain.push_str(&rest[..at]);
                rest = &rest[at..][rest[at..].find('m').unwrap() + 1..];
            }
            plain.push_str(rest);
            assert_eq!(plain, line);
        }
        assert_eq!(coloured("FROM x"), "\u{1b}[1;34mFROM\u{1b}[0m x");
    }
}
