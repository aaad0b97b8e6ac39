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
        Selector::Name(Name::Path, comparison, patterns) => files(*comparison, patterns, facts, |_| true),
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
    let shares_root = !patterns.iter().any(PathPattern::is_relative) || facts.shares_root();
    let name = match name {
        Fact::Is(name) => name,
        Fact::Nothing => return Fit::of(comparison, false, false),
        Fact::Hidden => return Fit::Hidden,
    };
    let any =
        patterns.iter().any(|pattern| (shares_root || !pattern.is_relative()) && pattern.matches(&name));
    Fit::of(comparison, any, false)
}

fn files(
    comparison: Comparison,
    patterns: &[PathPattern],
    facts: &mut dyn Facts,
    counts: impl Fn(Touch) -> bool,
) -> Fit {
    let shares_root = !patterns.iter().any(PathPattern::is_relative) || facts.shares_root();
    let files = facts.files();
    let any = files.touched().filter(|touched| counts(touched.by)).any(|touched| {
        patterns
            .iter()
            .filter(|pattern| shares_root || !pattern.is_relative())
            .any(|pattern| touched.names().any(|name| pattern.matches(name)))
    });
    Fit::of(comparison, any, files.hidden)
}
