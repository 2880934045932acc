//! The listener: HTTP with a bound on what a slow or a greedy client can hold.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::paced::Paced;

/// Connections at once; the next waits in the system's queue. Above the places of event streams, so that readers of
/// these never keep out who writes.
const CONNECTIONS: usize = 4_096;
/// How long the head of a request may take, and a connection may idle before the next.
const HEAD: Duration = Duration::from_secs(30);
/// How large the head of a request may be, in bytes, and what is read at once beside it: so much a connection may make
/// us hold, and they are many.
const HEAD_BYTES: usize = 32 * 1024;
/// How long to wait when the system has no descriptor left.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Serves `pages` until `stop` resolves, then lets the requests that are under way end. Each carries its peer's
/// address as [`ConnectInfo`].
pub async fn serve(listener: TcpListener, pages: Router, stop: impl Future<Output = ()>) {
    // Browsers speak HTTP/2 only over TLS, and that is the proxy's.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let (open, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(EXHAUSTED).await;
                continue;
            }
        };
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = &mut stop => break,
        };
        let service = pages.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let connection =
            http.serve_connection(TokioIo::new(Paced::new(stream)), TowerToHyperService::new(service));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // A client that hangs up, or is too slow: nobody is left to tell.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection; small answers leave at once, not with the next.
async fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer))
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio::time::Instant;

    use super::super::paced::UNREAD;
    use super::*;

    async fn served() -> (SocketAddr, oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let pages =
            Router::new().route("/", get(async |peer: ConnectInfo<SocketAddr>| peer.ip().to_string()));
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(serve(listener, pages, async {
            let _ = stopped.await;
        }));
        (address, stop)
    }

    /// What comes back until the server hangs up.
    async fn answer(address: SocketAddr, sent: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    // The clock stands still unless everybody waits, so waiting for the server takes no time.
    #[tokio::test(start_paused = true)]
    async fn who_sends_half_a_head_or_nothing_more_is_hung_up_on() {
        let (address, _stop) = served().await;
        let begin = Instant::now();
        let whole = answer(address, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(whole.starts_with("HTTP/1.1 200") && whole.contains("127.0.0.1"), "{whole}");
        assert!(begin.elapsed() >= HEAD, "an idle connection is kept for a while");
        for half in ["GET / HTTP/1.1\r\nhost: x\r\nx-slow: ", "GE", ""] {
            let begin = Instant::now();
            assert!(!answer(address, half).await.contains("200"));
            assert!((HEAD..HEAD * 3).contains(&begin.elapsed()), "{half:?}: {:?}", begin.elapsed());
        }
    }

    // Real time would be half a minute; the clock that stands still passes it when nobody has anything to do.
    #[tokio::test(start_paused = true)]
    async fn who_never_reads_is_hung_up_on() {
        let (address, _stop) = served().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let begin = Instant::now();
        let many = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1_000);
        let asks = async { while stream.write_all(many.as_bytes()).await.is_ok() {} };
        tokio::time::timeout(HEAD * 10, asks).await.expect("it asks for ever");
        assert!((UNREAD..UNREAD * 3).contains(&begin.elapsed()), "{:?}", begin.elapsed());
    }

    #[tokio::test]
    async fn a_head_has_a_size() {
        let (address, _stop) = served().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET / HTTP/1.1\r\nhost: x\r\nx-much: {}\r\n\r\n", "x".repeat(HEAD_BYTES * 4));
        // It may hang up before it has read it all.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut refused = Vec::new();
        let _ = stream.read_to_end(&mut refused).await;
        assert!(!refused.starts_with(b"HTTP/1.1 200"), "{}", refused.escape_ascii());
        let fits = format!(
            "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-much: {}\r\n\r\n",
            "x".repeat(16_000)
        );
        assert!(answer(address, &fits).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn a_stop_ends_idle_connections() {
        let (address, stop) = served().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        stop.send(()).unwrap();
        let (begin, mut rest) = (Instant::now(), Vec::new());
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(begin.elapsed() < HEAD / 2, "not the idle time, the stop ended it");
        assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
    }
}
