//! The least that a run must do, without anything around it: `floor SOURCE [THREADS [LEVEL PAGE_BYTES]]`.
//!
//! Reads each object of a tree of logs or reports, inflates it, decodes it and compresses the text of its rows, with the
//! product's own libraries, levels and page sizes; one part after the other, each timed by itself, on one thread. The floor of a
//! run is the sum of them over its threads. No order, no duplicates, no Parquet, nothing written.
#![expect(
    clippy::print_stdout,
    reason = "a program that measures prints what it measured"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use promptlake_datasets::dataset::Decoder;
use promptlake_datasets::key::{Class, KeyContext, classify};
use promptlake_datasets::output::{Output, Rows};
use promptlake_ingest::inflate::{DEFAULT_MAX_OBJECT_BYTES, Inflater};
use promptlake_lake::settings::Encoding;
use promptlake_lake::source::Body;

/// Objects are worked at in groups of about this size, as a run does.
const GROUP_BYTES: u64 = 1 << 20;

#[derive(Default)]
struct Times {
    read: Duration,
    inflate: Duration,
    decode: Duration,
    compress: Duration,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let source = PathBuf::from(
        arguments
            .next()
            .ok_or("usage: floor SOURCE [THREADS [LEVEL PAGE_BYTES]]")?,
    );
    let threads: f64 = arguments.next().map_or(Ok(2.0), |n| n.parse())?;
    let mut encoding = Encoding::default();
    if let Some(level) = arguments.next() {
        encoding.zstd_level = level.parse()?;
    }
    if let Some(bytes) = arguments.next() {
        encoding.page_bytes = bytes.parse()?;
    }
    let mut paths = Vec::new();
    walk(&source, &mut paths)?;
    paths.sort();
    let mut times = Times::default();
    let mut pages = Pages::new(&encoding)?;
    let mut decoders: BTreeMap<&'static str, Box<dyn Decoder>> = BTreeMap::new();
    let mut inflater = Inflater::new(DEFAULT_MAX_OBJECT_BYTES);
    let (mut group, mut bytes) = (Vec::new(), 0);
    let total = paths.len();
    for (number, path) in paths.into_iter().enumerate() {
        bytes += path.metadata()?.len();
        group.push(path);
        if bytes >= GROUP_BYTES || number + 1 == total {
            work(
                &source,
                &group,
                &mut inflater,
                &mut decoders,
                &mut pages,
                &mut times,
            )?;
            group.clear();
            bytes = 0;
        }
    }
    let begun = Instant::now();
    pages.finish()?;
    times.compress += begun.elapsed();
    let parts = [times.read, times.inflate, times.decode, times.compress];
    let seconds: f64 = parts.iter().map(Duration::as_secs_f64).sum();
    println!(
        "read {:.2} + inflate {:.2} + decode {:.2} + compress {:.2} = {seconds:.2} thread-seconds; floor {:.2} s",
        parts[0].as_secs_f64(),
        parts[1].as_secs_f64(),
        parts[2].as_secs_f64(),
        parts[3].as_secs_f64(),
        seconds / threads,
    );
    println!(
        "{total} objects, {} bytes of compressed text",
        pages.written
    );
    Ok(())
}

fn walk(dir: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn work(
    source: &Path,
    group: &[PathBuf],
    inflater: &mut Inflater,
    decoders: &mut BTreeMap<&'static str, Box<dyn Decoder>>,
    pages: &mut Pages,
    times: &mut Times,
) -> Result<(), Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let bodies = group.iter().map(std::fs::read);
    let bodies: Vec<Vec<u8>> = bodies.collect::<Result<_, _>>()?;
    times.read += begun.elapsed();
    let context = KeyContext {
        name: "floor".to_owned(),
        root: String::new(),
        lex: false,
        account_id: None,
        region: None,
    };
    let mut all: Vec<Rows> = Vec::new();
    let mut sink = |rows: Rows| all.push(rows);
    let mut output = Output::new(&mut sink);
    for (path, body) in group.iter().zip(bodies) {
        let key = path.strip_prefix(source)?.to_string_lossy().into_owned();
        let size = body.len() as u64;
        let begun = Instant::now();
        let mut input = inflater.input(Body::Bytes(body));
        times.inflate += begun.elapsed();
        let begun = Instant::now();
        let Class::Object(object) = classify(&context, &key, size) else {
            continue;
        };
        if let Some(dataset) = object.dataset {
            decoders
                .entry(dataset.name)
                .or_insert_with(|| (dataset.decoder)())
                .decode(&object, &mut input, &mut output);
        }
        output.take_outcome();
        times.decode += begun.elapsed();
    }
    let begun = Instant::now();
    for decoder in decoders.values_mut() {
        decoder.finish(&mut output);
    }
    drop(output);
    times.decode += begun.elapsed();
    let begun = Instant::now();
    for rows in all {
        for (table, batch) in rows.family.tables.iter().zip(rows.tables) {
            for (column, array) in table.columns().zip(batch.columns()) {
                pages.add((table.name, column.name), array)?;
            }
        }
    }
    times.compress += begun.elapsed();
    Ok(())
}

/// The text of each column, compressed a page at a time.
struct Pages {
    open: BTreeMap<(&'static str, &'static str), Vec<u8>>,
    compressor: zstd::bulk::Compressor<'static>,
    page_bytes: usize,
    written: usize,
}

impl Pages {
    fn new(encoding: &Encoding) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            open: BTreeMap::new(),
            compressor: zstd::bulk::Compressor::new(encoding.zstd_level)?,
            page_bytes: usize::try_from(encoding.page_bytes)?,
            written: 0,
        })
    }

    fn add(
        &mut self,
        column: (&'static str, &'static str),
        array: &ArrayRef,
    ) -> std::io::Result<()> {
        match array.data_type() {
            DataType::Utf8 => {
                let text = array.as_string::<i32>();
                let offsets = text.value_offsets();
                let (first, last) = (offsets[0], offsets[text.len()]);
                let bytes =
                    &text.value_data()[first.unsigned_abs() as usize..last.unsigned_abs() as usize];
                let page = self.open.entry(column).or_default();
                page.extend_from_slice(bytes);
                if page.len() >= self.page_bytes {
                    self.written += self.compressor.compress(page)?.len();
                    page.clear();
                }
                Ok(())
            }
            DataType::List(_) => self.add(column, array.as_list::<i32>().values()),
            _ => Ok(()),
        }
    }

    fn finish(&mut self) -> std::io::Result<()> {
        for page in self.open.values() {
            self.written += self.compressor.compress(page)?.len();
        }
        self.open.clear();
        Ok(())
    }
}
