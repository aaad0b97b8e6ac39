//! Placeholder of the workspace layout.
#![deny(unsafe_code)]
