//! What a user felt, as the service guesses.

use super::value::{Value, double};
use crate::json::{Arena, Fault, Kind, Text};
use crate::reason::Reason;

/// A label and four scores.
#[derive(Default)]
pub(super) struct Sentiment<'a> {
    /// As written.
    pub(super) label: Option<Text<'a>>,
    /// Positive, negative, neutral, mixed.
    pub(super) scores: [Option<f64>; 4],
}

const SCORES: [&str; 4] = ["positive", "negative", "neutral", "mixed"];

impl<'a> Sentiment<'a> {
    /// Reads a `sentimentResponse`: V2 has `sentiment` and scores by name, V1 `sentimentLabel` and scores in a text.
    /// `None`: it says nothing.
    pub(super) fn read(response: Value<'a>, arena: &mut Arena) -> Result<Option<Self>, Fault> {
        let mut sentiment = Self::default();
        let mut says = false;
        let mut old_label = None;
        response.members(|name, value| {
            match name {
                "sentiment" => {
                    says |= !value.is_null();
                    sentiment.label = value.text(arena)?;
                }
                "sentimentLabel" => {
                    says |= !value.is_null();
                    old_label = value.text(arena)?;
                }
                "sentimentScore" => {
                    says |= !value.is_null();
                    sentiment.read_scores(value, arena)?;
                }
                _ => {}
            }
            Ok(())
        })?;
        sentiment.label = sentiment.label.or(old_label);
        Ok(says.then_some(sentiment))
    }

    fn read_scores(&mut self, scores: Value<'a>, arena: &mut Arena) -> Result<(), Fault> {
        if scores.kind() != Kind::Text {
            return scores.members(|name, value| {
                if let Some(place) = place(name) {
                    self.scores[place] = value.number()?;
                }
                Ok(())
            });
        }
        let mark = arena.mark();
        let text = scores.text(arena)?;
        let read = read_text(arena.get_option(text).unwrap_or_default());
        arena.forget(mark);
        self.scores = read.ok_or(Fault::bad(Reason::BadNumber, "not scores by name"))?;
        Ok(())
    }
}

/// Reads `{Positive: 0.39,Negative: 0.01, …}`, which is not JSON. Blank says nothing.
fn read_text(text: &str) -> Option<[Option<f64>; 4]> {
    let text = text.trim();
    let mut scores = [None; 4];
    if text.is_empty() {
        return Some(scores);
    }
    let inner = text.strip_prefix('{')?.strip_suffix('}')?.trim();
    if inner.is_empty() {
        return Some(scores);
    }
    for part in inner.split(',') {
        let (name, number) = part.split_once(':')?;
        let number = double(number.trim())?;
        if let Some(place) = place(name.trim()) {
            scores[place] = Some(number);
        }
    }
    Some(scores)
}

fn place(name: &str) -> Option<usize> {
    SCORES
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_in_a_text_are_read_with_and_without_spaces() {
        let want = Some([Some(0.39), Some(0.01), Some(0.6), Some(1.5e-5)]);
        for text in [
            "{Positive: 0.39,Negative: 0.01,Neutral: 0.6,Mixed: 1.5E-5}",
            " { Mixed:1.5e-5 , neutral : 0.60 , NEGATIVE:0.01, Positive:.39, Other: 1 } ",
        ] {
            assert_eq!(read_text(text), want, "{text}");
        }
        for text in ["", "{}", " { } "] {
            assert_eq!(read_text(text), Some([None; 4]), "{text}");
        }
        for text in [
            "{",
            "Positive: 1",
            "{Positive}",
            "{Positive: x}",
            "{Positive: inf}",
            "{Positive: 1,}",
        ] {
            assert_eq!(read_text(text), None, "{text}");
        }
    }
}
