//! The engines, each in the words of [`crate::engine::Engine`].

mod postgres;
mod sqlite;

use std::sync::Arc;

use crate::engine::Engine;

/// An engine with the name that trials have without it, or why it is not there.
pub(crate) type Found = (&'static str, Result<Arc<dyn Engine>, String>);

/// Every engine that has a script form.
pub(crate) fn all() -> Vec<Found> {
    vec![("postgres", postgres::start()), ("sqlite", sqlite::start())]
}

/// The names that [`all`] gives, without starting anything.
pub(crate) const NAMES: &[&str] = &["postgres", "sqlite"];
