//! Turns of the product's own intent router, which it logs like anybody's.

use crate::json::{Fault, Kind, Scanner};

const SCORES: [&str; 3] = ["chat", "do", "spec"];

/// Whether a response is the router's: trimmed, less a fence of ```` ``` ```` or ```` ```json ````, a JSON object of
/// exactly `chat`, `do` and `spec`, all numbers.
pub(super) fn is_router_turn(response: &str) -> bool {
    let text = response.trim();
    let text = match text.strip_prefix("```") {
        Some(fenced) => {
            let Some(inner) = fenced.strip_suffix("```") else {
                return false;
            };
            inner.strip_prefix("json").unwrap_or(inner).trim()
        }
        None => text,
    };
    text.starts_with('{') && is_scores(text).unwrap_or(false)
}

fn is_scores(text: &str) -> Result<bool, Fault> {
    let mut scan = Scanner::new(text.as_bytes());
    let mut numbers = 0;
    let mut first = true;
    let mut seen = [false; SCORES.len()];
    scan.begin_object()?;
    while let Some(key) = scan.key(&mut first)? {
        let name = key.text()?;
        let Some(place) = SCORES.iter().position(|known| *known == name) else {
            return Ok(false);
        };
        if std::mem::replace(&mut seen[place], true) || scan.kind()? != Kind::Number {
            return Ok(false);
        }
        scan.skip()?;
        numbers += 1;
    }
    Ok(numbers == seen.len() && scan.at() == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_scores_are_a_router_turn() {
        for (response, want) in [
            (r#"{"chat":0.1,"do":0.9,"spec":0}"#, true),
            (
                "\n ```json\n{ \"spec\" : 1e-3, \"do\":-1, \"chat\":2 }\n```\n",
                true,
            ),
            ("```{\"chat\":1,\"do\":1,\"spec\":1}```", true),
            (
                &format!("{{\"chat\":1{}, \"do\":2,\"spec\":3}}", "0".repeat(100_000)),
                true,
            ),
            (r#"{"chat":0.1,"do":0.9}"#, false),
            (r#"{"chat":0.1,"do":0.9,"spec":0,"more":1}"#, false),
            (r#"{"chat":0.1,"do":0.9,"spec":"0"}"#, false),
            (r#"{"chat":0.1,"do":0.9,"spec":null}"#, false),
            (r#"{"chat":0.1,"do":0.9,"do":0.9,"spec":0}"#, false),
            (r#"{"chat":0.1,"do":0.9,"spec":0} and more"#, false),
            ("```json\n{\"chat\":1,\"do\":1,\"spec\":1}", false),
            ("```python\n{\"chat\":1,\"do\":1,\"spec\":1}```", false),
            (r#"[{"chat":0.1,"do":0.9,"spec":0}]"#, false),
            (r#"{"chat":0.1,"do":0.9,"spec":01}"#, false),
            ("```", false),
            ("{", false),
            ("", false),
        ] {
            assert_eq!(is_router_turn(response), want, "{response:.80}");
        }
    }
}
