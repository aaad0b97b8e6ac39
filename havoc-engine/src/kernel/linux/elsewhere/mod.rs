//! Looks that may wait for a file system or for the program itself, made by helper processes: what waits there is a helper, and
//! never havoc.
//!
//! ```text
//!  Looks ── a look that would have to wait ──► Desk ── question, /proc/TID ──► helper
//!    ▲                                          │ ▲                              │ looks, and may wait
//!    └──── the same look, asked again ◄─────────┘ └──────── answer, wake ◄───────┘
//! ```
//!
//! A thread would not do: one that is stuck in the kernel keeps the whole process, havoc, from ending.
mod desk;
mod helper;
mod question;

pub(super) use desk::{Desk, Said};
pub(super) use question::{Question, mapping};
