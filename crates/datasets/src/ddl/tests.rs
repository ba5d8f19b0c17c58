use std::collections::BTreeMap;

use super::*;
use crate::render::rendered;

/// What a `CREATE TABLE` says, read back by a reader that knows nothing of how it was written.
#[derive(Debug, PartialEq)]
struct Parsed {
    columns: Vec<(String, String)>,
    partition: Option<(String, String)>,
    properties: BTreeMap<String, String>,
}

/// Columns and comments of a block `(\n … \n)`.
fn block(text: &str) -> Vec<(String, String)> {
    let from = text.find("(\n").unwrap() + 2;
    let to = text.find("\n)\n").unwrap();
    text[from..to]
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && line.trim() != ")")
        .map(|line| {
            let line = line.trim().trim_end_matches(',');
            let line = line.split_once(" COMMENT ").map_or(line, |(left, _)| left);
            let (name, ty) = line.split_once(' ').unwrap();
            (name.to_owned(), ty.to_owned())
        })
        .collect()
}

fn athena(text: &str) -> Parsed {
    let partition = text.contains("PARTITIONED BY (dt string)");
    let properties = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix('\''))
        .filter_map(|line| line.split_once("' = '"))
        .map(|(name, value)| {
            let value = value.trim_end_matches(',').trim_end_matches('\'');
            (name.to_owned(), value.to_owned())
        })
        .collect();
    Parsed {
        columns: block(text),
        partition: partition.then(|| ("dt".to_owned(), "string".to_owned())),
        properties,
    }
}

/// A type of Trino's in Hive's words.
fn hive_type(trino: &str) -> String {
    if let Some(element) = trino
        .strip_prefix("array(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return format!("array<{}>", hive_type(element));
    }
    if let Some(fields) = trino
        .strip_prefix("row(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let fields: Vec<String> = fields
            .split(", ")
            .map(|field| {
                let (name, ty) = field.split_once(' ').unwrap();
                format!("{name}:{}", hive_type(ty))
            })
            .collect();
        return format!("struct<{}>", fields.join(","));
    }
    match trino {
        "varchar" => "string",
        "timestamp(3)" => "timestamp",
        same @ ("bigint" | "double" | "boolean" | "date") => same,
        other => panic!("no type of the lake: {other}"),
    }
    .to_owned()
}

/// Trino's statement, in Athena's terms.
fn trino(text: &str) -> Parsed {
    let mut columns: Vec<_> = block(text)
        .into_iter()
        .map(|(name, ty)| {
            let ty = ty.strip_suffix(" WITH (").unwrap_or(&ty).to_owned();
            (name, hive_type(&ty))
        })
        .collect();
    let partition = text
        .contains("partitioned_by = ARRAY['dt']")
        .then(|| columns.pop().unwrap());
    let after = |key: &str| {
        let line = text.lines().find(|line| line.trim().starts_with(key))?;
        let value = line.split_once(" = ")?.1.trim_end_matches(',');
        Some(value.trim_matches('\'').to_owned())
    };
    let mut properties = BTreeMap::new();
    for (name, value) in [
        ("projection.enabled", after("partition_projection_enabled")),
        (
            "projection.dt.type",
            after("partition_projection_type").map(|ty| ty.to_lowercase()),
        ),
        ("projection.dt.format", after("partition_projection_format")),
        (
            "projection.dt.range",
            after("partition_projection_range").map(|range| {
                range
                    .trim_start_matches("ARRAY[")
                    .trim_end_matches(']')
                    .replace('\'', "")
                    .replace(", ", ",")
            }),
        ),
        (
            "storage.location.template",
            after("partition_projection_location_template"),
        ),
    ] {
        if let Some(value) = value {
            properties.insert(name.to_owned(), value);
        }
    }
    if partition.is_some() {
        // Trino's default, written out for Athena.
        properties.insert("projection.dt.interval".to_owned(), "1".to_owned());
        properties.insert("projection.dt.interval.unit".to_owned(), "DAYS".to_owned());
    }
    Parsed {
        columns,
        partition,
        properties,
    }
}

#[test]
fn athena_says_what_trino_says() {
    for relation in relations() {
        let athena_text = committed(&relation, Dialect::Athena);
        let read = athena(&athena_text);
        assert_eq!(
            read,
            trino(&committed(&relation, Dialect::Trino)),
            "{}",
            relation.name
        );
        let names: Vec<_> = relation.columns.iter().map(|column| column.name).collect();
        let read_names: Vec<_> = read.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(read_names, names, "{}", relation.name);
        assert_eq!(read.partition.is_some(), relation.partitioned);
        let range = read.properties.get("projection.dt.range");
        assert_eq!(
            range.map(String::as_str),
            relation.partitioned.then_some("2019-01-01,NOW+3DAYS")
        );
        let catalog = athena(&committed(&relation, Dialect::AthenaCatalog));
        assert_eq!(catalog.columns, read.columns);
        assert_eq!(catalog.partition, read.partition);
        assert!(catalog.properties.is_empty());
    }
}

#[test]
fn the_projection_begins_at_the_earliest_day_there_can_be() {
    assert_eq!(PROJECTION_RANGE[0], Day::UNDATED.to_string());
}

#[test]
fn comments_are_short_enough_for_glue_and_cut_no_statement() {
    for relation in relations() {
        for dialect in Dialect::ALL {
            let text = committed(&relation, dialect);
            for line in text.lines().filter(|line| !line.starts_with("--")) {
                let body = line.strip_suffix(';').unwrap_or(line);
                assert!(!body.contains(';'), "{}: {line}", relation.name);
                assert_eq!(body.matches('\'').count() % 2, 0, "{line}");
                if let Some((_, comment)) = line.split_once(" COMMENT '") {
                    assert!(comment.chars().count() <= 255, "{line}");
                }
            }
        }
    }
}

#[test]
fn partitions_come_in_statements_of_a_hundred() {
    let days: Vec<Day> = (0..201).map(|n| Day(20_454).plus(n)).collect();
    let chat = relations()
        .into_iter()
        .find(|relation| relation.name == "chat")
        .unwrap();
    let target = Target {
        location: "s3://b/lake",
        replace: true,
        days: &days,
        has_part: true,
    };
    let text = create(&chat, Dialect::AthenaCatalog, &target);
    assert!(text.starts_with("DROP TABLE IF EXISTS chat;\nCREATE EXTERNAL TABLE"));
    let statements: Vec<_> = text
        .split(";\n")
        .filter(|s| s.starts_with("ALTER"))
        .collect();
    let counts: Vec<_> = statements
        .iter()
        .map(|statement| statement.matches("PARTITION (dt = ").count())
        .collect();
    assert_eq!(counts, [100, 100, 1]);
    assert!(
        statements[0].starts_with(
            "ALTER TABLE chat ADD IF NOT EXISTS\n  PARTITION (dt = '2026-01-01') LOCATION 's3://b/lake/tables/chat/dt=2026-01-01/'"
        ),
        "{}",
        statements[0]
    );
}

#[test]
fn a_table_without_files_is_an_empty_view_in_duckdb() {
    let chat = relations()
        .into_iter()
        .find(|relation| relation.name == "chat")
        .unwrap();
    let target = Target {
        location: "/it's/here",
        replace: false,
        days: &[],
        has_part: false,
    };
    let text = create(&chat, Dialect::DuckDb, &target);
    assert!(text.contains(
        "CAST(NULL AS STRUCT(uri VARCHAR, title VARCHAR, snippet VARCHAR)[]) AS web_links"
    ));
    assert!(text.ends_with("WHERE false;\n"));
    let there = Target {
        has_part: true,
        ..target
    };
    let text = create(&chat, Dialect::DuckDb, &there);
    assert!(text.contains("read_parquet('/it''s/here/tables/chat/dt=*/part-00000.parquet'"));
}

#[test]
fn committed_statements_are_what_the_code_says() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (path, text) in rendered() {
        let there = std::fs::read_to_string(format!("{root}/{path}")).unwrap_or_default();
        assert!(
            there == text,
            "{path} differs; run: cargo run -p promptlake-datasets --example render -- --write"
        );
    }
}

#[test]
fn dialects_are_found_by_their_names() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse(), Ok(dialect));
    }
    assert_eq!("Athena".parse::<Dialect>(), Err(UnknownDialect));
}
