//! The views that people ask of the lake: one SQL text each, which runs unchanged in Trino and in DataFusion.

/// A view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name, the stem of its file.
    pub name: &'static str,
    /// Its file: comment lines with question, grain and units, then `CREATE OR REPLACE VIEW <name> AS` and a query.
    pub text: &'static str,
}

macro_rules! views {
    ($($name:literal),* $(,)?) => {
        &[$(View {
            name: $name,
            text: include_str!(concat!("../../../sql/views/", $name, ".sql")),
        }),*]
    };
}

/// Every view, those first on which others build.
pub static VIEWS: &[View] = views![
    "ai_code_lines_daily",
    "audit_log",
    "chat_turn",
    "code_review_daily",
    "feature_day",
    "inline_acceptance_daily",
    "inline_files_daily",
    "lex_entry",
    "lex_missed_utterance",
    "lex_path",
    "lex_slot_daily",
    "message_check",
    "model_usage_daily",
    "plan_period",
    "rejects_daily",
    "repeated_prompts",
    "report_calendar",
    "stream_day",
    "user_client_day",
    "user_day",
    "user_directory",
    "active_users_daily",
    "active_users_monthly",
    "active_users_weekly",
    "credits_daily",
    "credits_monthly",
    "credits_per_line_daily",
    "engagement_funnel",
    "feature_adoption",
    "feature_daily",
    "lex_bot_daily",
    "lex_elicitation_daily",
    "lex_hourly",
    "lex_intent_daily",
    "lex_sentiment_daily",
    "lex_session",
    "new_and_returning_daily",
    "prompts_daily",
    "prompts_hourly",
    "qs_chat",
    "qs_feature",
    "qs_inline",
    "qs_lex",
    "qs_model_usage",
    "qs_user_day",
    "stream_freshness",
    "turns_daily",
    "user_month",
    "user_status",
    "cost_monthly",
    "qs_user_month",
    "stopped_users",
    "stream_gaps",
];

impl View {
    /// What it answers: its comment lines, without the dashes.
    pub fn doc(&self) -> String {
        let lines: Vec<&str> = self
            .text
            .lines()
            .map_while(|line| line.strip_prefix("--"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        lines.join("\n")
    }

    /// Its query, without the `CREATE OR REPLACE VIEW … AS` before it and the semicolon after it.
    pub fn query(&self) -> &'static str {
        let head = format!("CREATE OR REPLACE VIEW {} AS\n", self.name);
        let query = self
            .text
            .find(&head)
            .map_or(self.text, |at| &self.text[at + head.len()..]);
        query.trim_end().trim_end_matches(';')
    }
}

/// The view of a name.
pub fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Words of a text outside of comments.
    fn words(text: &str) -> Vec<&str> {
        text.lines()
            .map(|line| line.split("--").next().unwrap())
            .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .filter(|word| !word.is_empty())
            .collect()
    }

    #[test]
    fn every_file_is_a_view_of_its_name_with_a_comment() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sql/views");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let names: BTreeSet<String> = VIEWS
            .iter()
            .map(|view| format!("{}.sql", view.name))
            .collect();
        assert_eq!(files, names);
        for view in VIEWS {
            let head = format!("\nCREATE OR REPLACE VIEW {} AS\n", view.name);
            assert!(view.text.contains(&head), "{}", view.name);
            assert!(
                view.doc().contains("One row: "),
                "{} says what a row is",
                view.name
            );
            assert!(view.text.ends_with(";\n"), "{}", view.name);
            let body = &view.text[..view.text.len() - 2];
            assert!(
                !body.contains(';'),
                "{}: a semicolon cuts it in two",
                view.name
            );
            assert!(view.query().starts_with("SELECT") || view.query().starts_with("WITH"));
        }
    }

    #[test]
    fn views_build_on_views_before_them() {
        let mut before = BTreeSet::new();
        for view in VIEWS {
            let body = view.query();
            let words = words(body);
            for pair in words.windows(2) {
                if matches!(pair[0], "FROM" | "JOIN") && super::view(pair[1]).is_some() {
                    assert!(before.contains(pair[1]), "{} needs {}", view.name, pair[1]);
                }
            }
            before.insert(view.name);
        }
    }

    #[test]
    fn views_have_no_star_no_clock_and_no_list() {
        for view in VIEWS {
            let body = view.query();
            assert!(
                !body.contains("SELECT *") && !body.contains(".*"),
                "{}",
                view.name
            );
            for word in words(body) {
                for other in [
                    "now",
                    "current_date",
                    "current_timestamp",
                    "localtimestamp",
                    "ARRAY",
                    "UNNEST",
                    "array_agg",
                    "completions",
                    "web_links",
                ] {
                    assert!(!word.eq_ignore_ascii_case(other), "{}: {word}", view.name);
                }
            }
        }
    }
}
