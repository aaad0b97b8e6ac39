//! The command line of havoc.
fn main() {}
