//! A headless Chromium of its own for each scenario, led by its own chromedriver.

use std::future::Future;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::config::WebDriverConfig;
use thirtyfour::error::{WebDriverError, WebDriverResult};
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::session::handle::SessionHandle;
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use super::super::harness::{Bot, folder};

/// How long anything on a page is waited for, and how often it is looked for meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(20);
pub const GLANCE: Duration = Duration::from_millis(20);

const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    "--hide-scrollbars",
    "--lang=en",
];

/// How wide and high the screen is.
#[derive(Clone, Copy)]
pub enum Screen {
    Phone,
    Desk,
}

impl Screen {
    pub fn width(self) -> u64 {
        match self {
            Screen::Phone => 360,
            Screen::Desk => 1280,
        }
    }

    fn metrics(self) -> Value {
        let (height, mobile) = match self {
            Screen::Phone => (740, true),
            Screen::Desk => (720, false),
        };
        json!({ "width": self.width(), "height": height, "deviceScaleFactor": 1, "mobile": mobile })
    }
}

/// A browser with one open page.
pub struct Browser {
    pub page: Arc<SessionHandle>,
    pub url: String,
    pub screen: Screen,
    /// Whether it runs the scripts of pages.
    runs_script: bool,
    driver: Child,
    folder: TempDir,
}

impl Browser {
    pub async fn open(bot: &Bot, screen: Screen) -> Browser {
        let folder = folder();
        let port = free_port();
        let driver = Command::new("chromedriver")
            .args([&format!("--port={port}"), "--log-level=OFF"])
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver (Debian: chromium-driver)");
        let address = format!("http://127.0.0.1:{port}");
        is_ready(&address).await;
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument).unwrap();
        }
        let profile = folder.path().join("profile");
        capabilities.add_arg(&format!("--user-data-dir={}", profile.display())).unwrap();
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let config = WebDriverConfig::builder();
        let poller =
            config.poller(Arc::new(ElementPollerWithTimeout::new(PATIENCE, GLANCE))).build().unwrap();
        let session = WebDriver::builder(address, capabilities).client(Wire(wire())).await.unwrap();
        session.set_config(poller);
        let page = session.handle().clone();
        // Dropping the browser ends its processes, in a failed scenario too.
        session.leak().unwrap();
        let url = bot.url.clone();
        let mut browser = Browser { page, url, screen, runs_script: true, driver, folder };
        browser.turns_to(screen).await;
        browser
    }

    /// A browser that runs no script of any page.
    pub async fn open_without_script(bot: &Bot, screen: Screen) -> Browser {
        let mut browser = Browser::open(bot, screen).await;
        browser.runs_script = false;
        browser.may_run_script(false).await;
        browser
    }

    async fn may_run_script(&self, may: bool) {
        self.emulates("Emulation.setScriptExecutionDisabled", json!({ "value": !may })).await;
    }

    /// Runs something of the test's own in a page as it is, be it one whose own scripts never ran: once a page has been
    /// read they stay unrun.
    pub async fn examines<T>(&self, work: impl Future<Output = T>) -> T {
        if self.runs_script {
            return work.await;
        }
        self.may_run_script(true).await;
        let found = work.await;
        self.may_run_script(false).await;
        found
    }

    /// The same page on another screen.
    pub async fn turns_to(&mut self, screen: Screen) {
        self.screen = screen;
        self.emulates("Emulation.setDeviceMetricsOverride", screen.metrics()).await;
        let touch = json!({ "enabled": matches!(screen, Screen::Phone) });
        self.emulates("Emulation.setTouchEmulationEnabled", touch).await;
    }

    /// As on a device that is set to dark colours.
    pub async fn darkens(&self) {
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        self.emulates("Emulation.setEmulatedMedia", dark).await;
    }

    /// Chromium's own commands, next to those of the WebDriver standard.
    async fn emulates(&self, command: &str, parameters: Value) {
        let driver = self.page.server_url();
        let url = format!("{driver}session/{}/goog/cdp/execute", self.page.session_id());
        let body = json!({ "cmd": command, "params": parameters });
        let answer = wire().post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{command}: {}", answer.text().await.unwrap());
    }

    /// A file of this device.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver's process group: the driver and the browser it started.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until the driver listens.
async fn is_ready(driver: &str) {
    let mut glances = tokio::time::interval(GLANCE);
    let listens = async {
        while wire().get(format!("{driver}/status")).send().await.is_err() {
            glances.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, listens).await.expect("chromedriver starts");
}

fn wire() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// What carries the commands to the driver.
struct Wire(reqwest::Client);

type Carried<'a> = Pin<Box<dyn Future<Output = WebDriverResult<Response<Bytes>>> + Send + 'a>>;

impl HttpClient for Wire {
    // Written out as the trait's own attribute would write it.
    fn send<'life0, 'life1, 'async_trait>(
        &'life0 self,
        request: Request<Body<'life1>>,
    ) -> Carried<'async_trait>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let mut sent = self.0.request(parts.method, parts.uri.to_string()).headers(parts.headers);
            if let Body::Json(body) = body {
                sent = sent.body(body.to_string());
            }
            let failed = |error: reqwest::Error| WebDriverError::RequestFailed(error.to_string());
            let answer = sent.send().await.map_err(failed)?;
            let status = answer.status();
            let mut carried = Response::new(answer.bytes().await.map_err(failed)?);
            *carried.status_mut() = status;
            Ok(carried)
        })
    }

    fn new<'life0, 'async_trait>(
        &'life0 self,
    ) -> Pin<Box<dyn Future<Output = Arc<dyn HttpClient>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let client: Arc<dyn HttpClient> = Arc::new(Wire(self.0.clone()));
        Box::pin(async move { client })
    }
}
