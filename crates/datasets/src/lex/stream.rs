//! Finds the log events in the bytes of an object, whatever wrote them.
//!
//! The bytes are values of JSON one after the other, lists of them, and lines of text, in any order. A value may follow a
//! time (`2021-06-18T16:41:50.920Z {…}`, `1624034510920 {…}`), which is the log event's. What is no JSON is text, and
//! ends at its line.

use super::kind::{Keys, Kind, MAX_OPEN, tell};
use super::log::{Log, Place, looks_like_entry, millis};
use super::tables::EventTime;
use crate::input::{End, Input};
use crate::instant;
use crate::json::{Extent, Fault, MAX_DEPTH, Step, is_space, skip_bom};
use crate::reason::Reason;

/// The largest value or line that is held, in bytes.
const MAX_HELD: usize = 64 << 20;

/// The longest time before a message, in bytes.
const MAX_TIME: usize = 40;

/// The rest of the object is rejected, and its bytes are used up.
struct Stop;

/// Where in a list it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// In none.
    Top,
    /// Behind its bracket.
    First,
    /// Behind an element.
    After,
    /// Behind a comma.
    Next,
}

/// What follows, so many bytes long.
enum Found {
    Object(Kind, usize),
    /// A value that is neither an object nor a list.
    Scalar(usize),
    /// Nothing that is read as JSON.
    Text(Reason),
    /// The bytes break off in it.
    Cut,
}

/// The bytes of an object, or those that a compressed envelope inflates to.
pub(super) struct Stream<'s, 'i, 'l, 'o> {
    input: &'s mut Input<'i>,
    log: &'s mut Log<'l, 'o>,
    state: State,
    /// Lists that are open.
    depth: usize,
    /// The time before the message at hand.
    time: Option<EventTime>,
    /// Whether that is the last that was read.
    timed: bool,
    unclosed: Unclosed,
    max_held: usize,
}

/// What was open where a value turned out not to be JSON: that cannot be read either, so that nothing is looked at twice.
#[derive(Default)]
struct Unclosed {
    /// Offsets of the lines' first brackets, ascending.
    starts: Vec<u64>,
}

impl<'s, 'i, 'l, 'o> Stream<'s, 'i, 'l, 'o> {
    pub(super) fn new(input: &'s mut Input<'i>, log: &'s mut Log<'l, 'o>) -> Self {
        Self {
            input,
            log,
            state: State::Top,
            depth: 0,
            time: None,
            timed: false,
            unclosed: Unclosed::default(),
            max_held: MAX_HELD,
        }
    }

    #[cfg(test)]
    pub(super) fn with_max_held(mut self, max_held: usize) -> Self {
        self.max_held = max_held;
        self
    }

    /// Reads all of it.
    pub(super) fn read(&mut self) {
        skip_bom(self.input);
        while let Some(byte) = self.peek() {
            if self.step(byte).is_err() {
                return;
            }
        }
        if let Some(End::Broken { .. }) = self.input.end() {
            self.cut_off();
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), Stop> {
        match (self.state, byte) {
            (State::After, b',') => {
                self.input.consume(1);
                self.state = State::Next;
                Ok(())
            }
            (State::First | State::After, b']') => {
                if self.state == State::First {
                    self.log.skip();
                }
                self.input.consume(1);
                self.depth -= 1;
                self.after_value();
                Ok(())
            }
            (State::Top | State::First | State::Next, b'{' | b'[')
            | (State::First | State::Next, b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                self.value()
            }
            (State::Top, _) => self.line(),
            // No list any more.
            _ => {
                self.depth = 0;
                self.state = State::Top;
                Ok(())
            }
        }
    }

    fn after_value(&mut self) {
        self.timed = false;
        self.state = if self.depth == 0 {
            State::Top
        } else {
            State::After
        };
    }

    /// The next byte that is not white space, which becomes the window's first. A time holds to the end of its line.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let window = self.input.window();
            let blank = window.iter().take_while(|byte| is_space(**byte)).count();
            let byte = window.get(blank).copied();
            if self.depth == 0 && self.time.is_some() && window[..blank].contains(&b'\n') {
                self.time = None;
            }
            self.input.consume(blank);
            if byte.is_some() || !self.input.more() {
                return byte;
            }
        }
    }

    /// A value at the window's front, behind brackets of lists perhaps.
    fn value(&mut self) -> Result<(), Stop> {
        let mut opens = 0;
        let mut at = 0;
        let byte = loop {
            match self.input.window().get(at).copied() {
                _ if at >= self.max_held => return self.text(Reason::RecordTooLarge),
                Some(b'[') if self.depth + opens >= MAX_DEPTH as usize => {
                    return self.text(Reason::TooDeep);
                }
                Some(b'[') => opens += 1,
                Some(byte) if is_space(byte) => {}
                Some(byte) => break byte,
                None if self.input.more() => continue,
                None if self.is_broken() => return Err(self.cut_off()),
                None => return self.text(Reason::Syntax),
            }
            at += 1;
        };
        if byte == b']' && opens > 0 {
            self.input.consume(at);
            self.depth += opens;
            self.state = State::First;
            return Ok(());
        }
        match self.find(at) {
            Found::Object(kind, length) => {
                self.input.consume(at);
                self.depth += opens;
                let place = self.place();
                let bytes = &self.input.window()[..length];
                self.log.object(kind, bytes, place, self.time);
                self.input.consume(length);
                self.after_value();
                Ok(())
            }
            Found::Scalar(length) => {
                self.input.consume(at + length);
                self.depth += opens;
                self.log.skip();
                self.after_value();
                Ok(())
            }
            Found::Text(reason) => self.text(reason),
            Found::Cut => Err(self.cut_off()),
        }
    }

    /// Finds out what stands at a place of the window, and where it ends.
    fn find(&mut self, at: usize) -> Found {
        if self.unclosed.has(self.input.offset() + at as u64) {
            return Found::Text(Reason::Syntax);
        }
        let head = &self.input.window()[at..];
        let head = &head[..head.len().min(self.max_held)];
        let is_object = head.first() == Some(&b'{');
        if is_object {
            match tell(head) {
                Ok((kind, length)) => return Found::Object(kind, length),
                Err(Fault::Syntax(length)) => return self.no_json(at, length, Reason::Syntax),
                Err(_) => {}
            }
        }
        // Deeper than a record may be, or not all at hand yet.
        let mut keys = Keys::default();
        let mut extent = Extent::shallow(MAX_OPEN);
        let mut fed = 0;
        loop {
            let head = &self.input.window()[at..];
            let end = head.len().min(self.max_held);
            match extent.feed(&head[fed..end]) {
                Step::Key(length) => {
                    fed += length;
                    let start = usize::try_from(extent.key_start()).unwrap_or(fed);
                    keys.see_token(&head[start..fed]);
                }
                Step::End(length) if is_object => return Found::Object(keys.kind(), fed + length),
                Step::End(length) => return Found::Scalar(fed + length),
                Step::Syntax(length) => return self.no_json(at, fed + length, Reason::Syntax),
                Step::TooDeep(length) => return self.no_json(at, fed + length, Reason::TooDeep),
                Step::More => {
                    fed = end;
                    if fed == self.max_held {
                        return self.no_json(at, fed, Reason::RecordTooLarge);
                    }
                    if self.input.more() {
                        continue;
                    }
                    return if self.is_broken() {
                        Found::Cut
                    } else if extent.is_whole_number() {
                        Found::Scalar(fed)
                    } else {
                        self.no_json(at, fed, Reason::Syntax)
                    };
                }
            }
        }
    }

    /// What stands at a place of the window is no JSON, as its first `length` bytes tell.
    fn no_json(&mut self, at: usize, length: usize, reason: Reason) -> Found {
        let seen = &self.input.window()[at..at + length];
        self.unclosed.learn(seen, self.input.offset() + at as u64);
        Found::Text(reason)
    }

    /// A line that begins neither an object nor a list: a time and a message, or text.
    fn line(&mut self) -> Result<(), Stop> {
        let Some((length, time)) = self.leading_time() else {
            return self.text(Reason::Syntax);
        };
        self.input.consume(length);
        self.time = Some(time);
        self.timed = true;
        // A message may be empty.
        loop {
            let window = self.input.window();
            let blank = window
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
                .count();
            let byte = window.get(blank).copied();
            self.input.consume(blank);
            match byte {
                Some(b'\n') => {
                    self.timed = false;
                    self.log.skip();
                    return Ok(());
                }
                Some(_) => return Ok(()),
                None if self.input.more() => {}
                None => {
                    if !self.is_broken() {
                        self.log.skip();
                    }
                    return Ok(());
                }
            }
        }
    }

    /// The time at the window's front, and its length with the blank behind it. A message has one at most.
    fn leading_time(&mut self) -> Option<(usize, EventTime)> {
        if self.timed {
            return None;
        }
        let end = loop {
            let window = self.input.window();
            let head = &window[..window.len().min(MAX_TIME)];
            match head
                .iter()
                .position(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
            {
                Some(end) => break end,
                None if head.len() == MAX_TIME || !self.input.more() => return None,
                None => {}
            }
        };
        let window = self.input.window();
        if window[end] == b'\n' {
            return None;
        }
        let text = str::from_utf8(&window[..end]).ok()?;
        let time = millis(text).or_else(|| match instant::parse(text) {
            Ok(Some(nanos)) => Some(Ok(nanos)),
            Err(Reason::TimeOutOfRange) => Some(Err(Reason::TimeOutOfRange)),
            _ => None,
        })?;
        Some((end + 1, time))
    }

    /// The line from the window's front on is text.
    fn text(&mut self, reason: Reason) -> Result<(), Stop> {
        self.state = State::Top;
        self.depth = 0;
        self.timed = false;
        let mut seen = 0;
        let length = loop {
            let window = self.input.window();
            let head = &window[..window.len().min(self.max_held)];
            if let Some(found) = memchr::memchr(b'\n', &head[seen..]) {
                break seen + found;
            }
            seen = head.len();
            if seen == self.max_held {
                return self.long_text(reason);
            }
            if self.input.more() {
                continue;
            }
            if self.is_broken() {
                return Err(self.cut_off());
            }
            break seen;
        };
        let place = self.place();
        let line = &self.input.window()[..length];
        if looks_like_entry(line) {
            self.log.reject(reason, detail(reason), line, place);
        } else {
            self.log.skip();
        }
        self.input.consume(length);
        Ok(())
    }

    /// The same of a line that is too long to be held. Whether it was an entry is told by its front.
    fn long_text(&mut self, reason: Reason) -> Result<(), Stop> {
        let mut spool = self.log.spool(self.place());
        let is_entry = looks_like_entry(&self.input.window()[..self.max_held]);
        loop {
            let window = self.input.window();
            let end = memchr::memchr(b'\n', window);
            let length = end.unwrap_or(window.len());
            spool.add(&window[..length]);
            self.input.consume(length);
            if end.is_some() {
                break;
            }
            if self.input.more() {
                continue;
            }
            if let Some(End::Broken { reason, detail }) = self.input.end() {
                let (reason, detail) = (*reason, detail.clone());
                self.log.reject_spool(&mut spool, reason, detail);
                return Err(Stop);
            }
            break;
        }
        if is_entry {
            self.log.reject_spool(&mut spool, reason, detail(reason));
        } else {
            self.log.skip();
        }
        Ok(())
    }

    /// Rejects all that follows: the bytes break off.
    fn cut_off(&mut self) -> Stop {
        let (reason, detail) = match self.input.end() {
            Some(End::Broken { reason, detail }) => (*reason, detail.clone()),
            _ => (Reason::Syntax, detail(Reason::Syntax)),
        };
        let mut spool = self.log.spool(self.place());
        let length = self.input.window().len();
        spool.add(self.input.window());
        self.input.consume(length);
        self.log.reject_spool(&mut spool, reason, detail);
        Stop
    }

    fn is_broken(&self) -> bool {
        matches!(self.input.end(), Some(End::Broken { .. }))
    }

    fn place(&self) -> Place {
        Place {
            offset: self.input.offset(),
            line: self.input.line(),
        }
    }
}

impl Unclosed {
    fn has(&self, start: u64) -> bool {
        self.starts.binary_search(&start).is_ok()
    }

    /// Notes what `seen`, the front of something that is no JSON, leaves open; only what begins a line is asked for again.
    fn learn(&mut self, seen: &[u8], offset: u64) {
        if memchr::memchr(b'\n', seen).is_none() {
            return;
        }
        let mut open: Vec<(usize, bool)> = Vec::new();
        let (mut at, mut line_start) = (0, false);
        while let Some(&byte) = seen.get(at) {
            match byte {
                b'{' | b'[' => open.push((at, line_start)),
                b'}' | b']' => {
                    open.pop();
                }
                b'"' => at = text_end(seen, at),
                _ => {}
            }
            line_start = byte == b'\n' || line_start && (is_space(byte) || byte == b'[');
            at += 1;
        }
        self.starts.clear();
        let starts = open.iter().filter(|(_, line_start)| *line_start);
        self.starts
            .extend(starts.map(|(at, _)| offset + *at as u64));
    }
}

/// Where the text ends whose quote is at a place: at its other quote, or at the end.
fn text_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(length) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += length;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

fn detail(reason: Reason) -> String {
    match reason {
        Reason::TooDeep => "nested deeper than can be followed".to_owned(),
        Reason::RecordTooLarge => format!("larger than {} MiB", MAX_HELD >> 20),
        _ => "not JSON".to_owned(),
    }
}
