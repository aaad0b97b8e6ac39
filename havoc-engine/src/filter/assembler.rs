//! Lays instructions out from the last to the first.
//!
//! Classic BPF jumps forward only, and a branch reaches no further than 255 instructions. Written backwards, every
//! target exists before the jump to it, so all distances are known at once and nothing is patched later. A target out
//! of reach is bridged by a `BPF_JA` next to the branch, or, if it is a return, by a copy of it.
use super::instruction::{Instruction, JUMP, RETURN};
use std::collections::BTreeMap;

/// How far a branch reaches: its offsets are bytes.
const REACH: usize = u8::MAX as usize;

/// A place in the program, counted from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label(usize);

/// A program under construction, its last instruction first.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    reversed: Vec<Instruction>,
    /// The latest bridge to a label that was out of reach.
    bridges: BTreeMap<Label, Label>,
}

impl Assembler {
    /// Puts `instruction` in front of the program. One that is not a jump or a return goes on with what was in front
    /// before.
    pub(super) fn prepend(&mut self, instruction: Instruction) -> Label {
        self.reversed.push(instruction);
        Label(self.reversed.len() - 1)
    }

    /// Puts a load in front of the program, which is then used by what `next` labels.
    pub(super) fn load(&mut self, code: u16, offset: u32, next: Label) -> Label {
        if self.distance(next) != 0 {
            self.jump(next);
        }
        self.prepend(Instruction::plain(code, offset))
    }

    /// Puts a branch in front of the program, with bridges to targets that are too far off.
    pub(super) fn branch(&mut self, code: u16, operand: u32, if_true: Label, if_false: Label) -> Label {
        // The bridge to the second target may come between the branch and the first.
        let if_true = self.within(REACH - 1, if_true);
        let if_false = self.within(REACH, if_false);
        let offset = |label| u8::try_from(self.distance(label)).expect("bridged when out of reach");
        let (jump_true, jump_false) = (offset(if_true), offset(if_false));
        self.prepend(Instruction { code, jump_true, jump_false, operand })
    }

    /// Returns the program, its first instruction first.
    pub(super) fn finish(mut self) -> Vec<Instruction> {
        self.reversed.reverse();
        self.reversed
    }

    /// How many instructions lie between the next to be put in front and `label`.
    fn distance(&self, label: Label) -> usize {
        self.reversed.len() - 1 - label.0
    }

    fn jump(&mut self, to: Label) -> Label {
        let operand = u32::try_from(self.distance(to)).expect("a program of less than 2^32 instructions");
        self.prepend(Instruction::plain(JUMP, operand))
    }

    /// Returns a label no further than `reach` from the next instruction, at which the program does what it does at
    /// `label`.
    fn within(&mut self, reach: usize, label: Label) -> Label {
        let nearest = self.bridges.get(&label).copied().unwrap_or(label);
        if self.distance(nearest) <= reach {
            return nearest;
        }
        let target = self.reversed[label.0];
        let bridge = if target.code == RETURN { self.prepend(target) } else { self.jump(label) };
        self.bridges.insert(label, bridge);
        bridge
    }
}
