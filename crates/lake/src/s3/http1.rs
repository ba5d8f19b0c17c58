//! HTTP/1.1 for `GET`s: connections that are kept and used again.
//!
//! A connection is driven by the task whose request it carries, and by no task of its own: an answer wakes one task, once.
//! It lies idle undriven; whether the server has closed it since shows when it is taken again.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::response::Parts;
use http::{Request, Response, Uri};
use http_body_util::Empty;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower_service::Service as _;

use super::failure::{Failure, Kind};

const CONNECT: Duration = Duration::from_secs(5);
/// Servers and what lies between forget connections that say nothing; some do so without a word.
const IDLE: Duration = Duration::from_secs(15);

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// The client of one server.
#[derive(Debug)]
pub(crate) struct Http1 {
    connector: HttpsConnector<HttpConnector>,
    server: Uri,
    /// The last one used comes last.
    idle: Mutex<Vec<(Instant, Box<Line>)>>,
    /// Connections that may lie idle.
    most: usize,
    /// An answer or body that says nothing for so long is given up.
    stall: Duration,
}

/// A connection.
#[derive(Debug)]
struct Line {
    requests: SendRequest<Empty<Bytes>>,
    connection: Connection<Stream, Empty<Bytes>>,
    closed: bool,
}

/// An answer whose body is still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: Parts,
    pub(crate) body: Body,
}

/// The body of an answer. Dropped before its end, it closes the connection.
#[derive(Debug)]
pub(crate) struct Body {
    incoming: Incoming,
    line: Option<Box<Line>>,
    client: Arc<Http1>,
}

impl Http1 {
    /// Of the server that a URL names; keeps at most `most` connections idle. Makes no connection.
    pub(crate) fn new(url: &Uri, most: usize, stall: Duration) -> Result<Arc<Self>, Failure> {
        let unfit = |e: Box<dyn std::error::Error + Send + Sync>| {
            Failure::caused(Kind::Other, "the HTTP client cannot be made", e)
        };
        let builder = HttpsConnectorBuilder::new();
        let builder = if url.scheme() == Some(&http::uri::Scheme::HTTPS) {
            builder
                .with_provider_and_native_roots(ring::default_provider())
                .map_err(|e| unfit(e.into()))?
        } else {
            // Nothing is asked of roots that nobody needs.
            let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|e| unfit(e.into()))?
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth();
            builder.with_tls_config(tls)
        };
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT));
        Ok(Arc::new(Self {
            connector: builder.https_or_http().enable_http1().wrap_connector(http),
            server: url.clone(),
            idle: Mutex::new(Vec::new()),
            most,
            stall,
        }))
    }

    /// Sends a request, whose URI is a path and whose `Host` is set, and waits for the head of the answer.
    ///
    /// # Errors
    ///
    /// If no connection can be made or it breaks, or nothing comes in time: all of it may pass.
    pub(crate) async fn send(
        self: &Arc<Self>,
        request: Request<Empty<Bytes>>,
    ) -> Result<Answer, Failure> {
        let answer = tokio::time::timeout(self.stall, self.send_patiently(request)).await;
        answer.unwrap_or_else(|_| Err(Failure::stalled()))
    }

    async fn send_patiently(
        self: &Arc<Self>,
        mut request: Request<Empty<Bytes>>,
    ) -> Result<Answer, Failure> {
        loop {
            let idle = self.take();
            let fresh = idle.is_none();
            let mut line = match idle {
                Some(line) => line,
                None => self.connect().await?,
            };
            match line.ready().await {
                Ok(()) => {}
                Err(e) if fresh => return Err(Failure::connection(e)),
                // Closed while it lay idle.
                Err(_) => continue,
            }
            match line.answer(request).await {
                Ok(response) => {
                    let (head, incoming) = response.into_parts();
                    let body = Body {
                        incoming,
                        line: Some(line),
                        client: Arc::clone(self),
                    };
                    return Ok(Answer { head, body });
                }
                Err(mut unsent) => match unsent.take_message() {
                    Some(again) if !fresh => request = again,
                    _ => return Err(Failure::connection(unsent.into_error())),
                },
            }
        }
    }

    async fn connect(&self) -> Result<Box<Line>, Failure> {
        let mut connector = self.connector.clone();
        poll_fn(|cx| connector.poll_ready(cx))
            .await
            .map_err(Failure::connection)?;
        let stream = connector
            .call(self.server.clone())
            .await
            .map_err(Failure::connection)?;
        let (requests, connection) = Builder::new()
            .handshake(stream)
            .await
            .map_err(Failure::connection)?;
        Ok(Box::new(Line {
            requests,
            connection,
            closed: false,
        }))
    }

    fn take(&self) -> Option<Box<Line>> {
        let mut idle = self.idle();
        let (since, line) = idle.pop()?;
        if since.elapsed() < IDLE {
            return Some(line);
        }
        // The others have been idle for longer.
        idle.clear();
        None
    }

    fn give_back(&self, line: Box<Line>) {
        let mut idle = self.idle();
        if !line.closed && idle.len() < self.most {
            idle.push((Instant::now(), line));
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, Box<Line>)>> {
        // Whole lines are put in and taken out, whatever panics.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// Lets the connection read and write. How it ends, its request and its body say.
    fn drive(&mut self, cx: &mut Context<'_>) {
        if !self.closed {
            self.closed = Pin::new(&mut self.connection).poll(cx).is_ready();
        }
    }

    async fn ready(&mut self) -> Result<(), hyper::Error> {
        poll_fn(|cx| {
            self.drive(cx);
            self.requests.poll_ready(cx)
        })
        .await
    }

    async fn answer(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Empty<Bytes>>>> {
        let mut answer = pin!(self.requests.try_send_request(request));
        poll_fn(|cx| {
            self.drive(cx);
            answer.as_mut().poll(cx)
        })
        .await
    }
}

impl Body {
    /// The next bytes; `None`: that was all.
    ///
    /// # Errors
    ///
    /// If the body ends early or stalls: another try may bring it whole.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            let frame = poll_fn(|cx| {
                if let Some(line) = &mut self.line {
                    line.drive(cx);
                }
                Pin::new(&mut self.incoming).poll_frame(cx)
            });
            match tokio::time::timeout(self.client.stall, frame).await {
                // A frame without data is a trailer.
                Ok(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
                Ok(None) => {
                    if let Some(line) = self.line.take() {
                        self.client.give_back(line);
                    }
                    return Ok(None);
                }
                Ok(Some(Err(e))) => {
                    self.line = None;
                    return Err(Failure::caused(Kind::Transient, "the body broke off", e));
                }
                Err(_) => {
                    self.line = None;
                    return Err(Failure::stalled());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use super::*;

    /// A server that lets `serve` see to one connection after the other; and a client of it.
    fn client(mut serve: impl FnMut(usize, TcpStream) + Send + 'static) -> Arc<Http1> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                serve(n, stream.unwrap());
            }
        });
        Http1::new(&url.parse().unwrap(), 4, Duration::from_secs(5)).unwrap()
    }

    /// Reads a request; `false`: there is none any more.
    fn asked(stream: &TcpStream) -> bool {
        let mut lines = BufReader::new(stream).lines();
        lines.any(|line| line.is_ok_and(|line| line.is_empty()))
    }

    fn answer(mut stream: &TcpStream, body: &str) {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
    }

    async fn ask(client: &Arc<Http1>) -> Result<String, Failure> {
        let request = Request::builder().uri("/").header("host", "h");
        let mut answer = client.send(request.body(Empty::new()).unwrap()).await?;
        let mut body = Vec::new();
        while let Some(bytes) = answer.body.next().await? {
            body.extend_from_slice(&bytes);
        }
        Ok(String::from_utf8(body).unwrap())
    }

    #[tokio::test]
    async fn a_connection_is_used_again() {
        let client = client(|n, stream| {
            let mut asked_for = 0;
            while asked(&stream) {
                answer(&stream, &format!("{asked_for} on {n}"));
                asked_for += 1;
            }
        });
        for asked_for in 0..3 {
            assert_eq!(ask(&client).await.unwrap(), format!("{asked_for} on 0"));
        }
    }

    #[tokio::test]
    async fn one_that_was_closed_while_it_lay_idle_is_not() {
        let (closed, is_closed) = std::sync::mpsc::channel();
        let client = client(move |n, stream| {
            asked(&stream);
            answer(&stream, &n.to_string());
            drop(stream);
            closed.send(()).unwrap();
        });
        for n in 0..3 {
            assert_eq!(ask(&client).await.unwrap(), n.to_string());
            is_closed.recv().unwrap();
        }
    }

    #[tokio::test]
    async fn one_whose_body_nobody_read_to_its_end_is_not() {
        let client = client(|n, stream| {
            thread::spawn(move || {
                while asked(&stream) {
                    answer(&stream, &format!("on {n}"));
                }
            });
        });
        let request = Request::builder().uri("/").header("host", "h");
        let begun = client
            .send(request.body(Empty::new()).unwrap())
            .await
            .unwrap();
        drop(begun);
        assert_eq!(ask(&client).await.unwrap(), "on 1");
        assert_eq!(ask(&client).await.unwrap(), "on 1");
    }

    #[tokio::test]
    async fn a_server_that_closes_at_once_is_an_error() {
        let closing = client(|_, stream| drop(stream));
        assert_eq!(ask(&closing).await.unwrap_err().kind, Kind::Transient);
        let deaf = client(|_, stream| {
            asked(&stream);
        });
        assert_eq!(ask(&deaf).await.unwrap_err().kind, Kind::Transient);
    }

    #[tokio::test]
    async fn a_body_that_is_cut_is_an_error() {
        let client = client(|_, mut stream| {
            asked(&stream);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort")
                .unwrap();
        });
        assert!(ask(&client).await.is_err());
    }
}
