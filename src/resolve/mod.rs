//! The catalog over all patches: facts become edges, each with the reasons that people are shown.

mod edge;

pub use edge::{Edge, PatchId, Reason, Rule, Strength};
