//! HTTP/1.1, as far as S3's clients use it.

use std::io::{self, BufRead, Read, Write};

/// A request as it came.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Without the framing of `aws-chunked`.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads a request; `None`: the client closed the connection.
pub(crate) fn read(
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<Option<Message>> {
    let Some(first) = line(input)? else {
        return Ok(None);
    };
    let mut words = first.split(' ');
    let mut message = Message {
        method: words.next().unwrap_or_default().to_owned(),
        target: words.next().unwrap_or_default().to_owned(),
        ..Message::default()
    };
    while let Some(line) = line(input)?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
        message
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if message.header("expect").is_some() {
        output.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let chunked = message
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    message.body = if chunked {
        chunks(input)?
    } else {
        let length = message
            .header("content-length")
            .map_or(Ok(0), str::parse)
            .map_err(io::Error::other)?;
        let mut body = vec![0; length];
        input.read_exact(&mut body)?;
        body
    };
    let framed = message
        .header("x-amz-content-sha256")
        .is_some_and(|hash| hash.starts_with("STREAMING-"));
    if framed {
        message.body = chunks(&mut message.body.as_slice())?;
    }
    Ok(Some(message))
}

/// Takes chunks with hexadecimal lengths, and the trailer after them.
fn chunks(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let head = line(input)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let length = head.split(';').next().unwrap_or_default();
        let length = u64::from_str_radix(length, 16).map_err(io::Error::other)?;
        if length == 0 {
            while line(input)?.is_some_and(|line| !line.is_empty()) {}
            return Ok(body);
        }
        let read = input.take(length).read_to_end(&mut body)?;
        if read as u64 != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line(input)?;
    }
}

fn line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if input.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8(line).map_err(io::Error::other)?;
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A response.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The `Content-Length` of a HEAD, which has no body.
    pub(crate) length: Option<usize>,
}

impl Response {
    pub(crate) fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn xml(body: &str) -> Self {
        let mut response = Self::new(200).header("content-type", "application/xml");
        response.body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}").into_bytes();
        response
    }

    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let text = format!(
            "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>TEST</RequestId></Error>"
        );
        Self {
            status,
            ..Self::xml(&text)
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Writes it; with `cut`, only so many bytes of the body, whose length is told whole.
    pub(crate) fn write(&self, output: &mut impl Write, cut: Option<usize>) -> io::Result<()> {
        let mut text = format!("HTTP/1.1 {} Status\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n")?;
        }
        if self.status != 204 && self.status != 304 {
            let length = self.length.unwrap_or(self.body.len());
            write!(text, "content-length: {length}\r\n")?;
        }
        text.extend_from_slice(b"\r\n");
        let end = cut.map_or(self.body.len(), |cut| cut.min(self.body.len()));
        // One write for what is small: the client then has it in one piece.
        if end <= 64 << 10 {
            text.extend_from_slice(&self.body[..end]);
            return output.write_all(&text);
        }
        output.write_all(&text)?;
        output.write_all(&self.body[..end])
    }
}
