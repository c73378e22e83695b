//! The patches as a graph: order, cycles, and why one comes before another.
