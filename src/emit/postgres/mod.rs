//! Plan → one guarded script for PostgreSQL 13 and later.
//!
//! The script has one of two forms. The first runs in any client: no command of psql, no BEGIN or
//! COMMIT, so `psql -f` commits patch by patch and whatever sends it as one message (psql -1,
//! drivers) gets all of it or nothing. The second is for psql; it is the same script, except that
//! patches with COPY data or with statements that run outside a transaction only are sent statement
//! by statement with `\gexec`. docs/engines/postgres.md tells why each part is there.

mod adopt;
mod alone;
mod any;
mod client_command;
mod copy;
mod enum_value;
mod psql;
mod quote;
mod repeatable;
mod routine;
mod single;
mod statement;
mod steps;
mod template;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::emit::{Emitted, Script, banner};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Client, Phase, Plan, PlannedPatch, Transaction};
use crate::source::Sources;

use routine::Committing;
use statement::Class;
use steps::{Steps, first_line};
use template::Template;

/// From this size on a patch is sent statement by statement where the client can do it: in one DO
/// block the server holds it several times.
const LARGE: usize = 16 << 20;

/// How many places a finding about the whole script shows.
const PLACES: usize = 5;

/// The statements of a plan, and which form can carry them.
struct Form<'s> {
    patches: Vec<Steps<'s>>,
    /// What no form can carry.
    findings: Vec<Finding>,
    /// A baseline runs none of the patches.
    runs: bool,
    with_psql: bool,
    /// The note about what makes psql necessary.
    needs: Option<Finding>,
}

/// The script for the plan, or why there is none.
#[must_use]
pub fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    write(plan, sources, form(plan, sources))
}

/// The findings that [`emit`] would give. Without a script where these do not depend on it: the form for any
/// client.
#[must_use]
pub fn findings(plan: &Plan, sources: &Sources) -> Vec<Finding> {
    let mut form = form(plan, sources);
    if form.with_psql {
        return write(plan, sources, form).findings;
    }
    let to_run = plan.patches.iter().zip(&form.patches).filter(|_| form.runs);
    for (patch, steps) in to_run {
        any::carried(patch, steps, &mut form.findings);
    }
    form.findings
}

fn form<'s>(plan: &Plan, sources: &'s Sources) -> Form<'s> {
    let mut findings = Vec::new();
    let committing = Committing::of(plan, sources);
    let taken_apart = plan.patches.par_iter().map(|patch| {
        let mut findings = Vec::new();
        let source = sources.get(patch.source);
        let steps = steps::steps(patch, source, &committing, &mut findings);
        (steps, findings)
    });
    let (mut patches, of_patches): (Vec<_>, Vec<_>) = taken_apart.unzip();
    findings.extend(of_patches.into_iter().flatten());
    repeatable::mark(plan, &mut patches);
    findings.extend(enum_value::findings(plan, &patches));
    if plan.settings.transaction == Transaction::Single {
        let pairs = plan.patches.iter().zip(&patches);
        findings.extend(pairs.filter_map(|(patch, steps)| single::refuse(patch, steps)));
    }
    let runs = plan.settings.action != Action::Baseline;
    if !runs {
        findings.clear();
    }
    let needs = needs_psql(plan, &patches).filter(|_| runs);
    let with_psql = match plan.settings.client {
        _ if !runs => false,
        Client::Any => false,
        Client::Native => true,
        Client::Auto => needs.is_some(),
    };
    Form {
        patches,
        findings,
        runs,
        with_psql,
        needs,
    }
}

fn write(plan: &Plan, sources: &Sources, form: Form<'_>) -> Emitted {
    let Form {
        patches,
        mut findings,
        runs,
        with_psql,
        needs,
    } = form;
    let is_single = plan.settings.transaction == Transaction::Single;
    let set = patches.iter().flat_map(Steps::settings).collect();
    let template = Template::new(plan, &set);
    let mut script = Script::new();
    if with_psql {
        let why = needs.as_ref().map_or_else(
            || "asked for with --client native".to_owned(),
            |finding| psql_reason(finding, sources),
        );
        script.push_str(&format!(
            "-- For psql (psql -X -f FILE), because of {}.\n",
            crate::emit::text::in_comment(&why)
        ));
        findings.extend(needs);
    }
    script.push_str(&head(plan, &patches, &template, sources, with_psql));
    let to_run = plan.patches.iter().zip(&patches).filter(|_| runs);
    for (index, (patch, steps)) in to_run.enumerate() {
        script.push('\n');
        script.push_str(&banner::patch(plan, index, sources));
        if with_psql && steps.stepwise {
            psql::stepwise(&mut script, patch, steps, &mut findings);
        } else if with_psql && (steps.for_psql().next().is_some() || steps.size() > LARGE) {
            psql::transaction(&mut script, patch, steps, !is_single, &mut findings);
        } else {
            any::patch(&mut script, plan, patch, steps, &mut findings);
        }
    }
    script.push('\n');
    if repeatable::is_needed(&patches) {
        script.push_str(&template.repeatables_finish());
    }
    script.push_str(&template.finish());
    if with_psql {
        script.push_str(&template.psql_finish(outside(&patches), is_single));
    }
    if is_single {
        script.push('\n');
        script.push_str(&template.single_end());
    }
    Emitted::new(script, findings)
}

/// Whether a patch runs outside a transaction.
fn outside(patches: &[Steps<'_>]) -> bool {
    patches.iter().any(|steps| steps.stepwise)
}

/// Everything above the first patch.
fn head(
    plan: &Plan,
    patches: &[Steps<'_>],
    template: &Template,
    sources: &Sources,
    with_psql: bool,
) -> String {
    let mut text = banner::title(plan);
    let is_single = plan.settings.transaction == Transaction::Single;
    if is_single {
        text.push_str("-- One transaction: all of it is applied, or nothing.\n");
    } else if !with_psql {
        text.push_str("-- Any client runs this. psql -f commits patch by patch; psql -1 -v ON_ERROR_STOP=1 and drivers apply all or nothing.\n");
    }
    text.push('\n');
    text.push_str(Template::stranger());
    text.push('\n');
    if with_psql {
        text.push_str(Template::psql_begin());
    }
    // Names in comments may need it already.
    text.push_str("SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n");
    text.push_str(&banner::contents(plan));
    text.push('\n');
    if is_single {
        text.push_str(Template::single_begin());
    }
    let undoes = plan.settings.action == Action::Revert;
    let rows = plan.patches.iter().zip(patches);
    let rows: Vec<String> = rows
        .map(|(patch, steps)| bundle_row(patch, steps, undoes))
        .collect();
    text.push_str(&template.bundle(&rows, letter(plan, patches)));
    if with_psql {
        text.push_str(&template.psql_lock(outside(patches), is_single));
    }
    text.push('\n');
    let repeatables = repeatable::is_needed(patches);
    text.push_str(&template.functions(repeatables));
    text.push('\n');
    if repeatables {
        text.push_str(&template.repeatables(&repeatable::makes(plan, patches)));
        text.push('\n');
    }
    let more = template.more_functions(plan, sources);
    if !more.is_empty() {
        text.push_str(&more);
        text.push('\n');
    }
    text.push_str(&template.ledger());
    if with_psql {
        text.push('\n');
        text.push_str(&template.psql_functions());
    }
    text
}

/// The first letter beyond ASCII in what the database is to store or run.
fn letter(plan: &Plan, patches: &[Steps<'_>]) -> Option<char> {
    let names = plan.patches.iter().map(|patch| patch.name.as_str());
    let texts = patches.iter().flat_map(|steps| &steps.steps);
    let texts = texts.flat_map(|step| [step.text(), step.data()]);
    names
        .chain(texts)
        .filter(|text| !text.is_ascii())
        .find_map(|text| text.chars().find(|letter| !letter.is_ascii()))
}

/// A line of the list of patches; what follows from the name, or is usual, is left out.
fn bundle_row(patch: &PlannedPatch, steps: &Steps<'_>, undoes: bool) -> String {
    let mut row = format!(
        "{{\"name\": {}, \"checksum\": \"{}\", \"statements\": {}",
        json(&patch.name),
        patch.checksum,
        steps.steps.len(),
    );
    if patch.path.strip_suffix(".sql") != Some(&patch.name) {
        row.push_str(&format!(", \"path\": {}", json(&patch.path)));
    }
    if patch.phase != Phase::Expand {
        row.push_str(&format!(", \"phase\": \"{}\"", patch.phase.name()));
    }
    if patch.repeatable {
        row.push_str(", \"kind\": \"repeatable\"");
    }
    if steps.stepwise {
        row.push_str(", \"stepwise\": true");
    }
    if undoes && patch.irreversible {
        row.push_str(", \"irreversible\": true");
    }
    if !patch.external_formerly.is_empty() {
        let mut former: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, old) in &patch.external_formerly {
            former.entry(name).or_default().push(old);
        }
        row.push_str(&format!(", \"external_formerly\": {}", json(&former)));
    }
    for (key, names) in [
        ("formerly", &patch.formerly),
        ("external", &patch.external),
        ("dependents", &patch.dependents),
    ] {
        if !names.is_empty() {
            row.push_str(&format!(", \"{key}\": {}", json(names)));
        }
    }
    row.push('}');
    row
}

/// JSON without a `$`, so that it may stand in any dollar quote.
fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).expect("names are strings");
    text.replace('$', "\\u0024")
}

/// The note about the places that make psql necessary, if there are any.
fn needs_psql(plan: &Plan, patches: &[Steps<'_>]) -> Option<Finding> {
    let mut finding = Finding::new(Code::ClientNeeded, "the script needs psql");
    let is_auto = plan.settings.client == Client::Auto;
    let mut more = 0;
    let mut is_psql_alone = false;
    for (patch, steps) in plan.patches.iter().zip(patches) {
        let mut places = 0;
        is_psql_alone |= steps.stepwise;
        for step in steps.for_psql() {
            places += 1;
            is_psql_alone |= match step.class {
                Class::CopyIn => copy::target(step.text()).is_none(),
                _ => true,
            };
            if finding.labels.len() == PLACES {
                more += 1;
                continue;
            }
            let what = match step.class {
                Class::CopyIn => "the data of a COPY",
                Class::CopyOut => "a COPY to the client",
                _ => "a statement that runs outside a transaction only",
            };
            finding = finding.label(first_line(step), what);
        }
        if steps.stepwise && places == 0 {
            let whole = crate::source::Span::new(patch.source, 0, 0);
            finding = finding.label(whole, "a patch with the header transaction: off");
        } else if is_auto
            && places == 0
            && steps.size() > LARGE
            && let Some(first) = steps.steps.first()
        {
            let size = steps.size() >> 20;
            let what = format!("a patch of {size} MiB, which is sent statement by statement");
            finding = finding.label(first_line(first), what);
        }
    }
    if more > 0 {
        finding = finding.note(format!("{more} more statements need it"));
    }
    let help = match is_psql_alone {
        // `--client any` refuses them.
        true => "run the script with psql: no other client can do this",
        false => {
            "`sqlstitch build --client any` makes a script for every client where that is possible"
        }
    };
    (!finding.labels.is_empty()).then(|| finding.help(help))
}

fn psql_reason(finding: &Finding, sources: &Sources) -> String {
    let label = &finding.labels[0];
    let more = match finding.labels.len() - 1 + finding.notes.len() {
        0 => "",
        _ => ", and more",
    };
    format!(
        "{} ({}){more}",
        label.message,
        sources.locate_under_root(label.span)
    )
}
