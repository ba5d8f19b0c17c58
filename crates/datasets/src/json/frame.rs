//! Finds the records of an object, whatever they are wrapped in.

use std::borrow::Cow;
use std::ops::Range;

use super::extent::{Extent, Step};
use super::fault::Fault;
use super::refuse::{too_deep, too_large};
use super::scan::{Scanner, is_space};
use crate::drift::DriftKind;
use crate::input::{End, Input};
use crate::object::Object;
use crate::output::Output;
use crate::reason::Reason;

/// The largest record that is read, in bytes. More is not held in memory.
pub(super) const MAX_RECORD: usize = 64 << 20;

/// The member that holds the records of an object.
const LIST: &str = "records";

/// The byte-order mark, as UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Reads the record that begins a slice, which may hold less or more than it: gives its length, once its row is made.
/// On a fault nothing happened; the same record may be shown again.
pub(crate) type ReadRecord<'r> =
    dyn FnMut(&[u8], i64, &mut Output<'_>) -> Result<usize, Fault> + 'r;

/// Reads all records of an object: those in `{"records":[…]}` and in arrays, objects that are records themselves, and several
/// of these one after the other. Each is shown to `read` with its `record_index`, whole unless it is larger than 64 MiB.
/// What cannot be read is rejected alone where it can be told where it ends, otherwise with all that follows.
pub(crate) fn records(
    dataset: &'static str,
    object: &Object,
    input: &mut Input<'_>,
    output: &mut Output<'_>,
    read: &mut ReadRecord<'_>,
) {
    let mut frame = Frame {
        dataset,
        object,
        input,
        output,
        read,
        index: 0,
        max_record: MAX_RECORD,
    };
    frame.read_all();
}

/// Steps over a byte-order mark at the front.
pub(crate) fn skip_bom(input: &mut Input<'_>) {
    while input.window().len() < BOM.len() && BOM.starts_with(input.window()) {
        if !input.more() {
            return;
        }
    }
    if input.window().starts_with(BOM) {
        input.consume(BOM.len());
    }
}

/// The rest of the object is rejected, and its bytes are used up.
pub(super) struct Stop;

/// What a search for the end of a value came to.
pub(super) enum Found {
    /// It is at hand, this long.
    Whole(usize),
    /// It was too large: rejected, and used up.
    Gone,
}

/// What a search for the list of records came to.
enum Member {
    /// The list's key ends before this place of the window.
    List(usize),
    /// The object ended before this place of the window, without a list.
    End(usize),
    /// It was too large: rejected, and used up.
    Gone,
}

pub(super) struct Frame<'f, 'i, 'o, 'r> {
    pub(super) dataset: &'static str,
    pub(super) object: &'f Object,
    pub(super) input: &'f mut Input<'i>,
    pub(super) output: &'f mut Output<'o>,
    pub(super) read: &'f mut ReadRecord<'r>,
    pub(super) index: i64,
    pub(super) max_record: usize,
}

impl Frame<'_, '_, '_, '_> {
    pub(super) fn read_all(&mut self) {
        // Stopped: the rest is rejected already.
        if self.values().is_ok()
            && let Some(End::Broken { .. }) = self.input.end()
        {
            self.cut_off();
        }
    }

    fn values(&mut self) -> Result<(), Stop> {
        skip_bom(self.input);
        while let Some(byte) = self.peek() {
            match byte {
                b'{' => self.top_object()?,
                b'[' => {
                    self.input.consume(1);
                    self.elements()?;
                }
                _ => self.stray("not an object")?,
            }
        }
        Ok(())
    }

    /// An object that is not within an array: it holds a list of records, or is one.
    fn top_object(&mut self) -> Result<(), Stop> {
        match self.list_or_end()? {
            Member::List(end) => self.list(end)?,
            Member::End(length) => return self.whole_record(length),
            Member::Gone => return Ok(()),
        }
        // After the list, which may be long, nothing is held any more.
        while self.list_within()? {
            self.peek();
            self.list(0)?;
        }
        Ok(())
    }

    /// Searches the object at the window's front for its list. All of it is held: without a list it is a record.
    fn list_or_end(&mut self) -> Result<Member, Stop> {
        let mut extent = Extent::with_keys();
        let mut beside: Vec<Range<usize>> = Vec::new();
        let mut fed = 0;
        loop {
            match extent.feed(&self.input.window()[fed..]) {
                Step::Key(length) => {
                    fed += length;
                    let key = place(extent.key_start(), 0)..fed;
                    // A list that begins behind what may be held is not seen, however much is at hand.
                    if fed <= self.max_record && is_list(&self.input.window()[key.clone()]) {
                        for key in beside {
                            self.note_beside(key);
                        }
                        return Ok(Member::List(fed));
                    }
                    beside.push(key);
                }
                Step::More => {
                    fed = self.input.window().len();
                    if fed > self.max_record {
                        self.too_large(extent)?;
                        return Ok(Member::Gone);
                    }
                    if !self.input.more() {
                        return Err(self.cut_off());
                    }
                }
                Step::End(length) => return Ok(Member::End(fed + length)),
                Step::Syntax(at) => return Err(self.syntax(fed + at)),
                Step::TooDeep(_) => return Err(self.reject_rest(Reason::TooDeep, too_deep())),
            }
        }
    }

    /// Goes on in an object whose list was read, to another list (true) or the object's end, holding no more than a key.
    fn list_within(&mut self) -> Result<bool, Stop> {
        let mut extent = Extent::within_object();
        // Bytes that `extent` has seen: those that were consumed, and the front of the window, which is the front of a key.
        let (mut gone, mut fed) = (0_u64, 0);
        loop {
            let step = extent.feed(&self.input.window()[fed..]);
            let (seen, in_key) = match step {
                Step::More => (self.input.window().len(), extent.in_key()),
                Step::Key(at) => (fed + at, true),
                Step::Syntax(at) => (fed + at, extent.in_key()),
                Step::End(at) | Step::TooDeep(at) => (fed + at, false),
            };
            let key = in_key.then(|| place(extent.key_start(), gone)..seen);
            let mut done = seen;
            if let Some(key) = &key {
                if key.len() > self.max_record {
                    self.input.consume(key.start);
                    return Err(self.reject_rest(Reason::RecordTooLarge, too_large()));
                }
                if step == Step::More {
                    done = key.start;
                }
            }
            let mut found = false;
            if let (Step::Key(_), Some(key)) = (step, key) {
                found = is_list(&self.input.window()[key.clone()]);
                if !found {
                    self.note_beside(key);
                }
            }
            self.input.consume(done);
            gone += done as u64;
            fed = seen - done;
            match step {
                Step::Key(_) if found => return Ok(true),
                Step::Key(_) => {}
                Step::End(_) => return Ok(false),
                Step::More if self.input.more() => {}
                Step::More => return Err(self.cut_off()),
                Step::Syntax(_) => return Err(self.syntax(0)),
                Step::TooDeep(_) => return Err(self.reject_rest(Reason::TooDeep, too_deep())),
            }
        }
    }

    /// The value of the list's key, which ends before this place of the window. Until its colon is seen, the object might
    /// not be JSON from its front on.
    fn list(&mut self, key_end: usize) -> Result<(), Stop> {
        self.colon(key_end)?;
        match self.peek() {
            Some(b'[') => {
                self.input.consume(1);
                self.elements()
            }
            Some(b'n') => {
                if let Found::Whole(length) = self.find_end()? {
                    self.input.consume(length);
                }
                Ok(())
            }
            Some(_) => self.stray("records: expected a list"),
            None => Err(self.cut_off()),
        }
    }

    /// The elements of an array, behind its bracket.
    fn elements(&mut self) -> Result<(), Stop> {
        if self.peek() == Some(b']') {
            self.input.consume(1);
            return Ok(());
        }
        loop {
            match self.peek() {
                Some(b'{') => self.record()?,
                Some(_) => self.stray("not an object")?,
                None => return Err(self.cut_off()),
            }
            match self.peek() {
                Some(b',') => self.input.consume(1),
                Some(b']') => {
                    self.input.consume(1);
                    return Ok(());
                }
                Some(_) => return Err(self.syntax(0)),
                None => return Err(self.cut_off()),
            }
        }
    }

    /// The record at the window's front.
    fn record(&mut self) -> Result<(), Stop> {
        let window = self.input.window();
        let head = &window[..window.len().min(self.max_record)];
        match (self.read)(head, self.index, self.output) {
            Ok(length) => {
                self.input.consume(length);
                self.index += 1;
                Ok(())
            }
            Err(Fault::Syntax(at)) => Err(self.syntax(at)),
            Err(Fault::End) => match self.find_end()? {
                Found::Whole(length) => self.whole_record(length),
                Found::Gone => Ok(()),
            },
            Err(fault @ Fault::Bad(_)) => {
                if let Found::Whole(length) = self.find_end()? {
                    self.bad_record(&fault, length);
                }
                Ok(())
            }
        }
    }

    /// The record at the window's front, which is `length` bytes long.
    fn whole_record(&mut self, length: usize) -> Result<(), Stop> {
        if length > self.max_record {
            self.reject(Reason::RecordTooLarge, too_large(), length);
            return Ok(());
        }
        let record = &self.input.window()[..length];
        match (self.read)(record, self.index, self.output) {
            Ok(_) => {
                self.input.consume(length);
                self.index += 1;
                Ok(())
            }
            Err(Fault::Syntax(at)) => Err(self.syntax(at)),
            Err(fault) => {
                self.bad_record(&fault, length);
                Ok(())
            }
        }
    }

    /// Lengthens the window until it holds the value at its front.
    pub(super) fn find_end(&mut self) -> Result<Found, Stop> {
        let mut extent = Extent::new();
        let mut fed = 0;
        loop {
            match extent.feed(&self.input.window()[fed..]) {
                Step::Key(length) => fed += length,
                Step::More => {
                    fed = self.input.window().len();
                    if fed > self.max_record {
                        self.too_large(extent)?;
                        return Ok(Found::Gone);
                    }
                    if !self.input.more() {
                        let whole =
                            extent.is_whole_number() && self.input.end() == Some(&End::Clean);
                        return if whole {
                            Ok(Found::Whole(fed))
                        } else {
                            Err(self.cut_off())
                        };
                    }
                }
                Step::End(length) if fed + length > self.max_record => {
                    self.reject(Reason::RecordTooLarge, too_large(), fed + length);
                    return Ok(Found::Gone);
                }
                Step::End(length) => return Ok(Found::Whole(fed + length)),
                Step::Syntax(at) => return Err(self.syntax(fed + at)),
                Step::TooDeep(_) => return Err(self.reject_rest(Reason::TooDeep, too_deep())),
            }
        }
    }

    /// Names a field beside the records, whose key is this range of the window.
    fn note_beside(&mut self, key: Range<usize>) {
        let name = name_of(&self.input.window()[key]);
        let name = format!("$.{}", name.as_deref().unwrap_or("\u{fffd}"));
        self.output.drift.note(
            self.dataset,
            DriftKind::Field,
            &name,
            &self.object.source_object,
        );
    }

    /// Steps over white space and a colon that begin at this place of the window.
    fn colon(&mut self, mut at: usize) -> Result<(), Stop> {
        loop {
            let window = self.input.window();
            match window[at..].iter().position(|byte| !is_space(*byte)) {
                Some(spaces) if window[at + spaces] == b':' => {
                    self.input.consume(at + spaces + 1);
                    return Ok(());
                }
                Some(spaces) => return Err(self.syntax(at + spaces)),
                None => at = window.len(),
            }
            if !self.input.more() {
                return Err(self.cut_off());
            }
        }
    }

    /// The next byte that is not white space, which becomes the window's first.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let window = self.input.window();
            if let Some(at) = window.iter().position(|byte| !is_space(*byte)) {
                let byte = window[at];
                self.input.consume(at);
                return Some(byte);
            }
            self.input.consume(window.len());
            if !self.input.more() {
                return None;
            }
        }
    }
}

/// Where something stands in the window, of whose bytes `gone` were consumed.
fn place(start: u64, gone: u64) -> usize {
    usize::try_from(start - gone).expect("invariant: a key is held until it ends")
}

/// The text of a key, quotes included.
fn name_of(key: &[u8]) -> Option<Cow<'_, str>> {
    Scanner::new(key).string().ok()?.text().ok()
}

fn is_list(key: &[u8]) -> bool {
    name_of(key).is_some_and(|name| name == LIST)
}
