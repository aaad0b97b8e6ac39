//! Raw arguments and results → [`Token`]s.
use super::{Look, Token};
use havoc_arch::{Returned, SyscallView};

/// An argument as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Decoded at the entry.
    Known(Vec<Token>),
    /// What the call writes; decoded at the exit.
    Pending,
}

/// Decodes the arguments at the entry, in strace's manner.
#[must_use]
pub fn at_entry(view: &SyscallView, look: &dyn Look) -> Vec<Argument> {
    let _ = look;
    view.args.iter().map(|value| Argument::Known(vec![Token::Text(format!("{value:#x}"))])).collect()
}

/// Decodes at the exit what was pending.
pub fn at_exit(arguments: &mut [Argument], view: &SyscallView, returned: Returned, look: &dyn Look) {
    let _ = (arguments, view, returned, look);
}

/// Decodes a result: the number, `-1 EIO (Input/output error)`, `?` for a restart, `0x7f…` for an address, `3</a>`
/// for a descriptor.
#[must_use]
pub fn result(view: &SyscallView, returned: Returned, look: &dyn Look) -> Vec<Token> {
    let _ = (view, look);
    vec![Token::Text(format!("{returned:?}"))]
}
