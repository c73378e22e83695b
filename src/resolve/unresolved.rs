//! References that nothing in the bundle defines: fine by default, and an error for those who ask.

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::catalog::{Catalog, EventKind};
use super::near::Near;
use crate::finding::{Code, Finding};
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{Kind, Namespace, Object};

/// Reports each such object once per patch.
pub(super) fn report(
    patches: &[Patch],
    catalog: &Catalog<'_>,
    settings: &Settings,
    findings: &mut Vec<Finding>,
) {
    let renamed = renamed_schemas(catalog);
    // What a renamed schema holds came along under its old name.
    let came_along = |object: &Object| {
        let schema = object.name.schema.as_ref();
        schema.is_some_and(|schema| renamed.contains(schema))
    };
    let is_told = |object: &Object| {
        is_reported(object, catalog) && !is_external(&object.name, settings) && !came_along(object)
    };
    let told = catalog.unresolved.iter().map(|(_, object, _)| object);
    let told = told.filter(|object| is_told(object));
    let names: BTreeSet<&ObjectName> = told.map(|object| &object.name).collect();
    // A key stands in the file once.
    let is_list = names.len() > 1 || !settings.externals.is_empty();
    let mut seen = BTreeSet::new();
    let mut near = Near::default();
    let mut known: BTreeMap<_, Option<String>> = BTreeMap::new();
    for (patch, object, span) in &catalog.unresolved {
        if !is_told(object) {
            continue;
        }
        if !seen.insert((patch, object)) {
            continue;
        }
        let name = &patches[patch.0 as usize].name;
        let mut finding = Finding::new(
            Code::Unresolved,
            format!("no patch defines {object}, which `{name}` uses"),
        )
        .label(*span, "not defined in this bundle");
        let close = known
            .entry((catalog.namespace(object.kind), &object.name.name))
            .or_insert_with(|| {
                let may = near.may_compare(catalog.identities.len());
                may.then(|| closest(object, catalog)).flatten()
            });
        if let Some(close) = close {
            finding = finding.help(format!("did you mean `{close}`?"));
        }
        let name = &object.name;
        findings.push(finding.help(match is_list {
            true => format!(
                "if it exists outside the bundle, add `\"{name}\"` to the list `externals = […]` in sqlstitch.toml"
            ),
            false => format!(
                "if it exists outside the bundle, list it in sqlstitch.toml: `externals = [\"{name}\"]`"
            ),
        }));
    }
}

/// The schemas that got their name by a rename.
fn renamed_schemas<'c>(catalog: &'c Catalog<'_>) -> BTreeSet<&'c Ident> {
    let is_renamed = |kind: &EventKind| matches!(kind, EventKind::Birth { rename: true, .. });
    let schemas = catalog
        .iter()
        .map(|(_, identity)| identity)
        .filter(|identity| identity.kind == Kind::Schema)
        .filter(|identity| identity.events.iter().any(|event| is_renamed(&event.kind)));
    schemas.map(|identity| &identity.key.name).collect()
}

/// Kinds whose absence tells something. A routine without a schema may be the engine's own.
fn is_reported(object: &Object, catalog: &Catalog<'_>) -> bool {
    let system = |name: &ObjectName| {
        let schemas = catalog.dialect.system_schemas;
        name.schema.as_ref().is_some_and(|schema| {
            schemas.contains(&schema.as_str()) || *schema == "new" || *schema == "old"
        }) || (name.schema.is_none() && name.name.as_str().starts_with("pg_"))
            || name.name.as_str().starts_with("sqlite_")
    };
    match object.kind.namespace() {
        Namespace::Relation => !system(&object.name),
        Namespace::Type => !system(&object.name),
        Namespace::Own(Kind::Routine) => object.name.schema.is_some() && !system(&object.name),
        _ => false,
    }
}

fn is_external(name: &ObjectName, settings: &Settings) -> bool {
    let name = name.to_string();
    settings.externals.iter().any(|external| {
        external
            .strip_suffix('*')
            .map_or(*external == name, |start| name.starts_with(start))
    })
}

fn closest(object: &Object, catalog: &Catalog<'_>) -> Option<String> {
    let wanted = object.name.name.as_str();
    let names = catalog
        .iter()
        .filter(|(_, identity)| identity.born && identity.owner.is_none())
        .filter(|(_, identity)| identity.key.namespace == catalog.namespace(object.kind))
        .map(|(_, identity)| identity.key.name.as_str());
    names
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness > 0.88)
        .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(one.1)))
        .map(|(_, name)| name.to_owned())
}
