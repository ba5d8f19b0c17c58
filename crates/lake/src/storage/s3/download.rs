//! Reading an object of the lake: into memory, or into a file.

use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::s3::{Bucket, Failure, Kind, Tries, Wanted};
use crate::storage::Version;

/// Reads an object whole.
pub(super) async fn read(
    bucket: &Arc<Bucket>,
    key: &str,
) -> Result<Option<(Vec<u8>, Version)>, Failure> {
    let mut bytes = Vec::new();
    let version = download(bucket, key, &mut bytes).await?;
    Ok(version.map(|version| (bytes, version)))
}

/// Copies an object to a file in `temp`, which has no name there any more: it goes with its handle.
pub(super) async fn open(
    bucket: &Arc<Bucket>,
    key: &str,
    temp: &Path,
) -> Result<Option<(File, Version)>, Failure> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = temp.join(format!("object-{}-{number}", std::process::id()));
    let mut file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .map_err(|e| unwritable(&e))?;
    fs::remove_file(&path).map_err(|e| unwritable(&e))?;
    let version = download(bucket, key, &mut file).await?;
    file.rewind().map_err(|e| unwritable(&e))?;
    Ok(version.map(|version| (file, version)))
}

/// Where a download goes.
trait Target {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Failure>;
    fn clear(&mut self) -> Result<(), Failure>;
}

impl Target for Vec<u8> {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Failure> {
        Self::clear(self);
        Ok(())
    }
}

impl Target for File {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes).map_err(|e| unwritable(&e))
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.set_len(0)
            .and_then(|()| self.rewind())
            .map_err(|e| unwritable(&e))
    }
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Other,
        format!("the temporary file cannot be written: {error}"),
    )
}

/// Downloads an object; `None`: it is not there. What breaks off is read on; what is replaced meanwhile, anew.
async fn download(
    bucket: &Arc<Bucket>,
    key: &str,
    target: &mut impl Target,
) -> Result<Option<Version>, Failure> {
    let mut tries = Tries::new(bucket);
    let mut part = Part::default();
    loop {
        match step(bucket, key, &mut part, target).await {
            Ok(()) => return Ok(Some(Version(part.etag))),
            Err(failure) if failure.kind == Kind::NoObject => return Ok(None),
            Err(failure) if failure.kind == Kind::Denied && bucket.is_absent(key).await => {
                return Ok(None);
            }
            Err(failure) if failure.kind == Kind::Precondition => {
                target.clear()?;
                part = Part::default();
                tries
                    .again(Failure::new(Kind::Transient, "it is replaced all the time"))
                    .await?;
            }
            Err(failure) => tries.again(failure).await?,
        }
    }
}

/// What has come so far.
#[derive(Default)]
struct Part {
    etag: String,
    bytes: u64,
}

/// Reads on until the end, or until something fails.
async fn step(
    bucket: &Arc<Bucket>,
    key: &str,
    part: &mut Part,
    target: &mut impl Target,
) -> Result<(), Failure> {
    let _permit = bucket.limit.enter().await;
    let wanted = Wanted {
        key,
        etag: (part.bytes > 0).then_some(part.etag.as_str()),
        from: part.bytes,
    };
    let mut opened = bucket.get_once(wanted).await?;
    let end = opened.length.map(|length| part.bytes + length);
    if part.bytes == 0 {
        part.etag = opened.etag;
    }
    while let Some(bytes) = opened.flow.next().await? {
        target.append(&bytes)?;
        part.bytes += bytes.len() as u64;
    }
    if end.is_some_and(|end| end != part.bytes) {
        return Err(Failure::new(Kind::Transient, "the body ended early"));
    }
    bucket.limit.passed();
    Ok(())
}
