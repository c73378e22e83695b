//! A part of the patches as a script of its own.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{Action, Plan, PlannedPatch};

impl Plan {
    /// Keeps the patches of these names. What they need of the others is required in the ledger
    /// instead; where the script undoes patches, the others that need them must not be there.
    #[must_use]
    pub fn select(mut self, keep: &BTreeSet<String>) -> Self {
        let (mut kept, left_out): (Vec<_>, Vec<_>) = self
            .patches
            .into_iter()
            .partition(|patch| keep.contains(&patch.name));
        let undone = self.settings.action == Action::Revert;
        let by_name: BTreeMap<&str, &PlannedPatch> = left_out
            .iter()
            .map(|patch| (patch.name.as_str(), patch))
            .collect();
        for patch in &mut kept {
            let (inside, outside): (Vec<_>, Vec<_>) = std::mem::take(&mut patch.requires)
                .into_iter()
                .partition(|predecessor| keep.contains(predecessor.name.as_str()));
            patch.requires = inside;
            if undone {
                continue;
            }
            for predecessor in outside {
                let name = predecessor.name.to_string();
                if patch.external.contains(&name) {
                    continue;
                }
                let former = by_name[name.as_str()].formerly.iter();
                let former = former.map(|former| (name.clone(), former.clone()));
                patch.external_formerly.extend(former);
                patch.external.push(name);
            }
        }
        if undone {
            let places: BTreeMap<String, usize> = (0..)
                .zip(&kept)
                .map(|(place, patch)| (patch.name.clone(), place))
                .collect();
            for dependent in &left_out {
                for predecessor in &dependent.requires {
                    if let Some(&place) = places.get(predecessor.name.as_str()) {
                        let names = [&dependent.name].into_iter().chain(&dependent.formerly);
                        kept[place].dependents.extend(names.cloned());
                    }
                }
            }
        }
        self.patches = kept;
        self.seal();
        self
    }

    /// The given patches and the repeatable ones that a repeatable one among them is made from: its
    /// checksum says which versions of those it stands on.
    #[must_use]
    pub fn with_repeatables_below(&self, names: BTreeSet<String>) -> BTreeSet<String> {
        let mut names = names;
        let repeatable = self.repeatables();
        // In the order of the plan what is below comes first.
        for patch in self.patches.iter().rev() {
            if patch.repeatable && names.contains(&patch.name) {
                let below = patch.requires.iter().map(|below| &below.name);
                let below = below.filter(|name| repeatable.contains(name.as_str()));
                names.extend(below.map(SmolStr::to_string));
            }
        }
        names
    }

    /// The given patches and the repeatable ones that stand on a repeatable one among them: it
    /// changes, so they are applied again.
    #[must_use]
    pub fn with_repeatables_above(&self, names: BTreeSet<String>) -> BTreeSet<String> {
        let mut names = names;
        let repeatable = self.repeatables();
        for patch in self.patches.iter().filter(|patch| patch.repeatable) {
            let mut below = patch.requires.iter().map(|below| below.name.as_str());
            if below.any(|name| repeatable.contains(name) && names.contains(name)) {
                names.insert(patch.name.clone());
            }
        }
        names
    }

    fn repeatables(&self) -> BTreeSet<&str> {
        let repeatable = self.patches.iter().filter(|patch| patch.repeatable);
        repeatable.map(|patch| patch.name.as_str()).collect()
    }
}
