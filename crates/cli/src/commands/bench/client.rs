//! The least that a client of HTTP can be: it costs little beside the server that is measured.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::exit::Error;

/// One connection that is kept.
pub(super) struct Client(BufReader<TcpStream>);

/// The head of a request with a JSON body.
pub(super) fn head(target: &str, headers: &[(&str, &str)], body: &str) -> String {
    let length = body.len();
    let mut head = format!(
        "POST {target} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
    );
    for (name, value) in headers {
        // Writing into a String cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    head
}

impl Client {
    /// Connects to the server with this URL.
    pub(super) fn connect(url: &str) -> Result<Self, Error> {
        let stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request and gives the body of its answer.
    pub(super) fn ask(&mut self, head: &str, body: &str) -> Result<Vec<u8>, Error> {
        let mut request = Vec::with_capacity(head.len() + body.len());
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(body.as_bytes());
        self.0.get_mut().write_all(&request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let is_fine = line
            .split(' ')
            .nth(1)
            .is_some_and(|code| code.starts_with('2'));
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            if line.trim_end().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        if is_fine {
            return Ok(body);
        }
        let body = String::from_utf8_lossy(&body);
        Err(Error::Failed(format!(
            "the server refused a request: {body}"
        )))
    }
}
