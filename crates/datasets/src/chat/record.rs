//! A chat record, as it stands in the source.

use crate::json::{Arena, Fault, Kind, Known, Scanner, Text, Unknown};

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
    /// Whether it has a request or a response half.
    pub(super) has_half: bool,
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
    pub(super) web_links: Option<WebLinks<'a>>,
    pub(super) request_id: Option<Text<'a>>,
}

/// A list of web links, found to be good but not kept: [`web_links`] reads it again.
#[derive(Clone, Copy)]
pub(super) struct WebLinks<'a> {
    pub(super) source: &'a [u8],
    pub(super) count: i64,
    depth: u32,
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
        let mut scan = Scanner::new(bytes);
        RECORD.read(&mut scan, unknown, |half, scan, unknown| {
            if scan.null()? {
                return Ok(());
            }
            record.has_half = true;
            unknown.enter(RECORD.0[half]);
            if half == 0 {
                record.read_request(scan, arena, unknown)?;
            } else {
                record.read_response(scan, arena, unknown)?;
            }
            unknown.leave()
        })?;
        Ok((record, scan.at()))
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
                    if !scan.null()? {
                        self.web_links = Some(WebLinks::read(scan, arena, unknown)?);
                    }
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

impl<'a> WebLinks<'a> {
    fn read(
        scan: &mut Scanner<'a>,
        arena: &mut Arena,
        unknown: &mut Unknown,
    ) -> Result<Self, Fault> {
        scan.kind()?;
        let start = scan.at();
        let mut count = 0;
        unknown.enter_list(WEB_LINKS_MEMBER);
        each_link(scan, arena, unknown, |_, _| count += 1)?;
        let source = scan.since(start);
        let depth = scan.depth();
        unknown.leave_list(source, depth)?;
        Ok(Self {
            source,
            count,
            depth,
        })
    }

    /// Shows the links one by one. They are not kept: a list of millions of them would not fit.
    pub(super) fn each(
        self,
        arena: &mut Arena,
        unknown: &mut Unknown,
        link: impl FnMut(&WebLink<'_>, &Arena),
    ) {
        unknown.clear();
        unknown.enter_list(WEB_LINKS_MEMBER);
        let mut scan = Scanner::nested(self.source, self.depth);
        each_link(&mut scan, arena, unknown, link)
            .expect("invariant: the list was read without a fault before");
    }
}

fn each_link<'a>(
    scan: &mut Scanner<'a>,
    arena: &mut Arena,
    unknown: &mut Unknown,
    mut each: impl FnMut(&WebLink<'a>, &Arena),
) -> Result<(), Fault> {
    let mut first = true;
    scan.begin_array()?;
    while scan.element(&mut first)? {
        let mark = arena.mark();
        let link = if scan.null()? {
            None
        } else {
            let mut link = [None; 3];
            WEB_LINK.read(scan, unknown, |member, scan, _| {
                link[member] = scan.text(arena)?;
                Ok(())
            })?;
            Some(link)
        };
        each(&link, arena);
        arena.forget(mark);
    }
    Ok(())
}
