//! The legacy report: a CSV per account and day, in every layout and under every kind of path that is known of.

use crate::day::Day;

use super::activity::{self, TurnKind};
use super::inline;
use super::log::{flat, tree_of};
use super::object::{GeneratedObject, Place, digits};
use super::people::{ACCOUNTS, Account, CLIENTS, Organisation, User};
use super::rng::Rng;
use super::user_report::PREFIX;

/// A user's day with the clients that the report covers (command line and plugin).
#[derive(Clone, Debug)]
pub struct UserDay<'a> {
    /// Who.
    pub user: &'a User,
    /// Prompts.
    pub prompts: usize,
    /// Inline suggestions.
    pub suggestions: usize,
    /// Of these, accepted ones, and their lines.
    pub accepted: (usize, usize),
    /// Uses of `/dev`, `/test`, reviews and the like; what the other metrics are made of.
    pub others: usize,
}

/// Which columns a report has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Messages and inline suggestions: 8 columns.
    First,
    /// All but those of tests: 41 columns.
    Early,
    /// All 46.
    Full,
    /// All 46, one of them under the name that the documentation gives it.
    Documented,
}

/// The reports of `day`: for each account with use one, at times in two parts, at times written once more, at times only
/// in a folder that somebody copied it to. A day without use has none.
pub fn objects(organisation: &Organisation, day: Day) -> Vec<GeneratedObject> {
    let mut objects = Vec::new();
    for (a, account) in ACCOUNTS.iter().enumerate() {
        let days = user_days(organisation, account, day);
        if days.is_empty() {
            continue;
        }
        let parts = [LEGACY, u64::from(day.0.unsigned_abs()), a as u64];
        let mut rng = Rng::derived(organisation.seed, &parts);
        let generation = *rng.pick(&[
            Generation::First,
            Generation::Early,
            Generation::Full,
            Generation::Full,
            Generation::Documented,
        ]);
        let (blanks, numbers) = (rng.chance(40), rng.next());
        let path = Path::any(&mut rng, account, day);
        let write = |rows: &[UserDay<'_>], minute: &str, part: &str| GeneratedObject {
            key: path.key(account, day, minute, part),
            body: csv(organisation, day, rows, generation, blanks, numbers),
            gzip: false,
        };
        let report = write(&days, "0000", "");
        if days.len() > 1 && rng.chance(35) {
            let (first, second) = days.split_at(days.len() / 2);
            objects.push(write(first, "0000", "_part_1"));
            objects.push(write(second, "0000", "_part_2"));
        } else if rng.chance(8) {
            objects.push(flat(&report));
        } else {
            objects.push(report);
        }
        if rng.chance(15) {
            let mut late = days.clone();
            for row in late.iter_mut().step_by(2) {
                row.prompts += 1;
            }
            objects.push(write(&late, "0415", ""));
        }
    }
    objects
}

/// What the users of an account did on `day` (UTC) with a client that the report covers, those without use left out.
pub fn user_days<'a>(
    organisation: &'a Organisation,
    account: &Account,
    day: Day,
) -> Vec<UserDay<'a>> {
    let covered = |client: usize| matches!(CLIENTS[client], "KIRO_CLI" | "PLUGIN");
    let of_account = organisation.users.iter().filter(|u| u.account == account);
    of_account
        .filter_map(|user| {
            let began = [day.plus(-1), day];
            let sessions = began.map(|day| activity::sessions(organisation, user, day));
            let prompts = sessions
                .iter()
                .flatten()
                .filter(|s| covered(s.client))
                .flat_map(|s| &s.turns)
                .filter(|t| t.kind == TurnKind::User && Day::of_nanos(t.at) == day)
                .count();
            let asked: Vec<_> = began
                .iter()
                .flat_map(|day| inline::suggestions(organisation, user, *day))
                .filter(|s| covered(s.client) && Day::of_nanos(s.at) == day)
                .collect();
            let lines: Vec<usize> = asked.iter().map(|s| s.accepted_lines).collect();
            (prompts + asked.len() > 0).then(|| UserDay {
                user,
                prompts,
                suggestions: asked.len(),
                accepted: (lines.iter().filter(|n| **n > 0).count(), lines.iter().sum()),
                others: prompts / 2,
            })
        })
        .collect()
}

/// The text of a report. `blanks`: what is 0 has no digit; `numbers` is what the other metrics are derived from.
fn csv(
    organisation: &Organisation,
    day: Day,
    rows: &[UserDay<'_>],
    generation: Generation,
    blanks: bool,
    numbers: u64,
) -> Vec<u8> {
    let metrics: Vec<&str> = METRICS
        .iter()
        .copied()
        .filter(|metric| generation.has(metric))
        .collect();
    let headers = metrics.iter().map(|metric| match (*metric, generation) {
        ("InlineChat_TotalEventCount", Generation::Documented) => "InlineChat_EventCount",
        (metric, _) => metric,
    });
    let headers: Vec<&str> = ["UserId", "Date"].into_iter().chain(headers).collect();
    let mut text = headers.join(",") + "\n";
    let (y, m, d) = day.ymd();
    for row in rows {
        let mut rng = Rng::derived(numbers, &[row.user.number as u64]);
        let id = if numbers.is_multiple_of(3) {
            organisation.logged_id(row.user)
        } else {
            row.user.id.clone()
        };
        let cells = metrics
            .iter()
            .map(|metric| match row.value(metric, &mut rng) {
                0 if blanks => String::new(),
                value => value.to_string(),
            });
        let cells: Vec<String> = [id, format!("{m:02}-{d:02}-{y:04}")]
            .into_iter()
            .chain(cells)
            .collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text.into_bytes()
}

impl Generation {
    fn has(self, metric: &str) -> bool {
        match self {
            Self::First => FIRST.contains(&metric),
            Self::Early => !metric.starts_with("TestGeneration_"),
            Self::Full | Self::Documented => true,
        }
    }
}

impl UserDay<'_> {
    fn value(&self, metric: &str, rng: &mut Rng) -> usize {
        match metric {
            "Chat_MessagesSent" => self.prompts,
            "Chat_MessagesInteracted" => self.prompts.div_ceil(2),
            "Inline_SuggestionsCount" => self.suggestions,
            "Inline_AcceptanceCount" => self.accepted.0,
            "Inline_AICodeLines" => self.accepted.1,
            _ if self.others > 0 && rng.chance(40) => rng.between(1, 3 * self.others),
            _ => 0,
        }
    }
}

/// How the path of a report is written.
struct Path {
    tree: &'static str,
    region: String,
    hour: &'static str,
    report: bool,
    part_first: bool,
}

impl Path {
    fn any(rng: &mut Rng, account: &Account, day: Day) -> Self {
        let tree = tree_of(day);
        let documented = rng.chance(30);
        Self {
            tree,
            region: if documented {
                account.region.to_uppercase()
            } else {
                account.region.to_owned()
            },
            hour: if tree == "QDeveloperLogs" && rng.chance(50) {
                "02"
            } else {
                "00"
            },
            report: !documented,
            part_first: rng.chance(50),
        }
    }

    fn key(&self, account: &Account, day: Day, minute: &str, part: &str) -> String {
        let place = Place {
            prefix: PREFIX,
            account: account.id,
            tree: self.tree,
            kind: "by_user_analytic",
            region: &self.region,
        };
        let end = match (self.report, self.part_first) {
            (false, _) => part.to_owned(),
            (true, true) => format!("{part}_report"),
            (true, false) => format!("_report{part}"),
        };
        format!(
            "{}/{}/{}_by_user_analytic_{}{minute}{end}.csv",
            place.folder(day),
            self.hour,
            account.id,
            digits(day)
        )
    }
}

const METRICS: [&str; 44] = [
    "Chat_AICodeLines",
    "Chat_MessagesInteracted",
    "Chat_MessagesSent",
    "CodeFix_AcceptanceEventCount",
    "CodeFix_AcceptedLines",
    "CodeFix_GeneratedLines",
    "CodeFix_GenerationEventCount",
    "CodeReview_FailedEventCount",
    "CodeReview_FindingsCount",
    "CodeReview_SucceededEventCount",
    "Dev_AcceptanceEventCount",
    "Dev_AcceptedLines",
    "Dev_GeneratedLines",
    "Dev_GenerationEventCount",
    "DocGeneration_AcceptedFileUpdates",
    "DocGeneration_AcceptedFilesCreations",
    "DocGeneration_AcceptedLineAdditions",
    "DocGeneration_AcceptedLineUpdates",
    "DocGeneration_EventCount",
    "DocGeneration_RejectedFileCreations",
    "DocGeneration_RejectedFileUpdates",
    "DocGeneration_RejectedLineAdditions",
    "DocGeneration_RejectedLineUpdates",
    "InlineChat_AcceptanceEventCount",
    "InlineChat_AcceptedLineAdditions",
    "InlineChat_AcceptedLineDeletions",
    "InlineChat_DismissalEventCount",
    "InlineChat_DismissedLineAdditions",
    "InlineChat_DismissedLineDeletions",
    "InlineChat_RejectedLineAdditions",
    "InlineChat_RejectedLineDeletions",
    "InlineChat_RejectionEventCount",
    "InlineChat_TotalEventCount",
    "Inline_AICodeLines",
    "Inline_AcceptanceCount",
    "Inline_SuggestionsCount",
    "TestGeneration_AcceptedLines",
    "TestGeneration_AcceptedTests",
    "TestGeneration_EventCount",
    "TestGeneration_GeneratedLines",
    "TestGeneration_GeneratedTests",
    "Transformation_EventCount",
    "Transformation_LinesGenerated",
    "Transformation_LinesIngested",
];
const FIRST: [&str; 6] = [
    "Chat_AICodeLines",
    "Chat_MessagesInteracted",
    "Chat_MessagesSent",
    "Inline_AICodeLines",
    "Inline_AcceptanceCount",
    "Inline_SuggestionsCount",
];
const LEGACY: u64 = 10;
