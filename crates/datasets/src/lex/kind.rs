//! What a JSON object in a log is, by its keys.

use crate::json::{Extent, Fault, Scanner, Step};

/// Containers that a value may open at once. What opens more is taken for text.
pub(super) const MAX_OPEN: usize = 1 << 12;

/// The generation of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Of the first generation of the service: names its bot by `botName`.
    V1,
    /// Of the present one: has a `bot`.
    V2,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A Lex entry.
    Entry(Version),
    /// Log events as a subscription sends them.
    Envelope,
    /// Such an envelope, compressed, as a function is given it.
    Wrapped,
    /// Something else.
    Other,
}

/// The keys that tell what an object is.
const TELLING: [&str; 7] = [
    "messageVersion",
    "message-version",
    "bot",
    "botName",
    "invocationSource",
    "messageType",
    "awslogs",
];

/// Those of the telling keys that an object has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keys([bool; TELLING.len()]);

impl Keys {
    /// The object has this key.
    pub(super) fn see(&mut self, key: &str) {
        if let Some(place) = TELLING.iter().position(|telling| *telling == key) {
            self.0[place] = true;
        }
    }

    /// The object has this key, quotes included. One that is no text is none that matters.
    pub(super) fn see_token(&mut self, token: &[u8]) {
        let mut arena = crate::json::Arena::default();
        if let Ok(Some(key)) = Scanner::new(token).text(&mut arena) {
            self.see(arena.get(key));
        }
    }

    /// What an object with these keys is. What a bot gives to a code hook looks like an entry, but for `invocationSource`.
    pub(super) fn kind(self) -> Kind {
        let [
            version,
            other_version,
            bot,
            bot_name,
            invocation,
            message_type,
            wrapped,
        ] = self.0;
        if (version || other_version) && (bot || bot_name) && !invocation {
            Kind::Entry(if bot { Version::V2 } else { Version::V1 })
        } else if message_type {
            Kind::Envelope
        } else if wrapped {
            Kind::Wrapped
        } else {
            Kind::Other
        }
    }
}

/// What the object is that begins `bytes`, and its length. Its texts are looked at no further than it takes to find their ends.
pub(super) fn tell(bytes: &[u8]) -> Result<(Kind, usize), Fault> {
    let mut keys = Keys::default();
    let mut scan = Scanner::new(bytes);
    let mut first = true;
    scan.begin_object()?;
    while let Some(key) = scan.key(&mut first)? {
        if let Ok(key) = key.text() {
            keys.see(&key);
        }
        scan.skip()?;
    }
    Ok((keys.kind(), scan.at()))
}

/// The same of an object that is all at hand, however deep it is; `None`: no JSON begins `bytes`.
pub(super) fn tell_whole(bytes: &[u8]) -> Option<(Kind, usize)> {
    match tell(bytes) {
        Ok(told) => Some(told),
        Err(Fault::Bad(_)) => {
            let mut keys = Keys::default();
            let mut extent = Extent::shallow(MAX_OPEN);
            let mut fed = 0;
            loop {
                match extent.feed(&bytes[fed..]) {
                    Step::Key(length) => {
                        fed += length;
                        let start = usize::try_from(extent.key_start()).ok()?;
                        keys.see_token(&bytes[start..fed]);
                    }
                    Step::End(length) => return Some((keys.kind(), fed + length)),
                    _ => return None,
                }
            }
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_whatever_their_values_are() {
        for (text, want) in [
            (
                r#"{"messageVersion":"2.0","bot":{}}"#,
                Kind::Entry(Version::V2),
            ),
            (
                r#"{"message-version":null,"bot":1}"#,
                Kind::Entry(Version::V2),
            ),
            (
                r#"{"botName":"b","messageVersion":"1.0"}"#,
                Kind::Entry(Version::V1),
            ),
            (
                r#"{"botName":"b","\u0062ot":{},"messageVersion":1}"#,
                Kind::Entry(Version::V2),
            ),
            (
                r#"{"messageVersion":"1.0","bot":{},"invocationSource":"x"}"#,
                Kind::Other,
            ),
            (r#"{"messageVersion":"2.0"}"#, Kind::Other),
            (r#"{"a":{"messageVersion":"2.0","bot":{}}}"#, Kind::Other),
            (
                r#"{"messageType":"DATA_MESSAGE","logEvents":[]}"#,
                Kind::Envelope,
            ),
            (r#"{"awslogs":{"data":""}}"#, Kind::Wrapped),
            ("{}", Kind::Other),
        ] {
            assert_eq!(tell(text.as_bytes()), Ok((want, text.len())), "{text}");
            assert_eq!(tell_whole(text.as_bytes()), Some((want, text.len())));
            let deep = text.replacen(
                '{',
                &format!("{{\"deep\":{}{},", "[".repeat(200), "]".repeat(200)),
                1,
            );
            let deep = deep.replace(",}", "}");
            assert_eq!(
                tell_whole(deep.as_bytes()),
                Some((want, deep.len())),
                "{deep}"
            );
        }
    }
}
