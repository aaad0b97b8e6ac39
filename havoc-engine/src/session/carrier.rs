//! Calls of i386 that carry others: an opcode says which, and the arguments stand in memory. What a rule says of the
//! carried call does not reach them, so they are counted where it would.
use super::Config;
use crate::filter::{Leaf, Test};
use crate::matcher::Matcher;
use havoc_arch::{Abi, Arch, Native, SyscallView, names};

/// A call that carries others.
struct Carrier {
    name: &'static str,
    /// Whether a version of the interface stands above the opcode: `call >> 16` in ipc/syscall.c. socketcall has none, and
    /// no opcode as large.
    has_version: bool,
    /// What it carries, by opcode.
    carried: &'static [(u32, &'static str)],
}

const CARRIERS: &[Carrier] = &[
    // uapi/linux/net.h
    Carrier {
        name: "socketcall",
        has_version: false,
        carried: &[
            (1, "socket"),
            (2, "bind"),
            (3, "connect"),
            (4, "listen"),
            (5, "accept"),
            (6, "getsockname"),
            (7, "getpeername"),
            (8, "socketpair"),
            // send and recv, which no ABI of ours has as calls of their own
            (9, "sendto"),
            (10, "recvfrom"),
            (11, "sendto"),
            (12, "recvfrom"),
            (13, "shutdown"),
            (14, "setsockopt"),
            (15, "getsockopt"),
            (16, "sendmsg"),
            (17, "recvmsg"),
            (18, "accept4"),
            (19, "recvmmsg"),
            (20, "sendmmsg"),
        ],
    },
    // uapi/linux/ipc.h
    Carrier {
        name: "ipc",
        has_version: true,
        carried: &[
            (1, "semop"),
            (2, "semget"),
            (3, "semctl"),
            (4, "semtimedop"),
            (11, "msgsnd"),
            (12, "msgrcv"),
            (13, "msgget"),
            (14, "msgctl"),
            (21, "shmat"),
            (22, "shmdt"),
            (23, "shmget"),
            (24, "shmctl"),
        ],
    },
];

/// Returns what the filter must stop for: the carriers of `abi`, with the opcodes of calls that something names.
pub(super) fn leaves(abi: Abi, config: &Config, matcher: &Matcher) -> Vec<(u32, Leaf)> {
    let mut leaves = Vec::new();
    for carrier in CARRIERS {
        let Some(number) = number_of(abi, carrier) else { continue };
        let opcodes =
            carrier.carried.iter().filter(|(_, carried)| hides(abi, number, carried, config, matcher));
        let values: Vec<u32> = opcodes.map(|(opcode, _)| *opcode).collect();
        if !values.is_empty() {
            let of_these = Leaf::TraceIf(vec![Test::OneOf { argument: 0, values }]);
            leaves.push((number, if carrier.has_version { Leaf::Trace } else { of_these }));
        }
    }
    leaves
}

/// Tells whether this call carries one that something names, and that it so keeps from being judged or logged.
pub(super) fn is_hiding(view: &SyscallView, config: &Config, matcher: &Matcher) -> bool {
    CARRIERS
        .iter()
        .filter(|carrier| number_of(view.abi, carrier) == Some(view.number))
        .flat_map(|carrier| carrier.carried)
        .filter(|(opcode, _)| u64::from(*opcode) == view.args[0] & 0xffff)
        .any(|(_, carried)| hides(view.abi, view.number, carried, config, matcher))
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
