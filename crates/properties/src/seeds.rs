//! What a search begins with: small inputs of every kind, made of the fixtures and of [`kit`](promptlake_datasets::generate::kit).
//!
//! They lie in `fuzz/corpus/<target>/<name>`, which `cargo run -p promptlake-properties --example seed` writes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use promptlake_datasets::day::Day;
use promptlake_datasets::generate::kit::{Flaw, KITS, Kit, Place, Record, Spot};

/// A fixture that is longer tells no more.
const LONGEST_FIXTURE: u64 = 2600;

/// An input to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// Name of its target.
    pub target: &'static str,
    /// Its own name.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// The top folder of all inputs, `fuzz/`.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// All seeds, in the order of targets and names.
///
/// # Errors
/// If the fixtures cannot be read.
pub fn seeds() -> io::Result<Vec<Seed>> {
    let mut all = Vec::new();
    for (target, datasets) in [
        ("csv", &["by_user_analytic", "user_report"][..]),
        ("json", &["chat", "dev_task", "inline_completion"]),
        ("lex", &["lex"]),
    ] {
        for dataset in datasets {
            fixtures(target, dataset, &mut all)?;
        }
    }
    for kit in KITS {
        of_kit(kit, &mut all);
    }
    gzips(&mut all);
    all.extend(INSTANTS.iter().enumerate().map(|(number, text)| Seed {
        target: "instant",
        name: format!("{number:02}"),
        bytes: text.as_bytes().to_vec(),
    }));
    all.extend(KEYS.iter().enumerate().map(|(number, text)| Seed {
        target: "key",
        name: format!("other-{number:02}"),
        bytes: text.as_bytes().to_vec(),
    }));
    all.sort_by(|a, b| (a.target, &a.name).cmp(&(b.target, &b.name)));
    Ok(all)
}

fn fixtures(target: &'static str, dataset: &str, all: &mut Vec<Seed>) -> io::Result<()> {
    let datasets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/src");
    for entry in fs::read_dir(datasets.join(dataset).join("fixtures"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_answer = entry.path().extension().is_some_and(|e| e == "want");
        if !is_answer && entry.metadata()?.len() <= LONGEST_FIXTURE {
            all.push(Seed {
                target,
                name: format!("{dataset}-{name}"),
                bytes: fs::read(entry.path())?,
            });
        }
    }
    Ok(())
}

/// A few records that agree and differ, sound and flawed, in a place of each kind.
fn of_kit(kit: &Kit, all: &mut Vec<Seed>) {
    let day = Day::from_ymd(2026, 7, 27).expect("invariant: a day");
    let record = |identity, content, day, flaw| Record {
        identity,
        content,
        day,
        flaw,
        mark: String::new(),
    };
    let sound = record(0, 0, Some(day), Flaw::None);
    let records = [
        sound.clone(),
        record(0, 0, Some(day), Flaw::None),
        record(0, 3, Some(day.plus(1)), Flaw::None),
        record(1, 3, None, Flaw::Value),
        record(1, 0, None, Flaw::Keyless),
    ];
    let places = [Place::Kiro, Place::QDeveloper, Place::Flat, Place::Loose];
    for (number, place) in (0_u8..).zip(places) {
        let spot = Spot {
            account: number % 2,
            day,
            place,
            number,
        };
        let name = format!("{}-{place:?}", kit.dataset).to_lowercase();
        let key = (kit.key)(&spot);
        all.push(Seed {
            target: "key",
            name: name.clone(),
            bytes: format!("/data/AWSLogs\n{key}").into_bytes(),
        });
        // Two records make a small object, all of them a telling one.
        let records = if place == Place::Kiro {
            &records[..]
        } else {
            &records[1..3]
        };
        let body = (kit.body)(&spot, records);
        let lex = if kit.lex { "lex:" } else { "" };
        let mut bytes = format!("{lex}{key}\n").into_bytes();
        bytes.extend(if kit.gzip && place == Place::QDeveloper {
            gzip(&body)
        } else {
            body
        });
        all.push(Seed {
            target: "object",
            name,
            bytes,
        });
    }
}

fn gzips(all: &mut Vec<Seed>) {
    let text = b"{\"records\":[{\"a\":\"some text, some text, some text\"}]}";
    let with_all = {
        let header = GzBuilder::new()
            .filename("name")
            .comment("comment")
            .extra(b"extra".to_vec());
        written(header.write(Vec::new(), Compression::best()), text)
    };
    let stored = written(GzEncoder::new(Vec::new(), Compression::none()), text);
    let whole = gzip(text);
    // Long and uneven enough for codes of its own.
    let squares: Vec<String> = (0..200).map(|n| (n * n).to_string()).collect();
    let inputs = [
        ("plain", text.to_vec()),
        ("cut", whole[..whole.len() - 9].to_vec()),
        ("two", [gzip(text), gzip(text)].concat()),
        ("zeros", [&whole[..], &[0; 9]].concat()),
        ("trailing", [&whole[..], b"more"].concat()),
        ("twice", gzip(&whole)),
        ("thrice", gzip(&gzip(&whole))),
        ("empty", gzip(b"")),
        ("bomb", gzip(&vec![b' '; 1 << 17])),
        ("dynamic", gzip(squares.join(" ").as_bytes())),
        ("flags", with_all),
        ("stored", stored),
        ("fixed", whole),
    ];
    all.extend(inputs.into_iter().map(|(name, bytes)| Seed {
        target: "gzip",
        name: name.to_owned(),
        bytes,
    }));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    written(GzEncoder::new(Vec::new(), Compression::best()), bytes)
}

fn written(mut encoder: GzEncoder<Vec<u8>>, bytes: &[u8]) -> Vec<u8> {
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("invariant: a vector takes all")
}

const INSTANTS: &[&str] = &[
    "2026-07-27T23:03:29.027400929Z",
    "2026-07-27T23:03:29.027Z",
    " 2026-07-27 23:03:29\n",
    "2026-07-28T08:03:29+09:00",
    "2026-07-27T17:33:29.5-0530",
    "1969-12-31T23:59:59.999999999Z",
    "1677-09-21T00:12:43.145224192Z",
    "2262-04-11T23:47:16.854775807Z",
    "9999-12-31T23:59:59Z",
    "2024-02-29T00:00:00-23:59",
    "2026-07-27",
    "",
];

const KEYS: &[&str] = &[
    "\nkirologs/0f8fad5b-d9cb-469f-a165-70867728950e",
    "\np/AWSLogs/111122223333/KiroLogs/0f8fad5b-d9cb-469f-a165-70867728950e",
    "/mnt/AWSLogs/111122223333\nKiroLogs/NewEvent/us-east-1/2026/07/27/x.json.gz",
    "/a\nb//c/../AWSLogs/./111122223333/QDeveloperLogs/user_report/US-EAST-1/2026/02/30/00/x.csv",
    "\nyear=2026/month=05/day=06/hour=07/x.wav",
    "\nKIRO_IDE_111122223333_user_report_202609090000_part_2.csv",
    "",
];
