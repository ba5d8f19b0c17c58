//! An inline suggestion record, as it stands in the source.

use crate::json::{Arena, Fault, Kind, Known, List, Scanner, Text, Unknown};
use crate::prompt_log::read_halves;

/// The halves of a record.
pub(super) const HALVES: &[&str] = &[
    "generateCompletionsEventRequest",
    "generateCompletionsEventResponse",
];
const COMPLETIONS_MEMBER: &str = "completions";

const RECORD: Known = Known(HALVES);
const REQUEST: Known = Known(&[
    "leftContext",
    "rightContext",
    "fileName",
    "customizationArn",
    "userId",
    "timeStamp",
]);
const RESPONSE: Known = Known(&[COMPLETIONS_MEMBER, "requestId"]);
const COMPLETION: Known = Known(&["content"]);

/// Path of the time, for rejects.
pub(super) const TIME_STAMP: &str = "generateCompletionsEventRequest.timeStamp";

/// What the lake takes from a record; what is absent or null is `None`.
#[derive(Default)]
pub(super) struct Record<'a> {
    pub(super) left_context: Option<Text<'a>>,
    pub(super) right_context: Option<Text<'a>>,
    pub(super) file_name: Option<Text<'a>>,
    pub(super) customization_arn: Option<Text<'a>>,
    pub(super) user_id: Option<Text<'a>>,
    pub(super) time_stamp: Option<Text<'a>>,
    pub(super) completions: Option<List<'a>>,
    pub(super) request_id: Option<Text<'a>>,
}

impl<'a> Record<'a> {
    /// Reads the record that begins `bytes`, and gives its length too. Its texts are in `bytes` and `arena`.
    pub(super) fn read(
        bytes: &'a [u8],
        arena: &mut Arena,
        unknown: &mut Unknown,
    ) -> Result<(Self, usize), Fault> {
        let mut record = Self::default();
        let length = read_halves(&RECORD, bytes, unknown, |half, scan, unknown| {
            if half == 0 {
                record.read_request(scan, arena, unknown)
            } else {
                record.read_response(scan, arena, unknown)
            }
        })?;
        Ok((record, length))
    }

    fn read_request(
        &mut self,
        scan: &mut Scanner<'a>,
        arena: &mut Arena,
        unknown: &mut Unknown,
    ) -> Result<(), Fault> {
        REQUEST.read(scan, unknown, |member, scan, _| {
            let text = scan.text(arena)?;
            match member {
                0 => self.left_context = text,
                1 => self.right_context = text,
                2 => self.file_name = text,
                3 => self.customization_arn = text,
                4 => self.user_id = text,
                _ => self.time_stamp = text,
            }
            Ok(())
        })
    }

    fn read_response(
        &mut self,
        scan: &mut Scanner<'a>,
        arena: &mut Arena,
        unknown: &mut Unknown,
    ) -> Result<(), Fault> {
        RESPONSE.read(scan, unknown, |member, scan, unknown| {
            if member == 0 {
                self.completions =
                    List::read(COMPLETIONS_MEMBER, scan, arena, unknown, completion)?;
            } else {
                self.request_id = scan.text(arena)?;
            }
            Ok(())
        })
    }
}

/// An element of the list of completions: a text, or an object that has it as `content`.
pub(super) fn completion<'a>(
    scan: &mut Scanner<'a>,
    arena: &mut Arena,
    unknown: &mut Unknown,
) -> Result<Option<Text<'a>>, Fault> {
    match scan.kind()? {
        Kind::Text | Kind::Null => scan.text(arena),
        Kind::Object => {
            let mut content = None;
            COMPLETION.read(scan, unknown, |_, scan, _| {
                content = scan.text(arena)?;
                Ok(())
            })?;
            Ok(content)
        }
        _ => Err(Fault::wrong_type("expected texts or objects with one")),
    }
}
