//! A value of an entry's compact JSON, and what it means.

use crate::json::{Arena, Fault, Kind, Scanner, Text};
use crate::reason::Reason;
use crate::report;

/// A value of compact JSON that was found to be good.
#[derive(Clone, Copy)]
pub(super) struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// Of the compact text of an entry.
    pub(super) fn new(compact: &'a str) -> Self {
        Self(compact)
    }

    /// What kind it is.
    pub(super) fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Flag,
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    /// Whether it is `null`.
    pub(super) fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Its JSON; `None` if it is null.
    pub(super) fn json(self) -> Option<&'a str> {
        (!self.is_null()).then_some(self.0)
    }

    /// Shows the members of an object in their order. Null has none; anything else is a fault.
    pub(super) fn members(
        self,
        mut each: impl FnMut(&str, Value<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.is_null() {
            return Ok(());
        }
        let mut scan = Scanner::new(self.0.as_bytes());
        let mut first = true;
        scan.begin_object()?;
        while let Some(key) = scan.key(&mut first)? {
            let name = key.text()?;
            let value = self.next(&mut scan)?;
            each(&name, value).map_err(|fault| match known(&name) {
                Some(name) => fault.within(name),
                None => fault,
            })?;
        }
        Ok(())
    }

    /// Shows the elements of a list. Null has none; anything else is a fault.
    pub(super) fn elements(
        self,
        mut each: impl FnMut(Value<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.is_null() {
            return Ok(());
        }
        let mut scan = Scanner::new(self.0.as_bytes());
        let mut first = true;
        scan.begin_array()?;
        while scan.element(&mut first)? {
            each(self.next(&mut scan)?)?;
        }
        Ok(())
    }

    /// The value that follows; there is no white space around it.
    fn next(self, scan: &mut Scanner<'a>) -> Result<Value<'a>, Fault> {
        let start = scan.at();
        // The comma before an element is read with it.
        let bytes = scan.skip()?;
        let end = scan.at();
        debug_assert_eq!(end - start, bytes.len(), "invariant: it is compact");
        Ok(Self(&self.0[start..end]))
    }

    /// A text; null is `None`.
    pub(super) fn text(self, arena: &mut Arena) -> Result<Option<Text<'a>>, Fault> {
        Scanner::new(self.0.as_bytes()).text(arena)
    }

    /// A number, also written as text (blank is `None`) or as `{"score": …}`; null is `None`.
    pub(super) fn number(self) -> Result<Option<f64>, Fault> {
        match self.kind() {
            Kind::Object => {
                let mut score = None;
                self.members(|name, value| {
                    if name == "score" {
                        score = match value.kind() {
                            Kind::Object => return Err(Fault::wrong_type("expected a number")),
                            _ => value.number()?,
                        };
                    }
                    Ok(())
                })?;
                Ok(score)
            }
            _ => self.scalar("expected a number", |text| {
                double(text).ok_or(Fault::bad(Reason::BadNumber, "not a finite number"))
            }),
        }
    }

    /// A count, also written as text (blank is `None`); null is `None`.
    pub(super) fn count(self) -> Result<Option<i64>, Fault> {
        self.scalar("expected a count", |text| {
            report::count(text).ok_or(Fault::bad(Reason::BadCount, "not a count"))
        })
    }

    /// A flag, also written as text (blank is `None`); null is `None`.
    pub(super) fn flag(self) -> Result<Option<bool>, Fault> {
        match self.kind() {
            Kind::Flag => Ok(Some(self.0 == "true")),
            Kind::Number => Err(Fault::wrong_type("expected true or false")),
            _ => self.scalar("expected true or false", |text| {
                report::flag(text).ok_or(Fault::bad(Reason::BadFlag, "neither true nor false"))
            }),
        }
    }

    fn scalar<T>(
        self,
        expected: &'static str,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        match self.kind() {
            Kind::Null => Ok(None),
            Kind::Number => read(self.0).map(Some),
            Kind::Text => {
                let mut arena = Arena::default();
                let text = self.text(&mut arena)?;
                match arena
                    .get_option(text)
                    .map(str::trim)
                    .filter(|text| !text.is_empty())
                {
                    Some(text) => read(text).map(Some),
                    None => Ok(None),
                }
            }
            _ => Err(Fault::wrong_type(expected)),
        }
    }
}

/// A finite number in decimal digits.
pub(super) fn double(text: &str) -> Option<f64> {
    report::double(text)
}

/// The name of a member as it may stand in a reject: keys that a bot's maker has chosen may not.
fn known(name: &str) -> Option<&'static str> {
    const NAMES: &[&str] = &[
        "alternativeIntents",
        "audioProperties",
        "aliasId",
        "aliasName",
        "bargeIn",
        "bot",
        "botAlias",
        "botName",
        "botResponse",
        "botVersion",
        "confirmationState",
        "content",
        "contentType",
        "developerOverride",
        "dialogAction",
        "dialogState",
        "duration",
        "id",
        "inputDialogMode",
        "inputMode",
        "inputTranscript",
        "intent",
        "interpretationSource",
        "interpretations",
        "interpretedValue",
        "locale",
        "localeId",
        "message-version",
        "messageVersion",
        "messages",
        "missedUtterance",
        "name",
        "nluConfidence",
        "nluIntentConfidence",
        "operationName",
        "originalValue",
        "originatingRequestId",
        "rawInputTranscript",
        "requestId",
        "resolvedValues",
        "responseReason",
        "s3Path",
        "s3PathForAudio",
        "score",
        "sentiment",
        "sentimentLabel",
        "sentimentResponse",
        "sentimentScore",
        "sessionId",
        "sessionState",
        "shape",
        "silence",
        "slotToElicit",
        "slots",
        "state",
        "subSlotToElicit",
        "subSlots",
        "timestamp",
        "total",
        "transcriptionConfidence",
        "transcriptions",
        "userId",
        "value",
        "values",
    ];
    NAMES.iter().copied().find(|known| *known == name)
}
