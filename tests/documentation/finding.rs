//! docs/finding.svg shows what `check` tells of two files, as a terminal does.

use std::fs;
use std::process::Command;

use super::{read, root};

/// Of the terminal, in columns. Longer lines go on below.
const WIDTH: usize = 108;

const FILES: &[(&str, &str)] = &[
    (
        "customers.sql",
        "CREATE TABLE customers (
    id         int PRIMARY KEY,
    name       text NOT NULL,
    last_order int REFERENCES orders
);
",
    ),
    (
        "orders.sql",
        "CREATE TABLE orders (
    id       int PRIMARY KEY,
    customer int NOT NULL REFERENCES customers
);
",
    ),
];

/// `INSTA_UPDATE=always cargo test --test documentation` draws it anew.
#[test]
fn the_picture_of_a_finding_is_the_present_one() {
    let now = picture();
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    if update {
        fs::write(root().join("docs/finding.svg"), now).expect("a picture that can be written");
    } else {
        assert!(
            read("docs/finding.svg") == now,
            "docs/finding.svg is not what the tool tells"
        );
    }
}

fn picture() -> String {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(["check", "--dialect", "postgres", "--color", "always"])
        .current_dir(folder.path())
        .output()
        .expect("the tool");
    let told = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    let screen = format!("$ sqlstitch check\n{}", told.trim_end());
    let lines: Vec<String> = screen.split('\n').map(wrapped).collect();
    let svg = anstyle_svg::Term::new()
        .palette(anstyle_svg::WIN10_CONSOLE)
        .render_svg(&lines.join("\n"));
    format!("{}\n", svg.trim_end())
}

/// The line with a line break after each [`WIDTH`] letters; codes of colours have no width.
fn wrapped(line: &str) -> String {
    let mut wrapped = String::new();
    let mut width = 0;
    let mut in_code = false;
    for letter in line.chars() {
        if letter == '\u{1b}' {
            in_code = true;
        } else if in_code {
            in_code = letter != 'm';
        } else if width == WIDTH {
            wrapped.push('\n');
            width = 1;
        } else {
            width += 1;
        }
        wrapped.push(letter);
    }
    wrapped
}
