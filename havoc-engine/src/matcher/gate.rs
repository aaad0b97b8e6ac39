//! The gate of a rule: the one selector that is asked for many rules at once, and turns most calls away.
//!
//! Who passes its gate is judged by all selectors; so a gate may let too many calls through, and never too few.
use super::index::Index;
use crate::plan::{Comparison, Name, NumberOperator, Rule, Selector};

/// What a call is asked, once for all rules that have this gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// What argument this is, from 0.
    Argument(usize),
    /// Which descriptors are among its arguments.
    Descriptors,
    /// Whether the program's first thread makes it.
    FirstTask,
    /// Which process makes it.
    Process,
    /// What `comm=`, `exe=`, `thread=` or `caller=` is.
    Task(Name),
    /// Which addresses its sockets have.
    Sockets,
    /// Which files it touches.
    Files,
}

impl Question {
    /// Returns the question that a selector's rule can be gated by, if there is one.
    fn of(selector: &Selector) -> Option<Question> {
        match selector {
            Selector::Argument(index, _) => Some(Question::Argument(*index)),
            Selector::Descriptor(Comparison::AnyOf, _) => Some(Question::Descriptors),
            Selector::Pid(Comparison::AnyOf, _) => Some(Question::Process),
            Selector::FirstTask => Some(Question::FirstTask),
            Selector::Socket(Comparison::AnyOf, _) => Some(Question::Sockets),
            Selector::Name(name, Comparison::AnyOf, _) if name.is_of_touched_file() => Some(Question::Files),
            Selector::Name(name, Comparison::AnyOf, _) => Some(Question::Task(*name)),
            // Whatever is not one of a few passes these, and only the exit knows the result.
            Selector::Name(_, Comparison::NoneOf, _)
            | Selector::Descriptor(Comparison::NoneOf, _)
            | Selector::Pid(Comparison::NoneOf, _)
            | Selector::Socket(Comparison::NoneOf, _)
            | Selector::Result(_) => None,
        }
    }

    /// What an answer costs, least first: registers, what is known of the task, one look at it, many.
    fn cost(self, selector: &Selector) -> u32 {
        match self {
            Question::Argument(_) if is_of_few_values(selector) => 0,
            Question::FirstTask => 1,
            Question::Descriptors => 2,
            Question::Argument(_) => 3,
            Question::Process => 4,
            Question::Task(_) => 5,
            Question::Files => 6,
            Question::Sockets => 7,
        }
    }
}

fn is_of_few_values(selector: &Selector) -> bool {
    matches!(selector, Selector::Argument(_, test) if test.operator == NumberOperator::AnyOf)
}

/// Returns the gate of a rule: of those that it has the one that costs least.
pub(super) fn of(rule: &Rule) -> Option<(Question, &Selector)> {
    rule.selectors
        .iter()
        .filter_map(|selector| Some((Question::of(selector)?, selector)))
        .min_by_key(|(question, selector)| question.cost(selector))
}

/// From so many rules on one question is cheaper than a look at each.
const WORTHWHILE: usize = 8;

/// Which of the rules that name one call are looked at whatever it is, and which are if an answer says so. Rules are given
/// by their places among those.
#[derive(Debug, Default)]
pub(super) struct Gates {
    /// Rules without a gate, or with one that too few share.
    pub(super) always: Vec<usize>,
    /// The questions, and who has them as gate.
    pub(super) asked: Vec<(Question, Vec<usize>)>,
}

impl Gates {
    /// Sorts `rules`, which name one call, by their gates in `index`.
    pub(super) fn new(rules: &[usize], index: &Index) -> Gates {
        let mut gates = Gates::default();
        for (place, rule) in rules.iter().enumerate() {
            let Some(question) = index.question_of(*rule) else {
                gates.always.push(place);
                continue;
            };
            match gates.asked.iter_mut().find(|(asked, _)| *asked == question) {
                Some((_, places)) => places.push(place),
                None => gates.asked.push((question, vec![place])),
            }
        }
        let Gates { always, asked } = &mut gates;
        asked.retain(|(_, places)| {
            if places.len() < WORTHWHILE {
                always.extend(places);
            }
            places.len() >= WORTHWHILE
        });
        gates
    }
}
