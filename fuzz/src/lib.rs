//! What the fuzz targets share. Each target is a file in `src/bin/` and needs nothing else: `cargo xtask fuzz` finds it
//! there, with its seeds in `corpus/TARGET/` and its words in `dictionary/TARGET.dict`, where there are any.
//!
//! A target is a function from bytes to nothing, which panics over what must not be. That the code panics is the first
//! thing that must not be; the laws that a target asserts beside it are the same for every input.
//!
//! libFuzzer finds its way by coverage, and the coverage comes from LLVM's pass `sancov-module`, which the stable rustc
//! runs as well when it is told to (`rustc`, beside `src/`). What needs a nightly one is AddressSanitizer; it would look
//! for mistakes in unsafe code, and all that is tried here is safe. honggfuzz and AFL++ were no alternative: both want a
//! program of their own installed, and AFL++ its own plug-in for the compiler.
#![deny(unsafe_code)]

pub mod escape;
pub mod lines;
pub mod rules;
pub mod task;
pub mod words;
