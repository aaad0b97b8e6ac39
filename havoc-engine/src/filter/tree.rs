//! A function from a 32-bit word to what happens, compiled to a balanced tree of comparisons.
use super::assembler::{Assembler, Label};
use super::instruction::{
    IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, Instruction, LOAD, RETURN, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO,
    argument,
};
use super::{Leaf, StopBy, Test};
use havoc_arch::Errno;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked of one argument: something, that is bits or values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    argument: usize,
    /// Any of them stops the call.
    bits: u32,
    /// So does any of these: ascending, each once, none with any of the bits.
    values: Vec<u32>,
}

/// Where a comparison may lead: a [`Leaf`] in normal form, so that leaves that do the same are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// The call runs.
    Allow,
    /// The call stops.
    Stop,
    /// The call fails with this error.
    Error(Errno),
    /// The call stops if any of these arguments passes: at least one, ascending, each once.
    If(Vec<Asked>),
}

impl From<&Leaf> for Outcome {
    fn from(leaf: &Leaf) -> Outcome {
        match leaf {
            Leaf::Trace => Outcome::Stop,
            Leaf::Error(errno) => Outcome::Error(*errno),
            Leaf::TraceIf(tests) => Outcome::if_any(normal(tests)),
        }
    }
}

impl Outcome {
    fn if_any(asked: Vec<Asked>) -> Outcome {
        if asked.is_empty() { Outcome::Allow } else { Outcome::If(asked) }
    }
}

/// Puts together what is asked of each argument.
fn normal(tests: &[Test]) -> Vec<Asked> {
    let mut by_argument: BTreeMap<usize, (u32, BTreeSet<u32>)> = BTreeMap::new();
    for test in tests {
        match test {
            Test::AnyBit { argument, bits } => by_argument.entry(*argument).or_default().0 |= bits,
            Test::OneOf { argument, values } => by_argument.entry(*argument).or_default().1.extend(values),
        }
    }
    let asked = by_argument.into_iter().map(|(argument, (bits, values))| Asked {
        argument,
        bits,
        values: values.into_iter().filter(|value| value & bits == 0).collect(),
    });
    asked.filter(|asked| asked.bits != 0 || !asked.values.is_empty()).collect()
}

/// A function from all 32-bit words to outcomes: each step holds from its first word to the next step. There is at least
/// one step, the first begins at 0, and neighbours differ.
#[derive(Debug)]
pub(super) struct Steps(Vec<(u32, Outcome)>);

impl Steps {
    /// Returns the function that is `points` where they are given, in ascending order, and `elsewhere` elsewhere.
    pub(super) fn new(points: impl IntoIterator<Item = (u32, Outcome)>, elsewhere: &Outcome) -> Steps {
        let mut steps = Steps(vec![(0, elsewhere.clone())]);
        let mut rest = Some(0);
        for (word, outcome) in points {
            if let Some(rest) = rest
                && rest < word
            {
                steps.begin(rest, elsewhere.clone());
            }
            steps.begin(word, outcome);
            rest = word.checked_add(1);
        }
        if let Some(rest) = rest {
            steps.begin(rest, elsewhere.clone());
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
#[derive(Debug)]
pub(super) struct Compiler {
    stop: StopBy,
    pub(super) assembler: Assembler,
    outcomes: BTreeMap<Outcome, Label>,
}

impl Compiler {
    /// Nothing is emitted yet; calls will be stopped so.
    pub(super) fn new(stop: StopBy) -> Compiler {
        Compiler { stop, assembler: Assembler::default(), outcomes: BTreeMap::new() }
    }

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
            Outcome::Stop => self.assembler.prepend(Instruction::plain(RETURN, self.stop.verdict())),
            Outcome::Error(errno) => {
                let verdict = SECCOMP_RET_ERRNO | u32::from(errno.number());
                self.assembler.prepend(Instruction::plain(RETURN, verdict))
            }
            Outcome::If(asked) => self.ask(asked),
        };
        self.outcomes.insert(outcome.clone(), label);
        label
    }

    /// Emits what is asked of the first argument, in front of what is asked of the others.
    fn ask(&mut self, asked: &[Asked]) -> Label {
        let [Asked { argument: index, bits, values }, others @ ..] = asked else {
            return self.outcome(&Outcome::Allow);
        };
        let otherwise = Outcome::if_any(others.to_vec());
        let mut test = self.outcome(&otherwise);
        if !values.is_empty() {
            let points = values.iter().map(|value| (*value, Outcome::Stop));
            test = self.tree(&Steps::new(points, &otherwise));
        }
        if *bits != 0 {
            let stop = self.outcome(&Outcome::Stop);
            test = self.assembler.branch(IF_ANY_BIT, *bits, stop, test);
        }
        self.assembler.load(LOAD, argument(*index), test)
    }
}
