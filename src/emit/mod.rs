//! emit (placeholder until written).
