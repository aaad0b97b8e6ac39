//! strace's SET of system calls. src/basic_filters.c of strace 6.1, `qualify_syscall_tokens`.
use super::piece::{Piece, whole_unsigned};
use crate::class::{self, Class, Origin};
use crate::plan::syntax::Judge;
use crate::plan::syntax::error::{Errors, did_you_mean};
use crate::plan::{CallRegex, CallSet, Member, Names, Width};
use havoc_arch::{Abi, names};

/// Whose calls a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Designator {
    /// No `@`: those of every ABI.
    Any,
    /// `@64` and `@32`.
    Of(Width),
    /// `@x32`: an ABI that is not judged.
    X32,
}

impl Designator {
    fn has(self, width: Width) -> bool {
        self == Designator::Any || self == Designator::Of(width)
    }

    fn width(self) -> Option<Width> {
        match self {
            Designator::Of(width) => Some(width),
            Designator::Any | Designator::X32 => None,
        }
    }
}

/// Reads a SET.
pub(super) fn read(set: Piece, judge: &Judge, errors: &mut Errors) -> CallSet {
    let (exclamations, words) = set.without_leading('!');
    let negated = exclamations % 2 == 1;
    match (words.text, negated) {
        ("all", false) | ("none", true) => return CallSet::all(),
        ("all", true) | ("none", false) => return CallSet::default(),
        _ => {}
    }
    let mut members = Vec::new();
    let mut is_empty = true;
    for word in words.tokens(',') {
        is_empty = false;
        members.extend(self::word(word, judge, errors));
    }
    if is_empty {
        errors.add_help(
            set.span(),
            "the set of calls is empty",
            "name calls, `%class`, `/regex`, `all` or `none`",
        );
    }
    CallSet { negated, members }
}

/// Reads one word: what it stands for, which may be nothing.
fn word(word: Piece, judge: &Judge, errors: &mut Errors) -> Vec<Member> {
    let (questions, word) = word.without_leading('?');
    let optional = questions > 0;
    let (word, designator) = match word.split_last('@') {
        None => (word, Designator::Any),
        Some((word, suffix)) => match designator(suffix, judge, errors) {
            Some(designator) => (word, designator),
            None => return Vec::new(),
        },
    };
    let found = match word.text.chars().next() {
        Some('0'..='9') => number(word, designator, judge),
        Some('/') => regex(word.from(1), judge, errors),
        _ => class(word.text).map(Names::Class).map(|names| vec![names.into()]).or_else(|| name(word, judge)),
    };
    let Some(mut members) = found else {
        if !optional {
            unknown(word, judge, errors);
        }
        return Vec::new();
    };
    // x32 calls are not judged: they are counted, and told of in the report.
    members.retain(|_| designator != Designator::X32);
    for member in &mut members {
        member.optional = optional;
        member.only = member.only.or(designator.width());
    }
    members
}

fn designator(suffix: Piece, judge: &Judge, errors: &mut Errors) -> Option<Designator> {
    // x32 alone: an ABI of the same machine that shares its AUDIT_ARCH value.
    let is_kin = |abi: Abi| abi != judge.native && abi.audit_arch() == judge.native.audit_arch();
    match suffix.text {
        "64" => Some(Designator::Of(Width::Bits64)),
        "32" => Some(Designator::Of(Width::Bits32)),
        name if Abi::ALL.into_iter().any(|abi| is_kin(abi) && abi.name() == name) => Some(Designator::X32),
        other => {
            errors.add_help(suffix.span(), format!("`@{other}` is no width"), "write `@64` or `@32`");
            None
        }
    }
}

/// A number is a call of every ABI that has one of this number, each time another.
fn number(word: Piece, designator: Designator, judge: &Judge) -> Option<Vec<Member>> {
    let number = whole_unsigned(word.text).and_then(|number| u32::try_from(number).ok())?;
    let name_in = |abi: &Abi| names::name_of(*abi, number);
    let companions = judge.native.judged().iter().filter(|abi| !abi.is_native());
    let mut members: Vec<Member> = Vec::new();
    if designator.has(Width::Bits64) && name_in(&judge.native).is_some() {
        members.push(Names::Number(number).into());
    }
    if designator.has(Width::Bits32) {
        let only = Some(Width::Bits32);
        members.extend(companions.filter_map(name_in).map(|name| Member { only, ..Member::name(name) }));
    }
    let is_known = !members.is_empty()
        // The tables of ABIs that are not judged have about the same numbers.
        || designator.width().is_none_or(|width| width == Width::Bits32) && name_in(&judge.native).is_some();
    is_known.then_some(members)
}

fn regex(expression: Piece, judge: &Judge, errors: &mut Errors) -> Option<Vec<Member>> {
    match CallRegex::new(expression.text) {
        Ok(regex) => {
            let names = known(judge).any(|name| regex.is_in(name));
            names.then(|| vec![Names::Regex(regex).into()])
        }
        Err(why) => {
            errors.add_help(expression.span(), "this is no regular expression", why);
            // That is said already.
            Some(Vec::new())
        }
    }
}

fn known(judge: &Judge) -> impl Iterator<Item = &'static str> {
    names::all_judged(judge.native).chain(names::WITHOUT_A_NUMBER)
}

/// strace's classes alone, with `%` and, where strace takes it so, without.
fn class(text: &str) -> Option<&'static Class> {
    match text.strip_prefix('%') {
        Some(name) => class::of(name).filter(|class| class.origin == Origin::Strace),
        None => class::deprecated(text),
    }
}

/// Where no companion is judged, the calls of 32-bit programs have no table here. Their names are known to be some. So are
/// those that have no number anywhere: they stand for nothing, and lists in scripts hold them.
fn name(word: Piece, judge: &Judge) -> Option<Vec<Member>> {
    if word.text == "all" {
        return Some(vec![Names::All.into()]);
    }
    let is_a_companions = || {
        judge.native.judged().len() == 1
            && Abi::ALL.into_iter().any(|abi| names::number_of(abi, word.text).is_some())
    };
    let is_a_name =
        judge.knows(word.text) || names::WITHOUT_A_NUMBER.contains(&word.text) || is_a_companions();
    is_a_name.then(|| vec![Member::name(word.text)])
}

fn unknown(word: Piece, judge: &Judge, errors: &mut Errors) {
    let (message, help) = match word.text.strip_prefix('%') {
        Some(name) if class::of(name).is_some() => (
            format!("strace has no class `%{name}`"),
            Some("it is one of havoc's own, for `--inject`, `--plan` and `--trace`".to_owned()),
        ),
        Some(name) => {
            let known = class::all().filter(|class| class.origin == Origin::Strace).map(|class| class.name);
            (
                format!("unknown class `%{name}`"),
                did_you_mean(name, known).map(|help| help.replacen('`', "`%", 1)),
            )
        }
        None if word.text.starts_with('/') => (format!("no call's name holds `{}`", &word.text[1..]), None),
        None if word.text.starts_with(|first: char| first.is_ascii_digit()) => {
            (format!("`{}` is no syscall number", word.text), None)
        }
        None => {
            let known = known(judge).chain(["all", "none"]);
            (format!("unknown syscall `{}`", word.text), did_you_mean(word.text, known))
        }
    };
    errors.add_with(word.span(), message, help);
}
