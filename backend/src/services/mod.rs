//! Placeholder until the first module of this layer lands.
