//! Containers: the engine, the base images where no registry has them, Compose, and the matrix of end-to-end tests.
pub mod compose;
pub mod engine;
pub mod images;
pub mod matrix;
