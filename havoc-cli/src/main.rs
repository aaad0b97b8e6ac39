//! The command line of havoc.
#![deny(unsafe_code)]

fn main() {}
