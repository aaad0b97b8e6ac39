//! What every compiled filter keeps to: the policy's verdicts, the kernel's checks, and our bounds on size and time.
use super::instruction::{Instruction, MAX_INSTRUCTIONS, SECCOMP_RET_ALLOW, SECCOMP_RET_TRACE};
use super::interpreter::{Run, SeccompData, refusal, run};
use super::{Leaf, Policy, compile};
use havoc_arch::{Abi, names};
use proptest::prelude::*;
use std::collections::BTreeMap;

const NATIVES: [Abi; 2] = [Abi::X86_64, Abi::Aarch64];

fn policy(abi: Abi, leaves: impl IntoIterator<Item = (u32, Leaf)>) -> Policy {
    Policy { leaves: BTreeMap::from([(abi, leaves.into_iter().collect())]), every_call: false }
}

fn compiled(policy: &Policy, native: Abi) -> Vec<Instruction> {
    let program = compile(policy, native).expect("within the kernel's limit");
    assert_eq!(refusal(&program), None);
    program
}

fn call(abi: Abi, nr: u32) -> SeccompData {
    SeccompData { nr, arch: abi.audit_arch(), ..SeccompData::default() }
}

/// Runs the program and asserts that it says what the policy says.
fn verdict(policy: &Policy, native: Abi, program: &[Instruction], data: &SeccompData) -> Run {
    let done = run(program, data);
    let expected = match policy.traces(native, data.arch, data.nr, &data.args) {
        true => SECCOMP_RET_TRACE,
        false => SECCOMP_RET_ALLOW,
    };
    assert_eq!(done.verdict, expected, "{data:x?} under {policy:?}");
    done
}

/// The most instructions that `compile` promises for a policy.
fn size_bound(policy: &Policy, native: Abi) -> usize {
    let judged = native.judged();
    let leaves = judged.iter().filter_map(|abi| policy.leaves.get(abi));
    let of_leaf = |leaf: &Leaf| match leaf {
        Leaf::Trace | Leaf::TraceIfBits { .. } => 4,
        Leaf::TraceIfOneOf { values, .. } => 4 + 2 * values.len().saturating_sub(1),
    };
    let of_companions = 4 * judged.len().saturating_sub(1);
    8 + of_companions + leaves.flatten().map(|(_, leaf)| of_leaf(leaf)).sum::<usize>()
}

/// The most instructions that a call may run through, for a policy of this size.
fn depth_bound(size: usize) -> usize {
    2 * size.max(1).ilog2() as usize + 8
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

fn leaves() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        3 => Just(Leaf::Trace),
        2 => (0..6_usize, prop_oneof![any::<u32>(), (0..32_u32).prop_map(|bit| 1 << bit), Just(0)])
            .prop_map(|(argument, bits)| Leaf::TraceIfBits { argument, bits }),
        2 => (0..6_usize, prop::collection::vec(values(), 0..20))
            .prop_map(|(argument, values)| Leaf::TraceIfOneOf { argument, values }),
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
        // Calls at, before and behind every named number, in every ABI.
        let named = policy.leaves.values().flatten().flat_map(|(number, _)| {
            [number.saturating_sub(1), *number, number.saturating_add(1)]
        });
        let named = named.flat_map(|number| Abi::ALL.map(|abi| call(abi, number)));
        for data in named.chain(calls) {
            let done = verdict(&policy, native, &program, &data);
            prop_assert!(done.executed <= depth_bound(program.len()), "{} executed", done.executed);
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
fn x32_calls_are_counted_but_minus_one_is_not_x32() {
    let policy = policy(Abi::X86_64, [(26, Leaf::Trace)]);
    let program = compiled(&policy, Abi::X86_64);
    let says = |number| verdict(&policy, Abi::X86_64, &program, &call(Abi::X86_64, number)).verdict;
    assert_eq!(says(26), SECCOMP_RET_TRACE);
    assert_eq!(says(27), SECCOMP_RET_ALLOW);
    assert_eq!(says(0x4000_0000 | 26), SECCOMP_RET_TRACE);
    assert_eq!(says(0x4000_0000 | 27), SECCOMP_RET_TRACE);
    assert_eq!(says(u32::MAX), SECCOMP_RET_ALLOW);
    assert_eq!(says(u32::MAX - 1), SECCOMP_RET_TRACE);
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
    let leaves = [
        (0, Leaf::TraceIfOneOf { argument: 0, values: vec![3, 7, 3] }),
        (26, Leaf::TraceIfBits { argument: 2, bits: 4 }),
    ];
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
        let leaf = |number| Leaf::TraceIfBits { argument: number as usize % 6, bits: number + 1 };
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
    let values = (0..1000).map(|value| 3 * value).collect();
    let policy = policy(Abi::X86_64, [(1, Leaf::TraceIfOneOf { argument: 0, values })]);
    let program = compiled(&policy, Abi::X86_64);
    for value in 0..3100 {
        let data = SeccompData { args: [value; 6], ..call(Abi::X86_64, 1) };
        let done = verdict(&policy, Abi::X86_64, &program, &data);
        assert!(done.executed <= 2 * 10 + 8, "{} executed", done.executed);
    }
}

#[test]
fn a_policy_that_does_not_fit_is_refused_with_its_size() {
    let values = (0..10_000).map(|value| 3 * value).collect();
    let policy = policy(Abi::X86_64, [(1, Leaf::TraceIfOneOf { argument: 0, values })]);
    let error = compile(&policy, Abi::X86_64).expect_err("15000 comparisons");
    assert!(error.instructions > MAX_INSTRUCTIONS);
}

#[test]
#[should_panic(expected = "no argument 6")]
fn a_leaf_on_a_seventh_argument_is_a_bug() {
    let _ = compile(&policy(Abi::X86_64, [(1, Leaf::TraceIfBits { argument: 6, bits: 1 })]), Abi::X86_64);
}
