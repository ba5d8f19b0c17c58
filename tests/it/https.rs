//! Buckets over TLS, as AWS has them.

use promptlake_s3_testserver::Server;

use crate::buckets::{RUN, call, server};
use crate::harness::{Call, Dir, Ran, Tls};

/// A call that goes through TLS and trusts one certificate.
fn over_tls(server: &Server, tls: &Tls, trusted: &Tls, dir: &Dir, args: &[&str]) -> Call {
    dir.write("trusted.pem", &trusted.certificate);
    let mut call = call(server, dir, args);
    call.0
        .env("AWS_ENDPOINT_URL", &tls.url)
        .env("SSL_CERT_FILE", dir.path("trusted.pem"));
    call
}

#[test]
fn lakes_are_written_and_asked() {
    let (server, dir) = (server(), Dir::new());
    let tls = Tls::of(&server.url());
    Ran::of(over_tls(&server, &tls, &tls, &dir, &RUN).done())
        .exits(0)
        .counts(&[
            ("objects/read", 1),
            ("requests/sources/gets", 1),
            ("requests/sources/retries", 0),
            ("requests/lake/retries", 0),
        ]);
    let sql = [
        "sql",
        "--lake",
        "s3://acme-lake/kiro",
        "--format",
        "ndjson",
        "-c",
        "SELECT count(*) AS n FROM chat",
    ];
    let done = over_tls(&server, &tls, &tls, &dir, &sql).done().exits(0);
    assert_eq!(done.stdout, "{\"n\":1}\n");
}

#[test]
fn a_certificate_that_is_not_trusted_is_said() {
    let (server, dir) = (server(), Dir::new());
    let (tls, other) = (Tls::of(&server.url()), Tls::of(&server.url()));
    let done = over_tls(&server, &tls, &other, &dir, &RUN).done().exits(2);
    assert!(done.stderr.contains("certificate"), "{done:?}");
    assert!(server.log().is_empty(), "nothing was sent");
}
