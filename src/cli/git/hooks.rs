//! Where a repository's hooks are.

use std::path::{Path, PathBuf};

use super::super::paths;
use super::{Repository, Told, path_of, refused, text, trimmed};

/// The directory of the hooks.
#[derive(Debug)]
pub(in crate::cli) struct Hooks {
    pub(in crate::cli) directory: PathBuf,
    /// How the settings of the user or the system name it, where they do: then all repositories
    /// have these hooks.
    pub(in crate::cli) everywhere: Option<String>,
}

impl Repository {
    /// Where git looks for hooks.
    pub(in crate::cli) fn hooks(&self) -> Told<Hooks> {
        if self.bare {
            let title = "this is a bare repository: nobody commits in it, so it needs no hook";
            return Err(Box::from(refused(title)));
        }
        let answer = self.ask(&["rev-parse", "--git-path", "hooks"])?;
        let path = answer.map_err(|words| {
            Box::from(
                refused("git does not say where hooks are").note(format!("git says: {words}")),
            )
        })?;
        let scope = self.ask(&["config", "--show-scope", "--get", "core.hooksPath"])?;
        let scope = scope.ok().map(|answer| text(trimmed(&answer)));
        let everywhere = scope.as_deref().and_then(|scope| {
            let (scope, path) = scope.split_once('\t')?;
            matches!(scope, "global" | "system").then(|| path.to_owned())
        });
        Ok(Hooks {
            directory: self.directory.join(path_of(trimmed(&path))),
            everywhere,
        })
    }

    /// A file's path from the top, with `/`.
    pub(in crate::cli) fn below(&self, file: &Path) -> Option<String> {
        let whole = std::fs::canonicalize(file).ok()?;
        let below = whole.strip_prefix(&self.top).ok()?;
        Some(paths::slashed(below))
    }
}
