//! havoc on real programs and the running kernel: the log, and what the programs themselves saw.
mod demo;
mod exits;
mod java;
mod lifecycle;
mod rules;
mod signals;
mod stops;
mod tree;
