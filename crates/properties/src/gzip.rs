//! Bodies of objects, compressed or not.

use std::io::{self, Read, Write as _};

use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use flate2::write::GzEncoder;
use libdeflater::Decompressor;
use promptlake_datasets::input::{End, Input};
use promptlake_ingest::inflate::Inflater;
use promptlake_lake::source::Body;

use crate::draws::Draws;

/// `--max-object-size`, so small that it is met.
const MAX: usize = 1 << 16;

/// The fixed part of a member's header: deflate, no flags.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Inflates a body at hand and as a stream: the same bytes and the same end, never more than may be. What another
/// reader takes is given as that one gives it.
///
/// An input that begins as gzip is taken as it is, and once more with the checksum and length that its blocks should
/// have, or no mutation would come past these. Any other is taken as it is and compressed, in one member or in several.
pub fn gzip(bytes: &[u8]) {
    let mut draws = Draws::of(bytes);
    inflate_any_way(bytes, &mut draws);
    if bytes.starts_with(&HEADER[..2]) {
        mended(bytes.get(HEADER.len()..).unwrap_or_default(), &mut draws);
    } else {
        compressed(bytes, &mut draws);
    }
}

/// Inflates a body in every way, and holds them equal.
fn inflate_any_way(body: &[u8], draws: &mut Draws) -> (Vec<u8>, End) {
    let mut inflater = Inflater::new(MAX as u64);
    let whole = drain(inflater.input(Body::Bytes(body.to_vec())));
    assert!(inflater.failure().is_none());
    assert!(whole.0.len() <= MAX);
    for step in [draws.piece(), 1 << 12] {
        let stream = inflate_stream(&mut inflater, body, step);
        assert_eq!(whole, stream, "whole, and in pieces of {step}");
    }
    if let Some(bytes) = by_another(body) {
        assert_eq!(whole, (bytes, End::Clean));
    }
    whole
}

/// Inflates a body that comes in pieces.
fn inflate_stream(inflater: &mut Inflater, body: &[u8], step: usize) -> (Vec<u8>, End) {
    let drip = Drip {
        bytes: body.to_vec(),
        at: 0,
        step,
    };
    let stream = drain(inflater.input(Body::Stream(Box::new(drip))));
    assert!(inflater.failure().is_none());
    stream
}

/// What another reader makes of members one after the other, where it takes them all and there is no gzip in them.
fn by_another(body: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut reader = MultiGzDecoder::new(body).take(MAX as u64 + 1);
    reader.read_to_end(&mut bytes).ok()?;
    let is_plain = !bytes.starts_with(&HEADER[..2]);
    (is_plain && bytes.len() <= MAX).then_some(bytes)
}

/// Deflated blocks of any bytes, in a member whose end says of them what either library makes of them.
fn mended(blocks: &[u8], draws: &mut Draws) {
    let mut streamed = Vec::new();
    let stream = DeflateDecoder::new(blocks)
        .take(MAX as u64 + 1)
        .read_to_end(&mut streamed);
    if stream.is_ok() {
        // Bytes after the last block stand between it and its trailer: then the end is none.
        inflate_any_way(&member(blocks, &streamed), draws);
        return;
    }
    // Where a code has one word alone, the library that inflates at once takes the word that is not assigned for it too,
    // the one that streams does not. No compressor writes that word, and its bytes are those of the checksum: such a
    // member may be whole at once and damaged as a stream, but the stream gives no bytes that are not in it.
    let mut inflated = vec![0; MAX + 1];
    let once = Decompressor::new().deflate_decompress(blocks, &mut inflated);
    if let Ok(length) = once
        && !inflated.starts_with(&HEADER[..2])
    {
        let body = member(blocks, &inflated[..length]);
        let (streamed, _) = inflate_stream(&mut Inflater::new(MAX as u64), &body, draws.piece());
        assert!(inflated[..length].starts_with(&streamed));
    }
}

fn member(blocks: &[u8], inflated: &[u8]) -> Vec<u8> {
    let length = u32::try_from(inflated.len()).expect("invariant: at most MAX");
    let mut member = HEADER.to_vec();
    member.extend_from_slice(blocks);
    member.extend_from_slice(&libdeflater::crc32(inflated).to_le_bytes());
    member.extend_from_slice(&length.to_le_bytes());
    member
}

/// Members of pieces of the bytes, zeros between some, are the bytes.
fn compressed(bytes: &[u8], draws: &mut Draws) {
    let mut body = Vec::new();
    let mut rest = bytes;
    loop {
        let (piece, left) = rest.split_at(draws.below(rest.len() + 1));
        let level = u32::try_from(draws.below(10)).expect("invariant: below 10");
        body.extend(deflate(piece, level));
        body.extend(vec![0; draws.below(3)]);
        rest = left;
        if rest.is_empty() || draws.once_in(3) {
            break;
        }
    }
    body.extend(deflate(rest, 6));
    let (mut inflated, end) = inflate_any_way(&body, draws);
    inflated.truncate(bytes.len());
    assert_eq!(inflated, bytes[..bytes.len().min(MAX)]);
    assert_eq!(end == End::Clean, bytes.len() <= MAX);
    // Cut anywhere it is broken, and nothing that was not there is given.
    let cut = &body[..draws.below(body.len())];
    let (inflated, _) = inflate_any_way(cut, draws);
    assert!(cut.len() < 2 || bytes.starts_with(&inflated));
}

fn deflate(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("invariant: a vector takes all")
}

fn drain(mut input: Input<'_>) -> (Vec<u8>, End) {
    let mut all = Vec::new();
    loop {
        let length = input.window().len();
        all.extend_from_slice(input.window());
        input.consume(length);
        if !input.more() {
            let end = input.end().expect("invariant: there is no more");
            return (all, end.clone());
        }
    }
}

/// A reader that gives a few bytes at a time.
struct Drip {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
}

impl Read for Drip {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.step.min(out.len()).min(self.bytes.len() - self.at);
        out[..length].copy_from_slice(&self.bytes[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
