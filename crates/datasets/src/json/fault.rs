//! Why a value could not be read.

use crate::reason::Reason;

/// Why reading stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes at hand ended first.
    End,
    /// The byte at this place of the slice cannot stand there: it is not JSON.
    Syntax(usize),
    /// It is JSON, but no good record.
    Bad(Box<Defect>),
}

/// What is wrong with a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Defect {
    /// The code.
    pub(crate) reason: Reason,
    /// The members that lead to it, as far as they are known ones, joined by dots.
    pub(crate) path: String,
    /// What is wrong, without any value.
    pub(crate) what: &'static str,
}

impl Fault {
    /// A defect of the value at hand.
    pub(crate) fn bad(reason: Reason, what: &'static str) -> Self {
        Self::Bad(Box::new(Defect {
            reason,
            path: String::new(),
            what,
        }))
    }

    /// A value of another kind than the column holds.
    pub(crate) fn wrong_type(what: &'static str) -> Self {
        Self::bad(Reason::WrongType, what)
    }

    /// The same, of a value that is member `name` of the one at hand.
    #[must_use]
    pub(crate) fn within(mut self, name: &str) -> Self {
        if let Self::Bad(defect) = &mut self {
            if defect.path.is_empty() {
                name.clone_into(&mut defect.path);
            } else {
                defect.path = format!("{name}.{}", defect.path);
            }
        }
        self
    }
}

impl From<Reason> for Fault {
    /// A defect of a text.
    fn from(reason: Reason) -> Self {
        let what = match reason {
            Reason::NotUtf8 => "bytes that are not UTF-8",
            Reason::LoneSurrogate => "half of a surrogate pair",
            Reason::TooDeep => "nested deeper than 128",
            Reason::RepeatedKey => "a key that stands twice",
            Reason::BadTime => "not a time",
            Reason::TimeOutOfRange => "outside the accepted range",
            Reason::NoTime => "no time, in an object without a date",
            _ => "cannot be read",
        };
        Self::bad(reason, what)
    }
}

impl Defect {
    /// The reject's detail.
    pub(crate) fn detail(&self) -> String {
        if self.path.is_empty() {
            self.what.to_owned()
        } else {
            format!("{}: {}", self.path, self.what)
        }
    }
}
