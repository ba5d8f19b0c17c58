//! A large object, read as it comes, and read on where it breaks off.

use std::io::{self, Read};
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::fetch::known;
use super::source_error;
use crate::s3::{Bucket, Failure, Flow, Kind, Tries, Wanted};
use crate::source::{Listed, SourceError};

/// Pieces on their way to the reader.
const PIECES: usize = 16;
/// A piece at most. The connection hands over what it has read, up to several hundred KiB.
const PIECE_BYTES: usize = 64 << 10;
/// After so much, a connection that breaks is a new misfortune, not the same one again.
const PROGRESS_BYTES: u64 = 1 << 20;

/// The object as a reader.
pub(super) struct Stream {
    pieces: Receiver<Result<Bytes, SourceError>>,
    piece: Bytes,
    /// Bytes that are still to come.
    left: u64,
    place: String,
}

/// Opens an object: it is there, and the one that was listed. From then on it flows, as far as the reader keeps up.
/// It does not count as a request in flight: those that wait for a reader would keep away those that it waits for.
pub(super) async fn open(
    bucket: &Arc<Bucket>,
    key: &str,
    object: &Listed,
) -> Result<Stream, Failure> {
    let mut pump = Pump {
        bucket: Arc::clone(bucket),
        key: key.to_owned(),
        etag: object.etag.clone(),
        size: object.size,
        sent: 0,
    };
    let mut tries = Tries::new(bucket);
    let flow = pump.begin(&mut tries).await?;
    let (send, pieces) = channel(PIECES);
    tokio::spawn(async move {
        if let Err(failure) = pump.run(flow, tries, &send).await {
            let error = source_error("read", pump.bucket.uri(&pump.key), failure);
            // Nobody reads it any more: nothing is left to be said.
            send.send(Err(error)).await.ok();
        }
    });
    Ok(Stream {
        pieces,
        piece: Bytes::new(),
        left: object.size,
        place: bucket.uri(key),
    })
}

struct Pump {
    bucket: Arc<Bucket>,
    key: String,
    etag: String,
    size: u64,
    /// Bytes that were handed over.
    sent: u64,
}

impl Pump {
    /// Opens the rest of the body.
    async fn begin(&self, tries: &mut Tries) -> Result<Flow, Failure> {
        loop {
            let opened = {
                let _permit = self.bucket.limit.enter().await;
                let wanted = Wanted {
                    key: &self.key,
                    etag: known(&self.etag),
                    from: self.sent,
                };
                self.bucket.get_once(wanted).await
            };
            match opened {
                Ok(opened) => {
                    self.bucket.limit.passed();
                    return Ok(opened.flow);
                }
                Err(failure) => tries.again(failure).await?,
            }
        }
    }

    async fn run(
        &mut self,
        mut flow: Flow,
        mut tries: Tries,
        send: &Sender<Result<Bytes, SourceError>>,
    ) -> Result<(), Failure> {
        let mut sent_at_failure = 0;
        loop {
            let failure = match flow.next().await {
                Ok(Some(mut bytes)) => {
                    while !bytes.is_empty() {
                        let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
                        self.sent += piece.len() as u64;
                        if self.sent > self.size {
                            return Err(self.wrong_length(Kind::Precondition));
                        }
                        if send.send(Ok(piece)).await.is_err() {
                            return Ok(());
                        }
                    }
                    continue;
                }
                Ok(None) if self.sent == self.size => return Ok(()),
                Ok(None) => self.wrong_length(Kind::Transient),
                Err(failure) => failure,
            };
            if self.sent - sent_at_failure >= PROGRESS_BYTES {
                tries = Tries::new(&self.bucket);
            }
            sent_at_failure = self.sent;
            tries.again(failure).await?;
            flow = self.begin(&mut tries).await?;
        }
    }

    fn wrong_length(&self, kind: Kind) -> Failure {
        let text = format!("a body of {} bytes, listed with {}", self.sent, self.size);
        Failure::new(kind, text)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && self.left > 0 {
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => return Err(io::Error::other(error)),
                // After an error, or a panic where it was read: the end is none.
                None => {
                    return Err(io::Error::other(SourceError::Other {
                        action: "read",
                        place: self.place.clone(),
                        source: "reading it broke off".into(),
                    }));
                }
            }
        }
        let read = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..read]);
        self.left -= read as u64;
        Ok(read)
    }
}
