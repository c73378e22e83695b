//! Pictures of three patches.

use insta::assert_snapshot;

use super::*;
use crate::read::header::Header;
use crate::resolve::{Reason, Rule, Strength};
use crate::source::{ChecksumBuilder, SourceId, Span};

/// Three patches, an edge that the others imply, and one that was cut.
fn drawn(draw: fn(&Picture<'_>) -> String, all: bool) -> String {
    let names = ["tables/t", "views/\"quoted\\\" `v` #1", "z"];
    drawn_as(names, draw, all)
}

fn drawn_as(names: [&str; 3], draw: fn(&Picture<'_>) -> String, all: bool) -> String {
    let mut sources = Sources::default();
    let patches: Vec<Patch> = names
        .iter()
        .map(|name| Patch {
            acts: Default::default(),
            source: sources.add(format!("{name}.sql"), "first line\nsecond line\n"),
            name: (*name).to_owned(),
            header: Header::default(),
            statements: Vec::new(),
            facts: Vec::new(),
            effects: Vec::new(),
            checksum: ChecksumBuilder::default().finish(),
        })
        .collect();
    let edge = |earlier: u32, later: u32, reasons: &[(Rule, Strength, &str)]| Edge {
        earlier: PatchId(earlier),
        later: PatchId(later),
        reasons: reasons
            .iter()
            .map(|&(rule, strength, object)| Reason {
                rule,
                strength,
                object: object.into(),
                earlier: Span::new(SourceId(earlier), 6, 10),
                later: Span::new(SourceId(later), 18, 22),
            })
            .collect(),
    };
    let edges = vec![
        edge(
            0,
            1,
            &[
                (Rule::DefineUse, Strength::Hard, "table t"),
                (Rule::Column, Strength::Hard, "column t.<c>"),
                (Rule::DefineBody, Strength::Late, "table t"),
            ],
        ),
        edge(0, 2, &[(Rule::DefineUse, Strength::Hard, "table t")]),
        edge(1, 2, &[(Rule::WriteRead, Strength::Flow, "table t")]),
        edge(2, 0, &[(Rule::DefineBody, Strength::Late, "function z()")]),
    ];
    let graph = Graph::new(patches.len(), edges);
    let order = graph.order().expect("the late edge can go");
    let graph = graph.without(&order.cut);
    draw(&Picture {
        patches: &patches,
        order: Some(&order),
        cycles: &[],
        graph: &graph,
        sources: &sources,
        phases: &[],
        all,
    })
}

#[test]
fn dot_shows_what_is_not_implied() {
    assert_snapshot!(drawn(dot, false), @r#"
    digraph sqlstitch {
      rankdir=LR;
      node [shape=box];
      "tables/t";
      "views/\"quoted\\\" `v` #1";
      "z";
      "tables/t" -> "views/\"quoted\\\" `v` #1" [label="table t (+1)"];
      "views/\"quoted\\\" `v` #1" -> "z" [label="table t", style=dashed];
    }
    "#);
}

#[test]
fn mermaid_shows_all_if_asked() {
    assert_snapshot!(drawn(mermaid, true), @r#"
    flowchart LR
      p0["tables/t"]
      p1["views/#34;quoted#92;#34; #96;v#96; #35;1"]
      p2["z"]
      p0 -->|"table t (+1)"| p1
      p0 -->|"table t"| p2
      p1 ==>|"table t"| p2
    "#);
}

#[test]
fn json_has_every_edge_and_what_was_cut() {
    assert_snapshot!(drawn(json, false));
}

/// Names that would be markup, or nothing that XML can hold.
const HOSTILE: [&str; 3] = [
    "</svg><script>alert(1)</script>",
    "\"'&amp;]]>/\u{0}\u{b}\u{202e}\u{fffe}",
    "{{data}}<!--/\u{5d0}\u{8868}",
];

#[test]
fn a_drawing_is_xml_whatever_the_names() {
    for all in [false, true] {
        let text = drawn_as(HOSTILE, svg, all);
        let document = roxmltree::Document::parse(&text).expect("XML");
        let elements = |name: &str| {
            let all = document.descendants();
            let named = all.filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
            named.collect::<Vec<_>>()
        };
        assert!(elements("script").is_empty());
        let titles: Vec<&str> = (elements("title").iter())
            .filter_map(roxmltree::Node::text)
            .collect();
        assert_eq!(titles[0], "3 patches and 3 needs between them");
        // A line tells its reasons with their places.
        assert!(titles[1].contains(" needs </svg><script>alert(1)</script>\ndefine-use, hard: "));
        assert!(
            titles[1].contains(".sql:1:7 defines table t, "),
            "{}",
            titles[1]
        );
        let last = titles.last().expect("a title");
        assert_eq!(
            *last,
            "{{data}}<!--/\u{5d0}\u{8868}, number 3, needs 2, needed by 0"
        );
        let lines = elements("path");
        let lines = lines.iter().filter_map(|line| line.attribute("class"));
        // The legend has one of each.
        let count = |class| lines.clone().filter(|&other| other == class).count();
        assert_eq!(count("line hard"), if all { 3 } else { 2 });
        assert_eq!(count("line flow"), 2);
        assert_eq!(count("line cut"), 2);
    }
}

#[test]
fn a_page_holds_no_markup_but_its_own() {
    let text = drawn_as(HOSTILE, html, false);
    assert_eq!(text.matches("</script").count(), 2);
    assert_eq!(text.matches("<!--").count(), 0);
    assert_eq!(text.matches("</svg").count(), text.matches("<svg").count());
    assert!(!text.contains("alert(1)</script>"));
    assert!(!text.contains(['\0', '\u{b}']));
    assert_eq!(text, drawn_as(HOSTILE, html, false), "the same again");
    let address = text.find("://").map(|at| &text[at - 5..at + 20]);
    // The name of a namespace is no address that anything asks for.
    let others = text.replace("http://www.w3.org/2000/svg", "");
    assert!(!others.contains("://"), "{address:?}");
}

/// The least contrasts of WCAG 2.2, level AA: 4.5 for text, 3 for signs.
/// <https://www.w3.org/TR/WCAG22/#contrast-minimum>
#[test]
fn colours_can_be_told_from_what_is_behind_them() {
    let text = [
        (
            "text",
            "paper raised sunken expand-fill migrate-fill contract-fill accent-fill mark",
        ),
        (
            "muted",
            "paper raised sunken expand-fill migrate-fill contract-fill accent-fill",
        ),
        ("accent", "raised"),
        ("flow header cycle", "raised"),
        ("expand", "expand-fill"),
        ("migrate", "migrate-fill"),
        ("contract", "contract-fill"),
        ("comment string word digit", "sunken mark"),
    ];
    let signs = [
        (
            "hard late flow header cut cycle outline accent",
            "paper raised",
        ),
        ("expand migrate contract", "paper raised"),
    ];
    for theme in [include_str!("light.css"), include_str!("dark.css")] {
        let colour = |name: &str| -> f64 {
            let start = theme.find(&format!("--{name}:#")).expect(name) + name.len() + 4;
            let digits: String = theme[start..]
                .chars()
                .take_while(char::is_ascii_hexdigit)
                .collect();
            let at = |place: usize| {
                let pair = if digits.len() == 3 {
                    digits[place..=place].repeat(2)
                } else {
                    digits[2 * place..2 * place + 2].to_owned()
                };
                let value = f64::from(u8::from_str_radix(&pair, 16).expect("a colour")) / 255.0;
                if value <= 0.04045 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * at(0) + 0.7152 * at(1) + 0.0722 * at(2)
        };
        let check = |pairs: &[(&str, &str)], least: f64| {
            for (fronts, backs) in pairs {
                for (front, back) in fronts
                    .split(' ')
                    .flat_map(|front| backs.split(' ').map(move |back| (front, back)))
                {
                    let (one, other) = (colour(front), colour(back));
                    let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                    assert!(contrast >= least, "{front} on {back}: {contrast:.2}");
                }
            }
        };
        check(&text, 4.5);
        check(&signs, 3.0);
    }
}
