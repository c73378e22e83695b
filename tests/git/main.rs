//! What asks git, in real repositories.

mod bundles;
mod hooks;
mod merge;
mod repository;
mod since;
mod staged;
