//! Runs statements to their end: rows into a format, with a limit of time, until somebody cancels.
//!
//! Who waits for a statement does so on a runtime of the calling thread: its clock and its Ctrl-C are served however busy the
//! statement keeps the threads that work on it.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use futures::StreamExt as _;
use parking_lot::Mutex;
use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc;

use crate::diagnose::diagnose;
use crate::error::QueryError;
use crate::format::{Format, Shown, Writer};
use crate::lake::{Lake, WorkDone};
use crate::session::{Session, SessionOptions};

/// Batches that wait for the writer.
const AHEAD: usize = 2;

/// A session with threads of its own.
#[derive(Debug)]
pub struct Engine {
    /// Of the thread that calls.
    waiting: Runtime,
    /// Of the threads that work.
    working: Mutex<Runtime>,
    threads: usize,
    session: Arc<Session>,
}

/// How a statement is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// The form of its answer.
    pub format: Format,
    /// What of a drawn table is shown.
    pub shown: Shown,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// Whether Ctrl-C stops the statement instead of the process. Once true, it never stops the process again.
    pub cancellable: bool,
}

/// What a statement did.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Rows of its answer.
    pub rows: u64,
    /// What was read for it.
    pub work: WorkDone,
    /// How long it took.
    pub took: Duration,
}

/// What comes from the statement's task.
enum Piece {
    Columns(SchemaRef),
    Rows(RecordBatch),
}

impl Engine {
    /// A session over a lake.
    ///
    /// # Errors
    /// If threads cannot be started, or spilled rows have no place.
    pub fn new(lake: Arc<Lake>, options: &SessionOptions) -> Result<Self, QueryError> {
        let waiting = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let session = Arc::new(Session::new(lake, options)?);
        Ok(Self {
            waiting,
            working: Mutex::new(working(options.threads)?),
            threads: options.threads,
            session,
        })
    }

    /// The session.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Waits for what is asynchronous.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.waiting.block_on(future)
    }

    /// Leaves the threads to what they are stuck in, and takes new ones. A step of a join that finds nothing may take minutes, and a
    /// task ends between two steps only.
    fn leave_threads(&self) -> Result<(), QueryError> {
        let new = working(self.threads)?;
        mem::replace(&mut *self.working.lock(), new).shutdown_background();
        Ok(())
    }

    /// Runs one statement, and writes its answer as it comes.
    ///
    /// # Errors
    /// If it fails, takes too long or is cancelled: what was written until then stays written.
    pub fn run(
        &self,
        statement: &str,
        how: &How,
        out: &mut (dyn Write + Send),
    ) -> Result<Done, QueryError> {
        let begun = Instant::now();
        self.session.lake().take_work();
        let rows = self.waiting.block_on(async {
            let answer = self.answer(statement, how, out);
            let limited = async {
                match how.timeout {
                    None => answer.await,
                    Some(limit) => tokio::time::timeout(limit, answer)
                        .await
                        .unwrap_or(Err(QueryError::Timeout(limit))),
                }
            };
            if !how.cancellable {
                return limited.await;
            }
            tokio::select! {
                result = limited => result,
                signal = tokio::signal::ctrl_c() => Err(match signal {
                    Ok(()) => QueryError::Cancelled,
                    Err(error) => QueryError::Output(error),
                }),
            }
        });
        if matches!(rows, Err(QueryError::Cancelled | QueryError::Timeout(_))) {
            self.leave_threads()?;
        }
        let rows = rows.map_err(|error| diagnose(self.session.lake(), error))?;
        Ok(Done {
            rows,
            work: self.session.lake().take_work(),
            took: begun.elapsed(),
        })
    }

    async fn answer(
        &self,
        statement: &str,
        how: &How,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, QueryError> {
        let (sender, mut receiver) = mpsc::channel(AHEAD);
        let session = Arc::clone(&self.session);
        let text = statement.to_owned();
        // A task of its own: however long one step of it takes, waiting for it can be given up.
        let working = self.working.lock().handle().clone();
        let task = Stopped(working.spawn(async move {
            let mut answer = match session.query(&text).await {
                Ok(answer) => answer,
                Err(error) => return drop(sender.send(Err(error)).await),
            };
            let schema = SchemaRef::clone(&answer.schema);
            let mut open = sender.send(Ok(Piece::Columns(schema))).await.is_ok();
            while open && let Some(batch) = answer.rows.next().await {
                let piece = batch.map(Piece::Rows).map_err(QueryError::from);
                open = piece.is_ok() & sender.send(piece).await.is_ok();
            }
        }));
        let schema = match receiver.recv().await {
            Some(Ok(Piece::Columns(schema))) => schema,
            Some(Err(error)) => return Err(error),
            // A panic in the engine ends the task without a word.
            Some(Ok(Piece::Rows(_))) | None => return Err(QueryError::Broken),
        };
        let mut writer = Writer::new(how.format, &schema, how.shown, out)?;
        while let Some(piece) = receiver.recv().await {
            if let Piece::Rows(batch) = piece? {
                writer.batch(&batch)?;
            }
        }
        task.end().await?;
        writer.finish()
    }
}

/// Threads to work on statements.
fn working(threads: usize) -> io::Result<Runtime> {
    runtime::Builder::new_multi_thread()
        .worker_threads(threads.max(1))
        .thread_name("query")
        .enable_all()
        .build()
}

/// A task that ends when nobody waits for it, between two of its steps.
struct Stopped(tokio::task::JoinHandle<()>);

impl Stopped {
    /// Waits for its end, which is near.
    async fn end(mut self) -> Result<(), QueryError> {
        (&mut self.0).await.map_err(|_| QueryError::Broken)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.abort();
    }
}
