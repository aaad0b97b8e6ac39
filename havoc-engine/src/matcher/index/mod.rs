//! The gates of all rules of a plan, put together by what they ask: which rules a call may match is found by one question
//! of each kind, however many rules there are.
mod numbers;
mod patterns;
mod sockets;

use super::facts::{Fact, Facts, Moment, Touched};
use super::gate::{self, Question};
use crate::plan::{Name, PathPattern, Rule, Selector, SocketPattern};
use crate::signature;
use havoc_arch::SyscallView;
use numbers::Numbers;
use patterns::Patterns;
use sockets::Sockets;
use std::collections::HashMap;

/// The gates of all rules.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Of each rule the question that its gate asks, if it has one that can be asked here.
    questions: Vec<Option<Question>>,
    arguments: [Numbers; 6],
    descriptors: HashMap<i32, Vec<usize>>,
    processes: HashMap<i32, Vec<usize>>,
    of_first_task: Vec<usize>,
    /// `comm=`, `exe=`, `thread=`, `caller=`.
    tasks: Vec<(Name, Patterns)>,
    files: Option<Patterns>,
    sockets: Option<Sockets>,
}

impl Index {
    /// Puts the gates of `rules`, all rules of the plan, together.
    pub(super) fn new(rules: &[Rule]) -> Index {
        let mut index = Index { questions: vec![None; rules.len()], ..Index::default() };
        let mut files: Vec<(usize, &PathPattern)> = Vec::new();
        let mut sockets: Vec<(usize, &SocketPattern)> = Vec::new();
        let mut tasks: Vec<(Name, Vec<(usize, &PathPattern)>)> = Vec::new();
        for (rule, (question, selector)) in
            rules.iter().enumerate().filter_map(|(rule, of)| Some((rule, gate::of(of)?)))
        {
            index.questions[rule] = Some(question);
            match selector {
                Selector::Argument(argument, test) => index.arguments[*argument].add(rule, test),
                Selector::Descriptor(_, numbers) => add(&mut index.descriptors, numbers, rule),
                Selector::Pid(_, numbers) => add(&mut index.processes, numbers, rule),
                Selector::FirstTask => index.of_first_task.push(rule),
                Selector::Socket(_, patterns) => {
                    sockets.extend(patterns.iter().map(|pattern| (rule, pattern)));
                }
                Selector::Name(name, _, patterns) => {
                    let patterns = patterns.iter().map(|pattern| (rule, pattern));
                    if name.is_of_touched_file() {
                        files.extend(patterns);
                    } else if let Some((_, of)) = tasks.iter_mut().find(|(of, _)| of == name) {
                        of.extend(patterns);
                    } else {
                        tasks.push((*name, patterns.collect()));
                    }
                }
                Selector::Result(_) => index.questions[rule] = None,
            }
        }
        index.files = Patterns::new(&files);
        index.sockets = Sockets::new(&sockets);
        index.tasks =
            tasks.iter().filter_map(|(name, patterns)| Some((*name, Patterns::new(patterns)?))).collect();
        for rule in 0..rules.len() {
            if index.questions[rule].is_some_and(|question| !index.can_answer(question)) {
                index.questions[rule] = None;
            }
        }
        index
    }

    /// Returns the question that the gate of `rule` asks; `None` for one that must be looked at.
    pub(super) fn question_of(&self, rule: usize) -> Option<Question> {
        self.questions[rule]
    }

    /// Tells whether the automaton that answers could be built.
    fn can_answer(&self, question: Question) -> bool {
        match question {
            Question::Files => self.files.is_some(),
            Question::Sockets => self.sockets.is_some(),
            Question::Task(name) => self.tasks.iter().any(|(of, _)| *of == name),
            Question::Argument(_) | Question::Descriptors | Question::Process | Question::FirstTask => true,
        }
    }

    /// Adds the rules whose gate is open for a call, perhaps one twice. `None` if the kernel hides what is asked: that must
    /// be counted at each rule that asks it.
    pub(super) fn find(
        &self,
        question: Question,
        view: &SyscallView,
        facts: &mut dyn Facts,
        moment: &Moment,
        found: &mut Vec<usize>,
    ) -> Option<()> {
        match question {
            Question::Argument(argument) => {
                let signature = signature::of_call(view.abi, view.number);
                let read = signature::read(signature, &view.args, argument, view.abi);
                self.arguments[argument].find(read, found);
            }
            Question::Descriptors => {
                for descriptor in facts.descriptors() {
                    found.extend(self.descriptors.get(descriptor).into_iter().flatten());
                }
            }
            Question::FirstTask if moment.place.is_root() => found.extend(&self.of_first_task),
            Question::FirstTask => {}
            Question::Process => {
                if let Some(process) = known(facts.process())? {
                    found.extend(self.processes.get(&process.get()).into_iter().flatten());
                }
            }
            Question::Task(name) => {
                if let Some(is) = known(facts.of_task(name))? {
                    let (_, patterns) = self.tasks.iter().find(|(of, _)| *of == name)?;
                    patterns.find(&is, found);
                }
            }
            Question::Sockets => {
                let sockets = facts.sockets();
                let index = self.sockets.as_ref().filter(|_| !sockets.hidden)?;
                sockets.endpoints.iter().for_each(|endpoint| index.find(endpoint, found));
            }
            Question::Files => {
                let files = facts.files();
                let index = self.files.as_ref().filter(|_| !files.hidden)?;
                let names = files.touched().flat_map(Touched::names);
                names.for_each(|name| index.find(name, found));
            }
        }
        Some(())
    }
}

fn add(index: &mut HashMap<i32, Vec<usize>>, numbers: &[i32], rule: usize) {
    for number in numbers {
        index.entry(*number).or_default().push(rule);
    }
}

/// Returns what there is, `None` if the kernel does not tell.
fn known<T>(fact: Fact<T>) -> Option<Option<T>> {
    match fact {
        Fact::Is(fact) => Some(Some(fact)),
        Fact::Nothing => Some(None),
        Fact::Hidden => None,
    }
}
