//! The engine of havoc: from a plan to decisions about the system calls of running programs.
//!
//! The way of the data: rule text → [`plan`] → `matcher` → [`filter`] → stops of the `kernel` seam → `session` →
//! [`record`]. Everything but `kernel::linux` is a pure function of what came before it.
#![deny(unsafe_code)]

mod bytes;
pub mod class;
pub mod filter;
pub mod kernel;
pub mod manual;
pub mod matcher;
pub mod plan;
mod recent;
pub mod record;
pub mod resource;
pub mod ring;
pub mod session;
pub mod signal;
pub mod signature;
pub mod task;
