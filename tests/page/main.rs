//! The page of `graph --format html` in a real browser: Chromium without a window. `scripts/engines`
//! installs it; where it is missing, the cases are ignored, or fail where engines are required.

#![expect(
    clippy::disallowed_methods,
    reason = "what the page says has no carriage returns, and a test may read the environment"
)]

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod cases;

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Trial};

use browser::Browser;

/// What a case does.
type Case = fn(&Page<'_>);

/// A page that is open.
pub(crate) struct Page<'a> {
    pub(crate) browser: &'a Browser,
    /// Its text.
    pub(crate) text: String,
    directory: tempfile::TempDir,
}

impl Page<'_> {
    /// Writes the files, draws them and opens the page.
    pub(crate) fn open<'b>(browser: &'b Browser, files: &[(&str, &str)]) -> Page<'b> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let patches = directory.path().join("patches");
        for (path, sql) in files {
            let path = patches.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, sql).expect("a file");
        }
        let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
            .args(["graph", "--format", "html"])
            .arg(&patches)
            .current_dir(directory.path())
            .output()
            .expect("sqlstitch");
        let text = String::from_utf8(output.stdout).expect("text");
        fs::write(directory.path().join("page.html"), &text).expect("a page");
        let page = Page {
            browser,
            text,
            directory,
        };
        browser.open(&page.address());
        page
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!(
            "file://{}",
            self.directory.path().join("page.html").display()
        )
    }

    /// The page has asked for nothing but itself, and nothing went wrong in it.
    fn is_quiet(&self) {
        assert_eq!(self.browser.console(), [""; 0], "the console is empty");
        let requests = self.browser.requests();
        let mut others = requests
            .iter()
            .filter(|address| **address != self.address());
        assert_eq!(others.next(), None, "the page needs nothing from elsewhere");
    }
}

/// A shop in four patches.
const SHOP: [(&str, &str); 5] = [
    (
        "shop/customers.sql",
        "-- phase: expand\nCREATE TABLE customer (id int PRIMARY KEY, name text);\n",
    ),
    (
        "shop/orders.sql",
        "CREATE TABLE orders (\n  id int PRIMARY KEY,\n  customer_id int REFERENCES customer (id)\n);\n",
    ),
    (
        "shop/report.sql",
        "-- repeatable\nCREATE VIEW report AS\nSELECT c.name, o.id FROM customer c JOIN orders o ON o.customer_id = c.id;\n",
    ),
    (
        "shop/fill.sql",
        "-- phase: migrate\nINSERT INTO customer (id, name) VALUES (1, 'it''s'); -- the first\n",
    ),
    ("alone.sql", "CREATE TYPE mood AS ENUM ('sad', 'ok');\n"),
];

fn shop(case: Case) -> impl Fn(&Browser) + Send + Sync {
    move |browser| {
        let page = Page::open(browser, &SHOP);
        case(&page);
        page.is_quiet();
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_missing = browser::programs().is_none();
    let shared: Arc<Mutex<Option<Browser>>> = Arc::default();
    let trial = |name: &str, case: Box<dyn Fn(&Browser) + Send + Sync>| {
        let shared = Arc::clone(&shared);
        Trial::test(name, move || {
            // A case that failed leaves nothing behind that the next one minds.
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            case(shared.get_or_insert_with(Browser::start));
            Ok(())
        })
        .with_ignored_flag(is_missing && !support::engines_are_required())
    };
    let trials = vec![
        trial("search narrows", Box::new(shop(cases::search_narrows))),
        trial(
            "a click shows SQL and reasons",
            Box::new(shop(cases::a_click_shows_reasons)),
        ),
        trial(
            "the keyboard alone is enough",
            Box::new(shop(cases::the_keyboard_is_enough)),
        ),
        trial("light and dark", Box::new(shop(cases::light_and_dark))),
        trial(
            "all needs are drawn if asked",
            Box::new(shop(cases::all_needs)),
        ),
        trial(
            "motion is reduced if asked",
            Box::new(shop(cases::reduced_motion)),
        ),
        trial("it can be printed", Box::new(shop(cases::printed))),
        trial(
            "an address leads to a patch",
            Box::new(shop(cases::addresses)),
        ),
        trial("the page may ask for nothing", Box::new(cases::no_requests)),
        trial("cycles are drawn", Box::new(cases::cycles)),
        trial("foreign text stays text", Box::new(cases::foreign_text)),
        trial("an empty folder", Box::new(cases::nothing)),
        trial("a thousand patches", Box::new(cases::a_thousand)),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(shared);
    conclusion.exit_code()
}

/// Many tables in a random net, with views and rows.
pub(crate) fn net(count: u64) -> Vec<(String, String)> {
    let mut random = support::Random(7);
    let mut files = Vec::new();
    for at in 0..count {
        let mut sql = String::new();
        let below = |random: &mut support::Random| {
            // Mostly what is near, now and then the first tables.
            let back = if random.below(5) == 0 { at } else { at.min(40) };
            (at - 1 - random.below(back)) / 2 * 2
        };
        if at % 2 == 0 {
            let _ = write!(sql, "CREATE TABLE t{at} (\n  id int PRIMARY KEY");
            for column in 0..random.below(3).min(at) {
                let to = below(&mut random);
                let _ = write!(sql, ",\n  c{column} int REFERENCES t{to} (id)");
            }
            sql.push_str("\n);\n");
        } else {
            let to = below(&mut random);
            let _ = write!(sql, "CREATE VIEW v{at} AS\nSELECT id\nFROM t{to};\n");
        }
        files.push((format!("area{}/patch_{at}.sql", at % 9), sql));
    }
    files
}
