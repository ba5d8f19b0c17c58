//! What the footer of a part says: table, versions, settings, columns.

use parquet::arrow::ArrowSchemaConverter;
use promptlake_datasets::table::{Privacy, Table};
use promptlake_lake::settings::Encoding;

use super::finding::Kind;
use crate::encode::{DATA_KEY, ENCODING_VERSION, SETTINGS_KEY};
use crate::run_file::RunFile;

/// What an inventory says of a part, as far as the footer has to agree with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Described {
    pub(super) rows: u64,
    pub(super) schema_version: u32,
    pub(super) encoding_version: u32,
}

/// Checks a footer. `described`: by an inventory that has the part's hash.
pub(super) fn check(
    file: &RunFile,
    table: &Table,
    described: Option<Described>,
    settings: Option<&Encoding>,
) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    let number = |key: &str| file.entry(key).and_then(|text| text.parse::<u32>().ok());
    if file.entry("promptlake.table").as_deref() != Some(table.name) {
        found.push((
            Kind::Footer,
            "its footer does not name its table".to_owned(),
        ));
    }
    let schema = number("promptlake.schema_version");
    let encoding = number("promptlake.encoding_version");
    match schema {
        None => found.push((
            Kind::Footer,
            "its footer has no version of the schema".to_owned(),
        )),
        Some(version) if version > table.version => found.push((
            Kind::Footer,
            format!(
                "its footer has version {version} of the schema, this program knows {}",
                table.version
            ),
        )),
        Some(version) if described.is_some_and(|described| described.schema_version != version) => {
            found.push((
                Kind::Inventory,
                "footer and inventory have different versions of the schema".to_owned(),
            ));
        }
        Some(_) => {}
    }
    match encoding {
        None => found.push((
            Kind::Footer,
            "its footer has no version of the encoding".to_owned(),
        )),
        Some(version)
            if described.is_some_and(|described| described.encoding_version != version) =>
        {
            found.push((
                Kind::Inventory,
                "footer and inventory have different versions of the encoding".to_owned(),
            ));
        }
        Some(_) => {}
    }
    let text = file.entry(SETTINGS_KEY);
    match text.as_deref().map(serde_json::from_str::<Encoding>) {
        Some(Ok(written)) => {
            // A part of an earlier encoding may have any settings; it is written anew when it is touched.
            let differs = encoding == Some(ENCODING_VERSION)
                && settings.is_some_and(|settings| *settings != written);
            if differs {
                found.push((
                    Kind::Footer,
                    "its footer has another encoding than lake.json".to_owned(),
                ));
            }
        }
        _ => found.push((
            Kind::Footer,
            "its footer does not have the lake's encoding".to_owned(),
        )),
    }
    // Where the inventory has the hash of the whole file, that is enough.
    let intact = match described {
        Some(_) => file.entry(DATA_KEY).map(|_| true),
        None => file.is_intact(),
    };
    match intact {
        Some(true) => {}
        Some(false) => found.push((
            Kind::Damaged,
            "its rows are not the bytes that were written, as its own footer says".to_owned(),
        )),
        None => found.push((
            Kind::Footer,
            "its footer does not have the hash of its rows".to_owned(),
        )),
    }
    let groups: u64 = (0..file.groups()).map(|group| file.group_rows(group)).sum();
    if groups != file.rows() {
        found.push((
            Kind::Footer,
            "its footer counts other rows than its row groups have".to_owned(),
        ));
    }
    if described.is_some_and(|described| described.rows != file.rows()) {
        found.push((
            Kind::Inventory,
            format!(
                "its footer counts {} rows, its inventory another number",
                file.rows()
            ),
        ));
    }
    found.extend(columns(file, table, schema));
    found
}

/// The columns have to be those of the table, all optional; a part of an earlier schema has the first of them at least.
fn columns(file: &RunFile, table: &Table, schema: Option<u32>) -> Option<(Kind, String)> {
    let expected = ArrowSchemaConverter::new()
        .schema_root("schema")
        .convert(&table.arrow_schema())
        .ok()?;
    let metadata = file.metadata();
    let there = metadata.file_metadata().schema_descr();
    let earlier = schema.is_some_and(|version| version < table.version);
    let (there_fields, expected_fields) = (
        there.root_schema().get_fields(),
        expected.root_schema().get_fields(),
    );
    let fits = if earlier {
        there_fields
            .iter()
            .all(|field| expected_fields.contains(field))
    } else {
        there_fields == expected_fields
    };
    if !fits {
        return Some((
            Kind::Schema,
            "its columns are not those of the table".to_owned(),
        ));
    }
    for group in metadata.row_groups() {
        for (leaf, chunk) in group.columns().iter().enumerate() {
            let name = there.get_column_root(leaf).name();
            let text = table
                .columns()
                .any(|column| column.name == name && column.privacy == Privacy::Text);
            if text && (chunk.statistics().is_some() || chunk.bloom_filter_offset().is_some()) {
                return Some((
                    Kind::Schema,
                    format!("column {name} holds text and has statistics"),
                ));
            }
        }
    }
    None
}
