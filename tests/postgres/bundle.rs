//! Texts → script, through the library.

use std::path::Path;

use sqlstitch::dialect::Engine;
use sqlstitch::emit::{Emitted, emit};
use sqlstitch::plan::{Plan, PlannedPatch, Settings};
use sqlstitch::read::split::split;
use sqlstitch::source::{ChecksumBuilder, Sources};

/// Patches in the order in which they are to run.
#[derive(Default)]
pub(crate) struct Bundle {
    sources: Sources,
    /// What the command line would say.
    pub(crate) settings: Settings,
    /// The patches.
    pub(crate) patches: Vec<PlannedPatch>,
}

impl Bundle {
    /// A bundle of the texts, each with its path.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let mut bundle = Self::default();
        for (path, text) in files {
            bundle.add(path, text);
        }
        bundle
    }

    /// Adds a patch at the end and returns it.
    pub(crate) fn add(&mut self, path: &str, text: &str) -> &mut PlannedPatch {
        let id = self.sources.add(path, text);
        let source = self.sources.get(id);
        let pieces = split(source, Engine::Postgres.dialect());
        assert_eq!(pieces.findings, [], "{path}");
        let mut checksum = ChecksumBuilder::default();
        checksum.part(text.as_bytes());
        let mut patch = PlannedPatch::new(
            path.trim_end_matches(".sql"),
            path,
            checksum.finish(),
            id,
            pieces.statements,
        );
        patch.no_transaction = text.contains("transaction: off");
        self.patches.push(patch);
        self.patches.last_mut().expect("one was just pushed")
    }

    /// What the emitter makes of it.
    pub(crate) fn emit(&self) -> Emitted {
        let mut bundle = ChecksumBuilder::default();
        for patch in &self.patches {
            bundle.part(patch.name.as_bytes());
        }
        let plan = Plan {
            engine: Engine::Postgres,
            settings: self.settings.clone(),
            bundle: bundle.finish(),
            patches: self.patches.clone(),
        };
        emit(&plan, &self.sources)
    }

    /// The script in a file.
    pub(crate) fn script(&self) -> tempfile::TempPath {
        let emitted = self.emit();
        let script = emitted
            .script
            .unwrap_or_else(|| panic!("no script: {:#?}", emitted.findings));
        write(&script.to_string())
    }
}

/// A text in a temporary file.
pub(crate) fn write(text: &str) -> tempfile::TempPath {
    let file = tempfile::NamedTempFile::with_suffix(".sql").expect("a temporary file");
    std::fs::write(AsRef::<Path>::as_ref(&file.path()), text).expect("the file is written");
    file.into_temp_path()
}
