//! Patches planned by hand → a script, through the library.

use std::path::{Path, PathBuf};

use libtest_mimic::Failed;
use sqlstitch::dialect::Engine;
use sqlstitch::emit::{Emitted, emit};
use sqlstitch::finding::Severity;
use sqlstitch::plan::{Plan, PlannedPatch, Settings};
use sqlstitch::read::read;
use sqlstitch::read::split::split;
use sqlstitch::source::{ChecksumBuilder, Sources};
use tempfile::{NamedTempFile, TempPath};

/// A plan and its texts.
pub(crate) struct Bundle {
    /// The plan; its fields may be changed before it is emitted.
    pub(crate) plan: Plan,
    /// The texts.
    pub(crate) sources: Sources,
}

impl Bundle {
    /// A bundle of these patches: paths, with or without their `.sql`, and texts, in the order in which
    /// they run.
    pub(crate) fn new(engine: Engine, files: &[(&str, &str)]) -> Self {
        let mut bundle = Self {
            plan: Plan {
                engine,
                settings: Settings::default(),
                bundle: ChecksumBuilder::default().finish(),
                patches: Vec::new(),
            },
            sources: Sources::default(),
        };
        for (path, text) in files {
            bundle.add(path, text);
        }
        bundle
    }

    /// Adds a patch at the end and returns it.
    pub(crate) fn add(&mut self, path: &str, text: &str) -> &mut PlannedPatch {
        let name = path.strip_suffix(".sql").unwrap_or(path);
        let path = format!("{name}.sql");
        let id = self.sources.add(path.clone(), text);
        let read = read(self.sources.get(id), self.plan.engine).patch;
        let mut patch = PlannedPatch::new(name, path, read.checksum, id, read.statements);
        patch.repeatable = read.header.repeatable.is_some();
        patch.no_transaction = read.header.no_transaction.is_some();
        self.plan.patches.push(patch);
        let mut bundle = ChecksumBuilder::default();
        for patch in &self.plan.patches {
            bundle.part(patch.name.as_bytes());
        }
        self.plan.bundle = bundle.finish();
        self.plan.patches.last_mut().expect("one was just added")
    }

    /// The script or the findings.
    pub(crate) fn emit(&self) -> Emitted {
        emit(&self.plan, &self.sources)
    }

    /// Whether there is a script: no finding is an error, the splitter's included.
    pub(crate) fn is_accepted(&self) -> bool {
        let dialect = self.plan.engine.dialect();
        let mut sources = self.sources.iter();
        sources.all(|source| split(source, dialect).findings.is_empty())
            && self.emit().script.is_some()
    }

    /// The script, which there must be.
    #[track_caller]
    pub(crate) fn script(&self) -> String {
        let Emitted { script, findings } = self.emit();
        let script = script.unwrap_or_else(|| panic!("{findings:#?}"));
        script.to_string()
    }

    /// The script, which there must be, in a file.
    #[track_caller]
    pub(crate) fn file(&self) -> TempPath {
        write(&self.script())
    }
}

/// A text in a temporary file.
pub(crate) fn write(text: &str) -> TempPath {
    let file = NamedTempFile::with_suffix(".sql").expect("a temporary file");
    std::fs::write(file.path(), text).expect("the file is written");
    file.into_temp_path()
}

/// The `.sql` files of a folder of fixtures, sorted.
pub(crate) fn fixtures(folder: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| entry.expect("an entry of the directory").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    files
}

/// What the first line of a file of `refused` says about why no script can hold it.
pub(crate) fn why_refused(text: &str) -> Result<&str, Failed> {
    let rest = text.strip_prefix("-- refused: ");
    let why = rest.and_then(|rest| rest.split('\n').next());
    Ok(why.ok_or("the first line does not tell why")?)
}

/// Checks that there is no script, for this reason, and that the finding shows a way out.
pub(crate) fn is_refused(bundle: &Bundle, why: &str) -> Result<(), Failed> {
    let Emitted { script, findings } = bundle.emit();
    let finding = findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)
        .ok_or("it is not refused")?;
    assert!(finding.title.contains(why), "{finding:#?}");
    assert!(
        !finding.helps.is_empty() && !finding.labels.is_empty(),
        "{finding:#?}"
    );
    assert_eq!(script, None);
    Ok(())
}
