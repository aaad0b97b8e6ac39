//! havoc on real programs and the running kernel: the log, and what the programs themselves saw.
mod anything;
#[cfg(target_arch = "aarch64")]
mod arm;
mod blind;
mod changed;
mod corrupt;
mod counting;
mod crash;
mod delays;
mod demo;
mod durable;
mod elsewhere;
mod exits;
mod files;
#[cfg(target_arch = "x86_64")]
mod i386;
mod inherit;
mod java;
mod job_control;
mod lifecycle;
mod logs;
mod plans;
mod random;
mod ranges;
mod rules;
mod selectors;
mod several;
mod short;
mod signals;
mod sockets;
mod stops;
mod syscalls;
mod told;
mod tree;
mod triggers;
