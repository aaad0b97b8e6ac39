//! What the end-to-end tests share.
#![deny(unsafe_code)]

pub mod apart;
pub mod command;
pub mod havoc;
pub mod outside;
pub mod scene;
pub mod skip;
pub mod stable;
pub mod terminal;
pub mod testee;
