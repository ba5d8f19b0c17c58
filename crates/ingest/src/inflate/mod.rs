//! From the body of an object to its inflated bytes.
//!
//! Gzip is told by its magic, never by a name; members that follow one another are one stream, and a gzip inside a
//! gzip is unwrapped once more. A body at hand that is one sound member of moderate size is inflated at once into
//! a buffer that lives as long as the worker; everything else is streamed, in bounded memory.

mod member;
mod single;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;

use promptlake_datasets::input::{End, Input};
use promptlake_datasets::reason::Reason;
use promptlake_lake::source::Body;

use member::Members;
use single::SingleMember;
use stream::{Capped, Piece, Primed, Reading};

/// How often a body is unwrapped.
const MAX_LAYERS: usize = 2;

/// What the default of `--max-object-size` is, in inflated bytes.
pub const DEFAULT_MAX_OBJECT_BYTES: u64 = 2 << 30;

/// Inflates bodies, one after the other. One serves a worker; it keeps its buffers, at most 64 MiB and the last body.
pub struct Inflater {
    max_object_bytes: u64,
    single: SingleMember,
    body: Vec<u8>,
    once: Vec<u8>,
    twice: Vec<u8>,
    failure: Option<io::Error>,
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Inflater of up to {} bytes an object",
            self.max_object_bytes
        )
    }
}

impl Inflater {
    /// An inflater that gives at most `max_object_bytes` of an object; what follows them is [`Reason::TooLarge`].
    pub fn new(max_object_bytes: u64) -> Self {
        Self {
            max_object_bytes,
            single: SingleMember::new(),
            body: Vec::new(),
            once: Vec::new(),
            twice: Vec::new(),
            failure: None,
        }
    }

    /// The inflated bytes of `body`. Damage never fails: all bytes before it are given, and the input's end says what
    /// it was. If the body itself could not be read to its end, [`Inflater::failure`] says so once the input is done with.
    pub fn input(&mut self, body: Body) -> Input<'_> {
        self.failure = None;
        let max = self.max_object_bytes;
        match body {
            Body::Stream(reader) => {
                let source = Reading::new(reader, &mut self.failure);
                Input::pieces(unwrap_layers(Primed::new(source), MAX_LAYERS, max))
            }
            Body::Bytes(bytes) => {
                self.body = bytes;
                if !is_gzip(&self.body) {
                    return plain(&self.body, max);
                }
                let Some(len) = self.single.inflate(&self.body, &mut self.once, max) else {
                    let source = Primed::new(Piece::new(&self.body));
                    return Input::pieces(unwrap_layers(source, MAX_LAYERS, max));
                };
                let once = &self.once[..len];
                if !is_gzip(once) {
                    return Input::whole(once, End::Clean);
                }
                match self.single.inflate(once, &mut self.twice, max) {
                    Some(len) => Input::whole(&self.twice[..len], End::Clean),
                    None => Input::pieces(unwrap_layers(
                        Primed::new(Piece::new(once)),
                        MAX_LAYERS - 1,
                        max,
                    )),
                }
            }
        }
    }

    /// Why the last body could not be read to its end; the object then counts as failed, whatever was decoded of it.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }
}

/// The two bytes with which every gzip member begins.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

fn plain(bytes: &[u8], max: u64) -> Input<'_> {
    match usize::try_from(max) {
        Ok(max) if max < bytes.len() => Input::whole(&bytes[..max], too_large(max as u64)),
        _ => Input::whole(bytes, End::Clean),
    }
}

fn unwrap_layers(mut source: Primed<'_>, layers: usize, max: u64) -> Primed<'_> {
    let mut unwrapped = 0;
    while unwrapped < layers && source.is_gzip() {
        source = Primed::new(Members::new(source, max));
        unwrapped += 1;
    }
    if unwrapped == 0 {
        source = Primed::new(Capped::new(source, max));
    }
    source
}

fn too_large(max: u64) -> End {
    End::Broken {
        reason: Reason::TooLarge,
        detail: format!("more than {max} bytes inflated"),
    }
}
