//! What holds for the errors of any text of the rule language.
use havoc_engine::plan::syntax::Diagnostic;

/// Asserts that there are errors, and that each points at a piece of one of the texts.
///
/// # Panics
/// If not.
pub fn assert_told(texts: &[String], errors: &[Diagnostic]) {
    assert!(!errors.is_empty(), "refused without a reason: {texts:?}");
    for error in errors {
        let text = texts.get(error.source).unwrap_or_else(|| panic!("{error:?} is in none of {texts:?}"));
        assert!(text.get(error.span.clone()).is_some(), "{error:?} points beside {text:?}");
        assert!(!error.message.is_empty(), "{error:?} says nothing");
        assert!(error.help.as_deref() != Some(""), "{error:?} helps with nothing");
    }
}
