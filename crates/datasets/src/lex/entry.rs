//! A Lex entry, as it stands in the log.

use super::kind::Version;
use super::sentiment::Sentiment;
use super::slots::Slots;
use super::value::Value;
use crate::json::{Arena, Fault, Kind, Text};

/// What the lake takes from an entry; what is absent or null is `None`.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub(super) message_version: Option<Text<'a>>,
    pub(super) timestamp: Option<Text<'a>>,
    pub(super) request_id: Option<Text<'a>>,
    pub(super) session_id: Option<Text<'a>>,
    pub(super) originating_request_id: Option<Text<'a>>,
    pub(super) bot_id: Option<Text<'a>>,
    pub(super) bot_name: Option<Text<'a>>,
    pub(super) bot_alias_id: Option<Text<'a>>,
    pub(super) bot_alias: Option<Text<'a>>,
    pub(super) bot_version: Option<Text<'a>>,
    pub(super) locale: Option<Text<'a>>,
    pub(super) user_id: Option<Text<'a>>,
    pub(super) input_mode: Option<Text<'a>>,
    pub(super) operation_name: Option<Text<'a>>,
    pub(super) response_reason: Option<Text<'a>>,
    pub(super) input_transcript: Option<Text<'a>>,
    pub(super) raw_input_transcript: Option<Text<'a>>,
    /// V1's; V2's is made of `messages`.
    pub(super) bot_response: Option<Text<'a>>,
    pub(super) messages: List<'a>,
    pub(super) intent: Option<Text<'a>>,
    pub(super) intent_state: Option<Text<'a>>,
    pub(super) confirmation_state: Option<Text<'a>>,
    pub(super) nlu_confidence: Option<f64>,
    pub(super) interpretation_source: Option<Text<'a>>,
    pub(super) interpretations: List<'a>,
    pub(super) dialog_action: Option<Text<'a>>,
    pub(super) slot_to_elicit: Option<Text<'a>>,
    /// What of a composite slot is elicited: a dot and a name, again and again.
    pub(super) sub_slot: String,
    pub(super) missed_utterance: Option<bool>,
    pub(super) developer_override: Option<bool>,
    pub(super) barge_in: Option<bool>,
    pub(super) sentiment: Sentiment<'a>,
    pub(super) transcription_confidence: Option<f64>,
    pub(super) session_attributes: Option<&'a str>,
    pub(super) request_attributes: Option<&'a str>,
    pub(super) audio_uri: Option<Text<'a>>,
    pub(super) audio_content_type: Option<Text<'a>>,
    /// Total, voice, silence.
    pub(super) audio_ms: [Option<i64>; 3],
    /// Fields that no document names, by their path.
    pub(super) unknown: Vec<String>,
}

/// A field that should be a list: kept as it is, whatever it is.
#[derive(Clone, Copy, Default)]
pub(super) struct List<'a> {
    /// Its compact JSON.
    pub(super) json: Option<&'a str>,
    /// Its elements, if it is a list.
    pub(super) count: Option<i64>,
}

impl<'a> List<'a> {
    fn read(value: Value<'a>) -> Result<Self, Fault> {
        let mut count = None;
        if value.kind() == Kind::Array {
            let mut elements = 0;
            value.elements(|_| {
                elements += 1;
                Ok(())
            })?;
            count = Some(elements);
        }
        Ok(Self {
            json: value.json(),
            count,
        })
    }

    /// Shows the elements that are objects.
    pub(super) fn objects(
        self,
        mut each: impl FnMut(Value<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match (self.json, self.count) {
            (Some(json), Some(_)) => Value::new(json).elements(|element| {
                if element.kind() == Kind::Object {
                    each(element)
                } else {
                    Ok(())
                }
            }),
            _ => Ok(()),
        }
    }
}

impl<'a> Entry<'a> {
    /// Reads an entry from its compact JSON. Its slots go to `slots`.
    pub(super) fn read(
        compact: &'a str,
        version: Version,
        arena: &mut Arena,
        slots: &mut Slots,
    ) -> Result<Self, Fault> {
        let mut entry = Self::default();
        let mut other_version = None;
        Value::new(compact).members(|name, value| {
            match name {
                "messageVersion" => entry.message_version = value.text(arena)?,
                "message-version" => other_version = value.text(arena)?,
                "timestamp" => entry.timestamp = value.text(arena)?,
                "requestId" => entry.request_id = value.text(arena)?,
                "sessionId" => entry.session_id = value.text(arena)?,
                "userId" => entry.user_id = value.text(arena)?,
                "inputTranscript" => entry.input_transcript = value.text(arena)?,
                "missedUtterance" => entry.missed_utterance = value.flag()?,
                "developerOverride" => entry.developer_override = value.flag()?,
                "requestAttributes" => entry.request_attributes = value.json(),
                _ => {
                    let is_known = match version {
                        Version::V1 => entry.read_v1(name, value, arena, slots)?,
                        Version::V2 => entry.read_v2(name, value, arena, slots)?,
                    };
                    if !is_known {
                        entry.unknown.push(name.to_owned());
                    }
                }
            }
            Ok(())
        })?;
        entry.message_version = entry.message_version.or(other_version);
        if version == Version::V2 {
            entry.read_interpretations(arena)?;
        }
        Ok(entry)
    }

    /// A field that only the first generation has. False: it has no such field.
    fn read_v1(
        &mut self,
        name: &str,
        value: Value<'a>,
        arena: &mut Arena,
        slots: &mut Slots,
    ) -> Result<bool, Fault> {
        match name {
            "botName" => self.bot_name = value.text(arena)?,
            "botAlias" => self.bot_alias = value.text(arena)?,
            "botVersion" => self.bot_version = value.text(arena)?,
            "locale" => self.locale = value.text(arena)?,
            "botResponse" => self.bot_response = value.text(arena)?,
            "intent" => self.intent = value.text(arena)?,
            "nluIntentConfidence" => self.nlu_confidence = value.number()?,
            "alternativeIntents" => self.interpretations = List::read(value)?,
            "inputDialogMode" => self.input_mode = value.text(arena)?,
            "s3PathForAudio" => self.audio_uri = value.text(arena)?,
            "slotToElicit" => self.slot_to_elicit = value.text(arena)?,
            "sessionAttributes" => self.session_attributes = value.json(),
            "slots" => slots.read(value)?,
            "sentimentResponse" => {
                self.sentiment = Sentiment::read(value, arena)?.unwrap_or_default();
            }
            "dialogState" => {
                let state = value.text(arena)?;
                let is_action = arena
                    .get_option(state)
                    .is_some_and(|text| text.starts_with("Elicit") || text == "ConfirmIntent");
                if is_action {
                    self.dialog_action = state;
                } else {
                    self.intent_state = state;
                }
            }
            "responseCard" | "kendraResponse" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A field that only the second generation has. False: it has no such field.
    fn read_v2(
        &mut self,
        name: &str,
        value: Value<'a>,
        arena: &mut Arena,
        slots: &mut Slots,
    ) -> Result<bool, Fault> {
        match name {
            "bot" => self.read_bot(value, arena)?,
            "inputMode" => self.input_mode = value.text(arena)?,
            "operationName" => self.operation_name = value.text(arena)?,
            "responseReason" => self.response_reason = value.text(arena)?,
            "rawInputTranscript" => self.raw_input_transcript = value.text(arena)?,
            "bargeIn" => self.barge_in = value.flag()?,
            "messages" => self.messages = List::read(value)?,
            "sessionState" => self.read_session_state(value, arena, slots)?,
            "interpretations" => self.interpretations = List::read(value)?,
            "transcriptions" => self.read_transcriptions(value)?,
            "audioProperties" => self.read_audio(value, arena)?,
            "utteranceContext" | "dialogEventLogs" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_bot(&mut self, bot: Value<'a>, arena: &mut Arena) -> Result<(), Fault> {
        bot.members(|name, value| {
            match name {
                "id" => self.bot_id = value.text(arena)?,
                "name" => self.bot_name = value.text(arena)?,
                "aliasId" => self.bot_alias_id = value.text(arena)?,
                "aliasName" => self.bot_alias = value.text(arena)?,
                "localeId" => self.locale = value.text(arena)?,
                "version" => self.bot_version = value.text(arena)?,
                _ => self.unknown.push(format!("bot.{name}")),
            }
            Ok(())
        })
    }

    fn read_session_state(
        &mut self,
        state: Value<'a>,
        arena: &mut Arena,
        slots: &mut Slots,
    ) -> Result<(), Fault> {
        state.members(|name, value| {
            match name {
                "originatingRequestId" => self.originating_request_id = value.text(arena)?,
                "sessionAttributes" => self.session_attributes = value.json(),
                "intent" => self.read_intent(value, arena, slots)?,
                "dialogAction" => self.read_dialog_action(value, arena)?,
                "activeContexts" | "runtimeHints" => {}
                _ => self.unknown.push(format!("sessionState.{name}")),
            }
            Ok(())
        })
    }

    fn read_intent(
        &mut self,
        intent: Value<'a>,
        arena: &mut Arena,
        slots: &mut Slots,
    ) -> Result<(), Fault> {
        intent.members(|name, value| {
            match name {
                "name" => self.intent = value.text(arena)?,
                "state" => self.intent_state = value.text(arena)?,
                "confirmationState" => self.confirmation_state = value.text(arena)?,
                "slots" => slots.read(value)?,
                "kendraResponse" => {}
                _ => self.unknown.push(format!("sessionState.intent.{name}")),
            }
            Ok(())
        })
    }

    fn read_dialog_action(&mut self, action: Value<'a>, arena: &mut Arena) -> Result<(), Fault> {
        action.members(|name, value| {
            match name {
                "type" => self.dialog_action = value.text(arena)?,
                "slotToElicit" => self.slot_to_elicit = value.text(arena)?,
                "subSlotToElicit" => read_sub_slot(value, arena, &mut self.sub_slot)?,
                "slotElicitationStyle" => {}
                _ => self
                    .unknown
                    .push(format!("sessionState.dialogAction.{name}")),
            }
            Ok(())
        })
    }

    fn read_audio(&mut self, audio: Value<'a>, arena: &mut Arena) -> Result<(), Fault> {
        audio.members(|name, value| {
            match name {
                "contentType" => self.audio_content_type = value.text(arena)?,
                "s3Path" => self.audio_uri = value.text(arena)?,
                "duration" => value.members(|name, value| {
                    match name {
                        "total" => self.audio_ms[0] = value.count()?,
                        "voice" => self.audio_ms[1] = value.count()?,
                        "silence" => self.audio_ms[2] = value.count()?,
                        _ => {}
                    }
                    Ok(())
                })?,
                _ => self.unknown.push(format!("audioProperties.{name}")),
            }
            Ok(())
        })
    }

    /// The first counts, whatever the others say.
    fn read_transcriptions(&mut self, transcriptions: Value<'a>) -> Result<(), Fault> {
        let mut first = true;
        transcriptions.elements(|transcription| {
            if std::mem::replace(&mut first, false) {
                transcription.members(|name, value| {
                    if name == "transcriptionConfidence" {
                        self.transcription_confidence = value.number()?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })
    }

    /// Takes confidence and source of the first interpretation of the session's intent, and the first sentiment.
    fn read_interpretations(&mut self, arena: &mut Arena) -> Result<(), Fault> {
        let mut found = false;
        let mut felt = false;
        self.interpretations
            .objects(|interpretation| {
                let (mut confidence, mut source, mut is_intent, mut sentiment) =
                    (None, None, false, None);
                interpretation.members(|name, value| {
                    match name {
                        "nluConfidence" => confidence = Some(value),
                        "interpretationSource" => source = Some(value),
                        "intent" => is_intent = self.is_intent(value, arena)?,
                        "sentimentResponse" => sentiment = Some(value),
                        _ => {}
                    }
                    Ok(())
                })?;
                if is_intent && !std::mem::replace(&mut found, true) {
                    if let Some(confidence) = confidence {
                        let number = confidence.number();
                        self.nlu_confidence =
                            number.map_err(|fault| fault.within("nluConfidence"))?;
                    }
                    if let Some(source) = source {
                        let text = source.text(arena);
                        self.interpretation_source =
                            text.map_err(|fault| fault.within("interpretationSource"))?;
                    }
                }
                if let Some(sentiment) =
                    sentiment.filter(|value| !felt && value.kind() == Kind::Object)
                    && let Some(sentiment) = Sentiment::read(sentiment, arena)
                        .map_err(|fault| fault.within("sentimentResponse"))?
                {
                    felt = true;
                    self.sentiment = sentiment;
                }
                Ok(())
            })
            .map_err(|fault| fault.within("interpretations"))
    }

    /// Whether an interpretation's intent is the session's.
    fn is_intent(&self, intent: Value<'a>, arena: &mut Arena) -> Result<bool, Fault> {
        let mut is_it = false;
        if intent.kind() == Kind::Object {
            intent.members(|name, value| {
                if name == "name" && value.kind() == Kind::Text {
                    let mark = arena.mark();
                    let name = value.text(arena)?;
                    is_it = self.intent.is_some()
                        && arena.get_option(name) == arena.get_option(self.intent);
                    arena.forget(mark);
                }
                Ok(())
            })?;
        }
        Ok(is_it)
    }
}

/// Appends a dot and the name of a sub-slot, and what of it is elicited.
fn read_sub_slot(value: Value<'_>, arena: &mut Arena, path: &mut String) -> Result<(), Fault> {
    let mut below = None;
    let mut own = None;
    value.members(|name, value| {
        match name {
            "name" => own = value.text(arena)?,
            "subSlotToElicit" => below = Some(value),
            _ => {}
        }
        Ok(())
    })?;
    if let Some(name) = arena.get_option(own) {
        path.push('.');
        path.push_str(name);
        if let Some(below) = below {
            read_sub_slot(below, arena, path)?;
        }
    }
    Ok(())
}
