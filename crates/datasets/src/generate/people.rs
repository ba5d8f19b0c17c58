//! An organisation: accounts, users, and what they work with.

use crate::day::Day;

use super::rng::Rng;

/// An account and the one region that it logs in.
#[derive(Debug, PartialEq, Eq)]
pub struct Account {
    /// 12 digits.
    pub id: &'static str,
    /// Region.
    pub region: &'static str,
}

/// The accounts of an organisation. The second has every fourth user.
pub static ACCOUNTS: [Account; 2] = [
    Account {
        id: "111122223333",
        region: "us-east-1",
    },
    Account {
        id: "444455556666",
        region: "eu-central-1",
    },
];

/// Subscription tiers as reports write them, with their monthly credits.
pub static TIERS: [(&str, u32); 5] = [
    ("FREE", 50),
    ("PRO", 1000),
    ("PRO_PLUS", 2000),
    ("PRO_MAX", 5000),
    ("POWER", 10_000),
];

/// Clients as reports write them.
pub static CLIENTS: [&str; 4] = ["KIRO_IDE", "KIRO_CLI", "PLUGIN", "KIRO_WEB"];

/// Models as prompt logs write them, with the credits that a turn costs at most.
pub static MODELS: [(&str, f64); 6] = [
    ("auto", 1.1),
    ("claude-sonnet-4.5", 1.6),
    ("claude-opus-4.6", 3.4),
    ("claude-haiku-4.5", 0.5),
    ("simple-task", 0.2),
    ("qwen3-coder-next", 0.4),
];

/// Somebody who works with the assistant.
#[derive(Clone, Debug)]
pub struct User {
    /// Place in the organisation, from 0.
    pub number: usize,
    /// A uuid; prompt logs put the identity store's id and a dot before it.
    pub id: String,
    /// Email, lower case.
    pub email: String,
    /// Index into [`TIERS`].
    pub tier: usize,
    /// Where it is billed and logged.
    pub account: &'static Account,
    /// Indices into [`CLIENTS`], the most used first.
    pub clients: Vec<usize>,
    /// Indices into [`MODELS`], the most used first.
    pub models: Vec<usize>,
    /// In how many of a hundred working days there is a session.
    pub diligence: usize,
    /// Works around midnight UTC.
    pub nocturnal: bool,
    /// The first day; nothing before it.
    pub joined: Day,
    /// The prompt customisation in use, if any.
    pub customization_arn: Option<String>,
}

/// A small company, invented.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// What everything is derived from.
    pub seed: u64,
    /// Id of the identity store: `d-` and ten letters and digits.
    pub identity_store: String,
    /// Its people.
    pub users: Vec<User>,
}

impl Organisation {
    /// An organisation of `users` people, most of whom were there on `from` already.
    pub fn new(seed: u64, from: Day, users: usize) -> Self {
        let mut rng = Rng::derived(seed, &[PEOPLE]);
        let identity_store = format!("d-{}", rng.letters(10, b"0123456789abcdef"));
        let users = (0..users).map(|number| user(seed, number, from)).collect();
        Self {
            seed,
            identity_store,
            users,
        }
    }

    /// A user's id as prompt logs write it.
    pub fn logged_id(&self, user: &User) -> String {
        format!("{}.{}", self.identity_store, user.id)
    }
}

fn user(seed: u64, number: usize, from: Day) -> User {
    let mut rng = Rng::derived(seed, &[PEOPLE, number as u64]);
    let first = FIRST[number % FIRST.len()];
    let last = LAST[(number / FIRST.len() + number * 7) % LAST.len()];
    let again = number / (FIRST.len() * LAST.len());
    let suffix = if again == 0 {
        String::new()
    } else {
        again.to_string()
    };
    let mut clients = vec![*rng.pick(&[0, 0, 0, 1, 1, 2])];
    if rng.chance(35) {
        clients.push(3 - clients[0].min(2));
    }
    let models = vec![
        *rng.pick(&[0, 0, 1, 1, 2]),
        rng.below(MODELS.len()),
        rng.below(MODELS.len()),
    ];
    let account = &ACCOUNTS[usize::from(number % 4 == 3)];
    let joined = if number % 5 == 4 {
        from.plus(i32::try_from(rng.between(1, 9)).unwrap_or(1))
    } else {
        from.plus(-30)
    };
    let customization_arn = rng.chance(15).then(|| {
        format!(
            "arn:aws:codewhisperer:{}:{}:customization/{}",
            account.region,
            account.id,
            rng.letters(12, b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        )
    });
    User {
        number,
        id: rng.uuid(),
        email: format!("{first}.{last}{suffix}@example.com"),
        tier: [1, 2, 0, 4, 3, 1, 1, 2][number % 8],
        account,
        clients,
        models,
        diligence: rng.between(45, 95),
        nocturnal: number.is_multiple_of(5),
        joined,
        customization_arn,
    }
}

/// Tells the numbers that people are made of from those of their work.
const PEOPLE: u64 = 1;

const FIRST: [&str; 16] = [
    "ada", "bruno", "chiara", "dmitri", "elena", "farid", "grace", "hugo", "ines", "jonas", "kemi",
    "lars", "mina", "noah", "olga", "priya",
];
const LAST: [&str; 12] = [
    "almeida", "berg", "costa", "dubois", "eriksen", "fischer", "garcia", "haddad", "ito",
    "jensen", "kowalski", "larsen",
];
