//! Rows made of few words: the contenders' command lines, and the comparisons with each engine.
use super::row::{Comparison, Contender, Reference, Row, Unit};
use super::sample::{Asked, Failing};
use super::tools::{Tools, text};
use crate::apt::is_on_path;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The program without anything around it.
pub const NATIVE: &str = "native";
/// strace as it comes, a stop for each call.
pub const STRACE: &str = "strace -f";
/// strace at its best.
pub const STRACE_FILTERED: &str = "strace -f --seccomp-bpf";

/// What each engine has to keep within.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The ptrace engine.
    pub ptrace: f64,
    /// The notify engine.
    pub notify: f64,
}

impl Bounds {
    /// The same for both.
    pub fn both(bound: f64) -> Bounds {
        Bounds { ptrace: bound, notify: bound }
    }

    fn of(self, engine: &str) -> f64 {
        if engine == "notify" { self.notify } else { self.ptrace }
    }
}

/// A row that is being made.
pub struct Builder<'a> {
    tools: &'a Tools,
    row: Row,
    /// What the next contenders run.
    program: Result<Vec<String>, String>,
    /// How many of its calls fail under a tracer.
    failing: Failing,
    /// The engines that take part.
    engines: Vec<&'static str>,
}

impl<'a> Builder<'a> {
    /// Begins a row: on one CPU, of time, and no call fails.
    pub fn new(tools: &'a Tools, what: &str) -> Builder<'a> {
        let row = Row {
            what: what.to_owned(),
            unit: Unit::Time,
            cpus: 1,
            asked: Asked::ItsOwn,
            contenders: Vec::new(),
            comparisons: Vec::new(),
        };
        Builder { tools, row, program: Ok(Vec::new()), failing: Failing::None, engines: Vec::new() }
    }

    /// The next contenders run the workload, with these arguments. Words that end in `.bin` are files.
    pub fn calls(mut self, arguments: &[&str]) -> Self {
        let word =
            |word: &&str| if word.ends_with(".bin") { self.tools.file(word) } else { (*word).to_owned() };
        self.program =
            Ok([text(&self.tools.workload)].into_iter().chain(arguments.iter().map(word)).collect());
        self
    }

    /// The contenders run this program, and are asked how long it took: the median of so many times, each round.
    pub fn program(mut self, words: &[&str], times: usize) -> Self {
        self.row.asked = Asked::Duration(times);
        self.program = Ok(words.iter().map(|&word| word.to_owned()).collect());
        if !words[0].starts_with('/') && !is_on_path(words[0]) {
            self.program = Err(format!("{} is not installed", words[0]));
        }
        self
    }

    /// The contenders run this program, which times itself; or do not, and that is why.
    pub fn timed_program(mut self, program: Result<Vec<String>, String>) -> Self {
        self.program = program;
        self
    }

    /// Under every tracer all of the workload's calls fail.
    pub fn failing(mut self) -> Self {
        self.failing = Failing::All;
        self
    }

    /// Tracer and program have so many CPUs.
    pub fn cpus(mut self, count: usize) -> Self {
        self.row.cpus = count;
        self
    }

    /// It is memory that the workload tells.
    pub fn memory(mut self) -> Self {
        self.row.unit = Unit::Memory;
        self
    }

    /// All contenders that there are, havoc under this rule and both straces with these options.
    pub fn everybody(self, rule: &str, strace: &[&str]) -> Self {
        self.native().havoc(&[rule]).straces(strace).peers()
    }

    /// The program by itself.
    pub fn native(self) -> Self {
        self.contender(NATIVE, Ok(Vec::new()), Failing::None)
    }

    /// havoc with these rules, under each engine.
    pub fn havoc(self, rules: &[&str]) -> Self {
        self.havoc_named("", rules)
    }

    /// The same, with something behind the engine's name.
    pub fn havoc_named(mut self, suffix: &str, rules: &[&str]) -> Self {
        for (engine, _) in &self.tools.engines {
            self = self.one_havoc(engine, suffix, rules);
        }
        self
    }

    /// havoc with these rules under this engine, the only one that does such a thing.
    pub fn havoc_with(self, engine: &'static str, rules: &[&str]) -> Self {
        self.one_havoc(engine, "", rules)
    }

    fn one_havoc(mut self, engine: &'static str, suffix: &str, rules: &[&str]) -> Self {
        if !self.engines.contains(&engine) {
            self.engines.push(engine);
        }
        let is_there = self.tools.engines.iter().find(|(name, _)| *name == engine);
        let is_there = is_there.map_or(Ok(()), |(_, is_there)| is_there.clone());
        let command = is_there.map(|()| {
            // As cheap as strace is given it: no report, and the log is written to where nobody reads it.
            let options = ["--engine", engine, "-q", "-c", "-o", "/dev/null"];
            let rules = rules.iter().flat_map(|rule| ["--inject", rule]);
            let words = options.into_iter().chain(rules).chain(["--"]).map(str::to_owned);
            [text(&self.tools.havoc)].into_iter().chain(words).collect()
        });
        let failing = self.failing;
        self.contender(&format!("{engine}{suffix}"), command, failing)
    }

    /// The least loops, with these options.
    pub fn least(self, options: &[&str]) -> Self {
        self.least_named("", options)
    }

    /// The same, with something behind their names.
    pub fn least_named(self, suffix: &str, options: &[&str]) -> Self {
        self.one_least(0, suffix, options).one_least(1, suffix, options)
    }

    /// That for notifications once more, with two threads that answer.
    pub fn least_of_two(self, options: &[&str]) -> Self {
        self.one_least(1, ", two threads", &[&["-j", "2"], options].concat())
    }

    /// That with ptrace alone.
    pub fn least_ptrace(self, options: &[&str]) -> Self {
        self.one_least(0, "", options)
    }

    fn one_least(self, index: usize, suffix: &str, options: &[&str]) -> Self {
        let (name, program) = &self.tools.least[index];
        let name = format!("{name}{suffix}");
        let words = |program: &PathBuf| {
            [text(program)].into_iter().chain(options.iter().map(|&option| option.to_owned())).collect()
        };
        let command = program.as_ref().map(words).map_err(Clone::clone);
        let failing = self.failing;
        self.contender(&name, command, failing)
    }

    /// strace with these options, without and with its filter.
    pub fn straces(mut self, options: &[&str]) -> Self {
        for (name, filter) in [(STRACE, None), (STRACE_FILTERED, Some("--seccomp-bpf"))] {
            let words = ["strace", "-f"].into_iter().chain(filter).chain(["-o", "/dev/null"]);
            let words = words.chain(options.iter().copied()).chain(["--"]).map(str::to_owned).collect();
            let is_here = is_on_path("strace");
            let command = if is_here { Ok(words) } else { Err("strace is not installed".into()) };
            let failing = self.failing;
            self = self.contender(name, command, failing);
        }
        self
    }

    /// The commands that the user has given.
    pub fn peers(mut self) -> Self {
        for peer in &self.tools.peers {
            self = self.contender(&peer.name, Ok(peer.command.clone()), Failing::Unknown);
        }
        self
    }

    fn contender(mut self, name: &str, around: Result<Vec<String>, String>, failing: Failing) -> Self {
        let program = self.program.clone();
        let command = around.and_then(|around| Ok([around, program?].concat()));
        self.row.contenders.push(Contender { name: name.to_owned(), command, failing });
        self
    }

    /// Ends the row: each engine as a multiple of its least loop.
    pub fn within(self, bound: f64) -> Row {
        self.within_named("", bound)
    }

    /// The same, of the contenders with something behind their names.
    pub fn within_named(self, suffix: &str, bound: f64) -> Row {
        let least = |engine: &str| Reference::Times(format!("least {engine}{suffix}"));
        self.compare(suffix, least, Some(Bounds::both(bound)))
    }

    /// Ends the row: each engine as a multiple of a contender's number.
    pub fn ratio(self, to: &str, bounds: Bounds) -> Row {
        self.compare("", |_| Reference::Times(to.to_owned()), Some(bounds))
    }

    /// The same, and nothing to keep within.
    pub fn told(self, to: &str) -> Row {
        self.compare("", |_| Reference::Times(to.to_owned()), None)
    }

    /// Ends the row: each engine, with what `havoc_named` has put behind its name, as a multiple of itself without.
    pub fn against_plain(self, suffix: &str, bounds: Bounds) -> Row {
        self.compare(suffix, |engine| Reference::Times(engine.to_owned()), Some(bounds))
    }

    /// Ends the row: each engine's number itself.
    pub fn alone(self, bounds: Bounds) -> Row {
        self.compare("", |_| Reference::Alone, Some(bounds))
    }

    fn compare(mut self, suffix: &str, to: impl Fn(&str) -> Reference, bounds: Option<Bounds>) -> Row {
        for engine in &self.engines {
            let at_most = bounds.map(|bounds| bounds.of(engine));
            self.row.comparisons.push(Comparison {
                of: format!("{engine}{suffix}"),
                to: to(engine),
                at_most,
            });
        }
        self.row
    }
}

impl Row {
    /// Adds what is told alone: the engines that were compared so far, and the least loops, as multiples of a contender's
    /// number.
    pub fn beside(self, to: &str) -> Row {
        self.tell(|_| Reference::Times(to.to_owned()))
    }

    /// The same, as what they are more than a contender's number.
    pub fn over(self, to: &str) -> Row {
        self.tell(|_| Reference::Over(to.to_owned()))
    }

    /// The same, with something behind their names, as multiples of themselves without.
    pub fn beside_plain(self, suffix: &str) -> Row {
        self.tell(|name| Reference::Times(name.strip_suffix(suffix).unwrap_or(name).to_owned()))
    }

    fn tell(mut self, to: impl Fn(&str) -> Reference) -> Row {
        let engines = self.comparisons.iter().map(|comparison| comparison.of.clone());
        let loops = self.contenders.iter().map(|contender| contender.name.clone());
        let mut names: Vec<String> = engines.chain(loops.filter(|name| name.starts_with("least "))).collect();
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()) && to(name) != Reference::Times(name.clone()));
        let told = names.into_iter().map(|of| Comparison { to: to(&of), of, at_most: None });
        self.comparisons.extend(told);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::row;
    use super::*;

    fn told(row: &Row) -> Vec<String> {
        row.comparisons.iter().map(|it| format!("{} {}", it.subject(), it.goal(row.unit))).collect()
    }

    fn goal() -> Comparison {
        let to = Reference::Times("least ptrace".into());
        Comparison { of: "ptrace".into(), to, at_most: Some(1.05) }
    }

    #[test]
    fn what_is_beside_has_no_goal_and_names_each_engine_and_loop_once() {
        let row =
            Row { comparisons: vec![goal()], ..row(&["native", "ptrace", "least ptrace", "strace -f"]) };
        let row = row.beside("native").beside("strace -f");
        let expected = [
            "ptrace / least ptrace ≤ 1.05×",
            "ptrace / native –",
            "least ptrace / native –",
            "ptrace / strace -f –",
            "least ptrace / strace -f –",
        ];
        assert_eq!(told(&row), expected);
    }

    #[test]
    fn with_something_behind_its_name_each_is_told_beside_itself_without() {
        let with = |name: &str| format!("{name}, more");
        let comparison =
            Comparison { of: with("ptrace"), to: Reference::Times(with("least ptrace")), ..goal() };
        let names = ["ptrace", "least ptrace", "ptrace, more", "least ptrace, more"];
        let row = Row { comparisons: vec![comparison], ..row(&names) };
        let expected = [
            "ptrace, more / least ptrace, more ≤ 1.05×",
            "ptrace, more / ptrace –",
            "least ptrace, more / least ptrace –",
        ];
        assert_eq!(told(&row.beside_plain(", more")), expected);
    }
}
