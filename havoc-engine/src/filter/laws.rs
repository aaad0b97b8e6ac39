//! What every compiled filter keeps to: the policy's verdicts, the kernel's checks, and our bounds on size and time.
use super::instruction::{
    Instruction, MAX_INSTRUCTIONS, RETURN, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_TRACE,
    SECCOMP_RET_USER_NOTIF,
};
use super::interpreter::{Run, SeccompData, refusal, run};
use super::{Answer, Leaf, Policy, StopBy, Test, compile};
use havoc_arch::{Abi, Errno, names};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NATIVES: [Abi; 2] = [Abi::X86_64, Abi::Aarch64];

fn policy(abi: Abi, leaves: impl IntoIterator<Item = (u32, Leaf)>) -> Policy {
    Policy { leaves: BTreeMap::from([(abi, leaves.into_iter().collect())]), every_call: false }
}

fn if_bits(argument: usize, bits: u32) -> Leaf {
    Leaf::TraceIf(vec![Test::AnyBit { argument, bits }])
}

fn if_one_of(argument: usize, values: impl IntoIterator<Item = u32>) -> Leaf {
    Leaf::TraceIf(vec![Test::OneOf { argument, values: values.into_iter().collect() }])
}

/// Compiles for a tracer, and asserts that the program for a listener is the same but for what stops a call.
fn compiled(policy: &Policy, native: Abi) -> Vec<Instruction> {
    let [program, listened] = [StopBy::Trace, StopBy::Notify]
        .map(|stop| compile(policy, native, stop).expect("within the kernel's limit"));
    assert_eq!(refusal(&program), None);
    let traced = Instruction::plain(RETURN, SECCOMP_RET_TRACE);
    let notified = Instruction::plain(RETURN, SECCOMP_RET_USER_NOTIF);
    let replaced: Vec<_> = program.iter().map(|it| if *it == traced { notified } else { *it }).collect();
    assert_eq!(replaced, listened);
    program
}

fn call(abi: Abi, nr: u32) -> SeccompData {
    SeccompData { nr, arch: abi.audit_arch(), ..SeccompData::default() }
}

/// Runs the program and asserts that it says what the policy says.
fn verdict(policy: &Policy, native: Abi, program: &[Instruction], data: &SeccompData) -> Run {
    let done = run(program, data);
    let expected = match policy.answer(native, data.arch, data.nr, &data.args) {
        Answer::Stop => SECCOMP_RET_TRACE,
        Answer::Run => SECCOMP_RET_ALLOW,
        Answer::Error(errno) => SECCOMP_RET_ERRNO | u32::from(errno.number()),
    };
    assert_eq!(done.verdict, expected, "{data:x?} under {policy:?}");
    done
}

/// The most instructions that `compile` promises for a policy.
fn size_bound(policy: &Policy, native: Abi) -> usize {
    let judged = native.judged();
    let leaves = judged.iter().filter_map(|abi| policy.leaves.get(abi));
    let of_test = |test: &Test| match test {
        Test::AnyBit { .. } => 4,
        Test::OneOf { values, .. } => 4 + 2 * values.len().saturating_sub(1),
    };
    let of_leaf = |leaf: &Leaf| match leaf {
        Leaf::Trace | Leaf::Error(_) => 4,
        Leaf::TraceIf(tests) => tests.iter().map(of_test).sum::<usize>().max(4),
    };
    let of_companions = 4 * judged.len().saturating_sub(1);
    8 + of_companions + leaves.flatten().map(|(_, leaf)| of_leaf(leaf)).sum::<usize>()
}

/// The most instructions that a call may run through, for a policy of this size.
fn depth_bound(policy: &Policy, size: usize) -> usize {
    let asked = |leaf: &Leaf| match leaf {
        Leaf::Trace | Leaf::Error(_) => 0,
        Leaf::TraceIf(tests) => {
            let arguments = tests.iter().map(|test| match test {
                Test::AnyBit { argument, .. } | Test::OneOf { argument, .. } => *argument,
            });
            arguments.collect::<BTreeSet<_>>().len()
        }
    };
    let most = policy.leaves.values().flatten().map(|(_, leaf)| asked(leaf)).max().unwrap_or(0);
    let logarithm = size.max(1).ilog2() as usize;
    2 * logarithm + 8 + most.saturating_sub(1) * (2 * logarithm + 4)
}

fn numbers() -> impl Strategy<Value = u32> {
    prop_oneof![
        12 => 0..480_u32,
        2 => prop::sample::select(vec![0, 1, 0x3fff_ffff, 0x4000_0000, 0x4000_001a, 0x7fff_ffff, 0x8000_0000,
            0xbfff_ffff, 0xc000_0000, u32::MAX - 1, u32::MAX]),
        1 => any::<u32>(),
    ]
}

fn values() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..40_u32, 1 => Just(u32::MAX), 1 => any::<u32>()]
}

fn tests() -> impl Strategy<Value = Test> {
    let bits = prop_oneof![any::<u32>(), (0..32_u32).prop_map(|bit| 1 << bit), Just(0)];
    prop_oneof![
        (0..6_usize, bits).prop_map(|(argument, bits)| Test::AnyBit { argument, bits }),
        (0..6_usize, prop::collection::vec(values(), 0..20))
            .prop_map(|(argument, values)| Test::OneOf { argument, values }),
    ]
}

fn errors() -> impl Strategy<Value = Errno> {
    prop_oneof![4 => 1..4_u16, 1 => 1..=4095_u16]
        .prop_map(|number| Errno::new(number).expect("an error that there is"))
}

fn leaves() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        3 => Just(Leaf::Trace),
        3 => tests().prop_map(|test| Leaf::TraceIf(vec![test])),
        2 => prop::collection::vec(tests(), 0..5).prop_map(Leaf::TraceIf),
        2 => errors().prop_map(Leaf::Error),
    ]
}

fn policies() -> impl Strategy<Value = Policy> {
    let per_abi = || prop::collection::btree_map(numbers(), leaves(), 0..80);
    let abi = prop::sample::select(Abi::ALL.to_vec());
    (prop::collection::btree_map(abi, per_abi(), 0..5), prop::bool::weighted(0.05))
        .prop_map(|(leaves, every_call)| Policy { leaves, every_call })
}

fn calls() -> impl Strategy<Value = SeccompData> {
    let arch = prop_oneof![
        9 => prop::sample::select(Abi::ALL.to_vec()).prop_map(Abi::audit_arch),
        1 => any::<u32>(),
    ];
    // High words are filled, because only low words are to be looked at.
    let arg = || (any::<u32>(), values()).prop_map(|(high, low)| u64::from(high) << 32 | u64::from(low));
    (numbers(), arch, any::<u64>(), prop::array::uniform6(arg()))
        .prop_map(|(nr, arch, instruction_pointer, args)| SeccompData { nr, arch, instruction_pointer, args })
}

proptest! {
    #[test]
    fn the_program_says_what_the_policy_says(
        policy in policies(),
        native in prop::sample::select(Abi::ALL.to_vec()),
        calls in prop::collection::vec(calls(), 60),
    ) {
        let program = compiled(&policy, native);
        prop_assert!(program.len() <= size_bound(&policy, native), "{} instructions", program.len());
        let most = depth_bound(&policy, program.len());
        // Calls at, before and behind every named number, in every ABI.
        let named = policy.leaves.values().flatten().flat_map(|(number, _)| {
            [number.saturating_sub(1), *number, number.saturating_add(1)]
        });
        let named = named.flat_map(|number| Abi::ALL.map(|abi| call(abi, number)));
        for data in named.chain(calls) {
            let done = verdict(&policy, native, &program, &data);
            prop_assert!(done.executed <= most, "{} executed", done.executed);
        }
    }

    #[test]
    fn a_call_that_no_rule_names_is_allowed_without_a_look_at_its_arguments(
        policy in policies(),
        native in prop::sample::select(NATIVES.to_vec()),
        number in numbers(),
    ) {
        prop_assume!(!policy.every_call);
        let program = compiled(&policy, native);
        for abi in native.judged() {
            let named = policy.leaves.get(abi).is_some_and(|leaves| leaves.contains_key(&number));
            let judged = Abi::of_call(abi.audit_arch(), u64::from(number)) == Some(*abi);
            if !named && judged {
                let done = run(&program, &call(*abi, number));
                prop_assert_eq!((done.verdict, done.constant), (SECCOMP_RET_ALLOW, true));
            }
        }
    }
}

#[test]
fn a_filter_that_names_nothing_is_small() {
    assert_eq!(compiled(&Policy::default(), Abi::X86_64).len(), 8);
    assert_eq!(compiled(&Policy::default(), Abi::Aarch64).len(), 5);
}

#[test]
fn every_call_is_one_instruction() {
    let policy = Policy { every_call: true, ..Policy::default() };
    for abi in Abi::ALL {
        let program = compiled(&policy, abi);
        assert_eq!(program.len(), 1);
        assert_eq!(verdict(&policy, abi, &program, &call(abi, 0)).verdict, SECCOMP_RET_TRACE);
    }
}

#[test]
fn a_listener_is_told_of_what_a_tracer_would_be_stopped_for() {
    let policy = policy(Abi::X86_64, [(26, Leaf::Trace), (1, if_bits(0, 1))]);
    let program = compile(&policy, Abi::X86_64, StopBy::Notify).expect("a small filter");
    let says = |abi, number, args| {
        let stops = policy.traces(Abi::X86_64, call(abi, number).arch, number, &args);
        let said = run(&program, &SeccompData { args, ..call(abi, number) }).verdict;
        assert_eq!(said == SECCOMP_RET_USER_NOTIF, stops, "{number}");
        assert_eq!(said == SECCOMP_RET_ALLOW, !stops, "{number}");
        stops
    };
    assert!(says(Abi::X86_64, 26, [0; 6]) && says(Abi::X86_64, 1, [1; 6]) && says(Abi::Arm, 26, [0; 6]));
    assert!(!says(Abi::X86_64, 27, [0; 6]) && !says(Abi::X86_64, 1, [2; 6]) && !says(Abi::I386, 26, [0; 6]));
}

#[test]
fn x32_calls_are_counted_but_a_negative_number_is_not_x32() {
    let policy = policy(Abi::X86_64, [(26, Leaf::Trace)]);
    let program = compiled(&policy, Abi::X86_64);
    let says = |number| verdict(&policy, Abi::X86_64, &program, &call(Abi::X86_64, number)).verdict;
    assert_eq!(says(26), SECCOMP_RET_TRACE);
    assert_eq!(says(27), SECCOMP_RET_ALLOW);
    assert_eq!(says(0x4000_0000 | 26), SECCOMP_RET_TRACE);
    assert_eq!(says(0x4000_0000 | 27), SECCOMP_RET_TRACE);
    assert_eq!(says(0x7fff_ffff), SECCOMP_RET_TRACE);
    for negative in [-1, -2, -1000, i32::MIN] {
        assert_eq!(says(negative.cast_unsigned()), SECCOMP_RET_ALLOW, "{negative}");
    }
}

#[test]
fn a_32_bit_call_is_stopped_by_its_own_number_and_not_by_the_one_of_64_bits() {
    let mut policy = policy(Abi::X86_64, [(39, Leaf::Trace), (1, Leaf::Trace)]);
    policy.leaves.insert(Abi::I386, BTreeMap::from([(20, Leaf::Trace), (4, Leaf::Trace)]));
    let program = compiled(&policy, Abi::X86_64);
    let says = |abi, number| verdict(&policy, Abi::X86_64, &program, &call(abi, number)).verdict;
    for (number, in_64_bits) in [(39, true), (1, true), (20, false), (4, false)] {
        assert_eq!(says(Abi::X86_64, number) == SECCOMP_RET_TRACE, in_64_bits, "{number}");
        assert_eq!(says(Abi::I386, number) == SECCOMP_RET_TRACE, !in_64_bits, "{number}");
    }
}

#[test]
fn on_aarch64_the_x32_bit_means_nothing() {
    let policy = policy(Abi::Aarch64, [(227, Leaf::Trace)]);
    let program = compiled(&policy, Abi::Aarch64);
    let says = |abi, number| verdict(&policy, Abi::Aarch64, &program, &call(abi, number)).verdict;
    assert_eq!(says(Abi::Aarch64, 227), SECCOMP_RET_TRACE);
    assert_eq!(says(Abi::Aarch64, 0x4000_0000 | 227), SECCOMP_RET_ALLOW);
    assert_eq!(says(Abi::Arm, 144), SECCOMP_RET_TRACE);
}

#[test]
fn the_high_word_of_an_argument_is_not_compared() {
    let leaves = [(0, if_one_of(0, [3, 7, 3])), (26, if_bits(2, 4))];
    let policy = policy(Abi::X86_64, leaves);
    let program = compiled(&policy, Abi::X86_64);
    let says = |nr, index: usize, value| {
        let mut data = call(Abi::X86_64, nr);
        data.args[index] = value;
        verdict(&policy, Abi::X86_64, &program, &data).verdict
    };
    assert_eq!(says(0, 0, 0xdead_beef_0000_0003), SECCOMP_RET_TRACE);
    assert_eq!(says(0, 0, 0x0000_0007_0000_0000), SECCOMP_RET_ALLOW);
    assert_eq!(says(26, 2, 0xdead_beef_0000_0006), SECCOMP_RET_TRACE);
    assert_eq!(says(26, 2, 0x0000_0004_0000_0000), SECCOMP_RET_ALLOW);
}

#[test]
fn an_error_is_one_instruction_for_all_the_calls_that_it_answers() {
    for native in NATIVES {
        let error = |number| Leaf::Error(Errno::new(number).expect("an error that there is"));
        let mut policy = policy(native, (100..400).map(|number| (number, error(5))));
        policy.leaves.entry(native).or_default().extend([(20, error(1)), (21, error(4095))]);
        policy.leaves.insert(Abi::I386, BTreeMap::from([(118, error(5)), (20, error(38))]));
        let program = compiled(&policy, native);
        let says = |abi, number| verdict(&policy, native, &program, &call(abi, number)).verdict;
        assert_eq!([100, 399, 20, 21].map(|number| says(native, number) & 0xffff), [5, 5, 1, 4095]);
        assert_eq!([99, 400, 19].map(|number| says(native, number)), [SECCOMP_RET_ALLOW; 3]);
        let returns = |program: &[Instruction]| program.iter().filter(|it| it.code == RETURN).count();
        let companion = native.judged().contains(&Abi::I386);
        assert_eq!(returns(&program), if companion { 6 } else { 5 }, "{program:?}");
        if companion {
            assert_eq!([118, 20].map(|number| says(Abi::I386, number) & 0xffff), [5, 38]);
            assert_eq!(says(Abi::I386, 100), SECCOMP_RET_ALLOW);
        }
    }
}

#[test]
fn each_of_several_arguments_stops_a_call() {
    let tests = vec![
        Test::OneOf { argument: 3, values: vec![7, 9] },
        Test::OneOf { argument: 0, values: vec![7, 1 << 31] },
        Test::AnyBit { argument: 3, bits: 6 },
    ];
    let policy = policy(Abi::X86_64, [(275, Leaf::TraceIf(tests)), (276, Leaf::TraceIf(Vec::new()))]);
    let program = compiled(&policy, Abi::X86_64);
    // The number; a load and three comparisons for two values; a load, the bits, and 9 alone, for 7 has one of them.
    assert_eq!(program.len(), 8 + 1 + (1 + 3) + (1 + 2));
    let says =
        |nr, args| verdict(&policy, Abi::X86_64, &program, &SeccompData { args, ..call(Abi::X86_64, nr) });
    for (args, stops) in [
        ([7, 0, 0, 0, 0, 0], true),
        ([1 << 31, 0, 0, 0, 0, 0], true),
        ([0, 7, 7, 9, 7, 7], true),
        ([0, 0, 0, 4, 0, 0], true),
        ([6, 7, 7, 1, 7, 7], false),
        ([7 << 32, 7, 7, 9 << 32, 7, 7], false),
    ] {
        assert_eq!(says(275, args).verdict == SECCOMP_RET_TRACE, stops, "{args:?}");
        assert_eq!(says(276, args).verdict, SECCOMP_RET_ALLOW);
    }
}

#[test]
fn a_run_of_numbers_is_one_range() {
    let program = compiled(&policy(Abi::X86_64, (100..400).map(|number| (number, Leaf::Trace))), Abi::X86_64);
    assert_eq!(program.len(), 8 + 2);
}

#[test]
fn naming_every_call_of_the_table_costs_a_handful_of_ranges() {
    for abi in NATIVES {
        let policy = policy(abi, names::all(abi).map(|(number, _)| (number, Leaf::Trace)));
        let program = compiled(&policy, abi);
        assert!(program.len() <= 32, "{abi:?}: {} instructions", program.len());
        for number in 0..1024 {
            verdict(&policy, abi, &program, &call(abi, number));
        }
    }
}

#[test]
fn alternating_numbers_with_leaves_all_different_stay_within_the_bounds() {
    for abi in NATIVES {
        let leaf = |number| if_bits(number as usize % 6, number + 1);
        let policy = policy(abi, (0..720).step_by(2).map(|number| (number, leaf(number))));
        let program = compiled(&policy, abi);
        assert!(program.len() <= 4 * 360, "{abi:?}: {} instructions", program.len());
        for number in 0..722 {
            for args in [[0; 6], [u64::MAX; 6], [u64::from(number) << 32; 6]] {
                let done = verdict(&policy, abi, &program, &SeccompData { args, ..call(abi, number) });
                assert!(done.executed <= 2 * 360_usize.ilog2() as usize + 4, "{} executed", done.executed);
            }
        }
    }
}

#[test]
fn a_long_list_of_values_is_searched_and_not_walked() {
    let policy = policy(Abi::X86_64, [(1, if_one_of(0, (0..1000).map(|value| 3 * value)))]);
    let program = compiled(&policy, Abi::X86_64);
    for value in 0..3100 {
        let data = SeccompData { args: [value; 6], ..call(Abi::X86_64, 1) };
        let done = verdict(&policy, Abi::X86_64, &program, &data);
        assert!(done.executed <= 2 * 10 + 8, "{} executed", done.executed);
    }
}

#[test]
fn a_policy_that_does_not_fit_is_refused_with_its_size() {
    let policy = policy(Abi::X86_64, [(1, if_one_of(0, (0..10_000).map(|value| 3 * value)))]);
    let error = compile(&policy, Abi::X86_64, StopBy::Trace).expect_err("15000 comparisons");
    assert!(error.instructions > MAX_INSTRUCTIONS);
}

#[test]
#[should_panic(expected = "no argument 6")]
fn a_leaf_on_a_seventh_argument_is_a_bug() {
    let policy = policy(Abi::X86_64, [(1, if_bits(6, 1))]);
    let _ = compile(&policy, Abi::X86_64, StopBy::Trace);
}
