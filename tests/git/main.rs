//! What asks git, in real repositories.

mod repository;
mod since;
mod staged;
