//! An exporter whose answers a test writes, on a port of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(super) const TEXT: &str = "text/plain; version=0.0.4";
pub(super) const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the next requests get.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: &'static str,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) gzip: bool,
    pub(super) delay: Duration,
}

impl Answer {
    pub(super) fn text(body: impl Into<Vec<u8>>) -> Self {
        Self { status: "200 OK", content_type: TEXT, body: body.into(), gzip: false, delay: Duration::ZERO }
    }

    fn bytes(&self, accepts_gzip: bool) -> Vec<u8> {
        let zip = self.gzip && accepts_gzip;
        let body = if zip { gzip(&self.body) } else { self.body.clone() };
        let encoding = if zip { "content-encoding: gzip\r\n" } else { "" };
        let head = format!(
            "HTTP/1.1 {}\r\ncontent-type: {}\r\n{encoding}content-length: {}\r\nconnection: close\r\n\r\n",
            self.status,
            self.content_type,
            body.len()
        );
        [head.into_bytes(), body].concat()
    }
}

#[derive(Debug)]
pub(super) struct Exporter {
    pub(super) address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    serving: JoinSet<()>,
}

impl Exporter {
    pub(super) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut exporter = Self { address, answer: Arc::new(Mutex::new(answer)), serving: JoinSet::new() };
        exporter.serve(listener);
        exporter
    }

    pub(super) fn says(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Nobody listens any more.
    pub(super) async fn die(&mut self) {
        self.serving.shutdown().await;
    }

    pub(super) async fn come_back(&mut self) {
        self.serve(TcpListener::bind(self.address).await.unwrap());
    }

    fn serve(&mut self, listener: TcpListener) {
        let answer = Arc::clone(&self.answer);
        self.serving.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let answer = answer.lock().unwrap().clone();
                open.spawn(reply(stream, answer));
                while open.try_join_next().is_some() {}
            }
        });
    }
}

async fn reply(mut stream: TcpStream, answer: Answer) {
    let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
    while !asked.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => asked.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    tokio::time::sleep(answer.delay).await;
    let asked = String::from_utf8_lossy(&asked).to_lowercase();
    let accepts_gzip = asked.lines().any(|line| line.starts_with("accept-encoding:") && line.contains("gzip"));
    // Who asked may have gone, or read enough.
    stream.write_all(&answer.bytes(accepts_gzip)).await.ok();
    stream.shutdown().await.ok();
}

/// A gzip file whose blocks are stored as they are (RFC 1951, 3.2.4; RFC 1952).
fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = plain.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap();
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    let crc = plain.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    });
    file.extend((!crc).to_le_bytes());
    file.extend(u32::try_from(plain.len()).unwrap().to_le_bytes());
    file
}
