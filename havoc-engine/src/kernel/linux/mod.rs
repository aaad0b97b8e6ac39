//! Linux.
#[cfg(test)]
mod guest;
pub mod kept;
pub mod maps;
pub mod memory;
pub mod proc;
mod procmap_query;
pub mod resolve;
pub mod status;
