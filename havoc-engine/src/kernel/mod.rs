//! The seam to the kernel.
pub mod linux;
pub mod look_error;
