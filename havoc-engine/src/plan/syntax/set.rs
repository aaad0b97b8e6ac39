//! SET → [`CallSet`]: names, numbers, classes, expressions and `all`.
use super::error::{Errors, did_you_mean};
use super::lexer::Word;
use super::{Judge, Span, mistaken};
use crate::class::{self, Class, family};
use crate::plan::{CallRegex, CallSet, Member, Names, Width};
use havoc_arch::{Abi, names};

/// Numbers from here on are another ABI's: bit 30 marks x32 calls (arch/x86/include/uapi/asm/unistd.h).
const NUMBERS_END: u32 = 1 << 30;

/// A set as it was written.
#[derive(Debug, Default)]
pub(super) struct Resolved<'a> {
    /// `!` stands before it.
    pub negated: bool,
    /// Its members, each with its word, so that a refusal can point at it.
    pub members: Vec<(Member, &'a Word)>,
}

impl Resolved<'_> {
    /// Returns the set.
    pub fn call_set(&self) -> CallSet {
        CallSet {
            negated: self.negated,
            members: self.members.iter().map(|(member, _)| member.clone()).collect(),
        }
    }
}

/// Resolves the words of a set.
pub(super) fn resolve<'a>(words: &'a [Word], judge: &Judge, errors: &mut Errors) -> Resolved<'a> {
    let mut resolved = Resolved::default();
    if let [only] = words
        && only.text.is_empty()
    {
        errors.add_help(
            only.span.clone(),
            "the set of calls is empty",
            "a rule begins with the calls it is for: `msync:error=EIO`",
        );
        return resolved;
    }
    for (index, word) in words.iter().enumerate() {
        let negates = index == 0 && word.text.starts_with('!');
        resolved.negated |= negates;
        if let Some(member) = member(word, usize::from(negates), judge, errors) {
            resolved.members.push((member, word));
        }
    }
    if resolved.negated
        && resolved.members.iter().any(|(member, _)| member.names == Names::All && member.only.is_none())
    {
        let span = words.first().map_or(0..0, |word| word.span.clone());
        errors.add_help(span, "nothing is left of all calls without all calls", "leave the `!` out");
    }
    resolved
}

/// Reads one name, that begins at byte `start` of `word`.
fn member(word: &Word, start: usize, judge: &Judge, errors: &mut Errors) -> Option<Member> {
    let optional = word.text[start..].starts_with('?');
    let start = start + usize::from(optional);
    let text = &word.text[start..];
    // An expression may hold any character.
    if let Some(expression) = text.strip_prefix('/') {
        return regex(expression, word.span_of(start..word.text.len()), errors).map(|names| Member {
            names,
            optional,
            only: None,
        });
    }
    let (text, only) = match text.split_once('@') {
        None => (text, None),
        Some((name, suffix)) => {
            let span = word.span_of(start + name.len()..word.text.len());
            (name, Some(width(suffix, span, errors)?))
        }
    };
    let span = word.span_of(start..start + text.len());
    let names = match text.chars().next() {
        None => {
            errors.add_help(span, "a name is missing", "remove the `,` or write a call beside it");
            None
        }
        Some('%') => class(&text[1..], span, errors).map(Names::Class),
        Some('0'..='9') => number(text, span, errors).map(Names::Number),
        Some(_) if text == "all" => Some(Names::All),
        Some(_) => name(text, span, optional, judge, errors).map(Names::Name),
    };
    Some(Member { names: names?, optional, only })
}

/// Reads what stands behind an `@`. strace(1), "-e trace=".
fn width(suffix: &str, span: Span, errors: &mut Errors) -> Option<Width> {
    match suffix {
        "64" => return Some(Width::Bits64),
        "32" => return Some(Width::Bits32),
        "x32" => errors.add_help(
            span,
            "calls of x32 are not judged",
            "they are counted, and told of in the report; `@64` and `@32` are judged",
        ),
        _ => errors.add_help(span, format!("`@{suffix}` is no width"), "write `@64` or `@32`"),
    }
    None
}

fn regex(text: &str, span: Span, errors: &mut Errors) -> Option<Names> {
    if text.is_empty() {
        errors.add_help(span, "an expression is missing", "`/sync$` is every call whose name ends so");
        return None;
    }
    match CallRegex::new(text) {
        Ok(regex) if Abi::ALL.into_iter().flat_map(names::all).any(|(_, name)| regex.is_in(name)) => {
            Some(Names::Regex(regex))
        }
        Ok(_) => {
            errors.add(span, format!("no call's name holds `{text}`"));
            None
        }
        Err(why) => {
            errors.add_help(span, "this is no regular expression", why);
            None
        }
    }
}

fn class(name: &str, span: Span, errors: &mut Errors) -> Option<&'static Class> {
    let found = class::of(name);
    if found.is_none() {
        let help = did_you_mean(name, class::all().map(|class| class.name));
        let help = match help {
            Some(help) => help.replacen('`', "`%", 1),
            None if Abi::ALL.into_iter().any(|abi| names::number_of(abi, name).is_some()) => {
                format!("`{name}` is a call: write it without the `%`")
            }
            None => "`havoc syscalls` lists all classes".to_owned(),
        };
        errors.add_help(span, format!("unknown class `%{name}`"), help);
    }
    found
}

fn number(text: &str, span: Span, errors: &mut Errors) -> Option<u32> {
    match text.parse::<u32>() {
        Ok(number) if number < NUMBERS_END => Some(number),
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

fn name(text: &str, span: Span, optional: bool, judge: &Judge, errors: &mut Errors) -> Option<String> {
    if judge.knows(text) || optional && is_like_a_name(text) {
        return Some(text.to_owned());
    }
    if let Some(other) = Abi::ALL.into_iter().find(|abi| names::number_of(*abi, text).is_some()) {
        let instead = mistaken::call(text, judge).or_else(|| {
            let known = family::of(text)?.here();
            Some(format!("here programs make {}", known.collect::<Vec<_>>().join(", ")))
        });
        let instead = instead.map_or_else(String::new, |instead| format!("; {instead}"));
        errors.add_help(
            span,
            format!("`{text}` does not exist on {}, only on {}", judge.native.name(), other.name()),
            format!("`?{text}` means it where it exists{instead}"),
        );
    } else if text.starts_with('!') {
        errors.add_help(
            span,
            format!("`{text}` is no syscall"),
            "a `!` stands once, before the first of a set: it means all calls but those of the set",
        );
    } else if text.contains('=') {
        let help = match text.split_once(char::is_whitespace) {
            Some((call, _)) if judge.knows(call) => {
                format!("the items of a rule are separated by `:`: write `{call}:…`")
            }
            _ => "a rule begins with the calls it is for: `msync:error=EIO`".to_owned(),
        };
        errors.add_help(span, format!("`{text}` is no syscall"), help);
    } else {
        let known = names::all_judged(judge.native).chain(["all"]);
        let help = mistaken::call(text, judge)
            .or_else(|| did_you_mean(text, known))
            .unwrap_or_else(|| "`havoc syscalls` lists all calls and classes".to_owned());
        errors.add_help(span, format!("unknown syscall `{text}`"), help);
    }
    None
}

/// Tells whether `text` may be the name of a call of another kernel.
fn is_like_a_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
