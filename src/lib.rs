//! sqlstitch bundles independent SQL files ("patches") into one idempotent
//! migration script, in the order that the SQL itself asks for.
//!
//! Start reading at [`pipeline`], which names the stages in order. The modules
//! stand on floors, and a module imports only from floors below its own:
//!
//! | floor | module |
//! |---|---|
//! | 8 | [`cli`] (and [`pipeline`], the path it runs) |
//! | 7 | [`emit`], [`report`], [`engine`] |
//! | 6 | [`plan`], [`merge`] |
//! | 5 | [`graph`] |
//! | 4 | [`resolve`] |
//! | 3 | [`read`] |
//! | 2 | [`dialect`], [`import`] |
//! | 1 | [`finding`] |
//! | 0 | [`source`], [`name`] |
//!
//! `tests/architecture.rs` enforces the table.

pub mod cli;
pub mod dialect;
pub mod emit;
pub mod engine;
pub mod finding;
pub mod graph;
pub mod import;
pub mod merge;
pub mod name;
pub mod pipeline;
pub mod plan;
pub mod read;
pub mod report;
pub mod resolve;
pub mod source;
