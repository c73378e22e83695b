//! Other tools whose migrations lie in a project: they are no patches as they are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::import::Tool;

/// How much of a file is looked at for a tool's own comments.
const LOOKED_AT: u64 = 4_096;

/// How many files are.
const FILES: usize = 20;

/// The tools, each with the folder that has all of its files.
#[derive(Default)]
pub(super) struct Tools {
    found: BTreeMap<&'static str, PathBuf>,
    looked_at: usize,
}

impl Tools {
    /// Looks at a file, which has a path under the project's directory.
    pub(super) fn look_at(&mut self, directory: &Path, file: &Path) {
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
            return;
        };
        let parent = file.parent().unwrap_or(Path::new(""));
        let tool = by_name(name).or_else(|| {
            self.looked_at += usize::from(name.ends_with(".sql"));
            let look = name.ends_with(".sql") && self.looked_at <= FILES;
            look.then(|| by_text(&directory.join(file))).flatten()
        });
        let Some(tool) = tool else { return };
        // Diesel has a folder for each migration.
        let folder = match tool {
            Tool::Diesel => parent.parent().unwrap_or(parent),
            _ => parent,
        };
        let common = self.found.entry(tool.name());
        let common = common.or_insert_with(|| folder.to_owned());
        while !folder.starts_with(&common) && common.pop() {}
    }

    /// What to say about them.
    pub(super) fn told(&self) -> String {
        let line = |(tool, folder): (&&str, &PathBuf)| {
            let folder = match super::super::paths::slashed(folder) {
                folder if folder.is_empty() => ".".to_owned(),
                folder => folder,
            };
            format!(
                "{folder} looks like {tool}'s migrations, which become patches by: sqlstitch import {tool} {folder} \
                 --output patches\n"
            )
        };
        self.found.iter().map(line).collect()
    }
}

fn by_name(name: &str) -> Option<Tool> {
    let is_version = |text: &str| {
        let version = text.split("__").next().unwrap_or_default();
        let digits = |char: char| char.is_ascii_digit() || "._".contains(char);
        version.starts_with(|char: char| char.is_ascii_digit()) && version.chars().all(digits)
    };
    if name == "sqitch.plan" {
        return Some(Tool::Sqitch);
    }
    let stem = name.strip_suffix(".sql")?;
    let starts_with_number = stem.starts_with(|char: char| char.is_ascii_digit());
    match stem {
        "up" => Some(Tool::Diesel),
        _ if stem.strip_prefix('V').is_some_and(is_version) && stem.contains("__") => {
            Some(Tool::Flyway)
        }
        _ if stem.ends_with(".up") && starts_with_number => Some(Tool::GolangMigrate),
        _ => None,
    }
}

fn by_text(file: &Path) -> Option<Tool> {
    let mut head = Vec::new();
    let file = File::open(file).ok()?;
    file.take(LOOKED_AT).read_to_end(&mut head).ok()?;
    let head = String::from_utf8_lossy(&head);
    let has = |comment: &str| {
        head.split('\n')
            .any(|line| line.trim_start().starts_with(comment))
    };
    if has("-- migrate:up") {
        return Some(Tool::Dbmate);
    }
    has("-- +goose Up").then_some(Tool::Goose)
}
