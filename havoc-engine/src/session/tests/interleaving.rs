//! Whatever the order in which the kernel reports: nobody is frozen, every call counts once, and costs what it must.
use super::*;
use havoc_arch::Restart;
use proptest::prelude::*;

/// Something that a task does.
#[derive(Clone, Debug)]
enum Deed {
    /// A call that is skipped: one stop.
    Skipped,
    /// A named call of another file: one stop.
    LeftAlone,
    /// A call whose result is replaced: two stops.
    Replaced,
    /// A call that is logged: two stops.
    Logged,
    /// A call that is interrupted and entered again: four stops, and counts once.
    Restarted,
    /// The same with one stop each, seen at the signal: two stops.
    RestartedUnseen,
    /// A signal.
    Signal,
    /// A group-stop and its end.
    Stopped,
    /// A new process.
    Fork(Vec<Deed>),
    /// A new thread, which ends before its process does.
    Thread(Vec<Deed>),
    /// A child that is killed before it does anything.
    Stillborn,
    /// An exec.
    Exec,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let simple = prop_oneof![
        Just(Deed::Skipped),
        Just(Deed::LeftAlone),
        Just(Deed::Replaced),
        Just(Deed::Logged),
        Just(Deed::Restarted),
        Just(Deed::RestartedUnseen),
        Just(Deed::Signal),
        Just(Deed::Stopped),
        Just(Deed::Stillborn),
        Just(Deed::Exec),
    ];
    let deed = simple.prop_recursive(3, 24, 4, |inner| {
        let some = prop::collection::vec(inner, 0..4);
        prop_oneof![some.clone().prop_map(Deed::Fork), some.prop_map(Deed::Thread)]
    });
    prop::collection::vec(deed, 0..6)
}

/// What a script must come to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    tasks: usize,
    fsync: (u64, u64),
    write: (u64, u64),
    openat: (u64, u64),
    read: (u64, u64),
    injected: u64,
}

struct Writer {
    script: Script,
    next: i32,
    sum: Sum,
}

impl Writer {
    fn new_task(&mut self) -> i32 {
        self.next += 1;
        self.sum.tasks += 1;
        let task = self.next;
        self.with(|script| script.with(|world| world.file(task, 3, "/data/a")));
        task
    }

    fn with(&mut self, write: impl FnOnce(Script) -> Script) {
        self.script = write(std::mem::take(&mut self.script));
    }

    fn does(&mut self, task: i32, deed: &Deed) {
        let file = [3];
        match deed {
            Deed::Skipped => {
                self.with(|script| script.calls(task, "fsync", &file));
                self.sum.fsync = (self.sum.fsync.0 + 1, self.sum.fsync.1 + 1);
                self.sum.injected += 1;
            }
            Deed::LeftAlone => {
                self.with(|script| script.calls(task, "fsync", &[4]));
                self.sum.fsync = (self.sum.fsync.0 + 1, self.sum.fsync.1 + 1);
            }
            Deed::Replaced => {
                self.with(|script| script.calls(task, "write", &file).returns(task, 1));
                self.sum.write = (self.sum.write.0 + 1, self.sum.write.1 + 2);
                self.sum.injected += 1;
            }
            Deed::Logged => {
                self.with(|script| script.calls(task, "openat", &file).returns(task, 5));
                self.sum.openat = (self.sum.openat.0 + 1, self.sum.openat.1 + 2);
            }
            Deed::Restarted => {
                let again = |script: Script| script.calls(task, "write", &file);
                self.with(|script| {
                    again(again(script).returns(task, -512).signal(task, Signal::HUP)).returns(task, 1)
                });
                self.sum.write = (self.sum.write.0 + 1, self.sum.write.1 + 4);
                self.sum.injected += 1;
            }
            Deed::RestartedUnseen => {
                let again = |script: Script| script.calls(task, "read", &file);
                self.with(|script| again(again(script).signal_inside(task, Signal::HUP, Restart::Sys)));
                self.sum.read = (self.sum.read.0 + 1, self.sum.read.1 + 2);
            }
            Deed::Signal => self.with(|script| script.signal(task, Signal::TERM)),
            Deed::Stopped => self.with(|script| script.group(task, Signal::STOP).traps(task)),
            Deed::Exec => self.with(|script| script.execs(task)),
            Deed::Stillborn => {
                let child = self.new_task();
                self.with(|script| script.forks(task, child).traps(child).killed(child, Signal::KILL));
            }
            Deed::Fork(deeds) => {
                let child = self.new_task();
                self.with(|script| script.forks(task, child).traps(child));
                deeds.iter().for_each(|deed| self.does(child, deed));
                self.with(|script| script.exits(child, 0));
            }
            Deed::Thread(deeds) => {
                let child = self.new_task();
                self.with(|script| script.clones(task, child).traps(child));
                deeds.iter().for_each(|deed| self.does(child, deed));
                self.with(|script| script.exits(child, 0));
            }
        }
    }
}

fn written(deeds: &[Deed]) -> (Script, Sum) {
    let mut writer = Writer { script: Script::begun(), next: ROOT - 1, sum: Sum::default() };
    let root = writer.new_task();
    deeds.iter().for_each(|deed| writer.does(root, deed));
    writer.with(|script| script.exits(root, 0));
    (writer.script, writer.sum)
}

fn case() -> Case {
    let rules = ["fsync:error=EIO:path=**/a", "write:error=EIO:after", "read:error=EIO:when=1000000"];
    Case::rules(&rules).trace("openat")
}

fn sum_of(ran: &Ran) -> Sum {
    Sum {
        tasks: ran.born.len(),
        fsync: ran.counted("fsync"),
        write: ran.counted("write"),
        openat: ran.counted("openat"),
        read: ran.counted("read"),
        injected: ran.rule(0).1 + ran.rule(1).1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_interleaving_keeps_what_is_promised(deeds in deeds(), choices in prop::collection::vec(0..64_usize, 1..40)) {
        let (script, expected) = written(&deeds);
        let mut choices = choices.into_iter().cycle();
        let kernel = ScriptedKernel::new(script).chosen(move |_| choices.next().unwrap_or(0));
        let ran = case().play_on(kernel);
        ran.kernel.check();
        prop_assert_eq!(&ran.report.lost, &None);
        prop_assert_eq!(sum_of(&ran), expected);
    }

    #[test]
    fn every_request_of_every_interleaving_may_fail(
        deeds in deeds(),
        choices in prop::collection::vec(0..64_usize, 1..40),
        index in 0..200_usize,
        vanishes in any::<bool>(),
    ) {
        use crate::kernel::script::Mishap;
        let mishap = if vanishes { Mishap::Vanishes } else { Mishap::Refused };
        let mut choices = choices.into_iter().cycle();
        let kernel = ScriptedKernel::new(written(&deeds).0).with_mishap(index, mishap);
        let ran = case().play_on(kernel.chosen(move |_| choices.next().unwrap_or(0)));
        prop_assert_eq!(ran.report.lost.is_some(), ran.kernel.has_refused_a_resume());
        if ran.report.lost.is_none() {
            ran.kernel.check();
        }
    }
}
