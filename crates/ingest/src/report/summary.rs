//! The report as a person reads it on the terminal.

use std::fmt::Write as _;

use promptlake_lake::stats::Stats;

use super::{ObjectCounts, RunReport};

/// How many failures, drift lines and unrecognised keys the summary shows.
const SHOWN: usize = 5;

/// How many new rejects by reason it names.
const REASONS: usize = 4;

impl RunReport {
    /// A dozen lines: what was looked at, what became of it, what is wrong, and the exit code. Ends in a line feed.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        let lines: [(&str, Option<String>); 10] = [
            ("run", Some(self.headline())),
            ("objects", Some(self.objects.line())),
            ("records", self.records_line()),
            ("tables", self.tables_line()),
            ("rejects", self.rejects_line()),
            ("drift", self.drift_line()),
            ("unknown", self.unrecognised_line()),
            ("note", self.large_rows_line()),
            ("s3", self.requests_line()),
            ("time", self.time_line()),
        ];
        for (label, line) in lines {
            if let Some(line) = line {
                push(&mut text, label, &line);
            }
        }
        for notice in self.notices.iter().take(SHOWN) {
            push(&mut text, "note", notice);
        }
        for failure in self.failures.iter().take(SHOWN) {
            let what = failure.what.escape_debug();
            push(
                &mut text,
                "failed",
                &format!("{} {what}: {}", failure.kind, failure.error),
            );
        }
        if let Some(more) = more(self.failure_count, self.failures.len().min(SHOWN)) {
            push(&mut text, "failed", &more);
        }
        let exit = match self.exit.because.as_slice() {
            [] => format!("{}: clean", self.exit.code),
            because => format!("{}: {}", self.exit.code, because.join("; ")),
        };
        push(&mut text, "exit", &exit);
        text
    }

    fn headline(&self) -> String {
        let sources: Vec<&str> = self.sources.iter().map(|s| s.name.as_str()).collect();
        let window = match (&self.window.from, &self.window.to) {
            (None, None) => "all source days".to_owned(),
            (Some(from), Some(to)) => format!("source days {from} to {to}"),
            (Some(from), None) => format!("source days from {from} on"),
            (None, Some(to)) => format!("source days up to {to}"),
        };
        let rebuild = if self.rebuild { ", rebuild" } else { "" };
        format!(
            "{}: {window} of {}{rebuild}",
            self.run_id,
            sources.join(", ")
        )
    }

    fn records_line(&self) -> Option<String> {
        let read: u64 = self.records.values().map(|r| r.read).sum();
        if read == 0 {
            return None;
        }
        let sum = |of: fn(&super::RecordCounts) -> u64| self.records.values().map(of).sum::<u64>();
        let parts = parts(&[
            (sum(|r| r.accepted), "accepted"),
            (sum(|r| r.rejected), "rejected"),
            (sum(|r| r.skipped), "of something else"),
            (sum(|r| r.control), "control messages"),
        ]);
        let by: Vec<String> = self
            .records
            .iter()
            .filter(|(_, r)| r.read > 0)
            .map(|(dataset, r)| format!("{dataset} {}", number(r.read)))
            .collect();
        Some(format!(
            "{} read ({}): {parts}",
            number(read),
            by.join(", ")
        ))
    }

    fn tables_line(&self) -> Option<String> {
        let mut text = String::new();
        for (table, counts) in &self.tables {
            let rows = number(counts.rows_new);
            let partitions = parts(&[
                (counts.partitions_written, "partitions written"),
                (counts.partitions_unchanged, "unchanged"),
                (counts.partitions_failed, "failed"),
            ]);
            if counts.rows_new == 0 && partitions.is_empty() {
                continue;
            }
            let twins = parts(&[(counts.twins_new, "twins"), (counts.variants, "variants")]);
            let twins = if twins.is_empty() {
                String::new()
            } else {
                format!(" ({twins})")
            };
            let join = if text.is_empty() { "" } else { "; " };
            let partitions = if partitions.is_empty() {
                String::new()
            } else {
                format!(", {partitions}")
            };
            write!(text, "{join}{table} {rows} rows{twins}{partitions}")
                .expect("invariant: a String takes any text");
        }
        (!text.is_empty()).then_some(text)
    }

    fn rejects_line(&self) -> Option<String> {
        let total: u64 = self.new_rejects.values().sum();
        if total == 0 {
            return None;
        }
        let mut reasons: Vec<(&String, &u64)> = self.new_rejects.iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let named: Vec<String> = reasons
            .iter()
            .take(REASONS)
            .map(|(reason, count)| format!("{reason} {}", number(**count)))
            .collect();
        let dots = if reasons.len() > REASONS { ", …" } else { "" };
        Some(format!(
            "{} new: {}{dots} (promptlake rejects list shows them)",
            number(total),
            named.join(", ")
        ))
    }

    fn drift_line(&self) -> Option<String> {
        (!self.drift.is_empty()).then(|| format!("new in the data: {}", self.drift_named()))
    }

    /// The first names of drift, and how many more there are.
    pub(super) fn drift_named(&self) -> String {
        let named: Vec<String> = self
            .drift
            .iter()
            .take(SHOWN)
            .map(|d| {
                format!(
                    "{} {} {} ({})",
                    d.dataset,
                    d.kind,
                    d.name.escape_debug(),
                    number(d.count)
                )
            })
            .collect();
        let more = more(self.drift_names, named.len()).map_or(String::new(), |m| format!(", {m}"));
        format!("{}{more}", named.join(", "))
    }

    /// The first reports that have not arrived, and how many more there are.
    pub(super) fn missing_named(&self) -> String {
        let named: Vec<String> = self
            .missing_reports
            .iter()
            .take(SHOWN)
            .map(|missing| {
                let account = missing.account.as_deref().unwrap_or("any account");
                let account = account.escape_debug();
                format!("{} of {account} for {}", missing.dataset, missing.day)
            })
            .collect();
        let missing = self.missing_reports.len() as u64;
        let more = more(missing, named.len()).map_or(String::new(), |m| format!(", {m}"));
        format!("expected and not there: {}{more}", named.join(", "))
    }

    fn unrecognised_line(&self) -> Option<String> {
        let first = self.unrecognised.first()?;
        Some(format!(
            "{} objects are of no known kind, such as {}",
            number(self.objects.unrecognised),
            first.escape_debug()
        ))
    }

    fn large_rows_line(&self) -> Option<String> {
        let first = self.large_rows.first()?;
        Some(format!(
            "Athena reads no row over 32 MB: {} of them, such as that of record {} of {}",
            number(self.rows_over_32_mb),
            first.record_index,
            first.source_object.escape_debug()
        ))
    }

    fn requests_line(&self) -> Option<String> {
        let places = [
            ("sources", self.requests.sources),
            ("lake", self.requests.lake),
        ];
        let of_places: Vec<String> = places
            .iter()
            .map(|(name, stats)| (name, by_kind(stats)))
            .filter(|(_, kinds)| !kinds.is_empty())
            .map(|(name, kinds)| format!("{name} {kinds}"))
            .collect();
        if of_places.is_empty() {
            return None;
        }
        let sum = |of: fn(&Stats) -> u64| places.iter().map(|(_, stats)| of(stats)).sum::<u64>();
        let troubles = parts(&[
            (sum(|stats| stats.retries), "repeated"),
            (sum(|stats| stats.throttles), "throttled"),
        ]);
        let join = if troubles.is_empty() { "" } else { "; " };
        Some(format!("{}{join}{troubles}", of_places.join("; ")))
    }

    fn time_line(&self) -> Option<String> {
        let total = self.seconds.get("total")?;
        Some(format!(
            "{total:.1} s; {} read, {} inflated, {} written",
            bytes(self.bytes.read),
            bytes(self.bytes.inflated),
            bytes(self.bytes.written)
        ))
    }
}

impl ObjectCounts {
    fn line(&self) -> String {
        let parts = parts(&[
            (self.read, "read"),
            (self.skipped, "unchanged"),
            (self.elsewhere, "outside the window or table"),
            (self.strays, "strays"),
            (self.unrecognised, "unrecognised"),
            (self.archived, "archived"),
            (self.mirrored, "mirrored"),
            (self.clashed, "clashed"),
            (self.repeated, "listed twice"),
            (self.failed, "failed"),
            (self.left, "not reached"),
        ]);
        if parts.is_empty() {
            "none listed".to_owned()
        } else {
            format!("{} listed: {parts}", number(self.listed))
        }
    }
}

fn by_kind(stats: &Stats) -> String {
    parts(&[
        (stats.lists, "LIST"),
        (stats.gets, "GET"),
        (stats.heads, "HEAD"),
        (stats.puts, "PUT"),
        (stats.upload_requests, "of multipart uploads"),
        (stats.deletes, "DELETE"),
    ])
}

fn push(text: &mut String, label: &str, line: &str) {
    writeln!(text, "{label:<8}{line}").expect("invariant: a String takes any text");
}

fn parts(counts: &[(u64, &str)]) -> String {
    let parts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", number(*count)))
        .collect();
    parts.join(", ")
}

fn more(total: u64, shown: usize) -> Option<String> {
    let rest = total.saturating_sub(shown as u64);
    (rest > 0).then(|| format!("and {} more", number(rest)))
}

/// A number with its thousands set apart.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let (mut whole, mut tenths) = (n, 0);
    while whole >= 1024 && unit + 1 < UNITS.len() {
        tenths = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    if unit == 0 {
        format!("{whole} B")
    } else {
        format!("{whole}.{tenths} {}", UNITS[unit])
    }
}
