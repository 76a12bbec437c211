//! What the S3 client sends its requests with.

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};

use crate::http::Http;

/// Makes the client.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Client(Http::default())))
    }
}

#[derive(Debug)]
struct Client(Http);

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = collect(body).await?;
        let request = ureq::http::Request::from_parts(parts, body);
        let http = self.0.clone();
        let sent = tokio::task::spawn_blocking(move || http.send(request)).await;
        let answer = sent.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        answer.map(|answer| answer.map(Into::into)).map_err(|error| HttpError::new(kind(&error), error))
    }
}

/// The bytes of a body.
async fn collect(mut body: object_store::client::HttpRequestBody) -> Result<Vec<u8>, HttpError> {
    use std::pin::Pin;

    use http_body::Body as _;

    let mut bytes = Vec::with_capacity(body.content_length());
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        if let Ok(data) = frame?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

/// What the S3 client decides by whether it asks again.
fn kind(error: &ureq::Error) -> HttpErrorKind {
    match error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        ureq::Error::Io(_) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    }
}
