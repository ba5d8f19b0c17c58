//! A chat record, as it stands in the source.

use crate::json::{Arena, Fault, Kind, Known, List, Scanner, Text, Unknown};
use crate::prompt_log::read_halves;

const REQUEST_HALF: &str = "generateAssistantResponseEventRequest";
const RESPONSE_HALF: &str = "generateAssistantResponseEventResponse";
const METADATA_MEMBER: &str = "messageMetadata";
const WEB_LINKS_MEMBER: &str = "supplementaryWebLinksEvent";

/// The halves of a record.
pub(super) const HALVES: &[&str] = &[REQUEST_HALF, RESPONSE_HALF];

const RECORD: Known = Known(HALVES);
const REQUEST: Known = Known(&[
    "prompt",
    "chatTriggerType",
    "customizationArn",
    "userId",
    "timeStamp",
    "modelId",
]);
const RESPONSE: Known = Known(&[
    "assistantResponse",
    "followupPrompts",
    METADATA_MEMBER,
    "codeReferenceEvents",
    WEB_LINKS_MEMBER,
    "requestId",
]);
const METADATA: Known = Known(&["conversationId", "utteranceId"]);
const WEB_LINK: Known = Known(&["uri", "title", "snippet"]);

/// Path of the time, for rejects.
pub(super) const TIME_STAMP: &str = "generateAssistantResponseEventRequest.timeStamp";
/// Path of the trigger, for drift.
pub(super) const TRIGGER: &str = "generateAssistantResponseEventRequest.chatTriggerType";

/// What the lake takes from a record; what is absent or null is `None`.
#[derive(Default)]
pub(super) struct Record<'a> {
    pub(super) prompt: Option<Text<'a>>,
    pub(super) trigger: Option<Text<'a>>,
    pub(super) customization_arn: Option<Text<'a>>,
    pub(super) user_id: Option<Text<'a>>,
    pub(super) time_stamp: Option<Text<'a>>,
    pub(super) model_id: Option<Text<'a>>,
    pub(super) response: Option<Text<'a>>,
    pub(super) followup_prompts: Option<Text<'a>>,
    pub(super) conversation_id: Option<Text<'a>>,
    pub(super) utterance_id: Option<Text<'a>>,
    /// Compact JSON, and the number of elements.
    pub(super) code_references: Option<(Text<'a>, i64)>,
    pub(super) web_links: Option<List<'a>>,
    pub(super) request_id: Option<Text<'a>>,
}

/// URI, title and snippet; `None`: null stands in the list.
pub(super) type WebLink<'a> = Option<[Option<Text<'a>>; 3]>;

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
                0 => self.prompt = text,
                1 => self.trigger = text,
                2 => self.customization_arn = text,
                3 => self.user_id = text,
                4 => self.time_stamp = text,
                _ => self.model_id = text,
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
            match member {
                0 => self.response = scan.text(arena)?,
                1 => self.followup_prompts = followup_prompts(scan, arena)?,
                2 => self.read_metadata(scan, arena, unknown)?,
                3 => {
                    if !scan.null()? {
                        self.code_references = Some(arena.compact_list(scan)?);
                    }
                }
                4 => {
                    self.web_links = List::read(WEB_LINKS_MEMBER, scan, arena, unknown, web_link)?;
                }
                _ => self.request_id = scan.text(arena)?,
            }
            Ok(())
        })
    }

    fn read_metadata(
        &mut self,
        scan: &mut Scanner<'a>,
        arena: &mut Arena,
        unknown: &mut Unknown,
    ) -> Result<(), Fault> {
        if scan.null()? {
            return Ok(());
        }
        unknown.enter(METADATA_MEMBER);
        METADATA.read(scan, unknown, |member, scan, _| {
            let text = scan.text(arena)?;
            match member {
                0 => self.conversation_id = text,
                _ => self.utterance_id = text,
            }
            Ok(())
        })?;
        unknown.leave()
    }
}

/// Documented as text, seen described as a list.
fn followup_prompts<'a>(
    scan: &mut Scanner<'a>,
    arena: &mut Arena,
) -> Result<Option<Text<'a>>, Fault> {
    match scan.kind()? {
        Kind::Array => arena.compact(scan).map(Some),
        Kind::Text | Kind::Null => scan.text(arena),
        _ => Err(Fault::wrong_type("expected text or a list")),
    }
}

/// An element of the list of web links.
pub(super) fn web_link<'a>(
    scan: &mut Scanner<'a>,
    arena: &mut Arena,
    unknown: &mut Unknown,
) -> Result<WebLink<'a>, Fault> {
    if scan.null()? {
        return Ok(None);
    }
    let mut link = [None; 3];
    WEB_LINK.read(scan, unknown, |member, scan, _| {
        link[member] = scan.text(arena)?;
        Ok(())
    })?;
    Ok(Some(link))
}
