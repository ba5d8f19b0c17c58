//! One `CREATE` a dialect.

use crate::day::Day;

use super::{Dialect, PROJECTION_RANGE, Relation, add_partitions};

/// What a table's statements are made for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The lake, without a slash at its end: `s3://bucket/prefix`, or a directory.
    pub location: &'a str,
    /// What is there under the table's name goes first.
    pub replace: bool,
    /// The days that have a part, for the dialects that keep partitions in a catalog.
    pub days: &'a [Day],
    /// Whether there is any part: DuckDB cannot read no files.
    pub has_part: bool,
}

pub(super) fn statements(relation: &Relation, dialect: Dialect, target: &Target<'_>) -> String {
    let mut text = String::new();
    let drops = !matches!(dialect, Dialect::DataFusion | Dialect::DuckDb);
    if target.replace && drops {
        text.push_str(&format!("DROP TABLE IF EXISTS {};\n", relation.name));
    }
    text.push_str(&match dialect {
        Dialect::Athena | Dialect::AthenaCatalog => athena(relation, dialect, target),
        Dialect::Trino => trino(relation, target),
        Dialect::DataFusion => datafusion(relation, target),
        Dialect::DuckDb => duckdb(relation, target),
        Dialect::Spark => spark(relation, target),
    });
    text
}

fn athena(relation: &Relation, dialect: Dialect, target: &Target<'_>) -> String {
    let columns = columns(relation, dialect, |doc| {
        format!(" COMMENT '{}'", plain(doc))
    });
    let place = place(relation, target);
    let projected = dialect == Dialect::Athena && relation.partitioned;
    let partitioned = if relation.partitioned {
        "PARTITIONED BY (dt string)\n"
    } else {
        ""
    };
    let properties = if projected {
        let properties = [
            ("projection.enabled", "true".to_owned()),
            ("projection.dt.type", "date".to_owned()),
            ("projection.dt.format", "yyyy-MM-dd".to_owned()),
            ("projection.dt.range", PROJECTION_RANGE.join(",")),
            ("projection.dt.interval", "1".to_owned()),
            ("projection.dt.interval.unit", "DAYS".to_owned()),
            ("storage.location.template", format!("{place}dt=${{dt}}/")),
        ];
        let lines: Vec<String> = properties
            .iter()
            .map(|(name, value)| format!("  '{name}' = '{value}'"))
            .collect();
        format!("\nTBLPROPERTIES (\n{}\n)", lines.join(",\n"))
    } else {
        String::new()
    };
    let mut text = format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS {} (\n{columns}\n)\nCOMMENT 'One row is {}'\n{partitioned}STORED AS PARQUET\nLOCATION '{place}'{properties};\n",
        relation.name,
        plain(relation.doc),
    );
    if dialect == Dialect::AthenaCatalog && relation.partitioned {
        text.push_str(&add_partitions(relation, target.location, target.days));
    }
    text
}

fn trino(relation: &Relation, target: &Target<'_>) -> String {
    let mut columns = columns(relation, Dialect::Trino, |doc| {
        format!(" COMMENT '{}'", plain(doc))
    });
    let place = place(relation, target);
    let mut properties = vec![
        "  format = 'PARQUET'".to_owned(),
        format!("  external_location = '{place}'"),
    ];
    if relation.partitioned {
        columns.push_str(&format!(
            ",\n  dt varchar WITH (\n    partition_projection_type = 'DATE',\n    partition_projection_format = 'yyyy-MM-dd',\n    partition_projection_range = ARRAY['{}', '{}']\n  )",
            PROJECTION_RANGE[0], PROJECTION_RANGE[1]
        ));
        properties.push("  partitioned_by = ARRAY['dt']".to_owned());
        properties.push("  partition_projection_enabled = true".to_owned());
        properties.push(format!(
            "  partition_projection_location_template = '{place}dt=${{dt}}/'"
        ));
    }
    format!(
        "CREATE TABLE IF NOT EXISTS {} (\n{columns}\n)\nCOMMENT 'One row is {}'\nWITH (\n{}\n);\n",
        relation.name,
        plain(relation.doc),
        properties.join(",\n")
    )
}

fn spark(relation: &Relation, target: &Target<'_>) -> String {
    let mut columns = columns(relation, Dialect::Spark, |doc| {
        format!(" COMMENT '{}'", plain(doc))
    });
    let mut partitioned = "";
    let mut repair = String::new();
    if relation.partitioned {
        columns.push_str(",\n  dt string");
        partitioned = "PARTITIONED BY (dt)\n";
        repair = format!("MSCK REPAIR TABLE {};\n", relation.name);
    }
    format!(
        "CREATE TABLE IF NOT EXISTS {} (\n{columns}\n)\nUSING PARQUET\n{partitioned}COMMENT 'One row is {}'\nLOCATION '{}';\n{repair}",
        relation.name,
        plain(relation.doc),
        place(relation, target),
    )
}

fn datafusion(relation: &Relation, target: &Target<'_>) -> String {
    let mut columns = columns(relation, Dialect::DataFusion, |_| String::new());
    let mut partitioned = "";
    if relation.partitioned {
        columns.push_str(",\n  dt VARCHAR");
        partitioned = "PARTITIONED BY (dt)\n";
    }
    let create = if target.replace {
        "CREATE OR REPLACE EXTERNAL TABLE"
    } else {
        "CREATE EXTERNAL TABLE IF NOT EXISTS"
    };
    format!(
        "{create} {} (\n{columns}\n)\nSTORED AS PARQUET\n{partitioned}LOCATION '{}';\n",
        relation.name,
        place(relation, target),
    )
}

fn duckdb(relation: &Relation, target: &Target<'_>) -> String {
    let create = if target.replace {
        "CREATE OR REPLACE VIEW"
    } else {
        "CREATE VIEW IF NOT EXISTS"
    };
    let dt = relation.partitioned.then_some("dt");
    if !target.has_part {
        let nulls: Vec<String> = relation
            .columns
            .iter()
            .map(|column| (column.name, Dialect::DuckDb.type_name(&column.ty)))
            .chain(dt.map(|dt| (dt, "VARCHAR".to_owned())))
            .map(|(name, ty)| format!("  CAST(NULL AS {ty}) AS {name}"))
            .collect();
        return format!(
            "{create} {} AS SELECT\n{}\nWHERE false;\n",
            relation.name,
            nulls.join(",\n")
        );
    }
    let names: Vec<String> = relation
        .columns
        .iter()
        .map(|column| column.name)
        .chain(dt)
        .map(|name| format!("  {name}"))
        .collect();
    let place = place(relation, target);
    let files = if relation.partitioned {
        format!(
            "'{place}dt=*/part-00000.parquet', hive_partitioning = true, hive_types = {{'dt': VARCHAR}}, union_by_name = true"
        )
    } else {
        format!("'{place}part-00000.parquet'")
    };
    format!(
        "{create} {} AS SELECT\n{}\nFROM read_parquet({files});\n",
        relation.name,
        names.join(",\n")
    )
}

/// The columns of the files, a line each, with their comments.
fn columns(relation: &Relation, dialect: Dialect, comment: impl Fn(&str) -> String) -> String {
    let lines: Vec<String> = relation
        .columns
        .iter()
        .map(|column| {
            format!(
                "  {} {}{}",
                column.name,
                dialect.type_name(&column.ty),
                comment(column.doc)
            )
        })
        .collect();
    lines.join(",\n")
}

/// Where the table lies, for a text in single quotes.
fn place(relation: &Relation, target: &Target<'_>) -> String {
    format!(
        "{}/{}",
        target.location.trim_end_matches('/').replace('\'', "''"),
        relation.folder
    )
}

/// A comment without what would end a text or, in a careless tool, a statement.
fn plain(doc: &str) -> String {
    doc.replace('\'', "’").replace(';', ",").replace('`', "")
}
