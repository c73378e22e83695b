//! The order for Graphviz.

use std::fmt::Write as _;

use super::{Picture, label};
use crate::resolve::Strength;

/// Graphviz. An arrow leads from a patch to what comes after it; a flow edge is dashed, a late one
/// is dotted. What closes a cycle is thick and red.
#[must_use]
pub fn dot(picture: &Picture<'_>) -> String {
    let mut text = "digraph sqlstitch {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for patch in picture.sequence() {
        text.push_str(&format!("  {};\n", dot_string(picture.name(patch))));
    }
    for edge in picture.edges() {
        let style = match edge.strength() {
            Strength::Hard => "",
            Strength::Flow => ", style=dashed",
            Strength::Late => ", style=dotted",
        };
        let style = if picture.is_in_cycle(edge) {
            ", color=red, penwidth=3"
        } else {
            style
        };
        writeln!(
            text,
            "  {} -> {} [label={}{style}];",
            dot_string(picture.name(edge.earlier)),
            dot_string(picture.name(edge.later)),
            dot_string(&label(edge)),
        )
        .expect("a string takes every write");
    }
    text.push_str("}\n");
    text
}

/// <https://graphviz.org/doc/info/lang.html>: in double quotes only the double quote needs an
/// escape, but labels read backslash escapes.
fn dot_string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            char if char.is_control() => quoted.push(' '),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
