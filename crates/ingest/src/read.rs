//! Reads the objects of jobs on several threads, and gives what they hold in the order of the jobs.
//!
//! Each thread claims the next few objects and sends their rows through a channel of its own claim; the claims' channels
//! are read one after the other. So rows arrive in canonical order, and only so many claims are ahead of the one that is read.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use promptlake_datasets::dataset::{Content, Dataset, Decoder};
use promptlake_datasets::drift::Drift;
use promptlake_datasets::input::Input;
use promptlake_datasets::key::{Class, classify};
use promptlake_datasets::object::Object;
use promptlake_datasets::output::{Outcome, Output, Rows};
use promptlake_datasets::reason::Reason;
use promptlake_datasets::sniff::{of_log, sniff};
use promptlake_lake::source::{Body, SourceError};

use crate::body_hash::BodyHash;
use crate::discover::{NamedSource, with_causes};
use crate::inflate::Inflater;
use crate::permits::{Permit, Permits};
use crate::plan::{PlanError, PlannedObject, ReadJob};

#[cfg(test)]
mod tests;

/// A claim has at most this many objects …
const CLAIM_OBJECTS: usize = 128;
/// … or this many bytes as listed.
const CLAIM_BYTES: u64 = 1 << 20;
/// So many claims a thread, and two more, are out at once: being fetched, being decoded, or decoded and waiting for their turn.
const CLAIMS_OUT: usize = 2;
/// So many bytes are looked at to tell what an object holds whose key does not say.
const SNIFFED: usize = 4 << 10;

/// What was read, in the order of the jobs.
#[derive(Debug)]
pub enum Event {
    /// A job begins; its objects follow one by one, and are not in it any more.
    Job(Box<ReadJob>),
    /// Rows of its objects.
    Rows(Rows),
    /// What became of some of its objects, in their order; their rows may follow.
    Objects(Vec<ReadObject>),
    /// What the schema does not know.
    Drift(Drift),
}

/// What became of an object.
#[derive(Debug)]
pub struct ReadObject {
    /// The object.
    pub planned: PlannedObject,
    /// What it holds; `None`: nothing known.
    pub dataset: Option<&'static Dataset>,
    /// Its records; or why it could not be fetched. Rows of an object that failed may have been given.
    pub outcome: Result<Outcome, ReadFailure>,
    /// Its inflated bytes.
    pub inflated: u64,
    /// XXH3-128 of its body, hex; `None`: the body was not read to its end.
    pub hash: Option<String>,
}

/// Why an object could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFailure {
    /// What was noticed.
    pub error: String,
    /// It is another one than was listed: to be listed and read again.
    pub changed: bool,
}

/// How objects are read.
#[derive(Debug)]
pub struct ReadOptions<'a> {
    /// The sources, in the order of the command line.
    pub sources: &'a [NamedSource],
    /// Threads that inflate and decode.
    pub threads: usize,
    /// `--max-object-size`.
    pub max_object_bytes: u64,
    /// No further object is begun once this is true.
    pub stop: &'a AtomicBool,
}

/// Reads all jobs that `next_job` gives and hands `handle` what they hold.
///
/// # Errors
/// What `next_job` or `handle` says. Reading ends then.
///
/// # Panics
/// If a thread panicked, with its message.
pub fn read<E: From<PlanError> + Send>(
    options: &ReadOptions<'_>,
    next_job: impl FnMut() -> Result<Option<ReadJob>, PlanError> + Send,
    mut handle: impl FnMut(Event) -> Result<(), E>,
) -> Result<(), E> {
    let permits = Permits::new(options.threads * CLAIMS_OUT + 2);
    // As short as there are permits.
    let (order, claims) = channel();
    let claimer = Mutex::new(Claimer {
        next_job,
        job: VecDeque::new(),
        unread: false,
        order,
        error: None,
        done: false,
    });
    let result = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads)
            .map(|_| {
                scope.spawn(|| {
                    let _ends = EndsInPanic(&claimer);
                    Worker::new(options).work(&claimer, &permits);
                })
            })
            .collect();
        // The claimer's end of `order` closes when the last job is claimed; then the receiver ends.
        let result = receive(claims, &mut handle);
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
        result
    });
    result?;
    match claimer
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .error
    {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// Takes what the claims give, one claim after the other. On an error the receivers are dropped, which ends the workers.
fn receive<E>(
    claims: Receiver<Claimed<'_>>,
    handle: &mut impl FnMut(Event) -> Result<(), E>,
) -> Result<(), E> {
    for (claim, _permit) in claims {
        for event in claim {
            handle(event)?;
        }
    }
    Ok(())
}

/// What a claim gives, and its permit; `None`: there was nothing to read.
type Claimed<'a> = (Receiver<Event>, Option<Permit<'a>>);

/// Objects that one worker reads, and where it sends what they hold.
struct Claim {
    objects: Vec<PlannedObject>,
    /// Their keys say all there is to know: they are not fetched.
    unread: bool,
    send: SyncSender<Event>,
}

struct Claimer<'a, F> {
    next_job: F,
    job: VecDeque<PlannedObject>,
    unread: bool,
    order: Sender<Claimed<'a>>,
    error: Option<PlanError>,
    done: bool,
}

impl<'a, F: FnMut() -> Result<Option<ReadJob>, PlanError>> Claimer<'a, F> {
    /// The next claim; `None`: there is nothing more to read, or nobody who takes it.
    fn claim(&mut self, stop: &AtomicBool, permit: Permit<'a>) -> Option<Claim> {
        if self.done || stop.load(Ordering::Relaxed) {
            return self.end();
        }
        let (send, receive) = sync_channel(3);
        while self.job.is_empty() {
            match (self.next_job)() {
                Ok(Some(mut job)) => {
                    self.job = std::mem::take(&mut job.objects).into();
                    self.unread = job
                        .dataset()
                        .is_some_and(|dataset| !dataset.reads_content());
                    if self.job.is_empty() {
                        // Nothing to read, but something to note: a claim of its own, already used up.
                        let (send, receive) = sync_channel(1);
                        if send.send(Event::Job(Box::new(job))).is_err()
                            || self.order.send((receive, None)).is_err()
                        {
                            return self.end();
                        }
                    } else if send.send(Event::Job(Box::new(job))).is_err() {
                        return self.end();
                    }
                }
                Ok(None) => return self.end(),
                Err(error) => {
                    self.error = Some(error);
                    return self.end();
                }
            }
        }
        let mut objects: Vec<PlannedObject> = Vec::new();
        let mut bytes = 0;
        while let Some(next) = self.job.front() {
            let same_source = objects
                .first()
                .is_none_or(|first| first.source == next.source);
            if !same_source
                || objects.len() == CLAIM_OBJECTS
                || (bytes > 0 && bytes + next.size > CLAIM_BYTES)
            {
                break;
            }
            bytes += next.size;
            objects.extend(self.job.pop_front());
        }
        if self.order.send((receive, Some(permit))).is_err() {
            return self.end();
        }
        Some(Claim {
            objects,
            unread: self.unread,
            send,
        })
    }

    fn end(&mut self) -> Option<Claim> {
        if !self.done {
            self.done = true;
            // Nobody sends any more: the receiver of the claims comes to its end.
            self.order = channel().0;
        }
        None
    }
}

/// Dropped in a panic: nothing more is claimed. The receiver would otherwise wait for claims that nobody is left to make.
struct EndsInPanic<'c, 'a, F: FnMut() -> Result<Option<ReadJob>, PlanError>>(
    &'c Mutex<Claimer<'a, F>>,
);

impl<F: FnMut() -> Result<Option<ReadJob>, PlanError>> Drop for EndsInPanic<'_, '_, F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut claimer = self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            claimer.end();
        }
    }
}

/// A thread that reads.
struct Worker<'a> {
    options: &'a ReadOptions<'a>,
    inflater: Inflater,
    decoders: BTreeMap<&'static str, Box<dyn Decoder>>,
}

/// Bodies of the objects of a claim, being fetched.
type Fetch<'a> = Box<dyn Iterator<Item = Result<Body, SourceError>> + Send + 'a>;

impl<'a> Worker<'a> {
    fn new(options: &'a ReadOptions<'a>) -> Self {
        Self {
            options,
            inflater: Inflater::new(options.max_object_bytes),
            decoders: BTreeMap::new(),
        }
    }

    fn work<'p, F: FnMut() -> Result<Option<ReadJob>, PlanError>>(
        mut self,
        claimer: &Mutex<Claimer<'p, F>>,
        permits: &'p Permits,
    ) {
        let claim = |permit| {
            let claim = claimer
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .claim(self.options.stop, permit)?;
            let source = &self.options.sources[usize::from(claim.objects.first()?.source)];
            let fetch: Fetch<'_> = if claim.unread {
                Box::new(std::iter::repeat_with(|| Ok(Body::Bytes(Vec::new()))))
            } else {
                let objects = claim.objects.iter().map(PlannedObject::listed);
                source.source.fetch(objects.collect())
            };
            Some((claim, fetch))
        };
        let mut ahead = None;
        // Waits for a permit only with nothing to do: the claim that is read next is never one that waits.
        while let Some((next, fetch)) = ahead.take().or_else(|| claim(permits.take())) {
            // One claim ahead, so that a remote source is never idle.
            ahead = permits.try_take().and_then(claim);
            if Self::process(
                self.options.sources,
                &mut self.inflater,
                &mut self.decoders,
                next,
                fetch,
            )
            .is_none()
            {
                return;
            }
        }
    }

    /// Decodes the objects of a claim; `None`: nobody takes the rows any more.
    fn process(
        sources: &[NamedSource],
        inflater: &mut Inflater,
        decoders: &mut BTreeMap<&'static str, Box<dyn Decoder>>,
        claim: Claim,
        fetch: Fetch<'_>,
    ) -> Option<()> {
        let mut lost = false;
        let mut sink = |rows: Rows| lost |= claim.send.send(Event::Rows(rows)).is_err();
        let mut output = Output::new(&mut sink);
        let mut read = Vec::with_capacity(claim.objects.len());
        for (planned, body) in claim.objects.into_iter().zip(fetch) {
            let source = &sources[usize::from(planned.source)];
            read.push(read_object(
                source,
                planned,
                body,
                inflater,
                decoders,
                &mut output,
            ));
        }
        for decoder in decoders.values_mut() {
            decoder.finish(&mut output);
        }
        output.flush_rejects();
        let drift = std::mem::take(&mut output.drift);
        drop(output);
        if !drift.is_empty() {
            claim.send.send(Event::Drift(drift)).ok()?;
        }
        claim.send.send(Event::Objects(read)).ok()?;
        (!lost).then_some(())
    }
}

/// Decodes one object.
fn read_object(
    source: &NamedSource,
    planned: PlannedObject,
    body: Result<Body, SourceError>,
    inflater: &mut Inflater,
    decoders: &mut BTreeMap<&'static str, Box<dyn Decoder>>,
    output: &mut Output<'_>,
) -> ReadObject {
    let failed = |planned, error, changed| ReadObject {
        planned,
        dataset: None,
        outcome: Err(ReadFailure { error, changed }),
        inflated: 0,
        hash: None,
    };
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            let changed = is_changed(&error);
            return failed(planned, with_causes(&error), changed);
        }
    };
    let Class::Object(mut object) = classify(&source.context, &planned.key, planned.size) else {
        let error = "its key is not one of an object any more".to_owned();
        return failed(planned, error, false);
    };
    let (body, hash) = BodyHash::of(body);
    let mut input = inflater.input(body);
    decode(&mut object, &mut input, decoders, output);
    let inflated_bytes = input.offset();
    drop(input);
    let outcome = output.take_outcome();
    let outcome = match inflater.failure() {
        Some(error) => {
            let cause = error
                .get_ref()
                .and_then(|e| e.downcast_ref::<SourceError>());
            Err(ReadFailure {
                changed: cause.is_some_and(is_changed),
                error: cause.map_or_else(
                    || format!("read {}: {error}", source.place),
                    |e| with_causes(e),
                ),
            })
        }
        None => Ok(outcome),
    };
    ReadObject {
        dataset: object.dataset,
        // Of what was not fetched nothing is known.
        hash: hash
            .finish(planned.size)
            .filter(|_| object.dataset.is_none_or(Dataset::reads_content)),
        planned,
        outcome,
        inflated: inflated_bytes,
    }
}

/// Whether the object, or the file that it was, is not what was listed.
fn is_changed(error: &SourceError) -> bool {
    matches!(
        error,
        SourceError::Changed { .. } | SourceError::NotFound { .. }
    )
}

fn decode(
    object: &mut Object,
    input: &mut Input<'_>,
    decoders: &mut BTreeMap<&'static str, Box<dyn Decoder>>,
    output: &mut Output<'_>,
) {
    if object.dataset.is_none() {
        while input.window().len() < SNIFFED && input.more() {}
        if input.window().is_empty() && input.end() == Some(&promptlake_datasets::input::End::Clean)
        {
            return;
        }
        object.dataset = sniff(input.window());
    }
    // A log may turn out to be audio.
    if let Some(dataset) = object.dataset
        && matches!(dataset.content, Content::Log)
    {
        while input.window().len() < SNIFFED && input.more() {}
        object.dataset = Some(of_log(dataset, &object.source_object, input.window()));
    }
    if let Some(dataset) = object.dataset {
        let decoder = decoders
            .entry(dataset.name)
            .or_insert_with(|| (dataset.decoder)());
        decoder.decode(object, input, output);
    } else {
        let detail = "the content is of no known dataset".to_owned();
        output.reject_rest(object, input, Reason::UnknownContent, detail, None);
    }
}
