//! A local lake that fails at each call of two nights, and of the runs that repair it.

use std::fs;

use crate::faulty::{Script, When};
use crate::local::{Local, Played, assert_old_or_new, each};

/// Not every call of every repair is tried: so many lie between two.
const APART: usize = 23;

/// A night at each of its calls, before and after its effect.
fn each_crash(played: &Played, trial: impl Fn(usize, When) + Sync) {
    each(2 * played.calls.len(), |n| trial(n / 2, When::BOTH[n % 2]));
}

fn is_mended_after_each(local: &Local, played: &Played) {
    each_crash(played, |at, when| {
        let of = format!("{when:?} call {at} of {:?}", played.night);
        let lake = local.lake_like(&played.before);
        // An error or a report of failures: what stands is looked at.
        drop(local.run(played.night, &lake, Script::Killed(at, when)));
        assert_old_or_new(played, &lake, &of);
        local.is_mended(played, &lake, &of);
        fs::remove_dir_all(&lake).unwrap();
    });
}

#[test]
fn crashes_at_each_call() {
    let local = Local::new();
    for played in local.played() {
        is_mended_after_each(&local, &played);
    }
}

/// In a copied lake no object has the version that the state names.
#[test]
fn crashes_in_a_lake_that_was_copied() {
    let local = Local::new();
    let [_, second] = local.played();
    is_mended_after_each(&local, &local.copied(second));
}

/// The run that repairs crashes too, at every [`APART`]th call; at which ones, differs from crash to crash.
#[test]
fn repairs_that_crash() {
    let local = Local::new();
    for played in &local.played() {
        each_crash(played, |at, when| {
            let crashed = local.lake_like(&played.before);
            drop(local.run(played.night, &crashed, Script::Killed(at, when)));
            let first = APART - 1 - at % APART;
            for again in (first..).step_by(APART) {
                let when_again = When::BOTH[(at + again / APART) % 2];
                let of = format!(
                    "{when:?} call {at} of {:?}, then {when_again:?} call {again}",
                    played.night
                );
                let lake = local.lake_like(&crashed);
                let repair = local.run(played.night, &lake, Script::Killed(again, when_again));
                assert_old_or_new(played, &lake, &of);
                if repair.calls.len() > again {
                    local.is_mended(played, &lake, &of);
                }
                fs::remove_dir_all(&lake).unwrap();
                if repair.calls.len() <= again {
                    break;
                }
            }
            fs::remove_dir_all(&crashed).unwrap();
        });
    }
}
