//! docs/SUMMARY.md is the book's table of contents: it has every page, under the page's own title.

use std::collections::BTreeSet;
use std::fs;

use super::{pages, read, root};

#[test]
fn the_table_of_contents_has_every_page_once() {
    let listed: Vec<String> = entries().into_iter().map(|(_, path)| path).collect();
    let all: BTreeSet<String> = pages()
        .into_iter()
        .filter_map(|page| page.strip_prefix("docs/").map(str::to_owned))
        .filter(|page| page != "SUMMARY.md")
        .collect();
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), once.len(), "a page is listed twice");
    assert_eq!(once, all, "docs/SUMMARY.md and docs differ");
}

#[test]
fn the_table_of_contents_has_the_titles_of_the_pages() {
    for (title, path) in entries() {
        let page = read(&format!("docs/{path}"));
        assert_eq!(
            page.split('\n').next(),
            Some(format!("# {title}").as_str()),
            "the first line of docs/{path}"
        );
    }
}

/// `INSTA_UPDATE=always cargo test --test documentation` lists them anew.
#[test]
fn the_findings_are_listed_in_the_order_of_their_table() {
    let table = read("docs/findings.md");
    let rows = table.split('\n').filter(|line| line.starts_with("| SS"));
    let codes = rows.filter_map(|line| Some(line.split_once("[")?.1.split_once(']')?.0));
    let listed: String = codes
        .map(|code| format!("  - [{code}](findings/{code}.md)\n"))
        .collect();
    let summary = read("docs/SUMMARY.md");
    let title = "- [Findings](findings.md)\n";
    let (before, _) = summary.split_once(title).expect("the findings");
    let now = format!("{before}{title}{listed}");
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(root().join("docs/SUMMARY.md"), now).expect("a page that can be written");
    } else {
        assert_eq!(
            summary, now,
            "docs/SUMMARY.md does not end with the findings"
        );
    }
}

/// Titles and paths.
fn entries() -> Vec<(String, String)> {
    let summary = read("docs/SUMMARY.md");
    let lines = summary.split('\n').filter_map(|line| {
        let entry = line.trim_start().trim_start_matches("- ");
        let (title, path) = entry
            .strip_prefix('[')?
            .strip_suffix(')')?
            .split_once("](")?;
        Some((title.to_owned(), path.to_owned()))
    });
    lines.collect()
}
