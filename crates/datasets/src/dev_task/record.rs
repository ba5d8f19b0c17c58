//! A `/dev` record: whatever has a half, read for what every prompt log has.

use crate::json::{Arena, Fault, Kind, Known, Scanner, Text, Unknown};
use crate::prompt_log::no_half;

/// How the names of the halves end; rejects and drift call the halves so, whatever their names are.
const ENDINGS: [(&str, &str); 2] = [
    ("EventRequest", "…EventRequest"),
    ("EventResponse", "…EventResponse"),
];
const TIME_STAMP_MEMBER: &str = "timeStamp";

/// The members of either half that are read; texts from `PROMPTS` on are prompts, the surest first.
const HALF: Known = Known(&[
    "userId",
    TIME_STAMP_MEMBER,
    "requestId",
    "prompt",
    "userPrompt",
    "task",
    "taskDescription",
    "description",
]);
const PROMPTS: usize = 3;

/// What the lake takes from a record; what is absent or null is `None`.
pub(super) struct Record<'a> {
    pub(super) user_id: Option<Text<'a>>,
    pub(super) time_stamp: Option<Text<'a>>,
    pub(super) request_id: Option<Text<'a>>,
    pub(super) prompt: Option<Text<'a>>,
}

/// The texts of a half, in the order of `HALF`.
type Half<'a> = [Option<Text<'a>>; HALF.0.len()];

impl<'a> Record<'a> {
    /// Reads a record, all of `json`. Its texts are in it and in `arena`; `unknown` gets the names of what is not read.
    pub(super) fn read(
        json: &'a str,
        arena: &mut Arena,
        unknown: &mut Unknown,
    ) -> Result<Self, Fault> {
        let mut halves: [Option<Half<'a>>; 2] = [None; 2];
        let mut scan = Scanner::new(json.as_bytes());
        let mut first = true;
        scan.begin_object()?;
        while let Some(key) = scan.key(&mut first)? {
            let name = key.text()?;
            let half = ENDINGS.iter().position(|(end, _)| name.ends_with(end));
            match half {
                // Of several requests the first counts.
                Some(place) if halves[place].is_none() => {
                    let label = ENDINGS[place].1;
                    unknown.enter(label);
                    halves[place] = read_half(&mut scan, arena, unknown)
                        .map_err(|fault| fault.within(label))?;
                    unknown.leave()?;
                }
                _ => unknown.member(&mut scan, key, &name)?,
            }
        }
        let [request, response] = halves;
        if request.is_none() && response.is_none() {
            return Err(no_half());
        }
        let (request, response) = (request.unwrap_or_default(), response.unwrap_or_default());
        Ok(Self {
            user_id: request[0].or(response[0]),
            time_stamp: request[1].or(response[1]),
            request_id: response[2].or(request[2]),
            prompt: request[PROMPTS..].iter().copied().flatten().next(),
        })
    }
}

fn read_half<'a>(
    scan: &mut Scanner<'a>,
    arena: &mut Arena,
    unknown: &mut Unknown,
) -> Result<Option<Half<'a>>, Fault> {
    if scan.null()? {
        return Ok(None);
    }
    let mut half = Half::default();
    HALF.read(scan, unknown, |member, scan, _| {
        if member < PROMPTS || scan.kind()? == Kind::Text {
            half[member] = scan.text(arena)?;
        } else {
            // A task may well be an object: it is no prompt then, and stands in `raw_json`.
            scan.skip()?;
        }
        Ok(())
    })?;
    Ok(Some(half))
}

/// Path of the time, for rejects: it may stand in either half.
pub(super) const TIME_STAMP: &str = TIME_STAMP_MEMBER;
