//! What the documentation promises: every example says what the tool says, every link leads somewhere, every
//! command line is understood, and the book has every page. (The pages of findings are looked at in
//! tests/rules.rs.)
//!
//! An example is a block ```` ```console ```` in README.md or docs/. Each line that starts with `$ ` is
//! run by a shell in a folder of the page's own that has `fixtures/example` and `fixtures/edges`, and what
//! follows it must be its output. A line `…` stands for any lines. `INSTA_UPDATE=always cargo test --test documentation` writes the
//! present output into examples that have no such line.

#![expect(
    clippy::disallowed_methods,
    reason = "the documentation has no carriage returns, and a test may read the environment"
)]

mod book;
mod commands;
mod finding;
#[path = "../support/json_schema.rs"]
mod json_schema;
mod links;
mod manifest;
mod pipelines;
mod shells;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_example_says_what_the_tool_says() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    for page in pages() {
        let text = read(&page);
        if !text.contains("```console") {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary directory");
        for fixtures in ["fixtures/example", "fixtures/edges"] {
            if text.contains(fixtures) {
                copy_folder(&root().join(fixtures), &folder.path().join(fixtures));
            }
        }
        let now = with_outputs(&text, folder.path());
        if update && now != text {
            fs::write(root().join(&page), now).expect("a page that can be written");
        } else {
            assert_eq!(text, now, "{page} shows other output than the tool's");
        }
    }
}

#[test]
fn the_configuration_that_is_shown_is_understood() {
    let page = read("docs/configuration.md");
    let start = page.find("```toml\n").expect("an example") + "```toml\n".len();
    let length = page[start..].find("```").expect("its end");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = |path: &str, text: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    file("sqlstitch.toml", &page[start..start + length]);
    file("db/migrations/a.sql", "CREATE TABLE a (id int);");
    file("db/migrations/old/b.sql", "CREATE TABLE b (id int);");
    assert_eq!(run("sqlstitch order", directory.path()), "a.sql\n");
}

/// `INSTA_UPDATE=always cargo test --test documentation` draws it anew.
#[test]
fn the_picture_of_the_example_is_the_present_one() {
    let now = run("sqlstitch graph fixtures/example --format svg", root());
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    if update {
        fs::write(root().join("docs/graph.svg"), now).expect("a picture that can be written");
    } else {
        assert!(
            read("docs/graph.svg") == now,
            "docs/graph.svg is not the tool's picture"
        );
    }
}

/// The page with the output of each example as it is now.
fn with_outputs(page: &str, directory: &Path) -> String {
    let mut now = String::new();
    let mut lines = page.split_inclusive('\n').peekable();
    let mut in_example = false;
    while let Some(line) = lines.next() {
        now.push_str(line);
        if line.starts_with("```") {
            in_example = line.trim_end() == "```console";
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_example) else {
            continue;
        };
        let mut shown = String::new();
        while let Some(line) =
            lines.next_if(|line| !line.starts_with("$ ") && !line.starts_with("```"))
        {
            shown.push_str(line);
        }
        let output = run(command, directory);
        now.push_str(if fits(&output, &shown) {
            &shown
        } else {
            &output
        });
    }
    now
}

/// Whether the output is what is shown, lines `…` standing for any lines.
fn fits(output: &str, shown: &str) -> bool {
    let parts: Vec<&str> = shown.split("…\n").collect();
    if let [whole] = parts.as_slice() {
        return output == *whole;
    }
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let mut rest = output;
    let middle = parts.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    });
    middle && output.starts_with(first) && output.ends_with(last)
}

fn run(command: &str, directory: &Path) -> String {
    let tool = Path::new(env!("CARGO_BIN_EXE_sqlstitch"));
    let mut path = vec![tool.parent().expect("a directory").to_owned()];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let output = Command::new("sh")
        .args(["-c", &format!("( {} ) 2>&1", command.trim_end())])
        .current_dir(directory)
        .env("PATH", std::env::join_paths(path).expect("a search path"))
        .output()
        .expect("a shell");
    String::from_utf8(output.stdout).expect("text")
}

/// The lines of a page that stand in no block of code.
fn prose(page: &str) -> Vec<&str> {
    let mut in_block = false;
    let mut is_prose = |line: &&str| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    };
    page.split('\n').filter(|line| is_prose(line)).collect()
}

/// README.md and the pages under docs, from the root.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned()];
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            let path = format!("{folder}/{name}");
            if entry.path().is_dir() {
                folders.push(path);
            } else if name.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a text file")
}
