//! A classic BPF machine as the kernel's seccomp has it, for tests: what it refuses, and what it runs.
use super::instruction::{
    IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, Instruction, JUMP, LOAD, MAX_INSTRUCTIONS, RETURN,
};

/// What a program reads: `struct seccomp_data` of include/uapi/linux/seccomp.h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SeccompData {
    pub(super) nr: u32,
    pub(super) arch: u32,
    pub(super) instruction_pointer: u64,
    pub(super) args: [u64; 6],
}

impl SeccompData {
    /// Size of the struct in bytes.
    const SIZE: usize = 64;

    fn bytes(&self) -> [u8; SeccompData::SIZE] {
        let mut bytes = [0; SeccompData::SIZE];
        bytes[..4].copy_from_slice(&self.nr.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.arch.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.instruction_pointer.to_le_bytes());
        for (slot, arg) in bytes[16..].chunks_exact_mut(8).zip(self.args) {
            slot.copy_from_slice(&arg.to_le_bytes());
        }
        bytes
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// What the program returned.
    pub(super) verdict: u32,
    /// How many instructions were executed, the return included.
    pub(super) executed: usize,
    /// It looked at the number and the architecture alone, so that the kernel may keep an ALLOW in its bitmap.
    pub(super) constant: bool,
}

/// Tells why the kernel would refuse `program`: the checks of `bpf_check_classic` (net/core/filter.c) and
/// `seccomp_check_filter` (kernel/seccomp.c).
pub(super) fn refusal(program: &[Instruction]) -> Option<String> {
    if program.is_empty() || program.len() > MAX_INSTRUCTIONS {
        return Some(format!("{} instructions", program.len()));
    }
    for (place, instruction) in program.iter().enumerate() {
        let behind = program.len() - place - 1;
        let fine = match instruction.code {
            LOAD => instruction.operand % 4 == 0 && (instruction.operand as usize) < SeccompData::SIZE,
            JUMP => (instruction.operand as usize) < behind,
            IF_EQUAL | IF_AT_LEAST | IF_ANY_BIT => {
                usize::from(instruction.jump_true) < behind && usize::from(instruction.jump_false) < behind
            }
            RETURN => true,
            _ => false,
        };
        if !fine {
            return Some(format!("instruction {place} of {}: {instruction:?}", program.len()));
        }
    }
    (program[program.len() - 1].code != RETURN).then(|| "the end is not a return".to_owned())
}

/// Runs a program that [`refusal`] has nothing against.
pub(super) fn run(program: &[Instruction], data: &SeccompData) -> Run {
    let bytes = data.bytes();
    let (mut place, mut accumulator, mut executed, mut constant) = (0, 0_u32, 0, true);
    loop {
        let Instruction { code, jump_true, jump_false, operand } = program[place];
        executed += 1;
        place += 1;
        let condition = match code {
            LOAD => {
                let offset = operand as usize;
                let word = bytes[offset..offset + 4].try_into().expect("a slice of 4 bytes");
                accumulator = u32::from_le_bytes(word);
                constant &= offset < 8;
                continue;
            }
            JUMP => {
                place += operand as usize;
                continue;
            }
            RETURN => return Run { verdict: operand, executed, constant },
            IF_EQUAL => accumulator == operand,
            IF_AT_LEAST => accumulator >= operand,
            IF_ANY_BIT => accumulator & operand != 0,
            _ => panic!("unknown instruction {code:#x}"),
        };
        place += usize::from(if condition { jump_true } else { jump_false });
    }
}

#[test]
fn what_the_kernel_refuses_is_refused() {
    let ret = Instruction::plain(RETURN, 0);
    let branch = |jump_true, jump_false| Instruction { code: IF_EQUAL, jump_true, jump_false, operand: 0 };
    let refused: &[&[Instruction]] = &[
        &[],
        &[ret; MAX_INSTRUCTIONS + 1],
        &[Instruction::plain(JUMP, 1), ret],
        &[branch(1, 0), ret],
        &[branch(0, 1), ret],
        &[Instruction::plain(LOAD, 2), ret],
        &[Instruction::plain(LOAD, 64), ret],
        &[Instruction::plain(0x28, 0), ret],
        &[Instruction::plain(LOAD, 0)],
    ];
    for program in refused {
        assert!(refusal(program).is_some(), "{program:?}");
    }
    let accepted: &[&[Instruction]] =
        &[&[ret; MAX_INSTRUCTIONS], &[Instruction::plain(JUMP, 0), ret], &[branch(1, 0), ret, ret]];
    for program in accepted {
        assert_eq!(refusal(program), None);
    }
}
