//! Times the stages on generated patches, each as a ratio to reading the same files, so that the
//! figures mean something on any machine: `cargo bench --bench order [-- PATCHES]`.

#![expect(clippy::print_stdout, reason = "a bench's result is what it prints")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlstitch::dialect::Engine;
use sqlstitch::dialect::lex::lex;
use sqlstitch::graph::Graph;
use sqlstitch::read::{self, split::split};
use sqlstitch::report::{self, Format};
use sqlstitch::resolve::{self, Edge, PatchId, Reason, Rule, Strength};
use sqlstitch::source::{Source, SourceId, Sources, Span, decode};
use sqlstitch::{pipeline, plan};

/// Each figure is the best of so many runs.
const RUNS: usize = 5;

fn main() {
    let patches = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = write_patches(directory.path(), patches);
    let (base, bytes) = timed(|| files.iter().map(|file| bytes_of(file).len()).sum::<usize>());
    println!("{patches} patches, {bytes} bytes");
    line("read the files", base, base);
    texts(&files, base);
    graphs(base);
}

/// What is done to each text alone.
fn texts(files: &[PathBuf], base: Duration) {
    let dialect = Engine::Postgres.dialect();
    let bytes: Vec<_> = files.iter().map(|file| bytes_of(file)).collect();
    let decoded = || bytes.iter().map(|bytes| decode(bytes).expect("plain text"));
    let (time, sources) = timed(|| {
        let mut sources = Sources::default();
        for (file, text) in files.iter().zip(decoded()) {
            sources.add(file.to_string_lossy(), text);
        }
        sources
    });
    line("decode and index lines", time, base);
    let (time, _) = timed(|| {
        let tokens = |source: &Source| lex(&source.text, &dialect.lexing).len();
        sources.iter().map(tokens).sum::<usize>()
    });
    line("lex", time, base);
    let (time, _) = timed(|| {
        let pieces = |source| split(source, dialect).statements.len();
        sources.iter().map(pieces).sum::<usize>()
    });
    line("lex and split", time, base);
    stages(&sources, base);
}

/// The stages of the pipeline, one after the other, on one thread.
fn stages(sources: &Sources, base: Duration) {
    let engine = Engine::Postgres;
    let settings = resolve::Settings::default();
    let readings = || -> Vec<_> {
        let read = |source| read::read(source, engine);
        sources.iter().map(read).collect()
    };
    let (time, _) = timed(readings);
    line("read (lex, split, header, facts, checksum)", time, base);
    let (patches, _) = resolve::collect(readings(), sources, engine);
    let (time, resolution) =
        timed(|| resolve::resolve(&patches, sources, engine.dialect(), &settings));
    let edges = resolution.edges.len();
    line(&format!("resolve ({edges} edges)"), time, base);
    let (time, _) = timed(|| Graph::new(patches.len(), resolution.edges.clone()).order());
    line("order", time, base);

    let (time, analysis) = timed(|| {
        pipeline::analyse(sources, engine, &settings, |sources, read| {
            sources.iter().map(read).collect()
        })
    });
    let findings = &analysis.findings;
    line(
        &format!("all of these ({} findings)", findings.len()),
        time,
        base,
    );
    for format in Format::ALL {
        let (time, _) = timed(|| report::render(findings, sources, format, false));
        line(&format!("report as {}", format.name()), time, base);
    }
    let plan = || pipeline::plan(&analysis, sources, plan::Settings::default());
    let (time, planned) = timed(plan);
    line("plan", time, base);
    let Some(plan) = planned else { return };
    let (time, _) = timed(|| pipeline::script(&plan, sources).script.map(|it| it.size()));
    line("emit", time, base);
}

fn line(name: &str, time: Duration, base: Duration) {
    let milliseconds = time.as_secs_f64() * 1e3;
    let ratio = time.as_secs_f64() / base.as_secs_f64();
    println!("{name:<44} {milliseconds:>9.2} ms {ratio:>8.2} x");
}

/// The best time and the last value.
fn timed<T>(mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut best = Duration::MAX;
    let mut value = None;
    for _ in 0..RUNS {
        drop(value.take());
        let start = Instant::now();
        value = Some(black_box(run()));
        best = best.min(start.elapsed());
    }
    (best, value.expect("there is at least one run"))
}

fn bytes_of(file: &Path) -> Vec<u8> {
    fs::read(file).expect("the file was just written")
}

/// A generator of numbers that are the same in every run (a 64-bit linear congruential one with
/// Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = (self.0.wrapping_mul(6_364_136_223_846_793_005))
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

/// Small patches as in a project of many modules: tables with foreign keys, views, functions,
/// indexes and rows. Their names say nothing about their order.
fn write_patches(root: &Path, patches: usize) -> Vec<PathBuf> {
    let mut numbers = Numbers(1);
    let mut files = Vec::with_capacity(patches);
    let mut tables = 0;
    for patch in 0..patches {
        let one = numbers.below(tables);
        let two = numbers.below(tables);
        let text = match patch % 10 {
            _ if tables < 2 => table(&mut tables, 0, 0),
            0..=3 => table(&mut tables, one, two),
            4 | 5 => format!(
                "-- a view\nCREATE OR REPLACE VIEW app.v{patch} AS\n  SELECT a.id, a.name, count(b.id) AS n\n  \
                 FROM app.t{one} AS a\n  LEFT JOIN app.t{two} AS b ON b.parent_id = a.id\n  \
                 WHERE a.name <> 'it''s -- not a comment'\n  GROUP BY a.id, a.name;\n"
            ),
            6 | 7 => format!(
                "CREATE FUNCTION app.f{patch}(p_id bigint, p_name text DEFAULT 'x') RETURNS bigint\n\
                 LANGUAGE plpgsql AS $body$\nDECLARE\n  v_id app.t{one}.id%TYPE;\nBEGIN\n  \
                 INSERT INTO app.t{two} (name, amount) VALUES (p_name, 1.5) RETURNING id INTO v_id;\n  \
                 UPDATE app.t{one} SET name = p_name WHERE id = p_id;\n  RETURN v_id;\nEND;\n$body$;\n"
            ),
            8 => format!(
                "CREATE INDEX i{patch} ON app.t{one} (lower(name)) WHERE amount > 0;\n\
                 COMMENT ON TABLE app.t{one} IS 'the table number {one}';\n"
            ),
            _ => format!(
                "INSERT INTO app.t{one} (name, amount) VALUES ('a', 1), ('b', 2), ('c', 3);\n\
                 UPDATE app.t{two} SET amount = (SELECT max(amount) FROM app.t{one});\n"
            ),
        };
        let scramble = (patch * 7919) % patches;
        let directory = root.join(format!("m{:03}", scramble % 100));
        fs::create_dir_all(&directory).expect("a directory");
        let file = directory.join(format!("p{scramble}.sql"));
        fs::write(&file, text).expect("a file");
        files.push(file);
    }
    files.sort();
    files
}

fn table(tables: &mut usize, one: usize, two: usize) -> String {
    let this = *tables;
    *tables += 1;
    let mut text = String::new();
    if this == 0 {
        text.push_str("CREATE SCHEMA app;\n");
    }
    write!(
        text,
        "CREATE TABLE app.t{this} (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  \
         parent_id bigint REFERENCES app.t{one} (id),\n  other_id bigint REFERENCES app.t{two},\n  \
         name text NOT NULL DEFAULT '',\n  amount numeric(12, 2) CHECK (amount >= 0),\n  \
         created timestamptz NOT NULL DEFAULT now()\n);\n"
    )
    .expect("a string takes every write");
    text
}

/// The graph alone, on graphs larger than the project's.
fn graphs(base: Duration) {
    let mut numbers = Numbers(2);
    let random: Vec<Edge> = (0..100_000)
        .map(|_| {
            let (one, other) = (numbers.below(10_000), numbers.below(10_000));
            edge(one.min(other), one.max(other), Strength::Hard)
        })
        .collect();
    let with_late = |numbers: &mut Numbers, count: usize| {
        let mut edges = random.clone();
        edges.extend((0..count).map(|_| {
            let (one, other) = (numbers.below(10_000), numbers.below(10_000));
            edge(one, other, Strength::Late)
        }));
        edges
    };
    let few = with_late(&mut numbers, 30);
    let many = with_late(&mut numbers, 10_000);
    let mut wild = random.clone();
    for edge in wild.iter_mut().step_by(2) {
        std::mem::swap(&mut edge.earlier, &mut edge.later);
    }
    let chain: Vec<Edge> = (1..100_000)
        .map(|at| edge(at, at - 1, Strength::Hard))
        .collect();
    for (name, patches, edges) in [
        ("10,000 patches, 100,000 edges", 10_000, &random),
        ("the same and 30 late edges anywhere", 10_000, &few),
        ("the same and 10,000 late edges anywhere", 10_000, &many),
        ("the same with half of the edges reversed", 10_000, &wild),
        ("a chain of 100,000 patches", 100_000, &chain),
    ] {
        let (time, graph) = timed(|| Graph::new(patches, edges.clone()));
        line(&format!("graph: {name}"), time, base);
        let (time, order) = timed(|| graph.order());
        let told = match &order {
            Ok(order) => format!("{} cut", order.cut.len()),
            Err(cycles) => format!("{} cycles", cycles.len()),
        };
        line(&format!("  order ({told})"), time, base);
        if let Ok(order) = order {
            let graph = graph.without(&order.cut);
            let (time, reduced) = timed(|| graph.reduced_edges().len());
            line(&format!("  reduce to {reduced} edges"), time, base);
            let ends = (order.sequence[0], order.sequence[patches - 1]);
            let (time, _) = timed(|| graph.why(ends.0, ends.1).map(|chain| chain.len()));
            line("  why", time, base);
        }
    }
}

fn edge(earlier: usize, later: usize, strength: Strength) -> Edge {
    Edge {
        earlier: PatchId(earlier as u32),
        later: PatchId(later as u32),
        reasons: vec![Reason {
            rule: Rule::DefineUse,
            strength,
            object: "table t".into(),
            earlier: Span::new(SourceId(earlier as u32), 0, 1),
            later: Span::new(SourceId(later as u32), 0, 1),
        }],
    }
}
