//! The steps of a run apart, one thread each: inflate, decode, encode, merge. `cargo bench -p promptlake-ingest`
//!
//! Inputs are generated and lie in memory. Inflating and decoding are given per byte of inflated text, encoding and merging per row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use criterion::{BatchSize, Criterion, Throughput};
use flate2::Compression;
use flate2::write::GzEncoder;
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::{GeneratedObject, organisation};
use promptlake_datasets::input::{End, Input};
use promptlake_datasets::key::{Class, KeyContext, classify};
use promptlake_datasets::object::Object;
use promptlake_datasets::output::{Output, Rows};
use promptlake_ingest::encoder::Encoder;
use promptlake_ingest::inflate::{DEFAULT_MAX_OBJECT_BYTES, Inflater};
use promptlake_ingest::merge::{Contents, Listed, ListedTwin, MergeInput, ObjectRows, merge};
use promptlake_ingest::part::FinishedPart;
use promptlake_ingest::run_cursor::Run;
use promptlake_ingest::run_file::RunFile;
use promptlake_ingest::stage::{ParkedRun, PartitionId, Stage};
use promptlake_lake::settings::Encoding;
use promptlake_lake::source::Body;

const FIRST: Day = Day(20_478);
/// What one merge may hold, as under `--memory 256MiB`.
const MERGE_BYTES: usize = 4 << 20;

/// Objects of one dataset with what their keys tell, in canonical order.
struct Objects(Vec<(Object, Vec<u8>)>);

impl Objects {
    fn of(generated: &[GeneratedObject], dataset: &str) -> Self {
        let context = KeyContext {
            name: "bench".to_owned(),
            ..KeyContext::default()
        };
        let mut objects = Vec::new();
        for object in generated {
            let class = classify(&context, &object.key, object.body.len() as u64);
            if let Class::Object(known) = class
                && known.dataset.is_some_and(|known| known.name == dataset)
            {
                objects.push((*known, object.body.clone()));
            }
        }
        objects.sort_by(|(a, _), (b, _)| (a.day, &a.source_object).cmp(&(b.day, &b.source_object)));
        assert!(!objects.is_empty(), "objects of {dataset} are generated");
        Self(objects)
    }

    fn bytes(&self) -> u64 {
        self.0.iter().map(|(_, body)| body.len() as u64).sum()
    }

    /// Decodes them, and gives the rows with their source day.
    fn decode(&self) -> Vec<(Day, Rows)> {
        let mut all = Vec::new();
        for objects in self.0.chunk_by(|(a, _), (b, _)| a.day == b.day) {
            let day = objects[0].0.day;
            let mut sink = |rows: Rows| all.push((day, rows));
            let mut output = Output::new(&mut sink);
            let dataset = objects[0].0.dataset.expect("invariant: it was told by it");
            let mut decoder = (dataset.decoder)();
            for (object, body) in objects {
                let mut input = Input::whole(body, End::Clean);
                decoder.decode(object, &mut input, &mut output);
                output.take_outcome();
            }
            decoder.finish(&mut output);
        }
        all
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .expect("invariant: a Vec takes any bytes");
    encoder.finish().expect("invariant: a Vec takes any bytes")
}

fn inflate(criterion: &mut Criterion, logs: &Objects) {
    let small: Vec<Vec<u8>> = logs.0.iter().map(|(_, body)| gzip(body)).collect();
    let large = gzip(
        &logs
            .0
            .iter()
            .flat_map(|(_, b)| b.clone())
            .collect::<Vec<_>>(),
    );
    let mut group = criterion.benchmark_group("inflate");
    group.throughput(Throughput::Bytes(logs.bytes()));
    let mut run = |name: &str, bodies: &[Vec<u8>], streamed: bool| {
        let mut inflater = Inflater::new(DEFAULT_MAX_OBJECT_BYTES);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for body in bodies {
                    let body = if streamed {
                        Body::Stream(Box::new(std::io::Cursor::new(body.clone())))
                    } else {
                        Body::Bytes(body.clone())
                    };
                    let mut input = inflater.input(body);
                    loop {
                        let at_hand = input.window().len();
                        input.consume(at_hand);
                        if !input.more() {
                            break;
                        }
                    }
                }
            });
        });
    };
    run("many small objects", &small, false);
    run("one large object", std::slice::from_ref(&large), false);
    run("one large object, streamed", &[large], true);
}

fn decode(criterion: &mut Criterion, name: &str, objects: &Objects) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(objects.bytes()));
    group.bench_function(name, |bencher| bencher.iter(|| black_box(objects.decode())));
}

fn encoder() -> Arc<Encoder> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.expect("invariant: a thread can be started");
    Encoder::new(pool, Encoding::default(), 16 << 20, false)
}

/// Stages rows: the files of each partition that gets some.
fn stage(encoder: &Arc<Encoder>, temp: &Path, rows: &[(Day, Rows)]) -> Partitions {
    let mut stage = Stage::new(encoder, temp.to_owned(), 64 << 20);
    for (day, rows) in rows {
        stage.append(*day, rows).expect("rows can be staged");
    }
    let parked = stage.finish().expect("rows can be staged").runs;
    let only = |mut runs: Vec<ParkedRun>| match (runs.pop(), runs.is_empty()) {
        (Some(mut run), true) if run.len() == 1 => run.pop(),
        _ => None,
    };
    // Stragglers after their day was parked would make a second segment; these partitions are left out.
    parked
        .into_iter()
        .filter_map(|(id, runs)| Some((id, only(runs)?)))
        .collect()
}

/// By partition the files of its tables.
type Partitions = BTreeMap<PartitionId, Vec<FinishedPart>>;

fn encode(criterion: &mut Criterion, name: &str, objects: &Objects) {
    let (rows, encoder) = (objects.decode(), encoder());
    let count: usize = rows.iter().map(|(_, rows)| rows.tables[0].num_rows()).sum();
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function(name, |bencher| {
        bencher.iter_batched(
            || tempfile::tempdir().expect("a temporary directory can be made"),
            |temp| {
                stage(&encoder, temp.path(), &rows);
                temp
            },
            BatchSize::PerIteration,
        );
    });
}

struct Nowhere;

impl Contents for Nowhere {
    fn object(&mut self, _: usize, _: &ObjectRows) -> std::io::Result<()> {
        Ok(())
    }

    fn twin(&mut self, _: &ListedTwin) -> std::io::Result<()> {
        Ok(())
    }
}

fn run_of(id: PartitionId, files: &[FinishedPart]) -> Run {
    let open = |(file, table): (&FinishedPart, _)| {
        let file = File::open(&file.path).expect("a part can be opened");
        RunFile::open(file, table).expect("a part can be opened")
    };
    Run {
        segments: vec![
            files
                .iter()
                .zip(id.family.tables.iter().copied())
                .map(open)
                .collect(),
        ],
    }
}

fn objects_of(rows: &Rows) -> Vec<String> {
    let column = rows.tables[0].column_by_name("source_object");
    let column = column.expect("invariant: every table has it");
    column
        .as_string::<i32>()
        .iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// Merges rows that are there with rows that come, a partition after the other.
fn merges(criterion: &mut Criterion, name: &str, old: &[(Day, Rows)], new: &[(Day, Rows)]) {
    let (encoder, temp) = (encoder(), tempfile::tempdir());
    let temp = temp.expect("a temporary directory can be made");
    let again: BTreeSet<String> = new.iter().flat_map(|(_, rows)| objects_of(rows)).collect();
    let old = stage(&encoder, temp.path(), old);
    let new = stage(&encoder, temp.path(), new);
    let rows: u64 = new
        .keys()
        .map(|id| new[id][0].rows + old.get(id).map_or(0, |files| files[0].rows))
        .sum();
    let listed = || -> Result<Listed<'_>, _> { Ok(Box::new(std::iter::empty())) };
    let gone = |run: usize, _: Day, object: &str| run == 0 && again.contains(object);
    let mut group = criterion.benchmark_group("merge");
    group.throughput(Throughput::Elements(rows));
    group.bench_function(name, |bencher| {
        bencher.iter_batched(
            || tempfile::tempdir().expect("a temporary directory can be made"),
            |written| {
                for (id, files) in &new {
                    let there = old.get(id).map(|old| run_of(*id, old));
                    let input = MergeInput {
                        partition: *id,
                        runs: vec![there.unwrap_or_default(), run_of(*id, files)],
                        parked: Some(files.clone()),
                        listed: &listed,
                        gone: &gone,
                    };
                    merge(&input, &encoder, written.path(), MERGE_BYTES, &mut Nowhere)
                        .expect("the rows can be merged");
                }
                written
            },
            BatchSize::PerIteration,
        );
    });
}

fn steps(criterion: &mut Criterion) {
    let bucket: Vec<GeneratedObject> = organisation(7, FIRST, 14, 60).collect();
    let chat = Objects::of(&bucket, "chat");
    let inline = Objects::of(&bucket, "inline_completion");
    let reports = Objects::of(&bucket, "user_report");
    inflate(criterion, &chat);
    let all = [
        ("chat", &chat),
        ("inline completions", &inline),
        ("user reports", &reports),
    ];
    for (name, objects) in all {
        decode(criterion, name, objects);
    }
    for (name, objects) in all {
        encode(criterion, name, objects);
    }
    let rows = chat.decode();
    let mirrored: Vec<GeneratedObject> = bucket
        .iter()
        .map(|object| GeneratedObject {
            key: object.key.replace("/KiroLogs/", "/QDeveloperLogs/"),
            ..object.clone()
        })
        .collect();
    let mirrored = Objects::of(&mirrored, "chat").decode();
    let late = Objects(vec![chat.0[chat.0.len() / 2].clone()]).decode();
    merges(criterion, "a first run", &[], &rows);
    merges(criterion, "one object again", &rows, &late);
    merges(criterion, "all rows again", &rows, &rows);
    merges(criterion, "a twin of each row", &rows, &mirrored);
    let reports = reports.decode();
    merges(criterion, "reports again", &reports, &reports);
}

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    steps(&mut criterion);
    criterion.final_summary();
}
