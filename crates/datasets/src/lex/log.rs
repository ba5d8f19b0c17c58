//! The log events of one object: counts them and does with each what it is for.

use std::mem;

use super::kind::{Kind, tell_whole};
use super::stream::Stream;
use super::tables::{Event, EventTime, Tables};
use super::wrapped::{Data, Inflated, data};
use crate::input::Input;
use crate::json::{Arena, Fault, Scanner, is_space};
use crate::object::Object;
use crate::output::Output;
use crate::reason::Reason;
use crate::rejects::{Reject, Spool};

/// How many bytes the compressed envelopes of one object may inflate to together: the default of `--max-object-size`.
const MAX_INFLATED: u64 = 2 << 30;

/// Where something begins in the inflated object.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) line: u64,
}

impl Place {
    /// The place `at` bytes further on in `bytes`, which begin at this one.
    pub(super) fn plus(self, bytes: &[u8], at: usize) -> Self {
        Self {
            offset: self.offset + at as u64,
            line: self.line + memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64,
        }
    }
}

/// An object being read.
pub(super) struct Log<'l, 'o> {
    /// With the account of the envelope at hand.
    pub(super) object: Object,
    pub(super) tables: &'l mut Tables,
    pub(super) output: &'l mut Output<'o>,
    /// The `record_index` that is next.
    index: i64,
    /// Where the value begins within which bytes are inflated and read.
    outer: Option<Place>,
    /// How much may still be inflated.
    left: u64,
    message: Arena,
}

impl<'l, 'o> Log<'l, 'o> {
    pub(super) fn new(object: &Object, tables: &'l mut Tables, output: &'l mut Output<'o>) -> Self {
        Self {
            object: object.clone(),
            tables,
            output,
            index: 0,
            outer: None,
            left: MAX_INFLATED,
            message: Arena::default(),
        }
    }

    /// A JSON object that stands in the log by itself, of a kind that its keys tell.
    pub(super) fn object(
        &mut self,
        kind: Kind,
        bytes: &[u8],
        place: Place,
        time: Option<EventTime>,
    ) {
        match kind {
            Kind::Envelope => self.envelope(bytes, place),
            Kind::Wrapped if self.outer.is_none() => self.wrapped(bytes, place),
            _ => {
                let event = Event {
                    time,
                    ..Event::default()
                };
                self.entry(kind, bytes, &event, bytes, place);
            }
        }
    }

    /// An object that is a log event's message. `raw` is what is rejected if it is a bad entry.
    fn entry(&mut self, kind: Kind, bytes: &[u8], event: &Event<'_>, raw: &[u8], place: Place) {
        let Kind::Entry(version) = kind else {
            self.skip();
            return;
        };
        let taken = self
            .tables
            .take(&self.object, self.index, bytes, version, event, self.output);
        match taken {
            Ok(()) => self.index += 1,
            Err(Fault::Bad(defect)) => self.reject(defect.reason, defect.detail(), raw, place),
            Err(Fault::End | Fault::Syntax(_)) => {
                self.reject(Reason::Syntax, "not JSON".to_owned(), raw, place);
            }
        }
    }

    /// Log events as a subscription sends them; anything else that has a `messageType` is something else.
    fn envelope(&mut self, bytes: &[u8], place: Place) {
        let mut arena = Arena::default();
        let Ok(head) = Head::read(bytes, &mut arena) else {
            self.skip();
            return;
        };
        if head.message_type == Some("CONTROL_MESSAGE") {
            self.output.control();
            self.index += 1;
            return;
        }
        if head.events.is_empty() {
            self.skip();
            return;
        }
        let is_account =
            |owner: &&str| owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
        let own_account = self.object.account_id.clone();
        if let Some(owner) = head.owner.filter(is_account) {
            self.object.account_id = Some(owner.to_owned());
        }
        for (start, events) in head.events {
            self.events(
                events,
                place.plus(bytes, start),
                (head.log_group, head.log_stream),
            );
        }
        self.object.account_id = own_account;
    }

    /// The list of an envelope.
    fn events(
        &mut self,
        list: &[u8],
        place: Place,
        (log_group, log_stream): (Option<&str>, Option<&str>),
    ) {
        let mut scan = Scanner::new(list);
        let mut first = true;
        let mut seen = (0, place);
        if scan.begin_array().is_err() {
            return;
        }
        while let Ok(true) = scan.element(&mut first) {
            let Ok(raw) = scan.skip_deep() else { return };
            let start = scan.at() - raw.len();
            // Lines are counted from one event to the next.
            seen = (start, seen.1.plus(&list[seen.0..], start - seen.0));
            let event = LogEvent::read(raw);
            let about = Event {
                time: event.time,
                log_group,
                log_stream,
            };
            match event.message.and_then(<[u8]>::first) {
                Some(b'{') => {
                    let bytes = event.message.unwrap_or_default();
                    let kind = tell_whole(bytes).map_or(Kind::Other, |(kind, _)| kind);
                    self.entry(kind, bytes, &about, raw, seen.1);
                }
                Some(b'"') => self.message(event.message.unwrap_or_default(), &about, raw, seen.1),
                _ => self.skip(),
            }
        }
    }

    /// A message as it mostly is: JSON in a text of JSON.
    fn message(&mut self, token: &[u8], event: &Event<'_>, raw: &[u8], place: Place) {
        let mut arena = mem::take(&mut self.message);
        arena.clear();
        match Scanner::new(token).text(&mut arena) {
            Ok(text) => self.text(
                arena.get_option(text).unwrap_or_default().as_bytes(),
                event,
                raw,
                place,
            ),
            Err(fault) => {
                let inner = &token[1..];
                let blank = inner.iter().take_while(|byte| is_space(**byte)).count();
                self.no_json(&inner[blank..], fault, raw, place);
            }
        }
        self.message = arena;
    }

    fn text(&mut self, text: &[u8], event: &Event<'_>, raw: &[u8], place: Place) {
        let blank = text.iter().take_while(|byte| is_space(**byte)).count();
        let text = &text[blank..];
        let ends = |length: usize| text[length..].iter().all(|byte| is_space(*byte));
        match text.first() {
            Some(b'{') => match tell_whole(text) {
                Some((kind, length)) if ends(length) => {
                    self.entry(kind, &text[..length], event, raw, place);
                }
                _ => self.no_json(text, Fault::Syntax(0), raw, place),
            },
            Some(b'[') => {
                let mut scan = Scanner::new(text);
                match scan.skip_deep() {
                    Ok(list) if ends(scan.at()) => self.elements(list, event, raw, place),
                    _ => self.skip(),
                }
            }
            _ => self.skip(),
        }
    }

    /// A list, which is JSON: each element is an entry or something else.
    fn elements(&mut self, list: &[u8], event: &Event<'_>, raw: &[u8], place: Place) {
        let mut scan = Scanner::new(list);
        // For each list that is open, whether its first element is still to come.
        let mut open = vec![true];
        if scan.begin_array().is_err() {
            self.skip();
            return;
        }
        while let Some(first) = open.last_mut() {
            let was_first = *first;
            match scan.element(first) {
                Ok(true) => {}
                Ok(false) => {
                    if was_first {
                        self.skip();
                    }
                    open.pop();
                    continue;
                }
                Err(_) => return,
            }
            if scan.kind() == Ok(crate::json::Kind::Array) && scan.begin_array().is_ok() {
                open.push(true);
                continue;
            }
            let Ok(value) = scan.skip_deep() else { return };
            match value.first() {
                Some(b'{') => {
                    let kind = tell_whole(value).map_or(Kind::Other, |(kind, _)| kind);
                    self.entry(kind, value, event, raw, place);
                }
                _ => self.skip(),
            }
        }
    }

    /// A text that cannot be read: it was an entry if it looks like one.
    fn no_json(&mut self, text: &[u8], fault: Fault, raw: &[u8], place: Place) {
        if !looks_like_entry(text) {
            self.skip();
            return;
        }
        let (reason, detail) = match fault {
            Fault::Bad(defect) => (defect.reason, defect.detail()),
            Fault::End | Fault::Syntax(_) => (Reason::Syntax, "not JSON".to_owned()),
        };
        self.reject(reason, detail, raw, place);
    }

    /// A compressed envelope: what it inflates to is read like an object of its own, once.
    fn wrapped(&mut self, bytes: &[u8], place: Place) {
        match data(bytes) {
            Data::None => self.skip(),
            Data::NotBase64 => {
                let detail = "awslogs.data: not base64".to_owned();
                self.reject(Reason::Syntax, detail, bytes, place);
            }
            Data::Gzip(gzip) => {
                let mut left = self.left;
                self.outer = Some(place);
                Stream::new(&mut Input::pieces(Inflated::new(gzip, &mut left)), self).read();
                self.outer = None;
                self.left = left;
            }
        }
    }

    /// Counts a log event of something else.
    pub(super) fn skip(&mut self) {
        self.output.skip();
        self.index += 1;
    }

    /// Rejects a log event, of which `raw` is kept.
    pub(super) fn reject(&mut self, reason: Reason, detail: String, raw: &[u8], place: Place) {
        let Place { offset, line } = self.outer.unwrap_or(place);
        let reject = Reject::of_slice(reason, detail, Some(self.index), offset, line, raw);
        self.output.reject(&self.object, &reject);
        self.index += 1;
    }

    /// A slice that is not held, and begins at a place.
    pub(super) fn spool(&self, place: Place) -> Spool {
        let Place { offset, line } = self.outer.unwrap_or(place);
        Spool::new(offset, line)
    }

    /// Rejects such a slice.
    pub(super) fn reject_spool(&mut self, spool: &mut Spool, reason: Reason, detail: String) {
        let reject = spool.reject(reason, detail, Some(self.index));
        self.output.reject(&self.object, &reject);
        self.index += 1;
    }
}

/// Whether a text that is not JSON was meant to be an entry.
pub(super) fn looks_like_entry(text: &[u8]) -> bool {
    text.starts_with(b"{")
        && ["messageVersion", "message-version"]
            .iter()
            .any(|name| memchr::memmem::find(text, name.as_bytes()).is_some())
}

/// What an envelope says of its events.
struct Head<'e> {
    message_type: Option<&'e str>,
    owner: Option<&'e str>,
    log_group: Option<&'e str>,
    log_stream: Option<&'e str>,
    /// Each list of events, and where it begins.
    events: Vec<(usize, &'e [u8])>,
}

impl<'e> Head<'e> {
    /// Reads an envelope, which is JSON; a field that is no text says nothing.
    fn read(bytes: &'e [u8], arena: &'e mut Arena) -> Result<Self, Fault> {
        let mut texts = [None; 4];
        let mut events = Vec::new();
        let mut scan = Scanner::new(bytes);
        let mut first = true;
        scan.begin_object()?;
        while let Some(key) = scan.key(&mut first)? {
            let value = scan.skip_deep()?;
            let Ok(name) = key.text() else { continue };
            let place = match &*name {
                "messageType" => 0,
                "owner" => 1,
                "logGroup" => 2,
                "logStream" => 3,
                "logEvents" => {
                    if value.starts_with(b"[") {
                        events.push((scan.at() - value.len(), value));
                    }
                    continue;
                }
                _ => continue,
            };
            if texts[place].is_none() {
                texts[place] = Scanner::new(value).text(arena).unwrap_or_default();
            }
        }
        let arena: &'e Arena = arena;
        let [message_type, owner, log_group, log_stream] =
            texts.map(|text| text.map(|text| arena.get(text)));
        Ok(Self {
            message_type,
            owner,
            log_group,
            log_stream,
            events,
        })
    }
}

/// An element of an envelope's list.
#[derive(Default)]
struct LogEvent<'e> {
    time: Option<EventTime>,
    message: Option<&'e [u8]>,
}

impl<'e> LogEvent<'e> {
    /// Reads it; what is no object has no message.
    fn read(bytes: &'e [u8]) -> Self {
        let mut event = Self::default();
        let mut scan = Scanner::new(bytes);
        let mut first = true;
        if scan.begin_object().is_err() {
            return event;
        }
        while let Ok(Some(key)) = scan.key(&mut first) {
            let Ok(value) = scan.skip_deep() else { break };
            match key.text().as_deref() {
                Ok("timestamp") => event.time = time_of(value),
                Ok("message") => event.message = Some(value),
                _ => {}
            }
        }
        event
    }
}

/// Milliseconds as JSON.
fn time_of(value: &[u8]) -> Option<EventTime> {
    match value {
        b"null" => None,
        _ => Some(match str::from_utf8(value) {
            Ok(digits) => millis(digits).unwrap_or(Err(Reason::BadTime)),
            Err(_) => Err(Reason::BadTime),
        }),
    }
}

/// The instant that so many milliseconds since the epoch are; `None`: they are no digits.
pub(super) fn millis(digits: &str) -> Option<EventTime> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        let millis = digits.parse::<i64>().ok();
        millis
            .and_then(|millis| millis.checked_mul(1_000_000))
            .ok_or(Reason::TimeOutOfRange)
    })
}
