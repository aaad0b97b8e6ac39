//! One selector against one call.
use super::facts::{Fact, Facts, Moment, Touch};
use crate::plan::{Comparison, Name, PathPattern, Selector};
use crate::signature;
use havoc_arch::SyscallView;

/// How a selector judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    /// The kernel hides what it asks for: no match, never a guess.
    Hidden,
}

impl Fit {
    fn when(holds: bool) -> Fit {
        if holds { Fit::Yes } else { Fit::No }
    }

    /// Judges "any of" or "none of", where perhaps not all was seen.
    fn of(comparison: Comparison, any: bool, hidden: bool) -> Fit {
        match comparison {
            Comparison::AnyOf if any => Fit::Yes,
            Comparison::NoneOf if any => Fit::No,
            // What could not be read might have been it, or might not.
            _ if hidden => Fit::Hidden,
            Comparison::AnyOf => Fit::No,
            Comparison::NoneOf => Fit::Yes,
        }
    }
}

/// Judges all selectors but those that only the exit can show. One that does not fit for certain says so, whatever is hidden
/// from the others: their order does not matter.
pub(super) fn all(selectors: &[Selector], view: &SyscallView, facts: &mut dyn Facts, moment: &Moment) -> Fit {
    let mut fit = Fit::Yes;
    for selector in selectors {
        match one(selector, view, facts, moment) {
            Fit::Yes => {}
            Fit::No => return Fit::No,
            Fit::Hidden => fit = Fit::Hidden,
        }
    }
    fit
}

fn one(selector: &Selector, view: &SyscallView, facts: &mut dyn Facts, moment: &Moment) -> Fit {
    match selector {
        Selector::Name(Name::Path, comparison, patterns) => {
            files(*comparison, patterns, facts, |touch| !matches!(touch, Touch::Directory(_)))
        }
        Selector::Name(Name::Traced, comparison, patterns) => files(*comparison, patterns, facts, |_| true),
        Selector::Name(Name::Mapped, comparison, patterns) => {
            files(*comparison, patterns, facts, |touch| touch == Touch::Mapping)
        }
        Selector::Name(name, comparison, patterns) => {
            let is = facts.of_task(*name);
            named(*comparison, patterns, is, facts)
        }
        Selector::Descriptor(comparison, numbers) => {
            let any = facts.descriptors().iter().any(|descriptor| numbers.contains(descriptor));
            Fit::of(*comparison, any, false)
        }
        Selector::Socket(comparison, patterns) => {
            let sockets = facts.sockets();
            let any = sockets
                .endpoints
                .iter()
                .any(|endpoint| patterns.iter().any(|pattern| pattern.matches(endpoint)));
            Fit::of(*comparison, any, sockets.hidden)
        }
        Selector::Pid(comparison, numbers) => match facts.process() {
            Fact::Is(pid) => Fit::of(*comparison, numbers.contains(&pid.get()), false),
            Fact::Nothing => Fit::of(*comparison, false, false),
            Fact::Hidden => Fit::Hidden,
        },
        Selector::Argument(index, test) => {
            let signature = signature::of_call(view.abi, view.number);
            Fit::when(test.passes(signature::read(signature, &view.args, *index, view.abi)))
        }
        Selector::Result(_) => Fit::Yes,
        Selector::FirstTask => Fit::when(moment.place.is_root()),
    }
}

fn named(
    comparison: Comparison,
    patterns: &[PathPattern],
    name: Fact<Vec<u8>>,
    facts: &mut dyn Facts,
) -> Fit {
    let relative = Relative::to_root_of(patterns, facts);
    let name = match name {
        Fact::Is(name) => name,
        Fact::Nothing => return Fit::of(comparison, false, false),
        Fact::Hidden => return Fit::Hidden,
    };
    let matches = |pattern: &&PathPattern| pattern.matches(&name);
    let any = patterns.iter().filter(|pattern| relative.counts(pattern)).any(|pattern| matches(&pattern));
    let hidden =
        patterns.iter().filter(|pattern| relative.may_count(pattern)).any(|pattern| matches(&pattern));
    Fit::of(comparison, any, hidden)
}

/// What patterns that are relative to havoc's working directory mean to the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relative {
    /// The same as to havoc; or there is none.
    Same,
    /// Nothing: it has another root directory.
    Nothing,
    /// That could not be found out.
    Unknown,
}

impl Relative {
    fn to_root_of(patterns: &[PathPattern], facts: &mut dyn Facts) -> Relative {
        if !patterns.iter().any(PathPattern::is_relative) {
            return Relative::Same;
        }
        match facts.shares_root() {
            Fact::Is(true) => Relative::Same,
            Fact::Is(false) | Fact::Nothing => Relative::Nothing,
            Fact::Hidden => Relative::Unknown,
        }
    }

    /// Tells whether what this pattern matches is meant by it.
    fn counts(self, pattern: &PathPattern) -> bool {
        self == Relative::Same || !pattern.is_relative()
    }

    /// Tells whether what this pattern matches may be meant by it, or may not.
    fn may_count(self, pattern: &PathPattern) -> bool {
        self == Relative::Unknown && pattern.is_relative()
    }
}

fn files(
    comparison: Comparison,
    patterns: &[PathPattern],
    facts: &mut dyn Facts,
    counts: impl Fn(Touch) -> bool,
) -> Fit {
    let relative = Relative::to_root_of(patterns, facts);
    let files = facts.files();
    let is_matched = |which: &dyn Fn(&PathPattern) -> bool| {
        files.touched().filter(|touched| counts(touched.by)).any(|touched| {
            patterns
                .iter()
                .filter(|pattern| which(pattern))
                .any(|pattern| touched.names().any(|name| pattern.matches(name)))
        })
    };
    let any = is_matched(&|pattern| relative.counts(pattern));
    let hidden = relative == Relative::Unknown && is_matched(&|pattern| relative.may_count(pattern));
    Fit::of(comparison, any, files.hidden || hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::syntax::parse_rules;
    use std::path::Path;

    /// How `name` fits the only selector of a rule, for a task with this root directory.
    fn fit(selector: &str, name: &str, relative: Relative) -> Fit {
        let rule = format!("execve:error=EIO:{selector}");
        let plan = parse_rules(&[rule], Path::new("/srv")).expect("a good rule");
        let Selector::Name(_, comparison, patterns) = &plan.rules[0].selectors[0] else { panic!("of names") };
        let meant = |which: &dyn Fn(&PathPattern) -> bool| {
            patterns.iter().filter(|pattern| which(pattern)).any(|pattern| pattern.matches(name.as_bytes()))
        };
        Fit::of(*comparison, meant(&|it| relative.counts(it)), meant(&|it| relative.may_count(it)))
    }

    #[test]
    fn a_relative_pattern_is_not_judged_where_the_tasks_root_is_unknown() {
        for (selector, same, nothing, unknown) in [
            ("path=./a", Fit::Yes, Fit::No, Fit::Hidden),
            ("path!=./a", Fit::No, Fit::Yes, Fit::Hidden),
            ("path=/srv/a", Fit::Yes, Fit::Yes, Fit::Yes),
            ("path=./b", Fit::No, Fit::No, Fit::No),
        ] {
            for (relative, expected) in
                [(Relative::Same, same), (Relative::Nothing, nothing), (Relative::Unknown, unknown)]
            {
                assert_eq!(fit(selector, "/srv/a", relative), expected, "{selector} {relative:?}");
            }
        }
    }
}
