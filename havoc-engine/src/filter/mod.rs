//! A set of system calls → a seccomp-BPF program.
//!
//! ```text
//!   arch is ours? ── no ── a companion's? ── no ──────► STOP    arm32: counted, not judged
//!        │ yes                  │ yes (i386 on x86_64)
//!        │                      └─► number ≥ k? … a tree of its own
//!   x32 bit, and not negative? ── yes (x86_64 only) ──► STOP    counted, not judged
//!        │ no
//!   number ≥ k? … a balanced tree of comparisons ─────► ALLOW   no rule names it
//!                                                ├────► STOP    by SECCOMP_RET_TRACE, or _USER_NOTIF
//!                                                ├────► ERRNO   always the same error, and nobody counts
//!                                                └────► argument in the leaf's set? ─► STOP or ALLOW
//! ```
//!
//! The machine's own ABI is asked for first: it pays nothing for its companions.
//!
//! A chain of one comparison per named number, as libseccomp makes it by default, was no choice: `all` and the large
//! classes name hundreds of numbers, and every call that no rule names would walk the whole chain.
mod assembler;
mod instruction;
#[cfg(test)]
mod interpreter;
#[cfg(test)]
mod laws;
mod policy;
mod tree;

pub use instruction::{
    Instruction, MAX_INSTRUCTIONS, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_TRACE,
    SECCOMP_RET_USER_NOTIF,
};
pub use policy::{Answer, Leaf, Policy, StopBy, Test};

use havoc_arch::{Abi, FIRST_NEGATIVE_NUMBER, X32_SYSCALL_BIT};
use instruction::{AUDIT_ARCH, IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, LOAD, NUMBER, RETURN};
use tree::{Compiler, Outcome, Steps};

/// A policy that needs more instructions than a filter may have ([`MAX_INSTRUCTIONS`]; a task's filters together may
/// have 32768, MAX_INSNS_PER_PATH of kernel/seccomp.c).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "compile the seccomp filter: {instructions} instructions are more than the 4096 that the kernel takes"
)]
pub struct FilterTooLarge {
    /// How many were needed.
    pub instructions: usize,
}

/// Compiles `policy` for tasks of `native`: a balanced tree over the numbers of each ABI that is judged on this machine
/// ([`Abi::judged`]); calls of any other ABI are stopped, so that they can be counted. `stop` says how.
///
/// The program does what [`Policy::answer`] says. Its size is at most 8 instructions, 4 for each companion, 4 for each
/// named number, 4 for each test after a leaf's first, and 2 for each value after a test's first; a call runs through at
/// most about twice the logarithm of these, for each argument that its leaf asks for.
///
/// # Errors
/// When the program would exceed [`MAX_INSTRUCTIONS`].
///
/// # Panics
/// If a leaf names an argument other than 0…5.
pub fn compile(policy: &Policy, native: Abi, stop: StopBy) -> Result<Vec<Instruction>, FilterTooLarge> {
    let Some((_, companions)) = native.judged().split_first() else { return Ok(stop_all(stop)) };
    if policy.every_call {
        return Ok(stop_all(stop));
    }

    // From the last instruction to the first; `assembler` says why.
    let mut compiler = Compiler::new(stop);
    let foreign = compiler.outcome(&Outcome::Stop);
    let mut not_native = foreign;
    for abi in companions.iter().rev() {
        let steps = steps(policy, *abi);
        let judged = compiler.tree(&steps);
        // Without a comparison there is nothing to load the number for.
        let known = if steps.is_flat() { judged } else { compiler.assembler.load(LOAD, NUMBER, judged) };
        not_native = compiler.assembler.branch(IF_EQUAL, abi.audit_arch(), known, not_native);
    }
    let judged = compiler.tree(&steps(policy, native));
    let assembler = &mut compiler.assembler;
    let number_known = match native {
        Abi::X86_64 => {
            // A negative number has the bit too, and is a call of no table.
            let negative = assembler.branch(IF_AT_LEAST, FIRST_NEGATIVE_NUMBER, judged, foreign);
            assembler.branch(IF_ANY_BIT, X32_SYSCALL_BIT as u32, negative, judged)
        }
        Abi::X32 | Abi::I386 | Abi::Aarch64 | Abi::Arm => judged,
    };
    let number = assembler.load(LOAD, NUMBER, number_known);
    let arch_known = assembler.branch(IF_EQUAL, native.audit_arch(), number, not_native);
    assembler.load(LOAD, AUDIT_ARCH, arch_known);

    let program = compiler.assembler.finish();
    if program.len() > MAX_INSTRUCTIONS {
        return Err(FilterTooLarge { instructions: program.len() });
    }
    Ok(program)
}

fn stop_all(stop: StopBy) -> Vec<Instruction> {
    vec![Instruction::plain(RETURN, stop.verdict())]
}

/// What is to be done with each number of `abi`.
fn steps(policy: &Policy, abi: Abi) -> Steps {
    let leaves = policy.leaves.get(&abi).into_iter().flatten();
    Steps::new(leaves.map(|(number, leaf)| (*number, Outcome::from(leaf))), &Outcome::Allow)
}
