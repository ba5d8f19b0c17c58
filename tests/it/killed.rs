//! Runs that are killed at a request, of a source and a lake in buckets or of a source alone.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use promptlake_s3_testserver::{Fault, Kind, Logged, Server, What};

use crate::buckets::call;
use crate::harness::{
    Dir, Files, Ran, chat, chat_key, chat_saying, noise, records, report, report_key, report_row,
};

const LOGS: &str = "acme-logs";
const LAKE: &str = "acme-lake";
const LAKE_URI: &str = "s3://acme-lake/kiro";

/// Requests between two at which a run is killed.
const APART: usize = 11;

/// Objects by path.
type State = BTreeMap<String, Vec<u8>>;

/// Logs and a lake on two nights: on the second there is a new day, an object that came late, and a report that was
/// exported again.
struct World {
    server: Server,
    dir: Dir,
}

impl World {
    fn new() -> Self {
        let server = Server::start();
        server.create_bucket(LOGS, "us-east-1");
        server.create_bucket(LAKE, "eu-central-1");
        Self {
            server,
            dir: Dir::new(),
        }
    }

    fn set(&self, night: usize) {
        let put = |key: &str, bytes: &[u8]| self.server.put(LOGS, key, bytes);
        let log = |day: &str, name: &str, ids: &[&str]| {
            let time = format!("{day}T10:00:00Z");
            let all: Vec<String> = ids.iter().map(|id| chat(id, &time)).collect();
            put(&chat_key(day, name), &records(&all));
        };
        let rows = |credits: &[&str]| {
            let rows: Vec<String> = credits
                .iter()
                .enumerate()
                .map(|(user, credits)| {
                    report_row("2026-01-08", &format!("user-{user}"), credits, 7)
                })
                .collect();
            let key = report_key("2026-01-08", "KIRO_IDE", "0000");
            put(&key, report(&rows).as_bytes());
        };
        if night == 0 {
            log("2026-01-08", "one", &["a1", "a2"]);
            log("2026-01-09", "two", &["b1"]);
            rows(&["12.5", "3.0"]);
        } else {
            log("2026-01-08", "later", &["a1", "a3"]);
            log("2026-01-10", "new", &["d1"]);
            rows(&["12.5", "4.25", "1.0"]);
        }
    }

    fn args(lake: &str) -> [&str; 9] {
        let source = "prod=s3://acme-logs";
        [
            "run",
            "--source",
            source,
            "--lake",
            lake,
            "--all",
            "--report",
            "-",
            "--threads=2",
        ]
    }

    fn run(&self, lake: &str) -> Ran {
        Ran::of(call(&self.server, &self.dir, &Self::args(lake)).done())
    }

    /// Begins a run, and kills it when it has made so many requests, without an answer to that one: before or after it
    /// is done. False: it makes fewer.
    fn is_killed(&self, lake: &str, at: usize, done: bool) -> bool {
        if done {
            self.server
                .script(Fault::always(What::HangAfter).after(at).times(1));
        }
        // Whatever it asks for meanwhile is not done either.
        self.server.script(Fault::always(What::Hang).after(at));
        self.is_killed_unanswered(lake)
    }

    /// Begins a run, and kills it when it waits for an answer that does not come. False: it gets all of them.
    fn is_killed_unanswered(&self, lake: &str) -> bool {
        self.server.log();
        let mut call = call(&self.server, &self.dir, &Self::args(lake));
        call.0.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = call.0.spawn().unwrap();
        let mut hangs = false;
        while !hangs && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
            hangs = self.server.log().iter().any(is_unanswered);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        self.server.clear_script();
        hangs
    }

    /// What stands in the bucket of the lake; reports of runs are left out.
    fn state(&self) -> State {
        let objects = self.server.objects(LAKE).into_iter();
        let objects = objects.filter(|(key, _)| !key.starts_with("kiro/_promptlake/runs/"));
        objects
            .map(|(key, object)| (key, object.bytes.to_vec()))
            .collect()
    }

    fn temporary(&self) -> Vec<String> {
        Files::below(&self.dir.path("lake/_promptlake/tmp"))
            .0
            .into_keys()
            .collect()
    }

    fn reset(&self, state: &State) {
        self.server.create_bucket(LAKE, "eu-central-1");
        for (key, bytes) in state {
            self.server.put(LAKE, key, bytes);
        }
    }
}

fn is_unanswered(logged: &Logged) -> bool {
    logged.status == 0
}

/// Expects that everything that lay under `tables/` is there, as the old or the new one.
#[track_caller]
fn old_or_new(found: &State, old: &State, new: &State, of: &str) {
    for (path, bytes) in found.iter().filter(|(path, _)| path.contains("tables/")) {
        let whole = [old, new].map(|state| state.get(path) == Some(bytes));
        assert!(
            whole.contains(&true),
            "{of}: {path} is neither the old nor the new one"
        );
    }
    for path in old.keys() {
        assert!(found.contains_key(path), "{of}: {path} is gone");
    }
}

/// The run that repairs is killed too. Of all requests every [`APART`]th is tried, in turn before and after it is done.
#[test]
fn at_a_request_of_source_or_lake() {
    let world = World::new();
    for night in [0, 1] {
        world.set(night);
        let old = world.state();
        world.server.log();
        world.run(LAKE_URI).exits(0);
        let (new, requests) = (world.state(), world.server.log().len());
        let mut done = false;
        // Which thread is first decides over a request or two.
        for at in (night..requests - 3).step_by(APART) {
            let again = at * APART % requests;
            let of = format!("done {done}, requests {at} and {again} of night {night}");
            world.reset(&old);
            assert!(world.is_killed(LAKE_URI, at, done), "{of}");
            old_or_new(&world.state(), &old, &new, &of);
            done = !done;
            world.is_killed(LAKE_URI, again, done);
            old_or_new(&world.state(), &old, &new, &of);
            world.run(LAKE_URI).exits(0);
            assert_eq!(world.state(), new, "{of}");
        }
        world.run(LAKE_URI).exits(0).counts(&[("objects/read", 0)]);
        assert_eq!(world.state(), new, "a further run of night {night}");
    }
}

/// A part so large that it is uploaded in parts: before and after the upload begins, one of its parts is there, it is complete.
#[test]
fn within_an_upload_in_parts() {
    let world = World::new();
    let put = |name: &str, ids: &[&str]| {
        let noise = noise(8 << 20);
        let all: Vec<String> = ids
            .iter()
            .map(|id| chat_saying(id, "2026-01-08T10:00:00Z", &format!("{id}{noise}")))
            .collect();
        let key = chat_key("2026-01-08", name);
        world.server.put(LOGS, &key, &records(&all));
    };
    put("one", &["a", "b", "c"]);
    world.run(LAKE_URI).exits(0);
    let old = world.state();
    put("two", &["d"]);
    world.run(LAKE_URI).exits(0);
    let new = world.state();
    for (kind, skip) in [
        (Kind::CreateUpload, 0),
        (Kind::UploadPart, 1),
        (Kind::CompleteUpload, 0),
    ] {
        for what in [What::Hang, What::HangAfter] {
            let of = format!("{kind:?}, {what:?}");
            world.reset(&old);
            // The probe for compare-and-swap uploads in parts too, elsewhere.
            let fault = Fault::on(kind, what.clone()).prefix("kiro/tables/");
            world.server.script(fault.after(skip));
            assert!(world.is_killed_unanswered(LAKE_URI), "{of}");
            old_or_new(&world.state(), &old, &new, &of);
            world.run(LAKE_URI).exits(0);
            assert!(world.state() == new, "{of}");
        }
    }
}

/// A lake in a folder, at each request of the source.
#[test]
fn at_a_request_of_the_source() {
    let world = World::new();
    let lake = world.dir.arg("lake");
    let parts = || Files::below(&world.dir.path("lake/tables"));
    for night in [0, 1] {
        world.set(night);
        let before = parts();
        let mut at = 0;
        while world.is_killed(&lake, at, at % 2 == 1) {
            assert_eq!(parts().written_since(&before), [""; 0], "request {at}");
            let left = fs::read_dir(world.dir.path("lake/_promptlake/tmp")).unwrap();
            // Its own, and that of its publishes. What the run before left, it took away.
            let left = left.count();
            assert!(left == 1 || left == 2, "request {at}: {left}");
            at += 1;
        }
        assert!(at > 2, "{at} requests");
        // The last run made fewer: it came to its end.
        assert!(world.temporary().is_empty(), "{:?}", world.temporary());
        world.run(&lake).exits(0).counts(&[("objects/read", 0)]);
        world.run(&world.dir.arg("anew")).exits(0);
        assert_eq!(parts().bytes(), world.dir.parts("anew").bytes());
        world.dir.lose(&["anew"]);
    }
}
