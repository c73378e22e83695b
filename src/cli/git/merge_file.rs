//! What git makes of a file that both sides of a merge have changed.

use std::fs;
use std::io;

use super::{Repository, Told, refused};

impl Repository {
    /// The merged text of the base's, the ancestor's and the head's; none where they conflict.
    /// <https://git-scm.com/docs/git-merge-file>
    pub(in crate::cli) fn merge_file(&self, texts: [&str; 3]) -> Told<Option<String>> {
        let failed = |error: io::Error| {
            let title = format!("no temporary file can be written to merge a patch: {error}");
            Box::new(refused(title).help("TMPDIR names another directory"))
        };
        let directory = tempfile::tempdir().map_err(failed)?;
        let mut files = Vec::new();
        for (name, text) in ["base", "ancestor", "head"].into_iter().zip(texts) {
            let file = directory.path().join(name);
            fs::write(&file, text).map_err(failed)?;
            files.push(file.display().to_string());
        }
        let mut arguments = vec!["merge-file", "-p", "-q"];
        arguments.extend(files.iter().map(String::as_str));
        let merged = self.ask(&arguments)?;
        Ok(merged.ok().and_then(|text| String::from_utf8(text).ok()))
    }
}
