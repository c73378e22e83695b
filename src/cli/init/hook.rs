//! The plain git hook: `pre-commit` in the repository's directory of hooks, where nobody else has put
//! one. It has one line for each configuration of the repository, so that several projects in one
//! repository share it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::config;
use super::super::files::Files;
use super::super::git::{Repository, Told};
use super::super::paths;
use crate::finding::{Code, Finding};

const HEAD: &str = include_str!("pre-commit.sh");

/// What tells this hook from another tool's.
const MARK: &str = "# Written by `sqlstitch init --hook`";

const CALL: &str = "sqlstitch check --staged";

/// Installs the hook, and says what was done.
pub(super) fn install() -> Told<String> {
    let place = Place::find()?;
    let shown = place.shown();
    let mut lines = match place.read()? {
        Found::Nothing => Vec::new(),
        Found::Own(lines) => lines,
        Found::Other(text) if calls(&text).any(|line| line == place.line) => {
            return Ok(format!("{shown} has the line already: {}\n", place.line));
        }
        Found::Other(_) => return Err(Box::from(place.taken())),
    };
    if lines.contains(&place.line) {
        return Ok(format!("{shown} is there already\n"));
    }
    if let Some(everywhere) = &place.everywhere {
        return Err(Box::from(place.not_everywhere(everywhere)));
    }
    lines.push(place.line.clone());
    place.write(&lines)?;
    Ok(format!(
        "wrote {shown}: it checks the SQL of every commit\n"
    ))
}

/// Takes the hook away, and says what was done.
pub(super) fn remove() -> Told<String> {
    let place = Place::find()?;
    let shown = place.shown();
    match place.read()? {
        Found::Own(mut lines) if lines.contains(&place.line) => {
            lines.retain(|line| *line != place.line);
            if lines.is_empty() {
                fs::remove_file(&place.file).map_err(|error| place.failed(&error))?;
                Ok(format!("removed {shown}\n"))
            } else {
                place.write(&lines)?;
                Ok(format!(
                    "{shown} has one line less, and those of other directories\n"
                ))
            }
        }
        Found::Own(lines) => Ok(format!(
            "{shown} has no line of this directory; its lines are:\n{}",
            lines
                .iter()
                .map(|line| format!("  {line}\n"))
                .collect::<String>()
        )),
        Found::Other(text) if calls(&text).next().is_some() => {
            let title = format!("{shown} was not written by sqlstitch, so it stays as it is");
            Err(Box::from(
                Finding::new(Code::Configuration, title)
                    .help(format!("take this line out of it: {}", place.line)),
            ))
        }
        Found::Nothing | Found::Other(_) => {
            Ok(format!("there is no hook of sqlstitch in {shown}\n"))
        }
    }
}

/// What stands where the hook belongs.
enum Found {
    Nothing,
    /// The lines that check.
    Own(Vec<String>),
    Other(String),
}

/// Where the hook belongs, and what it is to do.
struct Place {
    file: PathBuf,
    line: String,
    /// The directory of hooks, if other repositories have it as well.
    everywhere: Option<String>,
}

impl Place {
    fn find() -> Told<Self> {
        let here = Path::new(".");
        let repository = Repository::around(here, "the hook")?;
        let hooks = repository.hooks()?;
        let line = match config::find(here, &Files::Disk) {
            // At the top it is found without being named.
            Some(file) => match repository.below(&file) {
                Some(below) if below != config::FILE_NAME => {
                    format!("{CALL} --config {} || exit", quoted(&below))
                }
                _ => format!("{CALL} || exit"),
            },
            None => format!("{CALL} || exit"),
        };
        Ok(Self {
            file: hooks.directory.join("pre-commit"),
            line,
            everywhere: hooks.everywhere,
        })
    }

    fn shown(&self) -> String {
        paths::shown(&paths::plain(&self.file))
    }

    fn read(&self) -> Told<Found> {
        // A link is another tool's, wherever it leads.
        let is_link = fs::symlink_metadata(&self.file).is_ok_and(|it| it.is_symlink());
        match fs::read(&self.file) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Ok(match text.contains(MARK) && !is_link {
                    true => Found::Own(calls(&text).map(str::to_owned).collect()),
                    false => Found::Other(text),
                })
            }
            Err(_) if is_link => Ok(Found::Other(String::new())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn write(&self, lines: &[String]) -> Told<()> {
        let text = [HEAD.to_owned(), lines.join("\n"), "\n".to_owned()].concat();
        let written = || {
            if let Some(directory) = self.file.parent() {
                fs::create_dir_all(directory)?;
            }
            fs::write(&self.file, text)?;
            make_runnable(&self.file)
        };
        written().map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Box<Finding> {
        let title = format!("the hook cannot be read or written: {error}");
        Box::from(Finding::new(Code::InputOutput, title).path(self.shown()))
    }

    fn taken(&self) -> Finding {
        let shown = self.shown();
        let title =
            format!("there is a pre-commit hook already, and sqlstitch did not write it: {shown}");
        Finding::new(Code::Configuration, title)
            .help(format!("add this line to it, before any `exec` or `exit`: {}", self.line))
            .help("where a tool writes the hook (pre-commit, prek, husky, lefthook), let that tool run the line")
    }

    fn not_everywhere(&self, directory: &str) -> Finding {
        let title = format!(
            "core.hooksPath is `{directory}` for all your repositories, and a hook there would check each of them"
        );
        Finding::new(Code::Configuration, title)
            .help("give this one its own: git config --local core.hooksPath .git/hooks")
            .help(format!(
                "or add this line to {}: {}",
                self.shown(),
                self.line
            ))
    }
}

/// The lines of a hook that check.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split('\n').map(str::trim);
    lines.filter(|line| line.starts_with(CALL))
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(unix)]
fn make_runnable(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_runnable(_: &Path) -> io::Result<()> {
    Ok(())
}
