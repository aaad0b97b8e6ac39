//! Virtual machines: the tests on other kernels and another CPU, under software emulation.
//!
//! A guest is a Debian kernel and a root of Debian's packages, all of it in memory: an initramfs that needs no module of
//! the kernel, so that any kernel will do. It runs one job, tells how that ended, and is gone. User-mode emulation
//! would be faster, and has no ptrace.
mod boot;
mod cpio;
mod cpu;
mod cross;
mod job;
mod kernel;
mod root;
mod runner;
mod suite;
mod testees;

pub use boot::Boot;
pub use cpu::Cpu;
pub use job::{Setting, job};
pub use kernel::{Kernel, Which};
pub use root::provide as root;
pub use runner::{Options, print_environment, run};
pub use suite::build as build_tests;
pub use testees::provide as testees;

use cross::Cross;

use crate::cargo;
use std::path::PathBuf;

/// Returns the directory that keeps what is downloaded and made for guests.
pub fn directory() -> PathBuf {
    cargo::target().join("guest")
}
