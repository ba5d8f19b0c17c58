//! A local lake that fails at each call of two nights, and of the runs that repair it.

use std::fs;

use promptlake_lake::source::Window;

use crate::faulty::{Script, When};
use crate::local::{Local, Played, assert_old_or_new, each};

/// Not every call of every repair is tried: so many lie between two.
const APART: usize = 31;

fn is_mended_after(local: &Local, played: &Played, at: usize, when: When) {
    let of = format!("{when:?} call {at} of {:?}", played.night);
    let lake = local.lake_like(&played.before);
    // An error or a report of failures: what stands is looked at.
    drop(local.run(played.night, &lake, Script::Killed(at, when)));
    assert_old_or_new(played, &lake, &of);
    local.is_mended(played, &lake, &of);
    fs::remove_dir_all(&lake).unwrap();
}

#[test]
fn crashes_at_each_call() {
    let local = Local::new();
    for played in &local.played() {
        each(2 * played.calls.len(), |n| {
            is_mended_after(&local, played, n / 2, When::BOTH[n % 2]);
        });
    }
}

/// The next run has none of the days that the crashed one had come to: it mends what it meets, and does not fail of it.
#[test]
fn crashes_before_a_run_of_other_days() {
    let local = Local::new();
    for played in &local.played() {
        let tomorrow = Window {
            from: Some(played.night.today().plus(1)),
            to: None,
        };
        each(2 * played.calls.len(), |n| {
            let (at, when) = (n / 2, When::BOTH[n % 2]);
            let of = format!("{when:?} call {at} of {:?}", played.night);
            let lake = local.lake_like(&played.before);
            drop(local.run(played.night, &lake, Script::Killed(at, when)));
            let other = local.run_in(tomorrow, played.night, &lake, Script::Sound);
            other.exits_clean(&format!("tomorrow, after {of}"));
            local.is_mended(played, &lake, &of);
            fs::remove_dir_all(&lake).unwrap();
        });
    }
}

/// In a copied lake no object has the version that the state names.
#[test]
fn crashes_in_a_lake_that_was_copied() {
    let local = Local::new();
    let [_, second] = local.played();
    let played = local.copied(second);
    each(played.calls.len(), |at| {
        is_mended_after(&local, &played, at, When::BOTH[at % 2]);
    });
}

/// The run that repairs crashes too, at every [`APART`]th call; at which ones, differs from crash to crash, so that all
/// come in their turn.
#[test]
fn repairs_that_crash() {
    let local = Local::new();
    for played in &local.played() {
        each(played.calls.len(), |at| {
            let when = When::BOTH[at % 2];
            let crashed = local.lake_like(&played.before);
            drop(local.run(played.night, &crashed, Script::Killed(at, when)));
            let mut again = at * 5 % APART;
            let mut struck = true;
            while struck {
                let when_again = When::BOTH[again % 2];
                let of = format!(
                    "{when:?} call {at} of {:?}, then {when_again:?} call {again}",
                    played.night
                );
                let lake = local.lake_like(&crashed);
                let repair = local.run(played.night, &lake, Script::Killed(again, when_again));
                struck = repair.calls.len() > again;
                assert_old_or_new(played, &lake, &of);
                local.is_mended(played, &lake, &of);
                fs::remove_dir_all(&lake).unwrap();
                again += APART;
            }
            fs::remove_dir_all(&crashed).unwrap();
        });
    }
}
