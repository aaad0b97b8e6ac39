//! SET → [`CallSet`]: names, numbers and `all`.
use super::Judge;
use super::error::{Errors, did_you_mean};
use super::key;
use super::lexer::Word;
use crate::plan::{CallSet, Member};
use havoc_arch::{Abi, names};

/// Numbers from here on are another ABI's: bit 30 marks x32 calls (arch/x86/include/uapi/asm/unistd.h).
const NUMBERS_END: u32 = 1 << 30;

/// Resolves the words of a set. Each member comes with its word, so that a refusal can point at it.
pub(super) fn resolve<'a>(words: &'a [Word], judge: &Judge, errors: &mut Errors) -> Vec<(Member, &'a Word)> {
    if let [only] = words
        && only.text.is_empty()
    {
        errors.add_help(
            only.span.clone(),
            "the set of calls is empty",
            "a rule begins with the calls it is for: `msync:error=EIO`",
        );
        return Vec::new();
    }
    let mut members = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let negation = usize::from(index == 0 && word.text.starts_with('!'));
        if negation == 1 {
            errors.add_not_built(word.span_of(0..1), "!");
        }
        members.extend(member(word, negation, judge, errors).map(|member| (member, word)));
    }
    members
}

/// Returns the set that the resolved members make.
pub(super) fn call_set(members: &[(Member, &Word)]) -> CallSet {
    CallSet { members: members.iter().map(|(member, _)| member.clone()).collect() }
}

/// Reads one name, that begins at byte `start` of `word`.
fn member(word: &Word, start: usize, judge: &Judge, errors: &mut Errors) -> Option<Member> {
    let text = &word.text[start..];
    let span = word.span_of(start..word.text.len());
    match text.chars().next() {
        None => errors.add_help(span, "a name is missing", "remove the `,` or write a call beside it"),
        Some('?') => errors.add_not_built(span, "?name"),
        Some('/') => errors.add_not_built(span, "/regex"),
        Some('%') => class(&text[1..], span, errors),
        Some('0'..='9') => return number(text, span, errors),
        Some(_) if text == "all" => return Some(Member::All),
        Some(_) => return name(text, span, judge, errors),
    }
    None
}

fn class(name: &str, span: super::Span, errors: &mut Errors) {
    if key::classes().any(|known| known == name) {
        errors.add_not_built(span, &format!("%{name}"));
        return;
    }
    let help = did_you_mean(name, key::classes()).map(|help| help.replacen('`', "`%", 1));
    errors.add_with(span, format!("unknown class `%{name}`"), help);
}

fn number(text: &str, span: super::Span, errors: &mut Errors) -> Option<Member> {
    match text.parse::<u32>() {
        Ok(number) if number < NUMBERS_END => Some(Member::Number(number)),
        Ok(_) => {
            errors.add(span, format!("`{text}` is no syscall number; they are below {NUMBERS_END}"));
            None
        }
        Err(_) => {
            errors.add(span, format!("`{text}` is no syscall number"));
            None
        }
    }
}

fn name(text: &str, span: super::Span, judge: &Judge, errors: &mut Errors) -> Option<Member> {
    if judge.knows(text) {
        return Some(Member::Name(text.to_owned()));
    }
    if let Some(other) = Abi::ALL.into_iter().find(|abi| names::number_of(*abi, text).is_some()) {
        errors.add_help(
            span,
            format!("`{text}` does not exist on {}, only on {}", judge.native.name(), other.name()),
            format!("leave it out here; once `?` is built, `?{text}` will mean it where it exists"),
        );
    } else if text.contains('=') {
        errors.add_help(
            span,
            format!("`{text}` is no syscall"),
            "a rule begins with the calls it is for: `msync:error=EIO`",
        );
    } else {
        let known = names::all_judged(judge.native).chain(["all"]);
        errors.add_with(span, format!("unknown syscall `{text}`"), did_you_mean(text, known));
    }
    None
}
