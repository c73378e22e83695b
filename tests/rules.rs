//! Every code of a finding has a page and a case, and they say the same.
//!
//! The page `docs/findings/<code>.md` starts with what the registry says and shows the files of the
//! case `fixtures/rules/<code>/`; tests/fixtures.rs runs the case, whose snapshot must have the code
//! where it is about `bad/` and must have neither it nor a new one where it is about `good/`.
//! `INSTA_UPDATE=always cargo test --test rules` writes the files of the case into the page, and the
//! table of docs/findings.md.

#![expect(
    clippy::disallowed_methods,
    reason = "the documentation has no carriage returns, and a test may read the environment"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sqlstitch::finding::{Code, Severity};

#[test]
fn ids_and_names_are_no_other_codes() {
    let mut seen = BTreeSet::new();
    for code in Code::ALL {
        assert!(seen.insert(code.id()), "{} is there twice", code.id());
        assert!(seen.insert(code.name()), "{} is there twice", code.name());
        let digits = code.id().strip_prefix("SS").expect("SS and three digits");
        assert!(digits.len() == 3 && digits.parse::<u16>().is_ok());
        assert_eq!(Code::find(&code.id().to_lowercase()), Some(*code));
        assert_eq!(Code::find(code.name()), Some(*code));
    }
}

#[test]
fn every_page_says_what_the_registry_and_the_case_say() {
    for code in Code::ALL {
        let name = code.name();
        let page = format!("docs/findings/{name}.md");
        let text = read(&page);
        let start = format!(
            "# {name}\n\n*{}, {}.* {}\n",
            code.id(),
            kind(*code),
            code.summary()
        );
        assert!(text.starts_with(&start), "{page} must start with:\n{start}");
        let headings: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        assert_eq!(headings, ["## Bad", "## Good", "## What to do"], "{page}");
        let mut now = with_section(&text, "## Bad", &shown(name, "bad"));
        now = with_section(&now, "## Good", &shown(name, "good"));
        keep(&page, &text, &now);
    }
}

#[test]
fn every_case_provokes_its_code_and_tells_the_way_out() {
    for code in Code::ALL {
        let name = code.name();
        let file = format!("fixtures/rules/{name}/expected.snap");
        let marks = [format!("[{name}]"), format!("\"{name}\"")];
        let mut told = [false, false];
        let mut codes = [BTreeSet::new(), BTreeSet::new()];
        let snapshot = read(&file);
        for run in snapshot.split("\n$ ").skip(1) {
            let (line, output) = run.split_once('\n').unwrap_or((run, ""));
            let is_told = marks.iter().any(|mark| output.contains(mark));
            match (line.contains("bad"), line.contains("good")) {
                (true, false) => {
                    told[0] |= is_told;
                    codes[0].extend(codes_in(output));
                }
                (false, true) => {
                    told[1] |= is_told;
                    codes[1].extend(codes_in(output));
                }
                _ => panic!("{file}: `{line}` must be about either bad/ or good/"),
            }
        }
        let new: Vec<_> = codes[1].difference(&codes[0]).collect();
        assert!(
            new.is_empty(),
            "{file}: good/ mends {name}, and has {new:?}"
        );
        assert!(told[0], "{file}: what is in bad/ does not provoke {name}");
        assert!(!told[1], "{file}: what is in good/ provokes {name} as well");
    }
}

#[test]
fn every_fix_mends_its_finding() {
    let mut tried = BTreeSet::new();
    for code in Code::ALL {
        let bad = root().join("fixtures/rules").join(code.name()).join("bad");
        let of_code = |report: &Value| -> Vec<Value> {
            let findings = report["findings"].as_array().expect("findings");
            let is_of_code = |it: &&Value| it["code"] == code.name();
            findings.iter().filter(is_of_code).cloned().collect()
        };
        if !bad.exists() {
            continue;
        }
        for finding in of_code(&check(&bad)) {
            for fix in finding["fixes"].as_array().into_iter().flatten() {
                let copy = tempfile::tempdir().expect("a temporary directory");
                for file in files(&bad) {
                    let target = copy
                        .path()
                        .join(file.strip_prefix(&bad).expect("a file in it"));
                    fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
                    fs::copy(&file, target).expect("a copy");
                }
                make(fix, copy.path());
                let left = of_code(&check(copy.path()));
                let is_left = left.iter().any(|it| it["title"] == finding["title"]);
                assert!(!is_left, "{}: {fix} does not mend it", code.name());
                tried.insert(code.name());
            }
        }
    }
    assert!(tried.len() >= 10, "only {tried:?} have fixes");
}

#[test]
fn there_is_no_page_and_no_case_of_a_code_that_is_not() {
    let names: BTreeSet<String> = Code::ALL.iter().map(|it| it.name().to_owned()).collect();
    let entries = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect()
    };
    assert_eq!(entries("docs/findings"), names);
    assert_eq!(entries("fixtures/rules"), names);
}

#[test]
fn the_table_of_codes_is_the_registry() {
    let mut table = "| id | code | severity | meaning |\n|---|---|---|---|\n".to_owned();
    for code in Code::ALL {
        let (id, name, summary) = (code.id(), code.name(), code.summary());
        let severity = kind(*code);
        let always = if code.is_firm() { ", always" } else { "" };
        writeln!(
            table,
            "| {id} | [{name}](findings/{name}.md) | {severity}{always} | {summary} |"
        )
        .expect("a string takes every write");
    }
    let page = "docs/findings.md";
    let text = read(page);
    let (before, rest) = text.split_once("<!-- codes -->\n").expect("a place");
    let (_, after) = rest.split_once("<!-- end -->").expect("its end");
    let now = format!("{before}<!-- codes -->\n{table}<!-- end -->{after}");
    keep(page, &text, &now);
}

fn kind(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error if code.is_usage() => "error, exit code 2",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The codes of the findings that an output tells as text.
fn codes_in(output: &str) -> impl Iterator<Item = &str> {
    let heads = ["error[", "warning[", "note["];
    output.lines().filter_map(move |line| {
        let rest = heads.iter().find_map(|head| line.strip_prefix(head))?;
        rest.split_once(']').map(|(code, _)| code)
    })
}

/// The files of one side of a case, and the lines of its command that are about this side, unless they
/// are the usual ones.
fn shown(name: &str, side: &str) -> String {
    let case = root().join("fixtures/rules").join(name);
    let mut text = String::new();
    for file in files(&case.join(side)) {
        let content = fs::read_to_string(&file).expect("a text");
        let shown = file.strip_prefix(case.join(side)).expect("a file in it");
        let language = file.extension().and_then(|it| it.to_str());
        let language = language.unwrap_or("text");
        let shown = shown.display();
        write!(text, "`{shown}`\n\n```{language}\n{content}```\n\n")
            .expect("a string takes every write");
    }
    let command = fs::read_to_string(case.join("command")).unwrap_or_default();
    let lines: Vec<&str> = command.lines().filter(|it| it.contains(side)).collect();
    if !lines.is_empty() {
        write!(text, "```sh\n{}\n```\n\n", lines.join("\n")).expect("a string takes every write");
    }
    text
}

/// The page with this text below a heading.
fn with_section(page: &str, heading: &str, text: &str) -> String {
    let start = page.find(&format!("\n{heading}\n")).expect("a heading") + heading.len() + 2;
    let end = page[start..].find("\n## ").expect("another heading") + start;
    format!("{}\n{}{}", &page[..start], text, &page[end + 1..])
}

fn check(folder: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(["check", "--format", "json"])
        .current_dir(folder)
        .output()
        .expect("the tool runs");
    serde_json::from_slice(&output.stdout).expect("a report is JSON")
}

/// Makes the changes of a fix, from the last one to the first.
fn make(fix: &Value, folder: &Path) {
    for edit in fix["edits"].as_array().expect("edits").iter().rev() {
        let file = folder.join(edit["path"].as_str().expect("a path"));
        let text = fs::read_to_string(&file).expect("a text");
        let number = |key: &str| edit[key].as_u64().expect("a number") as usize;
        let offset = |line: usize, column: usize| {
            let start: usize = text
                .split_inclusive('\n')
                .take(line - 1)
                .map(str::len)
                .sum();
            let line = &text[start..];
            let before = line.char_indices().nth(column - 1);
            start + before.map_or(line.len(), |(at, _)| at)
        };
        let start = offset(number("line"), number("column"));
        let end = offset(number("end_line"), number("end_column"));
        let new = edit["text"].as_str().expect("a text");
        fs::write(&file, format!("{}{new}{}", &text[..start], &text[end..])).expect("written");
    }
}

/// Writes the page as it should be, or says how it is not.
fn keep(page: &str, was: &str, should_be: &str) {
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        if was != should_be {
            fs::write(root().join(page), should_be).expect("a page that can be written");
        }
    } else {
        assert_eq!(
            was, should_be,
            "{page}: `INSTA_UPDATE=always cargo test --test rules` writes it"
        );
    }
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
