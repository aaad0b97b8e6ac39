//! What happened, as data, and how it is written.
mod token;
pub use token::{Look, Token};
pub mod decode;
