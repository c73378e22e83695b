//! A headless Chromium, driven over WebDriver (<https://www.w3.org/TR/webdriver2/>).

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support;

/// The name under which an element travels.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const UP: &str = "\u{e013}";
pub(crate) const DOWN: &str = "\u{e015}";
pub(crate) const END: &str = "\u{e010}";

/// The driver and the browser, where both are installed.
pub(crate) fn programs() -> Option<(PathBuf, PathBuf)> {
    let driver = support::find_program("chromedriver", &[])?;
    let browser = ["chromium", "chromium-browser", "google-chrome"];
    let mut browsers = browser.iter();
    Some((
        driver,
        browsers.find_map(|name| support::find_program(name, &[]))?,
    ))
}

/// One window. The driver and the browser end with it.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    /// The browser's own files.
    _profile: TempDir,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let (driver, browser) = programs().expect("chromium and chromedriver: run scripts/engines");
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver");
        let said = BufReader::new(driver.stdout.take().expect("what it says"));
        let port = said
            .split(b'\n')
            .map_while(Result::ok)
            .map(|line| String::from_utf8_lossy(&line).into_owned())
            .find_map(|line| {
                let port = line.split_once("successfully on port ")?.1;
                port.trim().trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a temporary directory");
        let data = format!("--user-data-dir={}", profile.path().display());
        // The browser asks nobody for anything, so that each request that is seen is the page's.
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1400,900",
            &data,
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": browser, "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let mut started = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            _profile: profile,
        };
        let session = started.post("", &wanted);
        let id = session["sessionId"].as_str().expect("a session");
        started.session = format!("{}/{id}", started.session);
        started
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        let response = minreq::post(format!("{}{command}", self.session))
            .with_header("Content-Type", "application/json")
            .with_body(body.to_string())
            .with_timeout(60)
            .send()
            .expect("an answer of chromedriver");
        let text = response.as_str().expect("text");
        let mut answer: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(response.status_code, 200, "{command} {body}: {text}");
        answer["value"].take()
    }

    /// Goes to an address, with no traces of the page before.
    pub(crate) fn open(&self, address: &str) {
        self.post("/url", &json!({ "url": "about:blank" }));
        self.log("browser");
        self.log("performance");
        self.post("/url", &json!({ "url": address }));
    }

    /// The value of the body of a function; it may wait for a promise.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// The text that an expression gives.
    pub(crate) fn text(&self, expression: &str) -> String {
        match self.run(&format!("return {expression}")) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Clicks into the middle of the element with the mouse.
    pub(crate) fn click(&self, selector: &str) {
        let found = self.post(
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        );
        let id = found[ELEMENT].as_str().expect("an element");
        let origin = json!({ ELEMENT: id });
        let moves = json!([
            { "type": "pointerMove", "duration": 0, "origin": origin, "x": 0, "y": 0 },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        self.act(&json!({ "type": "pointer", "id": "mouse", "actions": moves }));
    }

    /// Presses these keys, one after the other.
    pub(crate) fn keys(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| {
            let key = key.to_string();
            [
                json!({ "type": "keyDown", "value": key }),
                json!({ "type": "keyUp", "value": key }),
            ]
        });
        let strokes: Vec<Value> = strokes.collect();
        self.act(&json!({ "type": "key", "id": "keys", "actions": strokes }));
    }

    fn act(&self, actions: &Value) {
        self.post("/actions", &json!({ "actions": [actions] }));
        // Two frames later everything that follows has been drawn.
        self.run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
    }

    /// A command of Chromium's own protocol.
    pub(crate) fn chromium(&self, command: &str, parameters: &Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("/se/log", &json!({ "type": kind }));
        log.as_array().cloned().unwrap_or_default()
    }

    /// What the console has said since the last time.
    pub(crate) fn console(&self) -> Vec<String> {
        let log = self.log("browser");
        log.iter()
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// Every address that has been asked for since the last time.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.log("performance");
        let events = log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        let sent = events.filter(|event| event["message"]["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| {
            let address = event["message"]["params"]["request"]["url"].as_str()?;
            Some(address.to_owned())
        })
        .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = minreq::delete(&self.session).with_timeout(10).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
