//! What asks git, in real repositories.

mod hooks;
mod repository;
mod since;
mod staged;
