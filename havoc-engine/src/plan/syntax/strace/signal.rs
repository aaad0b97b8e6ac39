//! Signals as strace writes them: by number, or by name with or without `SIG`, in any case.
use super::piece::{Piece, whole_unsigned};
use crate::plan::syntax::error::{Errors, did_you_mean};
use crate::signal::{Signal, SignalSet};

/// Returns the signal that `text` names.
pub(super) fn read(text: &str) -> Option<Signal> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return whole_unsigned(text).and_then(|number| i32::try_from(number).ok()).and_then(Signal::new);
    }
    let upper = text.to_ascii_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    // Not by second names, such as SIGPOLL.
    Signal::from_name(&upper).filter(|signal| signal.to_string().strip_prefix("SIG") == Some(bare))
}

pub(super) fn unknown(word: Piece, errors: &mut Errors) {
    let text = word.text;
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        errors.add(word.span(), format!("`{text}` is no signal number; they are 1–64"));
        return;
    }
    let known: Vec<String> = (1..=64).filter_map(Signal::new).map(|signal| signal.to_string()).collect();
    let upper = text.to_ascii_uppercase();
    let wanted = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
    errors.add_with(
        word.span(),
        format!("unknown signal `{text}`"),
        did_you_mean(&wanted, known.iter().map(String::as_str)),
    );
}

/// Reads the SET of `signal=`.
pub(super) fn set(text: Piece, errors: &mut Errors) -> SignalSet {
    let mut set = SignalSet::NONE;
    let negated = super::words(text, "signal", errors, |word, errors| {
        // strace takes numbers up to 255; there are no such signals.
        let beyond = word.text.starts_with(|first: char| first.is_ascii_digit())
            && whole_unsigned(word.text).is_some_and(|number| number <= 255);
        match read(word.text) {
            Some(signal) => set = set.with(signal),
            None if beyond => {}
            None => unknown(word, errors),
        }
    });
    if negated { set.inverted() } else { set }
}
