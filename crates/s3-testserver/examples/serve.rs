//! Serves directories as buckets, from memory: `serve [--latency-ms N] BUCKET=DIR...`, for benchmarks and for trying things
//! out. Prints the variables that clients need, and at the end of its input the requests that came, by kind.

#![expect(clippy::print_stdout, reason = "it is a program that prints")]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use promptlake_s3_testserver::{ACCESS_KEY, SECRET_KEY, Server};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--latency-ms" {
            let ms = arguments.next().ok_or("--latency-ms N")?.parse()?;
            server.set_latency(Duration::from_millis(ms));
            continue;
        }
        let (bucket, directory) = argument.split_once('=').ok_or("BUCKET=DIR")?;
        server.create_bucket(bucket, "us-east-1");
        if !directory.is_empty() {
            load(&server, bucket, Path::new(directory))?;
        }
    }
    println!("export AWS_ENDPOINT_URL={}", server.url());
    println!("export AWS_ACCESS_KEY_ID={ACCESS_KEY}");
    println!("export AWS_SECRET_ACCESS_KEY='{SECRET_KEY}'");
    println!("export AWS_REGION=us-east-1");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    let mut requests = BTreeMap::new();
    for logged in server.log() {
        *requests.entry(logged.kind).or_insert(0) += 1;
    }
    for (kind, count) in requests {
        println!("{kind:?} {count}");
    }
    Ok(())
}

fn load(server: &Server, bucket: &str, root: &Path) -> std::io::Result<()> {
    let mut directories: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() {
                directories.push(path);
            } else if let Some(key) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                server.put(bucket, key, &std::fs::read(&path)?);
            }
        }
    }
    Ok(())
}
