//! Renders the tables for review: what is committed in `schemas/` must equal what the code says.

use std::fmt::Write as _;

use crate::dataset::DATASETS;
use crate::rejects::REJECTS;
use crate::table::{ColumnType, Privacy, Table};

/// Every table: those of the datasets in their order, parents first, then `rejects`.
pub fn all_tables() -> Vec<&'static Table> {
    let mut tables: Vec<&Table> = Vec::new();
    let of_datasets = DATASETS.iter().flat_map(|dataset| dataset.family.tables);
    for table in of_datasets.copied().chain([&REJECTS]) {
        if tables.iter().all(|seen| seen.name != table.name) {
            tables.push(table);
        }
    }
    tables
}

/// A table as Markdown: what a row is, its version, its key, its columns with types in Athena's words.
pub fn schema_text(table: &Table) -> String {
    let mut text = format!(
        "# {}\n\nOne row is {}. Schema version {}. Every column may be NULL.\n\n",
        table.name, table.doc, table.version
    );
    for (what, columns) in [
        ("Key", table.key),
        (
            "Key columns without which rows are not compared",
            table.key_required,
        ),
        (
            "Compared instead, its text with sorted keys",
            table
                .key_else
                .as_ref()
                .map_or(&[], |other| std::slice::from_ref(&other.column)),
        ),
        ("Not content", table.not_content),
        ("Bloom filter", table.bloom),
    ] {
        if !columns.is_empty() {
            line(
                &mut text,
                format_args!("- {what}: `{}`", columns.join("`, `")),
            );
        }
    }
    line(
        &mut text,
        format_args!("- Partition: `dt` = `event_date`\n"),
    );
    line(&mut text, format_args!("| column | type | privacy | |"));
    line(&mut text, format_args!("|---|---|---|---|"));
    for column in table.columns() {
        let privacy = match column.privacy {
            Privacy::Plain => "",
            Privacy::Person => "person",
            Privacy::Text => "text",
        };
        let doc = column.doc.replace('|', "\\|");
        line(
            &mut text,
            format_args!(
                "| `{}` | {} | {privacy} | {doc} |",
                column.name,
                athena_type(&column.ty)
            ),
        );
    }
    text
}

/// A type in Athena's words.
pub fn athena_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Text => "STRING".to_owned(),
        ColumnType::Count => "BIGINT".to_owned(),
        ColumnType::Double => "DOUBLE".to_owned(),
        ColumnType::Flag => "BOOLEAN".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Instant => "TIMESTAMP".to_owned(),
        ColumnType::List(element) => format!("ARRAY<{}>", athena_type(element)),
        ColumnType::Struct(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, ty)| format!("{name}:{}", athena_type(ty)))
                .collect();
            format!("STRUCT<{}>", fields.join(","))
        }
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("invariant: a String takes any text");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn committed_schemas_are_what_the_code_says() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas");
        let bless = "run: cargo run -p promptlake-datasets --example render -- --write";
        let mut names = BTreeSet::new();
        for table in all_tables() {
            let path = format!("{folder}/{}.md", table.name);
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed == schema_text(table),
                "{} differs; {bless}",
                table.name
            );
            names.insert(format!("{}.md", table.name));
        }
        let files: BTreeSet<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(files, names, "{bless}");
    }

    #[test]
    fn nested_types_have_their_words() {
        static ELEMENT: ColumnType =
            ColumnType::Struct(&[("uri", ColumnType::Text), ("n", ColumnType::Count)]);
        assert_eq!(
            athena_type(&ColumnType::List(&ELEMENT)),
            "ARRAY<STRUCT<uri:STRING,n:BIGINT>>"
        );
    }

    #[test]
    fn tables_are_whole_and_named_well() {
        for table in all_tables() {
            let names: Vec<_> = table.columns().map(|column| column.name).collect();
            for name in &names {
                assert_eq!(
                    names.iter().filter(|other| *other == name).count(),
                    1,
                    "{name}"
                );
                assert!(
                    !["date", "timestamp", "user", "time", "dt"].contains(name),
                    "{name}"
                );
                assert!(
                    name.bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                );
            }
            assert!(names.contains(&"event_date"), "{}", table.name);
            for list in [
                table.key,
                table.key_required,
                table.not_content,
                table.bloom,
            ] {
                for name in list {
                    assert!(names.contains(name), "{}: {name}", table.name);
                }
            }
        }
    }
}
