//! The command line of havoc.
#![deny(unsafe_code)]
#[cfg_attr(not(test), expect(dead_code, reason = "main does not read rules yet"))]
mod diagnostics;

fn main() {}
