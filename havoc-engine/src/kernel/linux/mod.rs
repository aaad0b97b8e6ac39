//! Linux.
pub mod maps;
pub mod proc;
mod procmap_query;
pub mod resolve;
pub mod status;
