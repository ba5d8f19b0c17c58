//! What a user did on a day: the sessions that prompt logs and reports both tell of.

use crate::day::Day;

use super::people::{MODELS, Organisation, User};
use super::rng::Rng;

/// What a turn of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnKind {
    /// The client asks which mode a prompt is for; logged like any turn.
    Router,
    /// Somebody wrote a prompt.
    User,
    /// The agent went on by itself: the prompt is `""`.
    Tool,
}

/// A request and its response.
#[derive(Clone, Debug)]
pub struct Turn {
    /// When, in nanoseconds since the epoch.
    pub at: i64,
    /// What it is.
    pub kind: TurnKind,
    /// How many prompts somebody wrote in the session before it.
    pub prompt_number: usize,
    /// What it cost.
    pub credits: f64,
}

/// A piece of work with one client and one model.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its place among the user's sessions that began on that day.
    pub number: usize,
    /// Index into [`super::people::CLIENTS`].
    pub client: usize,
    /// Index into [`MODELS`].
    pub model: usize,
    /// Its turns, in order of time; the last ones may fall on the next day.
    pub turns: Vec<Turn>,
}

/// The sessions that `user` began on `day`; none on most days of a weekend.
pub fn sessions(organisation: &Organisation, user: &User, day: Day) -> Vec<Session> {
    let mut rng = Rng::derived(
        organisation.seed,
        &[
            ACTIVITY,
            user.number as u64,
            u64::from(day.0.unsigned_abs()),
        ],
    );
    // 1970-01-01 was a Thursday.
    let weekend = (day.0 + 3).rem_euclid(7) >= 5;
    let chance = if weekend { 8 } else { user.diligence };
    if day < user.joined || !(rng.chance(chance) || day == user.joined) {
        return Vec::new();
    }
    let count = rng.between(1, 4);
    (0..count)
        .map(|number| session(&mut rng, user, day, number, number + 1 == count))
        .collect()
}

fn session(rng: &mut Rng, user: &User, day: Day, number: usize, last: bool) -> Session {
    let client = user.clients[usize::from(user.clients.len() > 1 && rng.chance(30))];
    let model = user.models[*rng.pick(&[0, 0, 0, 1, 2])];
    let morning = 7 * 60 + i64::try_from(number).unwrap_or(0) * 150;
    let minute = if user.nocturnal && last {
        rng.between_i64(23 * 60 + 45, 23 * 60 + 58)
    } else {
        morning + rng.between_i64(0, 140)
    };
    let mut at =
        i64::from(day.0) * Day::NANOS + minute * 60 * SECOND + rng.between_i64(0, 60 * SECOND - 1);
    let mut turns = Vec::new();
    for prompt_number in 0..rng.between(1, 4) {
        if client == 0 && rng.chance(60) {
            turns.push(turn(rng, at, TurnKind::Router, prompt_number, 0.05));
            at += rng.between_i64(SECOND, 3 * SECOND);
        }
        turns.push(turn(
            rng,
            at,
            TurnKind::User,
            prompt_number,
            MODELS[model].1,
        ));
        for _ in 0..rng.between(2, 9) {
            at += rng.between_i64(4 * SECOND, 50 * SECOND);
            turns.push(turn(rng, at, TurnKind::Tool, prompt_number, 0.3));
        }
        at += rng.between_i64(30 * SECOND, 400 * SECOND);
    }
    Session {
        number,
        client,
        model,
        turns,
    }
}

fn turn(rng: &mut Rng, at: i64, kind: TurnKind, prompt_number: usize, most: f64) -> Turn {
    Turn {
        at,
        kind,
        prompt_number,
        credits: rng.unit() * most,
    }
}

const SECOND: i64 = 1_000_000_000;
/// Tells the numbers that work is made of from those of people.
const ACTIVITY: u64 = 2;
