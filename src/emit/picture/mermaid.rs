//! The order for Mermaid.

use std::fmt::Write as _;

use super::{Picture, label};
use crate::resolve::Strength;

/// Mermaid. An arrow leads from a patch to what comes after it; a hard edge is a line, a flow edge a
/// thick one, a late edge a dotted one.
#[must_use]
pub fn mermaid(picture: &Picture<'_>) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for patch in picture.sequence() {
        let name = mermaid_string(picture.name(patch));
        text.push_str(&format!("  p{}[{name}]\n", patch.0));
    }
    for edge in picture.edges() {
        let arrow = match edge.strength() {
            Strength::Hard => "-->",
            Strength::Flow => "==>",
            Strength::Late => "-.->",
        };
        let (earlier, later) = (edge.earlier.0, edge.later.0);
        let label = mermaid_string(&label(edge));
        writeln!(text, "  p{earlier} {arrow}|{label}| p{later}")
            .expect("a string takes every write");
    }
    text
}

/// <https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>: in double quotes,
/// what Mermaid or HTML would read is written as an entity code.
fn mermaid_string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | ';' => {
                quoted.push_str(&format!("#{};", u32::from(char)));
            }
            char if char.is_control() => quoted.push(' '),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
