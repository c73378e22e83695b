//! Every command line of sqlstitch in the documentation, the hooks and the action is one that it takes:
//! its own reader of arguments judges them.

use std::path::Path;
use std::process::Command;

use super::{pages, read};

/// What else shows command lines to people, or runs them.
const FILES: &[&str] = &[".pre-commit-hooks.yaml", "action.yml"];

#[test]
fn every_command_line_is_understood() {
    let empty = tempfile::tempdir().expect("a temporary directory");
    let mut refused = Vec::new();
    let mut count = 0;
    for (place, line) in command_lines() {
        for words in calls(&line) {
            count += 1;
            if let Some(why) = refusal(&words, empty.path()) {
                refused.push(format!("{place}: {line}\n{why}"));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(count > 100, "only {count} command lines were found");
}

/// What the reader of arguments has against these, if anything. With `--help` at the end it would look at
/// nothing else; so the command runs, in an empty directory, where it finds nothing to do.
fn refusal(words: &[String], directory: &Path) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args(words)
        .current_dir(directory)
        .env("GIT_CEILING_DIRECTORIES", directory)
        .output()
        .expect("the tool");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_usage = told.contains("For more information, try '--help'") || told.contains("Usage:");
    is_usage.then_some(told)
}

/// Lines that may hold commands, with the file and the line number.
fn command_lines() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in FILES {
        for (at, line) in read(file).split('\n').enumerate() {
            found.push((format!("{file}:{}", at + 1), without_key(line).to_owned()));
        }
    }
    for page in pages() {
        let text = read(&page);
        let mut block: Option<&str> = None;
        for (at, line) in text.split('\n').enumerate() {
            let place = format!("{page}:{}", at + 1);
            if let Some(language) = line.trim_start().strip_prefix("```") {
                block = if block.is_some() {
                    None
                } else {
                    Some(language)
                };
                continue;
            }
            match block {
                Some("sh") => found.push((place, line.to_owned())),
                Some("console" | "text") => {
                    let command = line.trim_start().strip_prefix("$ ");
                    found.extend(command.map(|command| (place, command.to_owned())));
                }
                Some("yaml" | "groovy") => found.push((place, without_key(line).to_owned())),
                Some(_) => {}
                None if line.starts_with("    ") => found.push((place, line.trim().to_owned())),
                None => {
                    let spans = line.split('`').skip(1).step_by(2);
                    found.extend(spans.filter_map(whole).map(|span| (place.clone(), span)));
                }
            }
        }
    }
    found
}

/// A `code` span that is a command with all its words. One with `[…]` or `|` shows a choice.
fn whole(span: &str) -> Option<String> {
    let is_whole = !span.contains(['[', '|', '…', '<']);
    let mut words = span.split(' ');
    let first = words.next()?;
    let is_command = match (first, words.next()) {
        ("sqlstitch", Some(name)) => {
            // A command that is only named.
            let named = words.next().is_none() && !name.starts_with('-');
            let help = if named { " --help" } else { "" };
            return is_whole.then(|| format!("{span}{help}"));
        }
        ("build" | "check" | "verify" | "graph", Some(next)) => next.starts_with("--"),
        _ => false,
    };
    (is_whole && is_command).then(|| format!("sqlstitch {span}"))
}

/// A line of YAML or of a Jenkinsfile without what stands before the command.
fn without_key(line: &str) -> &str {
    let mut rest = line.trim();
    for before in ["- ", "run: ", "entry: ", "sh '"] {
        rest = rest.strip_prefix(before).unwrap_or(rest);
    }
    rest.strip_suffix('\'').unwrap_or(rest)
}

/// The arguments of each call of sqlstitch in a line of a shell.
fn calls(line: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars().peekable();
    let mut end = |words: &mut Vec<String>| {
        if words.first().is_some_and(|first| first == "sqlstitch") {
            calls.push(words.split_off(1));
        }
        words.clear();
    };
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), letter) => word.get_or_insert_default().push(letter),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, '\\') if letters.peek().is_none() => {}
            (None, '#') if word.is_none() => break,
            (None, ' ' | '>' | '<' | '|' | ';' | '&' | '(' | ')') => {
                words.extend(word.take());
                match letter {
                    // What follows is a file of the shell, and ends the call.
                    '>' | '<' => {
                        end(&mut words);
                        words.push("a file".to_owned());
                    }
                    ' ' => {}
                    _ => end(&mut words),
                }
            }
            (None, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    end(&mut words);
    calls
}
