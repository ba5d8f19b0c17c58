//! Source code in a few languages: not meant to run, but to look like what people paste.

use super::rng::Rng;

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// TypeScript.
    TypeScript,
    /// Java.
    Java,
    /// Rust.
    Rust,
}

/// All of them.
pub const LANGUAGES: [Language; 4] = [
    Language::Python,
    Language::TypeScript,
    Language::Java,
    Language::Rust,
];

impl Language {
    /// As it is written after a fence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::Java => "java",
            Self::Rust => "rust",
        }
    }

    /// Ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::TypeScript => "ts",
            Self::Java => "java",
            Self::Rust => "rs",
        }
    }
}

/// The name of a function on a noun, in the language's spelling.
pub fn name(rng: &mut Rng, language: Language, noun: &str) -> String {
    let verb = *rng.pick(&VERBS);
    let suffix = *rng.pick(&SUFFIXES);
    if matches!(language, Language::Python | Language::Rust) {
        let suffix = suffix.to_ascii_lowercase();
        let bar = if suffix.is_empty() { "" } else { "_" };
        format!("{verb}_{noun}{bar}{suffix}")
    } else {
        format!("{verb}{}{suffix}", capital(noun))
    }
}

/// A function that does something with a noun; ends in a line feed.
pub fn function(rng: &mut Rng, language: Language, noun: &str) -> String {
    let name = name(rng, language, noun);
    let number = rng.between(2, 500);
    let class = capital(noun);
    match language {
        Language::Python => format!(
            "def {name}(rows: list[dict], limit: int = {number}) -> list[dict]:\n    \
             \"\"\"Returns the {noun}s with an id, newest first.\"\"\"\n    \
             seen = {{}}\n    for row in rows:\n        if row.get(\"{noun}_id\") is None:\n            continue\n        \
             seen[row[\"{noun}_id\"]] = row\n    \
             return sorted(seen.values(), key=lambda r: r[\"updated_at\"], reverse=True)[:limit]\n"
        ),
        Language::TypeScript => format!(
            "export async function {name}(ids: string[]): Promise<{class}[]> {{\n  \
             const found = await db.query<{class}>(`select * from {noun} where id in (${{ids.join(',')}})`);\n  \
             if (found.length > {number}) {{\n    throw new Error(\"too many {noun}s\");\n  }}\n  \
             return found.filter((row) => row.deletedAt === null);\n}}\n"
        ),
        Language::Java => format!(
            "public Optional<{class}> {name}(String id) {{\n\t\
             {class} {noun} = cache.get(id);\n\tif ({noun} == null) {{\n\t\t\
             LOG.debug(\"{noun} {{}} not cached\", id);\n\t\t{noun} = repository.findById(id, Duration.ofMillis({number}));\n\t}}\n\t\
             return Optional.ofNullable({noun});\n}}\n"
        ),
        Language::Rust => format!(
            "pub fn {name}(rows: &[{class}]) -> Result<Vec<&{class}>, Error> {{\n    \
             let mut kept: Vec<_> = rows.iter().filter(|r| r.quantity > {number}).collect();\n    \
             kept.sort_by_key(|r| (r.day, r.id));\n    \
             if kept.is_empty() {{\n        return Err(Error::No{class});\n    }}\n    Ok(kept)\n}}\n"
        ),
    }
}

/// A source file of `functions` functions.
pub fn file(rng: &mut Rng, language: Language, noun: &str, functions: usize) -> String {
    let mut text = match language {
        Language::Python => format!("\"\"\"Everything about a {noun}.\"\"\"\nfrom app import db\n"),
        Language::TypeScript => format!(
            "import {{ db }} from \"../db\";\nimport type {{ {} }} from \"./types\";\n",
            capital(noun)
        ),
        Language::Java => format!("package com.example.{noun};\n\nimport java.util.*;\n"),
        Language::Rust => format!(
            "//! Everything about a {noun}.\n\nuse crate::db::{};\n",
            capital(noun)
        ),
    };
    for _ in 0..functions {
        text.push('\n');
        text.push_str(&function(rng, language, noun));
    }
    text
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

const VERBS: [&str; 8] = [
    "load", "find", "merge", "check", "sort", "export", "refresh", "count",
];
const SUFFIXES: [&str; 6] = ["", "s", "Batch", "Page", "Index", "Totals"];
