//! A little HTTP server on this machine, which answers by a function.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server: it lives as long as the test.
pub struct Server {
    pub address: String,
    asked: Arc<AtomicUsize>,
}

/// What it is asked.
pub struct Question {
    pub method: String,
    pub path: String,
    /// In lower case, as lines.
    pub head: String,
    pub body: Vec<u8>,
}

/// What it answers: a status and a body; nothing at all closes the connection.
pub type Reply = Option<(u16, String)>;

impl Server {
    /// Starts one; the function is given the number of the question, from 0, and its path.
    pub fn start(answer: impl Fn(usize, &str) -> Reply + Send + 'static) -> Self {
        Self::serving(move |at, question| answer(at, &question.path))
    }

    /// Starts one; the function is given the number of the question, from 0, and the question.
    pub fn serving(mut answer: impl FnMut(usize, &Question) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &mut answer, &count);
            }
        });
        Self { address, asked }
    }

    /// One that is not there.
    pub fn nowhere(address: &str) -> Self {
        Self { address: address.to_owned(), asked: Arc::default() }
    }

    /// How many questions were asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, answer: &mut impl FnMut(usize, &Question) -> Reply, count: &AtomicUsize) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).is_err() {
        return;
    }
    let (mut length, mut head) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = Vec::new();
    let _ = reader.take(length).read_to_end(&mut body);
    let mut parts = first.split(' ').map(str::to_owned);
    let (method, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let question = Question { method, path, head, body };
    let Some((status, body)) = answer(count.fetch_add(1, Ordering::SeqCst), &question) else { return };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\netag: \"1\"\r\nlast-modified: Mon, 02 Nov 2026 09:00:00 GMT\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

/// The answer of a Prometheus with one number, at the time of the tests.
pub fn vector(value: &str) -> String {
    vector_at("1793610000", value)
}

/// The answer of a Prometheus with one number, at a time in seconds.
pub fn vector_at(seconds: &str, value: &str) -> String {
    format!(
        r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{seconds},"{value}"]}}]}}}}"#
    )
}
