//! `/metrics`, on a listener of its own: nothing public links to it, and it is on no public port.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

/// A router with `/metrics` alone; `render` writes the figures in Prometheus' text format.
pub fn metrics_router(render: impl Fn() -> String + Send + Sync + 'static) -> Router {
    let render = Arc::new(render);
    let figures = move || {
        let render = Arc::clone(&render);
        async move { ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], render()) }
    };
    Router::new().route("/metrics", get(figures))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn the_figures_are_read_and_nothing_else_is_there() {
        let ask = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            metrics_router(|| "turns 3\n".to_owned()).oneshot(request).await.unwrap()
        };
        let answer = ask("/metrics").await;
        assert_eq!(to_bytes(answer.into_body(), 100).await.unwrap(), "turns 3\n");
        assert_eq!(ask("/").await.status(), 404);
    }
}
