//! report (placeholder until written).
