//! What asks git, in real repositories.

mod bundles;
mod corners;
mod hooks;
mod merge;
mod repository;
mod since;
mod staged;
