//! Pages in a real browser: the snippet that seed clients carry, verbatim, beside a publishable key.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Home, Server, ended};

/// As its authors tell pages to make the id of a session.
const SNIPPET: &str = "\
// Store session ID in localStorage
const sessionId = localStorage.getItem('session-id') || crypto.randomUUID()
localStorage.setItem('session-id', sessionId)
// Include in all requests
fetch('/api/chat', {
headers: {
'x-session-id': sessionId
}
})
";

/// What the application does with that id: it keeps a document at the first visit, loads the page again,
/// and tells what it finds then.
const APPLICATION: &str = r#"
const ask = (method, body) => fetch("SERVER/v1/memories", {
  method,
  headers: {"Authorization": "Bearer KEY", "Content-Type": "application/json", "x-session-id": sessionId},
  body,
});
(async () => {
  const visits = Number(localStorage.getItem("visits") || 0) + 1;
  localStorage.setItem("visits", visits);
  if (visits === 1) {
    const kept = await ask("POST", JSON.stringify({content: "the document"}));
    localStorage.setItem("kept", kept.status + " " + kept.headers.get("x-anchorhold-session"));
    location.reload();
    return;
  }
  const found = await ask("GET");
  const told = found.headers.get("x-anchorhold-session");
  const {memories} = await found.json();
  const seen = {visits, told, sent: sessionId, given: found.headers.get("x-session-id"),
                kept: localStorage.getItem("kept"), documents: memories.map(m => m.content)};
  await fetch("/seen", {method: "POST", body: JSON.stringify(seen)});
})().catch(error => fetch("/seen", {method: "POST", body: JSON.stringify({error: String(error)})}));
"#;

/// How long a browser may take to start and to load a page twice.
const PATIENCE: Duration = Duration::from_mins(2);

/// Serves one page, and hears what it says.
struct Site {
    address: SocketAddr,
    seen: Receiver<Value>,
    page: Sender<String>,
}

impl Site {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (page, pages) = channel();
        let (tell, seen) = channel();
        std::thread::spawn(move || {
            let page: String = pages.recv().unwrap_or_default();
            for stream in listener.incoming() {
                serve(stream.unwrap(), &page, &tell);
            }
        });
        Self {
            address,
            seen,
            page,
        }
    }

    /// What the page tells at its second visit.
    fn told(&self) -> Value {
        self.seen
            .recv_timeout(PATIENCE)
            .expect("the page tells what it sees")
    }
}

/// One request; what the page says of itself is passed on.
fn serve(stream: TcpStream, page: &str, tell: &Sender<Value>) {
    let mut reader = BufReader::new(&stream);
    let (mut line, mut length) = (String::new(), 0);
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        // Browsers open connections that they do not use.
        return;
    }
    let mut header = String::new();
    while reader.read_line(&mut header).unwrap_or(0) > 2 {
        if let Some((name, value)) = header.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        header.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let html = if line.starts_with("GET / ") { page } else { "" };
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{html}",
        html.len()
    );
    // A browser that is ended does not wait for its reply.
    let _ = (&stream).write_all(reply.as_bytes());
    if line.starts_with("POST /seen ") {
        let _ = tell.send(serde_json::from_slice(&body).unwrap());
    }
}

/// A browser that ends with the test.
struct Browser {
    child: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    fn open(url: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let child = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
            ])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium is needed: scripts/need-browser.sh installs it");
        Self {
            child,
            _profile: profile,
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a page sees of a tenant that takes ids of clients in this way.
fn seen(home: &Home, server: &Server, client_ids: &str) -> Value {
    let operate = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        let url = format!("http://{}", server.operator);
        command.env("ANCHORHOLD_OPERATOR_URL", url);
        command.env("ANCHORHOLD_OPERATOR_KEY", home.keys().operator);
        let said = ended(&mut command);
        assert_eq!(said.code, Some(0), "{said:?}");
        serde_json::from_str::<Value>(&said.stdout).unwrap()
    };
    let site = Site::new();
    let origin = format!("http://{}", site.address);
    let tenant = format!("visitors-{client_ids}");
    operate(&[
        "--json",
        "tenant",
        "create",
        &tenant,
        "--isolation",
        "session",
    ]);
    operate(&[
        "--json",
        "identity",
        "set",
        "--tenant",
        &tenant,
        "--session-client-ids",
        client_ids,
    ]);
    let key = operate(&[
        "--json",
        "key",
        "create",
        "page",
        "--tenant",
        &tenant,
        "--publishable-origin",
        &origin,
    ]);
    let application = APPLICATION
        .replace("SERVER", &format!("http://{}", server.tenant))
        .replace("KEY", key["key"].as_str().unwrap());
    let page = format!(
        "<!doctype html><title>A page</title><script>\n{SNIPPET}</script>\n<script>{application}</script>"
    );
    site.page.send(page).unwrap();
    let _browser = Browser::open(&format!("{origin}/"));
    site.told()
}

#[test]
fn the_snippet_of_seed_pages_keeps_its_document_over_a_reload_in_a_browser() {
    let home = Home::new();
    let server = home.start("warn");
    let adopted = seen(&home, &server, "adopt");
    let sent = adopted["sent"].as_str().unwrap();
    assert_eq!(adopted["kept"], "201 adopted", "{adopted}");
    assert_eq!(
        (&adopted["visits"], &adopted["told"], &adopted["documents"]),
        (&json!(2), &Value::Null, &json!(["the document"])),
        "{adopted}"
    );
    assert_eq!(adopted["given"], sent.replace('-', ""), "{adopted}");
    // Elsewhere such an id is nobody's, and the page is told so.
    let replaced = seen(&home, &server, "reissue");
    assert_eq!(
        (&replaced["kept"], &replaced["told"], &replaced["documents"]),
        (&json!("201 replaced"), &json!("replaced"), &json!([])),
        "{replaced}"
    );
}
