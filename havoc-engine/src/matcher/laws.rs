//! What passing over rules must keep to: whoever looks at each rule decides and counts the same.
use super::facts::{Fact, Facts, Files, Moment, Sockets, Touch};
use super::{Matcher, Verdict};
use crate::plan::syntax::parse_rules;
use crate::plan::{Endpoint, Plan, Transport};
use crate::task::{LogicalPath, Pid, Tid};
use havoc_arch::{Arch, Native, SyscallView, names};
use proptest::collection::vec;
use proptest::prelude::*;
use std::path::Path;
use std::time::Duration;

/// Everything that a rule may ask of one call.
#[derive(Clone, Debug)]
pub(super) struct World {
    files: Files,
    sockets: Sockets,
    name: Fact<Vec<u8>>,
    process: Fact<Pid>,
    shares_root: Fact<bool>,
    is_root: bool,
    is_pending: bool,
    call: (&'static str, [u64; 6]),
}

impl Facts for World {
    fn files(&mut self) -> &Files {
        &self.files
    }
    fn descriptors(&mut self) -> &[i32] {
        static FIRST: [i32; 4] = [0, 1, 2, 3];
        let first = self.call.1[0] as usize;
        FIRST.get(first..=first).unwrap_or_default()
    }
    fn sockets(&mut self) -> &Sockets {
        &self.sockets
    }
    fn process_name(&mut self) -> Fact<Vec<u8>> {
        self.name.clone()
    }
    fn thread_name(&mut self) -> Fact<Vec<u8>> {
        self.name.clone()
    }
    fn program(&mut self) -> Fact<Vec<u8>> {
        self.name.clone()
    }
    fn process(&mut self) -> Fact<Pid> {
        self.process.clone()
    }
    fn caller(&mut self) -> Fact<Vec<u8>> {
        self.name.clone()
    }
    fn shares_root(&mut self) -> Fact<bool> {
        self.shares_root.clone()
    }
    fn known_files(&self) -> Option<&Files> {
        Some(&self.files)
    }
    fn are_pending(&self) -> bool {
        self.is_pending
    }
}

impl World {
    /// A call of this name on one file.
    pub(super) fn of(call: &'static str, file: &str) -> World {
        let mut files = Files::default();
        files.add(Touch::Descriptor(3), file.as_bytes());
        World {
            files,
            sockets: Sockets::default(),
            name: Fact::Nothing,
            process: Fact::Nothing,
            shares_root: Fact::Is(true),
            is_root: true,
            is_pending: false,
            call: (call, [0; 6]),
        }
    }

    pub(super) fn view(&self) -> SyscallView {
        let (name, args) = self.call;
        let number = names::number_of(Native::ABI, name).expect("a call of the table");
        SyscallView { abi: Native::ABI, number, args, instruction_pointer: 0x1000, stack_pointer: 0x2000 }
    }
}

const FILE_NAMES: [&str; 5] = ["/data/a.db", "/data/b.db", "/other/a.db", "pipe:[1]", "/data/dir/c"];
const ENDPOINTS: [&str; 4] = ["/run/s", "run/s", "@s", "@/a/s"];
const CALLS: [&str; 4] = ["fsync", "write", "connect", "msync"];
const SELECTORS: [&str; 35] = [
    "path=a.db",
    "path=/data/*",
    "path=./dir/c",
    "path!=b.db",
    "mapped=a.db",
    "mapped=**/c",
    "fd=1",
    "fd!=1",
    "fd=3:fd=2",
    "sock=unix/s",
    "sock=unix//run/s",
    "sock=unix/@s",
    "sock=unix/@/a/*",
    "sock=tcp/*/80",
    "sock=*/10.0.0.1/*",
    "sock!=tcp/*/81",
    "arg1=1",
    "arg1=-1",
    "arg1!=2",
    "arg1=0xffffffff",
    "arg2>=4096",
    "arg2>1",
    "arg2<=3",
    "arg1<0x80000000",
    "arg1<-1:arg2!=1:arg2!=3",
    "arg2&1",
    "comm=a.db",
    "comm!=a.db",
    "exe=/data/*",
    "exe=./a.db",
    "thread=[ab].db",
    "caller=**/a.db",
    "caller=pipe:*",
    "pid=7",
    "pid!=7",
];

fn worlds() -> impl Strategy<Value = World> {
    let file = (prop::sample::select(&FILE_NAMES[..]), 0..3_u8)
        .prop_map(|(name, by)| ([Touch::Descriptor(3), Touch::Path, Touch::Mapping][usize::from(by)], name));
    let hidden = || prop::bool::weighted(0.1);
    let files = (vec(file, 0..3), hidden()).prop_map(|(touched, hidden)| {
        let mut files = Files::default();
        files.hidden = hidden;
        touched.into_iter().for_each(|(by, name)| files.add(by, name.as_bytes()));
        files
    });
    let endpoint = prop_oneof![
        prop::sample::select(&ENDPOINTS[..]).prop_map(|name| Endpoint::Unix(name.as_bytes().to_vec())),
        (prop::bool::ANY, 79..82_u16, 1..3_u8).prop_map(|(tcp, port, last)| Endpoint::Internet {
            transport: if tcp { Transport::Tcp } else { Transport::Udp },
            address: [10, 0, 0, last].into(),
            port,
        }),
    ];
    let sockets =
        (vec(endpoint, 0..3), hidden()).prop_map(|(endpoints, hidden)| Sockets { endpoints, hidden });
    let name = prop_oneof![
        6 => prop::sample::select(&FILE_NAMES[..]).prop_map(|name| Fact::Is(name.as_bytes().to_vec())),
        1 => Just(Fact::Nothing),
        1 => Just(Fact::Hidden),
    ];
    let process = prop_oneof![
        6 => (6..9).prop_map(|pid| Fact::Is(Pid::new(pid).expect("a pid"))),
        1 => Just(Fact::Nothing),
        1 => Just(Fact::Hidden),
    ];
    let value = || prop_oneof![0..5_u64, Just(4096), Just(0xffff_ffff), Just(u64::MAX)];
    let call = (prop::sample::select(&CALLS[..]), value(), value())
        .prop_map(|(name, first, second)| (name, [first, second, 0, 0, 0, 0]));
    let shares_root = prop_oneof![
        6 => any::<bool>().prop_map(Fact::Is),
        1 => Just(Fact::Hidden),
    ];
    (files, sockets, name, process, shares_root, any::<bool>(), call).prop_map(
        |(files, sockets, name, process, shares_root, is_root, call)| World {
            files,
            sockets,
            name,
            process,
            shares_root,
            is_root,
            is_pending: false,
            call,
        },
    )
}

/// Plans of many rules with few selectors, so that many have the same gate; rules that are refused are left out.
fn plans() -> impl Strategy<Value = Plan> {
    prop::sample::subsequence(&SELECTORS[..], 1..5).prop_flat_map(|selectors| {
        let selectors = vec(prop::sample::select(selectors), 0..3);
        let rule = (selectors, 1..4_u8, prop::sample::subsequence(&CALLS[..], 1..4));
        vec(rule, 1..60).prop_map(|rules| plan(&rules))
    })
}

fn plan(rules: &[(Vec<&str>, u8, Vec<&str>)]) -> Plan {
    let cwd = Path::new("/data");
    let texts = rules.iter().map(|(selectors, when, calls)| {
        let selectors: String = selectors.iter().map(|selector| format!(":{selector}")).collect();
        format!("{}:error=EIO:when={when}+{selectors}", calls.join(","))
    });
    let is_good = |text: &String| parse_rules(std::slice::from_ref(text), cwd).is_ok();
    let texts: Vec<String> = texts.filter(is_good).collect();
    parse_rules(&texts, cwd).expect("each was good")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rules_that_are_passed_over_would_not_have_matched(
        plan in plans(),
        mut worlds in vec(worlds(), 1..30),
    ) {
        let mut looks_at_each = Matcher::new(&plan, 0);
        let mut passes_over = Matcher::new(&plan, 0).indexed();
        let (root, other) = (LogicalPath::root(), LogicalPath::root().child(1));
        for world in &mut worlds {
            let place = if world.is_root { &root } else { &other };
            let moment = Moment { tid: Tid::new(7).expect("a tid"), place, since_exec: Duration::ZERO };
            let view = world.view();
            // What is asked before all is known counts for nothing.
            world.is_pending = true;
            let asked_too_early = passes_over.decide(&view, world, &moment);
            prop_assert!(asked_too_early.is_none_or(|verdict| verdict == Verdict::default()));
            world.is_pending = false;
            let expected = looks_at_each.decide(&view, world, &moment);
            prop_assert_eq!(passes_over.decide(&view, world, &moment), expected);
        }
        for (rule, (expected, tally)) in looks_at_each.tallies().iter().zip(passes_over.tallies()).enumerate() {
            prop_assert_eq!(
                (tally.matches, tally.missed, tally.hidden),
                (expected.matches, expected.missed, expected.hidden),
                "{:?}", plan.rules[rule]
            );
            prop_assert_eq!(
                (&tally.near_misses, tally.other_near_misses),
                (&expected.near_misses, expected.other_near_misses)
            );
        }
    }
}
