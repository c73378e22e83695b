//! From paths to texts: finds the SQL files, puts them in order, reads and decodes them.
//!
//! The order is the natural order of the paths under their roots, so it does not depend on the file
//! system, the shell or the order of arguments.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use rayon::prelude::*;

use super::files::{Files, Kind, is_missing, unreadable};
use super::links::{Link, Real};
use super::missing::{self, is_empty, missing, nothing_found, unknown_to_git};
use super::overwrite::{self, Identity};
use super::settings::Wanted;
use super::{globs, paths};
use crate::emit::banner::is_script;
use crate::finding::{Code, Finding};
use crate::name::{acts, natural_cmp};
use crate::source::{Sources, decode};

/// How the name of a revert file ends.
pub(super) const REVERT: &str = ".revert.sql";

/// What the wanted paths hold.
#[derive(Debug)]
pub(super) struct Input {
    /// The texts of the patches.
    pub(super) sources: Sources,
    /// The revert files that were seen on the way.
    pub(super) reverts: Vec<Revert>,
    /// The links to directories elsewhere, and the submodules, that were seen and not followed.
    pub(super) links: Vec<Link>,
}

/// A revert file, by its name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Revert {
    /// Its path from here.
    pub(super) shown: String,
}

/// A SQL file that was found.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    /// Where it is.
    file: PathBuf,
    /// Its path under its root.
    path: String,
    /// Its path from here.
    shown: String,
}

/// Finds and reads the wanted files. With findings there are no texts: what is built from a part of
/// the input would be wrong.
pub(super) fn read(wanted: &Wanted, files: &Files) -> Result<Input, Vec<Finding>> {
    let Listed {
        found,
        reverts,
        links,
        mut findings,
    } = find(wanted, files);
    let all = found.iter().map(|found| found.file.as_path());
    let all = all.chain(reverts.iter().map(|revert| Path::new(&revert.shown)));
    if let Err(finding) = files.fetch(all) {
        return Err(vec![*finding]);
    }
    let texts: Vec<_> = found
        .par_iter()
        .map(|found| read_file(files, &found.file, &found.shown))
        .collect();
    let stdout = match files {
        Files::Disk => Identity::of_stdout(),
        Files::Git(_) => None,
    };
    let goes_there = |file: &Path| stdout.is_some() && Identity::of(file) == stdout;
    let mut scripts = Vec::new();
    let mut sources = Sources::default();
    for (found, text) in found.into_iter().zip(texts) {
        match text {
            // An earlier output that lies among the patches.
            Ok(text) if is_script(&text) => scripts.push(found.shown),
            Ok(text) if goes_there(&found.file) => {
                findings.push(overwrite::stdout_is(&found.shown, text.is_empty()));
            }
            Ok(text) => {
                sources.add_shown(found.path, found.shown, text);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    // A commit need not hold patches.
    let may_be_empty = matches!(files, Files::Git(_));
    if findings.is_empty() && sources.is_empty() && !may_be_empty {
        findings.push(nothing_found(wanted, &scripts, &reverts));
    }
    if findings.is_empty() {
        Ok(Input {
            sources,
            reverts,
            links,
        })
    } else {
        Err(findings)
    }
}

/// Whether there is anything at a path that is wanted, or that a pattern fits.
pub(super) fn has(wanted: &Wanted, path: &Path, files: &Files) -> bool {
    let is_pattern = || path.to_str().is_some_and(globs::is_glob);
    if files.kind(path).is_ok() || !is_pattern() {
        return files.kind(path).is_ok();
    }
    let mut wanted = wanted.clone();
    wanted.paths = vec![path.to_owned()];
    let listed = find(&wanted, files);
    listed
        .findings
        .iter()
        .all(|it| it.code != Code::PathNotFound)
}

/// The text of one file, which findings show as `shown`.
pub(super) fn read_file(files: &Files, file: &Path, shown: &str) -> Result<String, Box<Finding>> {
    let bytes = files
        .read(file)
        .map_err(|error| Box::new(unreadable(shown, &error)))?;
    decode(bytes).map_err(|error| {
        let title = format!("{} (at byte {} of the file)", error.message, error.offset);
        Box::new(Finding::new(Code::NotText, title).path(shown).help(
            "save it as UTF-8, or as UTF-16 with a byte order mark; or leave it out with --exclude",
        ))
    })
}

/// The files, each once, in natural order.
fn find(wanted: &Wanted, files: &Files) -> Listed {
    let mut search = Search {
        wanted,
        files,
        directories: (wanted.paths.iter().filter(|path| files.is_dir(path)))
            .map(|path| paths::whole(path))
            .collect(),
        found: Vec::new(),
        reverts: Vec::new(),
        links: Vec::new(),
        findings: Vec::new(),
    };
    let mut singles = Vec::new();
    for path in &wanted.paths {
        match files.kind(path) {
            Ok(Kind::Directory) => search.directory(path),
            Ok(Kind::File) => singles.push(path.clone()),
            Ok(Kind::Other) => search.findings.push(
                Finding::new(Code::InputOutput, "neither a file nor a directory")
                    .path(paths::shown(path)),
            ),
            Err(error) if is_missing(&error) => match path.to_str() {
                Some(text) if globs::is_glob(text) => search.glob(text),
                _ if let Some(submodule) = files.absent_around(path) => {
                    search.findings.push(missing::absent(path, &submodule));
                }
                // Git keeps no directory without files.
                _ if matches!(files, Files::Git(_)) && is_empty(wanted, path) => {}
                _ if wanted.roots.contains(&paths::whole(path)) => search
                    .findings
                    .push(missing(path).note("`paths` in sqlstitch.toml names it")),
                _ if path.is_file() => search.findings.push(unknown_to_git(path)),
                _ => search.findings.push(missing(path)),
            },
            Err(error) => search
                .findings
                .push(unreadable(&paths::shown(path), &error)),
        }
    }
    // What the shell made of a glob gets the same names as the glob itself would give in the
    // ordinary case: from the directory that all of them are in.
    let common = common_directory(&singles);
    for single in singles {
        search.single(&single, &common);
    }
    let Search {
        mut found,
        mut reverts,
        mut links,
        mut findings,
        directories,
        ..
    } = search;
    let mut real = Real::default();
    sort(&mut found);
    // Of two ways to a file the one without links counts, else the first.
    let mut linked = Vec::new();
    let mut seen: HashSet<_, FixedState> = HashSet::default();
    for it in std::mem::take(&mut found) {
        let file = real.file(&it.file);
        if paths::whole(&it.file) != file {
            linked.push((file, it));
        } else if seen.insert(file.into_os_string()) {
            found.push(it);
        }
    }
    if !linked.is_empty() {
        linked.retain(|(file, _)| seen.insert(file.clone().into_os_string()));
        found.extend(linked.into_iter().map(|(_, it)| it));
        sort(&mut found);
    }
    // What a link leads to is there without it, or holds all that there is.
    let roots: Vec<PathBuf> = directories.iter().map(|it| real.directory(it)).collect();
    links.retain(|link| {
        let is_known = |root: &PathBuf| link.to.starts_with(root) || root.starts_with(&link.to);
        link.is_submodule || !roots.iter().any(is_known)
    });
    links.sort();
    let mut seen = BTreeSet::new();
    links.retain(|link| seen.insert(link.to.clone()));
    findings.sort_by(|one, other| one.path.cmp(&other.path));
    reverts.sort();
    reverts.dedup();
    Listed {
        found,
        reverts,
        links,
        findings,
    }
}

fn sort(found: &mut [Found]) {
    let order = |one: &Found, other: &Found| {
        natural_cmp(&one.path, &other.path).then_with(|| natural_cmp(&one.shown, &other.shown))
    };
    if !found.is_sorted_by(|one, other| order(one, other).is_le()) {
        found.par_sort_by(order);
    }
}

/// What the wanted paths lead to.
struct Listed {
    found: Vec<Found>,
    reverts: Vec<Revert>,
    links: Vec<Link>,
    findings: Vec<Finding>,
}

struct Search<'w> {
    wanted: &'w Wanted,
    files: &'w Files,
    /// The directories that were asked for.
    directories: Vec<PathBuf>,
    found: Vec<Found>,
    reverts: Vec<Revert>,
    links: Vec<Link>,
    findings: Vec<Finding>,
}

impl Search<'_> {
    fn directory(&mut self, root: &Path) {
        let links = self.walk(root, |below, under| match &self.wanted.include {
            Some(include) => globs::covers(include, &under()),
            None => is_sql(below),
        });
        for (link, to) in links {
            let shown = paths::shown(&link);
            let is_submodule = false;
            self.links.push(Link {
                shown,
                to,
                is_submodule,
            });
        }
    }

    fn glob(&mut self, text: &str) {
        let matcher = match globs::parse_path(text) {
            Ok(glob) => glob.compile_matcher(),
            Err(message) => {
                self.findings
                    .push(Finding::new(Code::PathNotFound, message));
                return;
            }
        };
        // The root is what stands before the first part that is a pattern.
        let plain = text
            .find(['*', '?', '[', '{'])
            .and_then(|pattern| text[..pattern].rfind('/'));
        let root = match plain {
            Some(0) => "/",
            Some(end) => &text[..end],
            None => "",
        };
        let before = (self.found.len(), self.findings.len());
        let start = if root.is_empty() { "." } else { root };
        if self.files.is_dir(Path::new(start)) {
            self.walk(Path::new(start), |below, _| {
                matcher.is_match(Path::new(root).join(below))
            });
        }
        if (self.found.len(), self.findings.len()) == before {
            self.findings.push(Finding::new(
                Code::PathNotFound,
                format!("no file matches `{text}`"),
            ));
        }
    }

    /// Takes the files under `start` for which `included` holds, given their path below `start` and
    /// what tells their path under their root. Returns the links to directories, and where they lead.
    fn walk(
        &mut self,
        start: &Path,
        included: impl Fn(&Path, &dyn Fn() -> String) -> bool,
    ) -> Vec<(PathBuf, PathBuf)> {
        let under = |path: &Path| paths::slashed(&self.under_root(path, start));
        let leaves_out = !self.wanted.exclude.is_empty();
        let is_left_out = |path: &Path| leaves_out && self.is_left_out(&under(path));
        let is_wanted = |path: &Path| {
            let below = path.strip_prefix(start).unwrap_or(path);
            included(below, &|| under(path)) && !is_left_out(path)
        };
        let walked = self.files.walk(start, &is_left_out, &is_wanted);
        self.findings.extend(walked.findings);
        self.links
            .extend(walked.absent.iter().map(|path| Link::submodule(path)));
        let taken = walked.files.par_iter().map(|file| {
            let relative = self.under_root(file, start);
            taken(file, &relative, paths::slashed(&relative))
        });
        for taken in taken.collect::<Vec<_>>() {
            self.add(taken);
        }
        walked.links
    }

    /// Adds a file that is named itself, unless it is left out.
    fn single(&mut self, file: &Path, start: &Path) {
        let relative = self.under_root(file, start);
        let path = paths::slashed(&relative);
        if !self.is_left_out(&path) {
            self.add(taken(file, &relative, path));
        }
    }

    fn add(&mut self, taken: Taken) {
        match taken {
            Taken::Patch(found) => self.found.push(found),
            Taken::Revert(revert) => self.reverts.push(revert),
            Taken::Refused(finding) => self.findings.push(*finding),
        }
    }

    /// The path of a file under its root: the configured directory that it is in, else the outermost
    /// directory that was asked for, else `start`.
    fn under_root(&self, file: &Path, start: &Path) -> PathBuf {
        let whole = paths::whole(file);
        let holds = |root: &&PathBuf| whole.starts_with(root);
        let depth = |root: &&PathBuf| root.components().count();
        let configured = self.wanted.roots.iter().filter(holds).max_by_key(depth);
        let asked_for = || self.directories.iter().filter(holds).min_by_key(depth);
        let root = configured
            .or_else(asked_for)
            .cloned()
            .unwrap_or_else(|| paths::whole(start));
        whole.strip_prefix(&root).unwrap_or(&whole).to_owned()
    }

    fn is_left_out(&self, path: &str) -> bool {
        globs::covers(&self.wanted.exclude, path)
    }
}

/// What a file is, by its name.
enum Taken {
    Patch(Found),
    Revert(Revert),
    Refused(Box<Finding>),
}

/// One file with its path under its root.
fn taken(file: &Path, relative: &Path, path: String) -> Taken {
    let shown = paths::shown(file);
    if is_revert(&path) {
        return Taken::Revert(Revert { shown });
    }
    if relative.to_str().is_none() || path.contains(acts) {
        let title = "the file's name is not UTF-8 or has control characters, so it cannot be a patch's name";
        let finding = Finding::new(Code::BadName, title)
            .path(shown)
            .help("rename the file, or leave it out with --exclude");
        return Taken::Refused(Box::new(finding));
    }
    let file = file.to_owned();
    Taken::Patch(Found { file, path, shown })
}

/// Whether a file is one of SQL by its name.
pub(super) fn is_sql(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

fn is_revert(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(REVERT)
}

fn common_directory(files: &[PathBuf]) -> PathBuf {
    let mut directories = files.iter().map(|file| {
        let whole = paths::whole(file);
        whole.parent().map(Path::to_owned).unwrap_or(whole)
    });
    let first = directories.next().unwrap_or_default();
    directories.fold(first, |common, directory| {
        let shared = (common.components().zip(directory.components()))
            .take_while(|(one, other)| one == other);
        shared.map(|(component, _)| component).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A directory with these files (and `name -> target` links) in it.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for file in files {
            let path = directory.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            fs::write(path, "select 1;").expect("a file");
        }
        directory
    }

    fn paths_of(wanted: &Wanted) -> Vec<String> {
        let Listed {
            found, findings, ..
        } = find(wanted, &Files::Disk);
        assert_eq!(findings, []);
        found.into_iter().map(|found| found.path).collect()
    }

    fn wanted(root: &Path, paths: &[&str]) -> Wanted {
        Wanted {
            paths: paths.iter().map(|path| root.join(path)).collect(),
            ..Wanted::default()
        }
    }

    #[test]
    fn a_directory_gives_its_sql_files_in_natural_order() {
        let tree = tree(&[
            "10.sql",
            "9.SQL",
            "sub/a.sql",
            "sub/a.revert.sql",
            "notes.md",
            ".git/x.sql",
            ".hidden.sql",
        ]);
        assert_eq!(
            paths_of(&wanted(tree.path(), &[""])),
            ["9.SQL", "10.sql", "sub/a.sql"]
        );
    }

    #[test]
    fn files_and_globs_give_the_names_that_their_directory_gives() {
        let tree = tree(&["db/a.sql", "db/s/b.sql", "db/s/c.txt"]);
        for paths in [
            &["db"][..],
            &["db/**/*.sql"],
            &["db/s/b.sql", "db/a.sql"],
            &["db/a.sql", "db"],
            &["db", "db/*/*.sql"],
        ] {
            let found = paths_of(&wanted(tree.path(), paths));
            let (a, b) = (found.first(), found.last());
            assert_eq!(a.map(String::as_str), Some("a.sql"), "{paths:?}");
            assert!(b.is_some_and(|b| b.ends_with("b.sql")), "{paths:?}");
            assert_eq!(found.len(), 2, "{paths:?}");
        }
    }

    #[test]
    fn a_configured_root_names_what_is_under_it() {
        let tree = tree(&["db/s/b.sql"]);
        let mut wanted = wanted(tree.path(), &["db/s/b.sql"]);
        assert_eq!(paths_of(&wanted), ["b.sql"]);
        wanted.roots = vec![tree.path().join("db")];
        assert_eq!(paths_of(&wanted), ["s/b.sql"]);
    }

    #[test]
    fn excluded_directories_and_files_are_left_out() {
        let tree = tree(&["a.sql", "old/b.sql", "s/old/c.sql", "s/d_test.sql"]);
        let mut wanted = wanted(tree.path(), &[""]);
        let exclude = ["old".to_owned(), "*_test.sql".to_owned()];
        wanted.exclude = globs::parse_all(&exclude).expect("globs");
        assert_eq!(paths_of(&wanted), ["a.sql"]);
        wanted.paths = vec![tree.path().join("a.sql"), tree.path().join("old/b.sql")];
        assert_eq!(paths_of(&wanted), ["a.sql"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_directory_above_ends_the_walk_there() {
        let tree = tree(&["s/a.sql"]);
        std::os::unix::fs::symlink(tree.path(), tree.path().join("s/up")).expect("a link");
        assert_eq!(paths_of(&wanted(tree.path(), &[""])), ["s/a.sql"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_read_is_a_finding_with_its_path() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let tree = tree(&["a.sql", "line\nfeed.sql"]);
        let strange = tree.path().join(OsStr::from_bytes(b"caf\xe9.sql"));
        fs::write(strange, "select 1;").expect("a file");
        std::os::unix::fs::symlink("nowhere", tree.path().join("b.sql")).expect("a link");
        std::os::unix::fs::symlink("nowhere", tree.path().join("b.txt")).expect("a link");
        fs::write(tree.path().join("c.sql"), b"select '\xe9'").expect("a file");
        let findings = read(
            &wanted(tree.path(), &["", "nowhere", "*.ddl"]),
            &Files::Disk,
        )
        .expect_err("findings");
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(
            codes,
            [
                Code::PathNotFound,
                Code::PathNotFound,
                Code::InputOutput,
                Code::BadName,
                Code::BadName,
                Code::NotText
            ]
        );
    }
}
