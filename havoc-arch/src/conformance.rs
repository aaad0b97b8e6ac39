//! The laws that every architecture keeps, run for all of them on every host. A new architecture is one line at the
//! end of this file.
use crate::arch::{NT_ARM_SYSTEM_CALL, NT_PRSTATUS};
use crate::{Abi, Arch, Location, RegisterWrite, SyscallView};

/// Results with something peculiar about them: signs, halves, the ends of the range of errors.
const RESULTS: [i64; 8] = [0, 1, -1, -5, -4095, 0xFFFF_FFFF, i64::MIN, i64::MAX];

/// The arguments of calls of every ABI that is judged there.
fn arguments<A: Arch>() -> impl Iterator<Item = (Abi, usize)> {
    A::ABI.judged().iter().flat_map(|abi| (0..6).map(|index| (*abi, index)))
}

/// The writes that an architecture can ask for.
fn writes<A: Arch>(value: u64) -> Vec<RegisterWrite> {
    let arguments = arguments::<A>().map(|(abi, index)| A::set_argument(abi, index, value));
    arguments.chain([A::set_result(value as i64)]).chain(A::skip(value as i64)).collect()
}

fn width(at: Location) -> usize {
    match at {
        Location::User { width, .. } | Location::Set { width, .. } => width,
    }
}

/// Where in the general registers it is written; `None` if the place is not among them.
fn place(write: RegisterWrite) -> Option<usize> {
    match write.at {
        Location::User { offset, .. } | Location::Set { note: NT_PRSTATUS, offset, .. } => Some(offset),
        Location::Set { .. } => None,
    }
}

/// Puts a value where the kernel would; `None` if the place is not among the general registers.
fn put(bytes: &mut [u8], write: RegisterWrite) -> Option<()> {
    let offset = place(write)?;
    let width = width(write.at);
    bytes[offset..offset + width].copy_from_slice(&write.value.to_le_bytes()[..width]);
    Some(())
}

fn skipping_writes_minus_one_and_then_the_result<A: Arch>() {
    for result in RESULTS {
        let [number, outcome] = A::skip(result);
        let minus_one = if width(number.at) == 8 { u64::MAX } else { u64::from(u32::MAX) };
        assert_eq!(number.value, minus_one, "the register's full width");
        assert_eq!(outcome, A::set_result(result));
        assert_ne!(number.at, outcome.at);
    }
}

fn another_number_stands_where_minus_one_would<A: Arch>() {
    for number in [0, 39, 471] {
        let write = A::set_number(number);
        assert_eq!((write.at, write.value), (A::skip(0)[0].at, u64::from(number)));
    }
}

fn a_result_is_written_whole<A: Arch>() {
    for result in RESULTS {
        let write = A::set_result(result);
        assert_eq!((write.value as i64, width(write.at)), (result, 8));
    }
}

fn arguments_lie_in_six_places_of_their_own<A: Arch>() {
    for abi in A::ABI.judged() {
        let mut places: Vec<usize> = Vec::new();
        for index in 0..6 {
            let write = A::set_argument(*abi, index, u64::MAX - 1);
            let expected = if abi.is_64_bit() { 8 } else { 4 };
            assert_eq!((write.value, width(write.at)), (u64::MAX - 1, expected));
            let place = place(write).expect("a general register");
            assert!(!places.contains(&place), "{abi:?} argument {index}");
            places.push(place);
        }
        let number = place(A::skip(0)[0]);
        assert!(number.is_none_or(|number| !places.contains(&number)), "the number is no argument");
    }
}

fn every_place_lies_inside_its_register_set<A: Arch>() {
    for write in writes::<A>(0) {
        let (offset, size) = match write.at {
            Location::User { offset, .. } | Location::Set { note: NT_PRSTATUS, offset, .. } => {
                (offset, A::REGISTERS_SIZE)
            }
            Location::Set { note: NT_ARM_SYSTEM_CALL, offset, .. } => (offset, 4),
            Location::Set { note, .. } => panic!("tell this law how large the register set {note:#x} is"),
        };
        let width = width(write.at);
        assert!(width == 4 || width == 8, "{write:?}");
        assert!(offset % width == 0 && offset + width <= size, "{write:?}");
    }
}

fn what_is_written_is_read_back<A: Arch>() {
    let before = vec![0; A::REGISTERS_SIZE];
    let registers = A::registers(&before).expect("enough bytes");
    assert_eq!(registers, A::Registers::default());
    for write in writes::<A>(0x0123_4567_89AB_CDEF) {
        let mut after = before.clone();
        if put(&mut after, write).is_some() {
            assert_ne!(A::registers(&after).expect("enough bytes"), registers, "{write:?}");
        }
    }
}

fn registers_need_all_their_bytes_and_no_more<A: Arch>() {
    let bytes: Vec<u8> = (0..=255).cycle().take(A::REGISTERS_SIZE + 64).collect();
    for size in [0, 1, A::REGISTERS_SIZE - 8, A::REGISTERS_SIZE - 1] {
        assert!(A::registers(&bytes[..size]).is_none(), "{size} bytes");
    }
    let registers = A::registers(&bytes[..A::REGISTERS_SIZE]).expect("enough bytes");
    assert_eq!(A::registers(&bytes), Some(registers));
}

fn every_byte_of_the_set_is_a_register<A: Arch>() {
    assert_eq!(size_of::<A::Registers>(), A::REGISTERS_SIZE);
    for place in 0..A::REGISTERS_SIZE {
        let mut bytes = vec![0; A::REGISTERS_SIZE];
        bytes[place] = 1;
        assert_ne!(A::registers(&bytes), Some(A::Registers::default()), "byte {place}");
    }
}

/// A call and the registers of a task that was skipped out of it.
fn skipped<A: Arch>(abi: Abi, result: i64) -> (SyscallView, A::Registers) {
    let args = [1, 2, 3, 4, 5, 6];
    let entry =
        SyscallView { abi, number: 26, args, instruction_pointer: 0x40_1000, stack_pointer: 0x7fff_f000 };
    let mut bytes = vec![0; A::REGISTERS_SIZE];
    for write in (0..6).map(|index| A::set_argument(abi, index, args[index])).chain(A::skip(result)) {
        // The rest of the registers stays 0: the instruction pointer is at no call's instruction.
        let _elsewhere = put(&mut bytes, write);
    }
    (entry, A::registers(&bytes).expect("enough bytes"))
}

fn a_skipped_call_is_never_entered_again<A: Arch>() {
    for result in RESULTS.into_iter().chain([-512, -513, -514, -516]) {
        for abi in A::ABI.judged() {
            let (entry, registers) = skipped::<A>(*abi, result);
            assert_eq!(A::interrupted_call(&registers, &entry), None, "{abi:?} {result}");
        }
    }
}

fn a_call_of_another_abi_is_not_answered_for<A: Arch>() {
    let (entry, registers) = skipped::<A>(A::ABI, -512);
    for abi in Abi::ALL.into_iter().filter(|abi| !A::ABI.judged().contains(abi)) {
        assert_eq!(A::interrupted_call(&registers, &SyscallView { abi, ..entry }), None, "{abi:?}");
    }
}

fn its_abi_and_its_companions_have_tables<A: Arch>() {
    assert_eq!(A::ABI.judged().first(), Some(&A::ABI));
    for abi in A::ABI.judged() {
        assert_eq!(Abi::of_call(abi.audit_arch(), 0), Some(*abi));
        for name in ["read", "msync", "execve", "restart_syscall"] {
            assert!(crate::names::number_of(*abi, name).is_some(), "{abi:?} {name}");
        }
    }
}

fn a_seventh_argument_is_a_bug<A: Arch>() {
    let _write = A::set_argument(A::ABI, 6, 0);
}

/// Makes the tests of one architecture.
macro_rules! keeps_the_laws {
    ($name:ident, $arch:ty) => {
        keeps_the_laws! { $name, $arch:
            skipping_writes_minus_one_and_then_the_result
            another_number_stands_where_minus_one_would
            a_result_is_written_whole
            arguments_lie_in_six_places_of_their_own
            every_place_lies_inside_its_register_set
            what_is_written_is_read_back
            registers_need_all_their_bytes_and_no_more
            every_byte_of_the_set_is_a_register
            a_skipped_call_is_never_entered_again
            a_call_of_another_abi_is_not_answered_for
            its_abi_and_its_companions_have_tables
        }
    };
    ($name:ident, $arch:ty: $($law:ident)*) => {
        mod $name {
            $(#[test]
            fn $law() {
                super::$law::<$arch>();
            })*

            #[test]
            #[should_panic(expected = "no argument 6")]
            fn a_seventh_argument_is_a_bug() {
                super::a_seventh_argument_is_a_bug::<$arch>();
            }
        }
    };
}

keeps_the_laws! { x86_64, crate::x86_64::X86_64 }
keeps_the_laws! { aarch64, crate::aarch64::Aarch64 }
