//! User reports: a CSV per account, client and day, in every layout of its header that was ever seen.

use std::collections::BTreeMap;

use crate::day::Day;

use super::activity::{self, TurnKind};
use super::object::{GeneratedObject, Place, digits};
use super::people::{ACCOUNTS, Account, CLIENTS, MODELS, Organisation, TIERS, User};
use super::rng::Rng;

/// Where reports of a generated bucket lie.
pub const PREFIX: &str = "usage/daily";

/// A user's day on one client, in numbers.
#[derive(Clone, Debug)]
pub struct Usage<'a> {
    /// Who.
    pub user: &'a User,
    /// Sessions in which there was a prompt.
    pub conversations: usize,
    /// Credits of all turns.
    pub credits: f64,
    /// Prompts by model (index into [`MODELS`]).
    pub messages: BTreeMap<usize, usize>,
}

/// What follows the eleven stable columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Nothing.
    Plain,
    /// The models.
    Models,
    /// The models, `New_User`.
    NewUser,
    /// `New_User`, `User_Email`, the models.
    Email,
    /// `New_User`, `User_Email`, `Usage_Limit`, the models.
    Limit,
}

/// All of them, oldest first.
pub const GENERATIONS: [Generation; 5] = [
    Generation::Plain,
    Generation::Models,
    Generation::NewUser,
    Generation::Email,
    Generation::Limit,
];

/// How a report is written.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an oddity of its own, and all combine"
)]
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Which columns there are.
    pub generation: Generation,
    /// By how many places the columns are rotated.
    pub rotated: usize,
    /// A byte order mark, and CR LF at the end of lines.
    pub windows: bool,
    /// Every cell in quotes.
    pub quoted: bool,
    /// Counts as `12.0`.
    pub decimals: bool,
    /// A column that no schema knows.
    pub unknown: bool,
    /// User ids with the identity store before them.
    pub prefixed: bool,
}

impl Layout {
    /// Any layout: which one does not depend on the day.
    pub fn any(rng: &mut Rng) -> Self {
        Self {
            generation: *rng.pick(&GENERATIONS),
            rotated: if rng.chance(10) { rng.below(9) } else { 0 },
            windows: rng.chance(10),
            quoted: rng.chance(10),
            decimals: rng.chance(8),
            unknown: rng.chance(8),
            prefixed: rng.chance(30),
        }
    }
}

/// The reports of `day`, written about 02:00 on the next: for each account and client with use, at times in two parts,
/// at times written once more a few hours later. A day without use has none.
pub fn objects(organisation: &Organisation, day: Day) -> Vec<GeneratedObject> {
    let mut objects = Vec::new();
    for (a, account) in ACCOUNTS.iter().enumerate() {
        for (c, client) in CLIENTS.iter().enumerate() {
            let usage = usage(organisation, account, c, day);
            if usage.is_empty() {
                continue;
            }
            let parts = [REPORT, u64::from(day.0.unsigned_abs()), a as u64, c as u64];
            let mut rng = Rng::derived(organisation.seed, &parts);
            let layout = Layout::any(&mut rng);
            let write = |rows: &[Usage<'_>], minute: &str, part: &str| GeneratedObject {
                key: key(account, client, day, minute, part),
                body: csv(organisation, day, client, rows, layout),
                gzip: false,
            };
            if usage.len() > 3 && rng.chance(25) {
                let (first, second) = usage.split_at(usage.len() / 2);
                objects.push(write(first, "0000", "_part_1"));
                objects.push(write(second, "0000", "_part_2"));
            } else {
                objects.push(write(&usage, "0000", ""));
            }
            if rng.chance(15) {
                let mut late = usage.clone();
                for row in &mut late {
                    if rng.chance(50) {
                        row.credits += rng.unit();
                    }
                }
                objects.push(write(&late, "0415", ""));
            }
        }
    }
    objects
}

/// What the users of an account did on `day` (UTC) with a client, those without use left out.
pub fn usage<'a>(
    organisation: &'a Organisation,
    account: &Account,
    client: usize,
    day: Day,
) -> Vec<Usage<'a>> {
    let of_account = organisation.users.iter().filter(|u| u.account == account);
    of_account
        .filter_map(|user| {
            let mut usage = Usage {
                user,
                conversations: 0,
                credits: 0.0,
                messages: BTreeMap::new(),
            };
            for began in [day.plus(-1), day] {
                for session in activity::sessions(organisation, user, began) {
                    if session.client == client {
                        usage.add(&session, day);
                    }
                }
            }
            (usage.credits > 0.0).then_some(usage)
        })
        .collect()
}

impl Usage<'_> {
    fn add(&mut self, session: &activity::Session, day: Day) {
        let mut prompts = 0;
        for turn in session.turns.iter().filter(|t| Day::of_nanos(t.at) == day) {
            self.credits += turn.credits;
            prompts += usize::from(turn.kind == TurnKind::User);
        }
        if prompts > 0 {
            self.conversations += 1;
            *self.messages.entry(session.model).or_default() += prompts;
        }
    }
}

/// The text of a report.
pub fn csv(
    organisation: &Organisation,
    day: Day,
    client: &str,
    rows: &[Usage<'_>],
    layout: Layout,
) -> Vec<u8> {
    let mut models: Vec<usize> = rows
        .iter()
        .flat_map(|r| r.messages.keys().copied())
        .collect();
    models.sort_unstable();
    models.dedup();
    let mut text = String::new();
    if layout.windows {
        text.push('\u{feff}');
    }
    line(&mut text, header(&models, layout), layout);
    for usage in rows {
        line(
            &mut text,
            cells(organisation, day, client, usage, &models, layout),
            layout,
        );
    }
    text.into_bytes()
}

fn header(models: &[usize], layout: Layout) -> Vec<String> {
    let mut names: Vec<String> = STABLE.iter().map(|&name| name.to_owned()).collect();
    let models = models
        .iter()
        .map(|&m| format!("{}_messages", MODELS[m].0.replace('-', "_")));
    let fixed = |list: &[&str]| list.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
    match layout.generation {
        Generation::Plain => {}
        Generation::Models => names.extend(models),
        Generation::NewUser => {
            names.extend(models);
            names.extend(fixed(&["New_User"]));
        }
        Generation::Email => {
            names.extend(fixed(&["New_User", "User_Email"]));
            names.extend(models);
        }
        Generation::Limit => {
            names.extend(fixed(&["New_User", "User_Email", "Usage_Limit"]));
            names.extend(models);
        }
    }
    if layout.unknown {
        names.push("Credits_Pooled".to_owned());
    }
    names
}

fn cells(
    organisation: &Organisation,
    day: Day,
    client: &str,
    usage: &Usage<'_>,
    models: &[usize],
    layout: Layout,
) -> Vec<String> {
    let user = usage.user;
    let (tier, included) = TIERS[user.tier];
    let overage = user.number.is_multiple_of(3);
    let count = |n: usize| {
        if layout.decimals {
            format!("{n}.0")
        } else {
            n.to_string()
        }
    };
    let total: usize = usage.messages.values().sum();
    let id = if layout.prefixed {
        organisation.logged_id(user)
    } else {
        user.id.clone()
    };
    let over = if overage && user.tier < 2 {
        usage.credits / 3.0
    } else {
        0.0
    };
    let mut cells = vec![
        day.to_string(),
        id,
        client.to_owned(),
        count(usage.conversations),
        usage.credits.to_string(),
        if overage {
            "10000.0".to_owned()
        } else {
            format!("{included}.0")
        },
        over.to_string(),
        overage.to_string(),
        format!(
            "arn:aws:codewhisperer:{}:{}:profile/DEMO{}",
            user.account.region, user.account.id, user.account.id
        ),
        tier_text(tier, layout),
        count(total),
    ];
    let new_user = (day == user.joined).to_string();
    // Most people's email arrives days after they do.
    let email = if day < user.joined.plus(3) {
        String::new()
    } else {
        user.email.clone()
    };
    let models = models
        .iter()
        .map(|m| usage.messages.get(m).map(|&n| count(n)).unwrap_or_default());
    match layout.generation {
        Generation::Plain => {}
        Generation::Models => cells.extend(models),
        Generation::NewUser => {
            cells.extend(models);
            cells.push(new_user);
        }
        Generation::Email => {
            cells.extend([new_user, email]);
            cells.extend(models);
        }
        Generation::Limit => {
            cells.extend([new_user, email, included.to_string()]);
            cells.extend(models);
        }
    }
    if layout.unknown {
        cells.push(if user.number.is_multiple_of(2) {
            "0.25".to_owned()
        } else {
            String::new()
        });
    }
    cells
}

/// Tiers are spelled in more than one way.
fn tier_text(tier: &str, layout: Layout) -> String {
    match (tier, layout.generation) {
        ("PRO_PLUS", Generation::Plain) => "ProPlus".to_owned(),
        ("PRO_PLUS", Generation::Models) => "PROPLUS".to_owned(),
        _ => tier.to_owned(),
    }
}

fn line(text: &mut String, mut cells: Vec<String>, layout: Layout) {
    let by = layout.rotated.min(cells.len());
    cells.rotate_left(by);
    if layout.quoted {
        for cell in &mut cells {
            *cell = format!("\"{cell}\"");
        }
    }
    text.push_str(&cells.join(","));
    text.push_str(if layout.windows { "\r\n" } else { "\n" });
}

fn key(account: &Account, client: &str, day: Day, minute: &str, part: &str) -> String {
    let place = Place {
        prefix: PREFIX,
        account: account.id,
        tree: "KiroLogs",
        kind: "user_report",
        region: account.region,
    };
    format!(
        "{}/00/{client}_{}_user_report_{}{minute}{part}.csv",
        place.folder(day),
        account.id,
        digits(day)
    )
}

const STABLE: [&str; 11] = [
    "Date",
    "UserId",
    "Client_Type",
    "Chat_Conversations",
    "Credits_Used",
    "Overage_Cap",
    "Overage_Credits_Used",
    "Overage_Enabled",
    "ProfileId",
    "Subscription_Tier",
    "Total_Messages",
];
const REPORT: u64 = 5;
