//! A generator of buckets: invented, realistic, and a function of its seed alone.
//!
//! One file per dataset makes that dataset's records and objects ([`chat`], [`inline`], [`dev_task`],
//! [`user_report`], [`by_user_analytic`]); they tell of the same
//! [`activity`] of the same [`people`], so that logs and reports agree as they do in a real bucket. Nothing is written
//! or compressed here: `promptlake demo`, tests and benchmarks do that with what [`organisation`] yields.
//!
//! [`lex()`] makes a bucket of its own: that of a call centre whose bots log.
//!
//! What is in it on purpose: empty prompts on most records, router turns, both generations of records, the two weeks
//! in which both trees were written (start in early December 2025 to have them), records delivered on the day after,
//! every header of the reports, parts, exports written once more, every form of key (both trees, both spellings of
//! regions, with and without an hour, files copied into one flat folder), strays, and once a week a record that cannot be read
//! and a gzip that ends early.

pub mod activity;
pub mod by_user_analytic;
pub mod chat;
pub mod code;
pub mod dev_task;
pub mod inline;
pub mod kit;
pub mod lex;
pub mod log;
pub mod object;
pub mod people;
pub mod prose;
pub mod rng;
mod stray;
pub mod user_report;

pub use lex::lex;
pub use object::GeneratedObject;

use crate::day::Day;
use people::Organisation;

/// Every object of a bucket with the activity of `users` people over `days` days, day after day; the same for the same
/// arguments. Holds one user's day at a time. No two keys are equal.
pub fn organisation(
    seed: u64,
    from_day: Day,
    days: u32,
    users: usize,
) -> impl Iterator<Item = GeneratedObject> {
    let organisation = std::sync::Arc::new(Organisation::new(seed, from_day, users));
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let strays = stray::objects(&organisation);
    let logged = (0..days).flat_map(move |offset| {
        let day = from_day.plus(offset);
        let (of_logs, of_reports) = (
            std::sync::Arc::clone(&organisation),
            std::sync::Arc::clone(&organisation),
        );
        let broken = organisation
            .users
            .first()
            .filter(|_| offset % 7 == 0)
            .map(|user| chat::broken(&organisation, user, day));
        let logs = (0..users).flat_map(move |user| {
            let user = &of_logs.users[user];
            let mut objects = chat::objects(&of_logs, user, day);
            objects.append(&mut inline::objects(&of_logs, user, day));
            objects.append(&mut dev_task::objects(&of_logs, user, day));
            objects
        });
        let reports = std::iter::once_with(move || {
            let mut objects = user_report::objects(&of_reports, day);
            objects.append(&mut by_user_analytic::objects(&of_reports, day));
            objects
        });
        logs.chain(broken.into_iter().flatten())
            .chain(reports.flatten())
    });
    strays.into_iter().chain(logged)
}

#[cfg(test)]
mod tests;
