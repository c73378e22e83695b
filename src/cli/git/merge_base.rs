//! Which revisions a merge is of.

use super::{Repository, Told, refused, shallow, text, trimmed};

/// The revisions of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Sides {
    /// What is merged into, as people call it.
    pub(in crate::cli) base: String,
    /// What is merged.
    pub(in crate::cli) head: String,
    /// The commit that both come from.
    pub(in crate::cli) ancestor: String,
}

impl Repository {
    /// What is typed, and where nothing is typed the merge that is under way, or else one of the present
    /// branch into the one that it is to be merged into.
    pub(in crate::cli) fn sides(&self, base: Option<&str>, head: Option<&str>) -> Told<Sides> {
        let (base, head) = match (base, head) {
            (Some(base), head) => (base.to_owned(), head.unwrap_or("HEAD").to_owned()),
            (None, _) if self.knows("MERGE_HEAD")? => ("HEAD".to_owned(), "MERGE_HEAD".to_owned()),
            (None, _) => (self.upstream()?, "HEAD".to_owned()),
        };
        let commits = [
            self.resolve(&base, "commit")?,
            self.resolve(&head, "commit")?,
        ];
        let found = self.ask(&["merge-base", &commits[0], &commits[1]])?;
        match found.map(|id| text(trimmed(&id))) {
            Ok(ancestor) if !ancestor.is_empty() => Ok(Sides {
                base,
                head,
                ancestor,
            }),
            _ => {
                let title = format!("`{base}` and `{head}` have no commit in common");
                let finding = refused(title);
                Err(Box::from(match self.is_shallow()? {
                    true => shallow(finding),
                    false => finding.help(
                        "name the branch that is merged into: sqlstitch merge-check BASE HEAD",
                    ),
                }))
            }
        }
    }

    /// The branch that the present one follows; where that is only its own copy in the remote
    /// repository, the default branch there.
    fn upstream(&self) -> Told<String> {
        let short = |name: &str| -> Told<Option<String>> {
            let asked = self.ask(&["rev-parse", "--abbrev-ref", "--verify", "--quiet", name])?;
            let found = asked.ok().map(|name| text(trimmed(&name)));
            Ok(found.filter(|name| !name.is_empty()))
        };
        let followed = short("HEAD@{upstream}")?;
        let branch = short("HEAD")?.unwrap_or_default();
        let remote = match &followed {
            Some(followed) => match followed.strip_suffix(&format!("/{branch}")) {
                Some(remote) => remote.to_owned(),
                None => return Ok(followed.clone()),
            },
            None => "origin".to_owned(),
        };
        match short(&format!("{remote}/HEAD"))?.or(followed) {
            Some(base) => Ok(base),
            None => Err(Box::from(
                refused("this branch follows no other, so it is not known what it is merged into")
                    .help("name it: sqlstitch merge-check origin/main")
                    .help("or set it: git branch --set-upstream-to=origin/main"),
            )),
        }
    }
}
