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
pub static VIEWS: &[View] = views![];

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
