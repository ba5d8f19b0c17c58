//! How a part is encoded: the writer's properties.

use parquet::basic::{Compression, Encoding as Encodings, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use promptlake_datasets::table::{Column, ColumnType, Privacy, Table};
use promptlake_lake::settings::Encoding;

/// Raised whenever the same rows and settings would give other bytes; groups of another version are encoded again.
pub const ENCODING_VERSION: u32 = 3;
/// The footer's entry with the lake's encoding settings, from which a lost `lake.json` is made again.
pub const SETTINGS_KEY: &str = "promptlake.encoding";
/// The footer's entry with the number and the SHA-256 of all bytes before page indexes and footer.
pub const DATA_KEY: &str = "promptlake.data";
/// `created_by` of every footer. Fixed: it must not differ between builds that write the same bytes.
const CREATED_BY: &str = "promptlake";

/// The properties with which every part of `table` is written.
///
/// # Errors
/// If the compression level is none of zstd's.
pub fn properties(table: &Table, encoding: &Encoding) -> Result<WriterProperties, ParquetError> {
    let level = ZstdLevel::try_new(encoding.zstd_level)?;
    let page_bytes = usize::try_from(encoding.page_bytes).unwrap_or(usize::MAX);
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(None)
        .set_data_page_size_limit(page_bytes)
        .set_write_batch_size(256)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_key_value_metadata(Some(footer(table, encoding)))
        .set_sorting_columns(Some(sorting(table)));
    for column in table.columns() {
        let path = |leaf: &[&str]| {
            ColumnPath::new(
                std::iter::once(column.name)
                    .chain(leaf.iter().copied())
                    .map(str::to_owned)
                    .collect(),
            )
        };
        if column.privacy == Privacy::Text {
            // Neither statistics nor a dictionary: both would hold or hash whole texts.
            for leaf in leaves(column.ty) {
                properties = properties
                    .set_column_statistics_enabled(path(&leaf), EnabledStatistics::None)
                    .set_column_dictionary_enabled(path(&leaf), false);
            }
        }
        if column.ty == ColumnType::Double {
            // Measured amounts hardly repeat: a dictionary would hold them all, and numbers into it besides.
            properties = properties.set_column_dictionary_enabled(path(&[]), false);
        }
        if column.name == "record_index" {
            // It counts up, or stays: differences take next to nothing, and nothing has to be looked up.
            properties = properties
                .set_column_dictionary_enabled(path(&[]), false)
                .set_column_encoding(path(&[]), Encodings::DELTA_BINARY_PACKED);
        }
        if table.bloom.contains(&column.name) {
            properties = properties.set_column_bloom_filter_enabled(path(&[]), true);
        }
    }
    Ok(properties.build())
}

/// Whether a column is encoded by `TextColumn`: what somebody wrote, and nothing else of it.
pub(crate) fn is_text(column: &Column) -> bool {
    column.privacy == Privacy::Text && column.ty == ColumnType::Text
}

/// The footer's own entries.
fn footer(table: &Table, encoding: &Encoding) -> Vec<KeyValue> {
    let settings = serde_json::to_string(encoding).expect("invariant: numbers are JSON");
    vec![
        KeyValue::new(SETTINGS_KEY.to_owned(), settings),
        KeyValue::new("promptlake.table".to_owned(), table.name.to_owned()),
        KeyValue::new(
            "promptlake.schema_version".to_owned(),
            table.version.to_string(),
        ),
        KeyValue::new(
            "promptlake.encoding_version".to_owned(),
            ENCODING_VERSION.to_string(),
        ),
        KeyValue::new("promptlake.text_level".to_owned(), "full".to_owned()),
    ]
}

/// Within a source day, parts are sorted by object and record.
fn sorting(table: &Table) -> Vec<SortingColumn> {
    let mut first_leaf = 0;
    let mut sorting = Vec::new();
    for column in table.columns() {
        if matches!(column.name, "source_object" | "record_index") {
            sorting.push(SortingColumn {
                column_idx: first_leaf,
                descending: false,
                nulls_first: true,
            });
        }
        first_leaf += i32::try_from(leaves(column.ty).len()).unwrap_or(i32::MAX);
    }
    sorting
}

/// The Parquet paths of a column's leaves below its name.
fn leaves(ty: ColumnType) -> Vec<Vec<&'static str>> {
    match ty {
        ColumnType::List(element) => leaves(*element)
            .into_iter()
            .map(|leaf| [vec!["list", "element"], leaf].concat())
            .collect(),
        ColumnType::Struct(fields) => fields
            .iter()
            .flat_map(|(name, ty)| {
                leaves(*ty)
                    .into_iter()
                    .map(|leaf| [vec![*name], leaf].concat())
            })
            .collect(),
        _ => vec![vec![]],
    }
}
