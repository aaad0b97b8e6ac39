//! havoc on real programs and the running kernel: the log, and what the programs themselves saw.
mod exits;
mod lifecycle;
mod rules;
mod signals;
