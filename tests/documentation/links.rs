//! Every link in README.md and docs/ leads to a page, and to a heading that it has.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::{pages, prose, read, root};

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        for link in links(&read(&page)) {
            if let Some(why) = broken(&page, &link) {
                dead.push(format!("{page} links to {link}: {why}"));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// The book has the pages under docs and nothing else.
#[test]
fn no_page_of_the_book_links_out_of_it() {
    for page in pages().iter().filter(|page| page.starts_with("docs/")) {
        for link in links(&read(page)).iter().filter(|link| is_local(link)) {
            let target = plain(&folder(page).join(link));
            assert!(
                target.starts_with("docs"),
                "{page} links to {link}: the book does not have it"
            );
        }
    }
}

fn broken(page: &str, link: &str) -> Option<String> {
    if !is_local(link) {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => PathBuf::from(page),
        path => plain(&folder(page).join(path)),
    };
    if !root().join(&target).exists() {
        return Some("there is no such file".to_owned());
    }
    let has_anchor = anchor.is_empty() || anchors(&read(target.to_str()?)).contains(anchor);
    (!has_anchor).then(|| format!("{} has no such heading", target.display()))
}

fn is_local(link: &str) -> bool {
    !link.contains("://") && !link.starts_with("mailto:")
}

fn folder(page: &str) -> &Path {
    Path::new(page).parent().expect("a folder")
}

/// The path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                assert!(plain.pop(), "{} leads out of the project", path.display());
            }
            part => plain.push(part),
        }
    }
    plain
}

/// What stands between `](` and `)`, outside of blocks and `code`.
fn links(page: &str) -> Vec<String> {
    let text = prose(page).join("\n");
    let outside: String = text.split('`').step_by(2).collect();
    outside
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link.replace('\n', ""))
        .collect()
}

/// A heading's name in a link, as GitHub and mdBook make it.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = prose(page);
    let headings = headings.iter().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.strip_prefix(' '))?
    });
    headings
        .map(|title| {
            let kept = title.trim().chars().filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            });
            kept.flat_map(char::to_lowercase).collect()
        })
        .collect()
}
