use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringArray};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Encoding as Encodings, Repetition};
use parquet::column::page::{CompressedPage, Page as CratePage, PageWriter};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::parser::parse_message_type;
use promptlake_lake::settings::Encoding;
use proptest::prelude::*;

use super::{HEAD, PACKED, PAGE_ROWS, TextColumn, header, levels};
use crate::chunk::Chunk;
use crate::encoder::Encoder;

fn encoder(page_bytes: u64) -> Arc<Encoder> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let encoding = Encoding {
        page_bytes,
        ..Encoding::default()
    };
    Encoder::new(pool.unwrap(), encoding, 1 << 20, false)
}

/// A file of one column, given in slices that end at `ends`.
fn written(encoder: &Arc<Encoder>, texts: &StringArray, ends: &[usize]) -> Bytes {
    let schema = "message schema { OPTIONAL BYTE_ARRAY text (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::default());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut column = TextColumn::new(encoder, file.schema_descr().column(0));
    assert_eq!(
        file.schema_descr()
            .column(0)
            .self_type()
            .get_basic_info()
            .repetition(),
        Repetition::OPTIONAL
    );
    let mut start = 0;
    for end in ends.iter().copied().chain([texts.len()]) {
        column.write(&texts.slice(start, end - start)).unwrap();
        start = end;
    }
    let chunk = Chunk::Pages(column.close().unwrap());
    let mut group = file.next_row_group().unwrap();
    chunk.append_to(&mut group).unwrap();
    group.close().unwrap();
    file.into_inner().unwrap().into()
}

/// What the parquet crate reads of it.
fn read(file: &Bytes) -> Vec<Option<String>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file.clone()).unwrap();
    let batches = reader.with_batch_size(700).build().unwrap();
    let mut texts = Vec::new();
    for batch in batches {
        let batch = batch.unwrap();
        let column = batch.column(0).as_string::<i32>();
        texts.extend(column.iter().map(|text| text.map(str::to_owned)));
    }
    texts
}

/// Rows and bytes of its pages, in their order.
fn pages(file: &Bytes) -> Vec<(usize, usize)> {
    let options = ReadOptionsBuilder::new().with_page_index().build();
    let reader = SerializedFileReader::new_with_options(file.clone(), options).unwrap();
    let group = reader.get_row_group(0).unwrap();
    let mut pages = group.get_column_page_reader(0).unwrap();
    let mut found = Vec::new();
    while let Some(page) = pages.get_next_page().unwrap() {
        assert_eq!(page.encoding(), Encodings::PLAIN);
        found.push((page.num_values() as usize, page.buffer().len()));
    }
    let offsets = &reader.metadata().offset_index().unwrap()[0][0];
    let rows = offsets.page_locations().iter().map(|at| at.first_row_index);
    let firsts: Vec<usize> = rows.map(|row| usize::try_from(row).unwrap()).collect();
    let expected = found.iter().scan(0, |next, (rows, _)| {
        let first = *next;
        *next += rows;
        Some(first)
    });
    assert_eq!(firsts, expected.collect::<Vec<_>>());
    found
}

/// Texts of few kinds, so that NULLs and equal ones stand in rows.
fn texts() -> impl Strategy<Value = Vec<Option<String>>> {
    let text = prop_oneof![
        3 => Just(None),
        3 => Just(Some(String::new())),
        3 => "[a-z\\u{e9}\\u{1f980}]{1,40}".prop_map(Some),
        1 => (100..3_000_usize).prop_map(|n| Some("line\n".repeat(n))),
    ];
    prop::collection::vec((text, 1..300_usize), 0..20).prop_map(|runs| {
        let rows = runs.into_iter();
        rows.flat_map(|(text, times)| {
            // Large ones are few.
            let times = if text.as_ref().is_some_and(|text| text.len() > 400) {
                1
            } else {
                times
            };
            vec![text; times]
        })
        .collect()
    })
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_written_however_it_came(
        texts in texts(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        page_bytes in 1_u64..5_000,
    ) {
        let encoder = encoder(page_bytes);
        let array = StringArray::from(texts.clone());
        let whole = written(&encoder, &array, &[]);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(texts.len() + 1)).collect();
        ends.sort_unstable();
        // The second time, contexts were used before.
        prop_assert_eq!(&written(&encoder, &array, &ends), &whole);
        prop_assert_eq!(read(&whole), texts);
        for (rows, bytes) in pages(&whole) {
            prop_assert!(rows == 1 || bytes as u64 <= page_bytes + HEAD as u64);
        }
    }
}

#[test]
fn a_page_ends_at_its_rows_and_before_its_bytes() {
    let nulls = StringArray::new_null(2 * PAGE_ROWS + 1);
    let file = written(&encoder(1 << 20), &nulls, &[]);
    let rows: Vec<usize> = pages(&file).into_iter().map(|(rows, _)| rows).collect();
    assert_eq!(rows, [PAGE_ROWS, PAGE_ROWS, 1]);

    // Behind its length each takes ten bytes; the last is larger than a page, and alone in one.
    let texts: StringArray = [6, 6, 6, 6, 6, 100]
        .map(|n| Some("x".repeat(n)))
        .into_iter()
        .collect();
    let file = written(&encoder(20), &texts, &[]);
    let rows: Vec<usize> = pages(&file).into_iter().map(|(rows, _)| rows).collect();
    assert_eq!(rows, [2, 2, 1, 1]);
}

#[test]
fn levels_have_room_before_the_values() {
    for turn in 2..PACKED {
        let mixed: Vec<bool> = (0..PAGE_ROWS).map(|row| row % turn > 0).collect();
        assert!(levels(&mixed).len() <= HEAD);
    }
}

#[test]
fn a_large_value_is_not_kept() {
    let mut column = TextColumn::new(&encoder(1_000), descr());
    column
        .write(&StringArray::from(vec!["x".repeat(1 << 20)]))
        .unwrap();
    column.write(&StringArray::from(vec!["y"])).unwrap();
    assert!(
        column.page.bytes.capacity() <= 2 * HEAD,
        "{}",
        column.page.bytes.capacity()
    );
}

/// The header is what the parquet crate writes for the same page.
#[test]
fn headers_are_those_of_the_parquet_crate() {
    for (uncompressed, compressed, rows) in [
        (0, 0, 0),
        (5, 1, 1),
        (1 << 20, 300_000, 127),
        (i32::MAX, 70_000, 20_000),
    ] {
        let page = CratePage::DataPage {
            buf: vec![0; compressed].into(),
            num_values: rows,
            encoding: Encodings::PLAIN,
            def_level_encoding: Encodings::RLE,
            rep_level_encoding: Encodings::RLE,
            statistics: None,
        };
        let mut sink = TrackedWrite::new(Vec::new());
        let page = CompressedPage::new(page, usize::try_from(uncompressed).unwrap());
        SerializedPageWriter::new(&mut sink)
            .write_page(page)
            .unwrap();
        let theirs = sink.into_inner().unwrap();
        let ours = header(
            uncompressed,
            i32::try_from(compressed).unwrap(),
            i32::try_from(rows).unwrap(),
        );
        assert_eq!(theirs[..theirs.len() - compressed], ours);
    }
}

fn descr() -> parquet::schema::types::ColumnDescPtr {
    let schema = "message schema { OPTIONAL BYTE_ARRAY text (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    parquet::schema::types::SchemaDescriptor::new(schema).column(0)
}
