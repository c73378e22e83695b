//! The page about all engines says what the table in the code says.
//!
//! `INSTA_UPDATE=always cargo test --test engines` writes the table into the page.

#![expect(clippy::disallowed_methods, reason = "a test may read the environment")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sqlstitch::emit::facts::{FACTS, Facts};

const HEAD: &str = "| engine | a patch's text is carried by | clients | DDL can be rolled back | `--transaction single` | run in the tests on |\n|---|---|---|---|---|---|\n";

fn page(facts: &Facts) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/engines")
        .join(facts.page)
}

fn title(facts: &Facts) -> String {
    match page(facts).is_file() {
        true => format!("[{}](engines/{})", facts.title, facts.page),
        false => facts.title.to_owned(),
    }
}

fn table() -> String {
    let yes = |is: bool| if is { "yes" } else { "no" };
    let mut table = HEAD.to_owned();
    for facts in FACTS {
        let tested = match facts.tested {
            [] => "nothing: by the manual only".to_owned(),
            versions => versions.join(", "),
        };
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {tested} |",
            title(&facts),
            facts.form,
            facts.clients,
            yes(facts.transactional_ddl),
            yes(facts.single),
        );
    }
    table
}

#[test]
fn the_page_has_the_table_of_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let overview = root.join("docs/engines.md");
    let text = fs::read_to_string(&overview).expect("the page can be read");
    let start = text.find("| engine |").expect("the page has a table");
    let end = text[start..]
        .find("\n\n")
        .map_or(text.len(), |end| start + end + 1);
    let now = format!("{}{}{}", &text[..start], table(), &text[end..]);
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(&overview, &now).expect("the page can be written");
    } else {
        assert_eq!(text, now);
    }
    for facts in FACTS.iter().filter(|facts| facts.tested.is_empty()) {
        // Without a page there is no script form yet.
        let Ok(text) = fs::read_to_string(page(facts)) else {
            continue;
        };
        assert!(
            text.to_lowercase().contains("by the manual"),
            "{} must say that no server has run it",
            facts.page
        );
    }
}
