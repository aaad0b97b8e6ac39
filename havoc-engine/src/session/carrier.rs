//! Calls of i386 that carry others: an opcode says which, and the arguments are in memory or in other registers. A call that
//! is carried is judged, logged and changed as if the program had made it by its own number; one that has no number of its own
//! on i386 (accept, send, recv, semop, semtimedop) is counted where something names it.
use super::Config;
use crate::bytes::word_at;
use crate::filter::{Leaf, Test};
use crate::matcher::Matcher;
use havoc_arch::{Abi, Arch, Native, SyscallView, names};

/// A call that carries others.
struct Carrier {
    name: &'static str,
    /// Whether a version of the interface stands above the opcode: `call >> 16` in ipc/syscall.c. socketcall has none, and
    /// no opcode as large.
    has_version: bool,
    carried: &'static [Carried],
}

/// A call that is carried.
struct Carried {
    opcode: u32,
    name: &'static str,
    /// Where its arguments are.
    places: &'static [At],
}

/// Where an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// It is this argument of the carrier, from 0.
    Argument(usize),
    /// It is this word, from 0, of what an argument of the carrier points to.
    Word { of: usize, nth: usize },
}

use At::{Argument, Word};

/// How wide a word in the memory of an i386 program is.
const WORD: usize = 4;

/// The words that socketcall's second argument points to: net/socket.c.
const WORDS: [At; 6] = [
    Word { of: 1, nth: 0 },
    Word { of: 1, nth: 1 },
    Word { of: 1, nth: 2 },
    Word { of: 1, nth: 3 },
    Word { of: 1, nth: 4 },
    Word { of: 1, nth: 5 },
];

/// `count` is that of the table `nargs` of net/socket.c.
const fn socket(opcode: u32, name: &'static str, count: usize) -> Carried {
    Carried { opcode, name, places: WORDS.split_at(count).0 }
}

const fn ipc(opcode: u32, name: &'static str, places: &'static [At]) -> Carried {
    Carried { opcode, name, places }
}

const SOCKETS: &[Carried] = &[
    socket(1, "socket", 3),
    socket(2, "bind", 3),
    socket(3, "connect", 3),
    socket(4, "listen", 2),
    socket(5, "accept", 3),
    socket(6, "getsockname", 3),
    socket(7, "getpeername", 3),
    socket(8, "socketpair", 4),
    // send and recv, which are to the kernel what these are with no address; no ABI of ours has them as calls of their own.
    socket(9, "sendto", 4),
    socket(10, "recvfrom", 4),
    socket(11, "sendto", 6),
    socket(12, "recvfrom", 6),
    socket(13, "shutdown", 2),
    socket(14, "setsockopt", 5),
    socket(15, "getsockopt", 5),
    socket(16, "sendmsg", 3),
    socket(17, "recvmsg", 3),
    socket(18, "accept4", 4),
    socket(19, "recvmmsg", 5),
    socket(20, "sendmmsg", 4),
];

/// The carrier's arguments are the opcode, three numbers, a pointer and one more: ipc/syscall.c.
const IPC: &[Carried] = &[
    ipc(1, "semop", &[Argument(1), Argument(4), Argument(2)]),
    ipc(2, "semget", &[Argument(1), Argument(2), Argument(3)]),
    ipc(3, "semctl", &[Argument(1), Argument(2), Argument(3), Word { of: 4, nth: 0 }]),
    ipc(4, "semtimedop", &[Argument(1), Argument(4), Argument(2), Argument(5)]),
    ipc(11, "msgsnd", &[Argument(1), Argument(4), Argument(2), Argument(3)]),
    ipc(12, "msgrcv", OLD_RECEIVE),
    ipc(13, "msgget", &[Argument(1), Argument(2)]),
    ipc(14, "msgctl", &[Argument(1), Argument(2), Argument(4)]),
    // Its result is 0, and the address goes where the fourth argument points.
    ipc(21, "shmat", &[Argument(1), Argument(4), Argument(2)]),
    ipc(22, "shmdt", &[Argument(4)]),
    ipc(23, "shmget", &[Argument(1), Argument(2), Argument(3)]),
    ipc(24, "shmctl", &[Argument(1), Argument(2), Argument(4)]),
];

/// msgrcv of version 0 has the message and its type in a struct ipc_kludge; of the others they are arguments.
const OLD_RECEIVE: &[At] =
    &[Argument(1), Word { of: 4, nth: 0 }, Argument(2), Word { of: 4, nth: 1 }, Argument(3)];
const RECEIVE: &[At] = &[Argument(1), Argument(4), Argument(2), Argument(5), Argument(3)];

const CARRIERS: &[Carrier] = &[
    // uapi/linux/net.h
    Carrier { name: "socketcall", has_version: false, carried: SOCKETS },
    // uapi/linux/ipc.h
    Carrier { name: "ipc", has_version: true, carried: IPC },
];

/// Where an argument of a call is that is carried: what is changed when the argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// This argument of the carrier, from 0.
    Argument(usize),
    /// The word of four bytes at this address.
    Memory(u64),
}

/// Returns what the filter must stop for: the carriers of `abi`, with the opcodes of calls that something names.
pub(super) fn leaves(abi: Abi, config: &Config, matcher: &Matcher) -> Vec<(u32, Leaf)> {
    let mut leaves = Vec::new();
    for carrier in CARRIERS {
        let Some(number) = number_of(abi, carrier) else { continue };
        let hidden = carrier.carried.iter().filter(|it| hides(abi, number, it.name, config, matcher));
        let values: Vec<u32> = hidden.map(|it| it.opcode).collect();
        if !values.is_empty() {
            let of_these = Leaf::TraceIf(vec![Test::OneOf { argument: 0, values }]);
            leaves.push((number, if carrier.has_version { Leaf::Trace } else { of_these }));
        }
    }
    leaves
}

/// Tells whether this call carries one that something names, and that it so keeps from being judged or logged.
pub(super) fn is_hiding(view: &SyscallView, config: &Config, matcher: &Matcher) -> bool {
    carried_by(view).is_some_and(|carried| hides(view.abi, view.number, carried.name, config, matcher))
}

/// Returns the call that this one carries, as the program would have made it by its number: `None` if it carries none, or one
/// that has no number, or if its arguments cannot be read (`read` says that by `false`): then the kernel gives EFAULT.
pub(super) fn unpacked(
    view: &SyscallView,
    mut read: impl FnMut(u64, &mut [u8]) -> bool,
) -> Option<SyscallView> {
    let carried = carried_by(view)?;
    let number = names::number_of(view.abi, carried.name)?;
    let mut args = [0; 6];
    for (index, argument) in args.iter_mut().enumerate().take(carried.places(view).len()) {
        *argument = match place(view, index)? {
            Place::Argument(index) => view.args[index],
            Place::Memory(address) => {
                let mut word = [0; WORD];
                read(address, &mut word).then(|| word_at(&word, 0))?
            }
        };
    }
    Some(SyscallView { number, args, ..*view })
}

/// Returns where argument `index` of the call that `view` carries is; `None` if there is none.
pub(super) fn place(view: &SyscallView, index: usize) -> Option<Place> {
    match *carried_by(view)?.places(view).get(index)? {
        Argument(index) => Some(Place::Argument(index)),
        Word { of, nth } => Some(Place::Memory(view.args[of] + (nth * WORD) as u64)),
    }
}

impl Carried {
    fn places(&self, view: &SyscallView) -> &'static [At] {
        let version = view.args[0] as u32 >> 16;
        if self.name == "msgrcv" && version != 0 { RECEIVE } else { self.places }
    }
}

fn carried_by(view: &SyscallView) -> Option<&'static Carried> {
    let carrier = CARRIERS.iter().find(|carrier| number_of(view.abi, carrier) == Some(view.number))?;
    let opcode = if carrier.has_version { view.args[0] as u32 & 0xffff } else { view.args[0] as u32 };
    carrier.carried.iter().find(|carried| carried.opcode == opcode)
}

/// Some 64-bit ABI may have a call called `ipc` one day; it would be another.
fn number_of(abi: Abi, carrier: &Carrier) -> Option<u32> {
    (abi == Abi::I386).then(|| names::number_of(abi, carrier.name))?
}

/// Tells whether a rule, or `--trace`, names the carried call, in any ABI, and not the carrier.
fn hides(abi: Abi, carrier: u32, carried: &str, config: &Config, matcher: &Matcher) -> bool {
    let numbers = || names::judged(Native::ABI, carried);
    let is_ruled = || numbers().any(|(abi, number)| matcher.names(abi, number));
    let is_logged = || numbers().any(|(abi, number)| config.logs(abi, number));
    !matcher.names(abi, carrier) && is_ruled()
        || config.logging.calls.is_some() && !config.logs(abi, carrier) && is_logged()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature;

    /// The carried calls with the opcodes of the others: those that no number of i386 stands for.
    const WITHOUT_A_NUMBER: [&str; 3] = ["accept", "semop", "semtimedop"];

    #[test]
    fn every_carried_call_has_its_arguments_in_places_of_their_own() {
        for carried in CARRIERS.iter().flat_map(|carrier| carrier.carried) {
            let name = carried.name;
            let has_number = names::number_of(Abi::I386, name).is_some();
            assert_eq!(has_number, !WITHOUT_A_NUMBER.contains(&name), "{name}");
            let takes = signature::of(name).expect(name).arguments.len();
            // send and recv lack the address.
            let fewer = if matches!(carried.opcode, 9 | 10) { 2 } else { 0 };
            assert_eq!(carried.places.len() + fewer, takes, "{name}");
            let twice =
                (1..carried.places.len()).any(|nth| carried.places[..nth].contains(&carried.places[nth]));
            assert!(!twice, "{name}");
        }
    }

    #[test]
    fn a_message_of_the_oldest_ipc_is_received_by_a_struct() {
        let number = names::number_of(Abi::I386, "ipc").expect("ipc");
        let view = |version: u64| SyscallView {
            abi: Abi::I386,
            number,
            args: [version << 16 | 12, 7, 64, 0o4000, 0x5000, 9],
            instruction_pointer: 0,
            stack_pointer: 0,
        };
        let words = |address: u64, word: &mut [u8]| {
            word.copy_from_slice(&(address as u32).to_ne_bytes());
            true
        };
        let args = |version| unpacked(&view(version), words).expect("msgrcv").args;
        assert_eq!(args(0), [7, 0x5000, 64, 0x5004, 0o4000, 0]);
        assert_eq!(args(1), [7, 0x5000, 64, 9, 0o4000, 0]);
        assert_eq!(unpacked(&view(0), |_, _| false), None);
    }
}
