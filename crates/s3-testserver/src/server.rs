//! The server: connections, the log, and what a test can do to it.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::fault::{Fault, What};
use crate::http::{self, Message, Response};
use crate::identities::Identities;
use crate::objects::{Bucket, Object, StorageClass};
use crate::operations;
use crate::request::{Kind, Request};
use crate::signature;

/// The access key that it takes.
pub const ACCESS_KEY: &str = "TESTKEY";
/// Its secret.
pub const SECRET_KEY: &str = "test secret";

/// The longest that [`What::Hang`], [`What::HangAfter`] and [`What::Stall`] wait for the client to give up.
const HANG: Duration = Duration::from_mins(1);

/// A request that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// What it asked for.
    pub kind: Kind,
    /// Of which bucket.
    pub bucket: String,
    /// Of which key; of a listing, its prefix.
    pub key: String,
    /// Of a listing: whether it has a delimiter.
    pub delimited: bool,
    /// Status of the answer; 0 if a fault struck that gives none.
    pub status: u16,
}

/// An S3 server on loopback; stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    buckets: Mutex<BTreeMap<String, Bucket>>,
    identities: Mutex<Identities>,
    faults: Mutex<Vec<Fault>>,
    log: Mutex<Vec<Logged>>,
    latency_us: AtomicU64,
    uploads: AtomicU64,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    stopped: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Starts one on a port that is free.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        lock(&shared.identities).add_key(ACCESS_KEY, SECRET_KEY);
        let server = Self {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                // What a client breaks off is its own business.
                thread::spawn(move || shared.serve(&stream).ok());
            }
        });
        server
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a bucket.
    pub fn create_bucket(&self, name: &str, region: &str) {
        lock(&self.shared.buckets).insert(name.to_owned(), Bucket::new(region));
    }

    /// Puts an object.
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let object = Object::new(bytes.to_vec(), Vec::new());
        self.with(bucket, |bucket| {
            bucket.objects.insert(key.to_owned(), object)
        });
    }

    /// An object; `None`: there is none.
    pub fn object(&self, bucket: &str, key: &str) -> Option<Object> {
        self.with(bucket, |bucket| bucket.objects.get(key).cloned())
    }

    /// Removes an object.
    pub fn remove(&self, bucket: &str, key: &str) {
        self.with(bucket, |bucket| bucket.objects.remove(key));
    }

    /// All objects of a bucket.
    pub fn objects(&self, bucket: &str) -> BTreeMap<String, Object> {
        self.with(bucket, |bucket| bucket.objects.clone())
    }

    /// Multipart uploads that were begun and neither completed nor aborted.
    pub fn open_uploads(&self, bucket: &str) -> usize {
        self.with(bucket, |bucket| bucket.uploads.len())
    }

    /// Changes the storage class of an object.
    pub fn set_class(&self, bucket: &str, key: &str, class: StorageClass) {
        self.with(bucket, |bucket| {
            bucket.objects.get_mut(key).unwrap().class = class;
        });
    }

    /// From now on, listings of a bucket show what is there now; or what is there then.
    pub fn freeze_listings(&self, bucket: &str, frozen: bool) {
        self.with(bucket, |bucket| {
            bucket.frozen = frozen.then(|| bucket.objects.clone());
        });
    }

    /// Whether who reads a bucket has to say that they pay.
    pub fn set_requester_pays(&self, bucket: &str, pays: bool) {
        self.with(bucket, |bucket| bucket.requester_pays = pays);
    }

    /// Takes another access key as well.
    pub fn add_key(&self, id: &str, secret: &str) {
        lock(&self.shared.identities).add_key(id, secret);
    }

    /// Makes a role that the owner of an access key may take on.
    pub fn add_role(&self, arn: &str, trusted_key: &str) {
        lock(&self.shared.identities).add_role(arn, trusted_key);
    }

    /// From now on, nobody gets at a bucket but the owner of an access key, or of a role's ARN.
    pub fn only_for(&self, bucket: &str, who: &str) {
        self.with(bucket, |bucket| bucket.only_for = Some(who.to_owned()));
    }

    /// Whether conditions on writes to a bucket are heeded.
    pub fn set_conditional(&self, bucket: &str, conditional: bool) {
        self.with(bucket, |bucket| bucket.conditional = conditional);
    }

    /// Adds a rule to the script.
    pub fn script(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    /// Ends the script.
    pub fn clear_script(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Every answer waits so long.
    pub fn set_latency(&self, latency: Duration) {
        let us = u64::try_from(latency.as_micros()).unwrap();
        self.shared.latency_us.store(us, Ordering::Relaxed);
    }

    /// The requests since the last call, in the order in which they were answered.
    pub fn log(&self) -> Vec<Logged> {
        std::mem::take(&mut *lock(&self.shared.log))
    }

    /// The most requests at once since the last call.
    pub fn most_in_flight(&self) -> usize {
        self.shared.most_in_flight.swap(0, Ordering::Relaxed)
    }

    fn with<T>(&self, bucket: &str, act: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = lock(&self.shared.buckets);
        act(buckets
            .get_mut(bucket)
            .unwrap_or_else(|| panic!("no bucket {bucket}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        TcpStream::connect(self.address).ok();
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut input = BufReader::new(stream);
        let mut output = stream;
        while let Some(message) = http::read(&mut input, &mut output)? {
            if self.stopped.load(Ordering::Relaxed) {
                break;
            }
            let now = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
            self.most_in_flight.fetch_max(now, Ordering::Relaxed);
            let go_on = self.answer(message, &mut output);
            self.in_flight.fetch_sub(1, Ordering::Relaxed);
            if !go_on? {
                break;
            }
        }
        stream.shutdown(Shutdown::Both)
    }

    /// Answers a request; false: the connection ends.
    fn answer(&self, message: Message, output: &mut &TcpStream) -> std::io::Result<bool> {
        let request = Request::new(message);
        let fault = lock(&self.faults)
            .iter_mut()
            .find_map(|fault| fault.strikes(&request));
        let latency = self.latency_us.load(Ordering::Relaxed);
        if latency > 0 {
            thread::sleep(Duration::from_micros(latency));
        }
        match fault {
            Some(What::Close) => {
                self.note(&request, 0);
                return Ok(false);
            }
            Some(What::Hang) => {
                self.note(&request, 0);
                wait(output)?;
                return Ok(false);
            }
            Some(What::Error(status, code)) => {
                self.note(&request, status);
                self.refuse(&request, status, code).write(output, None)?;
                return Ok(true);
            }
            _ => {}
        }
        let mut response = self.perform(&request);
        let (mut cut, mut go_on) = (None, true);
        match fault {
            Some(What::LoseResponse) => {
                self.note(&request, 0);
                return Ok(false);
            }
            Some(What::HangAfter) => {
                self.note(&request, 0);
                wait(output)?;
                return Ok(false);
            }
            Some(What::LieAboutFailure(status, code)) => {
                response = self.refuse(&request, status, code);
            }
            Some(What::Shorten(length)) => response.body.truncate(length),
            Some(What::Cut(length)) => (cut, go_on) = (Some(length), false),
            Some(What::Stall(length)) => cut = Some(length),
            _ => {}
        }
        self.note(&request, response.status);
        response.write(output, cut)?;
        if matches!(fault, Some(What::Stall(_))) {
            wait(output)?;
            return Ok(false);
        }
        Ok(go_on)
    }

    fn perform(&self, request: &Request) -> Response {
        let signed = match signature::check(&request.message, &lock(&self.identities)) {
            Ok(signed) => signed,
            Err(code) => return self.refuse(request, 403, code),
        };
        if request.kind == Kind::Sts {
            return lock(&self.identities).assume_role(&request.message, &signed.who);
        }
        let id = self.uploads.fetch_add(1, Ordering::Relaxed);
        let mut buckets = lock(&self.buckets);
        let Some(bucket) = buckets.get_mut(&request.bucket) else {
            return bodiless(
                request,
                Response::error(404, "NoSuchBucket", "The specified bucket does not exist"),
            );
        };
        if bucket
            .only_for
            .as_ref()
            .is_some_and(|who| *who != signed.who)
        {
            return bodiless(
                request,
                Response::error(403, "AccessDenied", "Access Denied"),
            );
        }
        let mut response = if signed.region == bucket.region {
            operations::perform(bucket, request, format!("upload-{id}"))
        } else {
            bodiless(
                request,
                Response::error(301, "PermanentRedirect", "another region"),
            )
        };
        response
            .headers
            .push(("x-amz-bucket-region", bucket.region.clone()));
        response
    }

    fn refuse(&self, request: &Request, status: u16, code: &str) -> Response {
        let mut response = bodiless(request, Response::error(status, code, "as the script says"));
        if let Some(bucket) = lock(&self.buckets).get(&request.bucket) {
            response
                .headers
                .push(("x-amz-bucket-region", bucket.region.clone()));
        }
        response
    }

    fn note(&self, request: &Request, status: u16) {
        lock(&self.log).push(Logged {
            kind: request.kind,
            bucket: request.bucket.clone(),
            key: request.key.clone(),
            delimited: request.query("delimiter").is_some(),
            status,
        });
    }
}

/// The answer to a HEAD has no body.
fn bodiless(request: &Request, mut response: Response) -> Response {
    if matches!(request.kind, Kind::Head | Kind::HeadBucket) {
        response.body.clear();
    }
    response
}

/// Waits until the client closes the connection.
fn wait(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.flush()?;
    stream.set_read_timeout(Some(HANG))?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).is_ok_and(|read| read > 0) {}
    Ok(())
}
