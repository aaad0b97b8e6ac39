//! A function from a 32-bit word to what happens, compiled to a balanced tree of comparisons.
use super::Leaf;
use super::assembler::{Assembler, Label};
use super::instruction::{
    IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, Instruction, LOAD, RETURN, SECCOMP_RET_ALLOW, SECCOMP_RET_TRACE,
    argument,
};
use std::collections::BTreeMap;

/// Where a comparison may lead: a [`Leaf`] in normal form, so that leaves that do the same are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// The call runs.
    Allow,
    /// The call stops.
    Trace,
    /// The call stops if the argument has any of the bits, of which there is at least one.
    IfBits { argument: usize, bits: u32 },
    /// The call stops if the argument is one of the values: at least one, ascending, each once.
    IfOneOf { argument: usize, values: Vec<u32> },
}

impl From<&Leaf> for Outcome {
    fn from(leaf: &Leaf) -> Outcome {
        match leaf {
            Leaf::Trace => Outcome::Trace,
            Leaf::TraceIfBits { bits: 0, .. } => Outcome::Allow,
            Leaf::TraceIfBits { argument, bits } => Outcome::IfBits { argument: *argument, bits: *bits },
            Leaf::TraceIfOneOf { values, .. } if values.is_empty() => Outcome::Allow,
            Leaf::TraceIfOneOf { argument, values } => {
                let mut values = values.clone();
                values.sort_unstable();
                values.dedup();
                Outcome::IfOneOf { argument: *argument, values }
            }
        }
    }
}

/// A function from all 32-bit words to outcomes: each step holds from its first word to the next step. There is at least
/// one step, the first begins at 0, and neighbours differ.
#[derive(Debug)]
pub(super) struct Steps(Vec<(u32, Outcome)>);

impl Steps {
    /// Returns the function that is `points` where they are given, in ascending order, and Allow elsewhere.
    pub(super) fn new(points: impl IntoIterator<Item = (u32, Outcome)>) -> Steps {
        let mut steps = Steps(vec![(0, Outcome::Allow)]);
        let mut rest = Some(0);
        for (word, outcome) in points {
            if let Some(rest) = rest
                && rest < word
            {
                steps.begin(rest, Outcome::Allow);
            }
            steps.begin(word, outcome);
            rest = word.checked_add(1);
        }
        if let Some(rest) = rest {
            steps.begin(rest, Outcome::Allow);
        }
        steps
    }

    /// Tells whether the outcome is the same for every word.
    pub(super) fn is_flat(&self) -> bool {
        self.0.len() == 1
    }

    /// From `first` on the function is `outcome`.
    fn begin(&mut self, first: u32, outcome: Outcome) {
        if self.0.last().is_some_and(|(start, _)| *start == first) {
            self.0.pop();
        }
        if self.0.last().is_none_or(|(_, last)| *last != outcome) {
            self.0.push((first, outcome));
        }
    }
}

impl FromIterator<u32> for Steps {
    /// Returns the function that is Trace at the given words, in ascending order.
    fn from_iter<I: IntoIterator<Item = u32>>(words: I) -> Steps {
        Steps::new(words.into_iter().map(|word| (word, Outcome::Trace)))
    }
}

/// A piece of the function that takes at most one comparison.
#[derive(Debug)]
enum Piece<'a> {
    /// One outcome for every word.
    Flat(&'a Outcome),
    /// One outcome for one word, and another for all others.
    Spike { word: u32, at: &'a Outcome, around: &'a Outcome },
}

/// Cuts the function into pieces, each with its first word. A lone number between two stretches of the same outcome is
/// one piece (`BPF_JEQ`) instead of three, so that n lone numbers cost 1.5 n comparisons and not 2 n.
fn pieces(steps: &Steps) -> Vec<(u32, Piece<'_>)> {
    let mut pieces = Vec::new();
    let mut rest = steps.0.as_slice();
    loop {
        rest = match rest {
            [] => return pieces,
            [(first, around), (word, at), (after, same), rest @ ..]
                if around == same && after - word == 1 =>
            {
                pieces.push((*first, Piece::Spike { word: *word, at, around }));
                rest
            }
            [(first, outcome), rest @ ..] => {
                pieces.push((*first, Piece::Flat(outcome)));
                rest
            }
        };
    }
}

/// Emits trees, and every outcome once.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    pub(super) assembler: Assembler,
    outcomes: BTreeMap<Outcome, Label>,
}

impl Compiler {
    /// Emits the tests that find the outcome for the loaded word, and returns where they begin.
    pub(super) fn tree(&mut self, steps: &Steps) -> Label {
        self.subtree(&pieces(steps))
    }

    fn subtree(&mut self, pieces: &[(u32, Piece<'_>)]) -> Label {
        match pieces {
            [] => unreachable!("a function has at least one step"),
            [(_, Piece::Flat(outcome))] => self.outcome(outcome),
            [(_, Piece::Spike { word, at, around })] => {
                let (at, around) = (self.outcome(at), self.outcome(around));
                self.assembler.branch(IF_EQUAL, *word, at, around)
            }
            pieces => {
                let (low, high) = pieces.split_at(pieces.len() / 2);
                let middle = high[0].0;
                // The subtree emitted last lies next to the branch; the other may need a bridge.
                let high = self.subtree(high);
                let low = self.subtree(low);
                self.assembler.branch(IF_AT_LEAST, middle, high, low)
            }
        }
    }

    /// Returns where `outcome` is brought about; emits it the first time.
    pub(super) fn outcome(&mut self, outcome: &Outcome) -> Label {
        if let Some(label) = self.outcomes.get(outcome) {
            return *label;
        }
        let label = match outcome {
            Outcome::Allow => self.assembler.prepend(Instruction::plain(RETURN, SECCOMP_RET_ALLOW)),
            Outcome::Trace => self.assembler.prepend(Instruction::plain(RETURN, SECCOMP_RET_TRACE)),
            Outcome::IfBits { argument: index, bits } => {
                let (trace, allow) = (self.outcome(&Outcome::Trace), self.outcome(&Outcome::Allow));
                let test = self.assembler.branch(IF_ANY_BIT, *bits, trace, allow);
                self.assembler.load(LOAD, argument(*index), test)
            }
            Outcome::IfOneOf { argument: index, values } => {
                let test = self.tree(&values.iter().copied().collect());
                self.assembler.load(LOAD, argument(*index), test)
            }
        };
        self.outcomes.insert(outcome.clone(), label);
        label
    }
}
