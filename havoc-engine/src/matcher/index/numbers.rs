//! Tests of one argument by many rules.
use crate::plan::{NumberOperator, NumberTest, Read};
use std::collections::HashMap;

/// Tests of one argument, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// `=`, by the lower half: two numbers that are the same in any width have the same.
    equal: HashMap<u32, Vec<usize>>,
    /// The other comparisons, each with its operands and their rules by rising operand.
    compared: Vec<(NumberOperator, Vec<(i128, usize)>)>,
}

impl Numbers {
    pub(super) fn add(&mut self, rule: usize, test: &NumberTest) {
        let operands = test.operands.iter().map(|operand| operand.value);
        if test.operator == NumberOperator::AnyOf {
            operands.for_each(|operand| self.equal.entry(operand as u32).or_default().push(rule));
            return;
        }
        let place = self.compared.iter().position(|(operator, _)| *operator == test.operator);
        let place = place.unwrap_or_else(|| {
            self.compared.push((test.operator, Vec::new()));
            self.compared.len() - 1
        });
        let of_operator = &mut self.compared[place].1;
        // With several operands of `!=` this lets through what only one of them would: enough for a gate.
        of_operator.extend(operands.map(|operand| (operand, rule)));
        of_operator.sort_unstable();
    }

    /// Adds the rules whose test `read` may pass.
    pub(super) fn find(&self, read: Read, found: &mut Vec<usize>) {
        found.extend(self.equal.get(&(read.value as u32)).into_iter().flatten());
        for (operator, operands) in &self.compared {
            let passing = &operands[passing(*operator, operands, read)];
            found.extend(
                passing.iter().filter(|(operand, _)| operator.holds(read, *operand)).map(|(_, rule)| rule),
            );
        }
    }
}

/// Returns where among rising operands those are that `read` may pass.
fn passing(operator: NumberOperator, operands: &[(i128, usize)], read: Read) -> std::ops::Range<usize> {
    let all = 0..operands.len();
    if !(0..1 << (read.bits - 1)).contains(&read.value) {
        // With this one, an operand may mean another number than the one it is sorted by.
        return all;
    }
    let first_above = || operands.partition_point(|(operand, _)| *operand <= read.value);
    let first_not_below = || operands.partition_point(|(operand, _)| *operand < read.value);
    match operator {
        NumberOperator::Less => first_above()..all.end,
        NumberOperator::LessEqual => first_not_below()..all.end,
        NumberOperator::Greater => 0..first_not_below(),
        NumberOperator::GreaterEqual => 0..first_above(),
        NumberOperator::AnyOf | NumberOperator::NoneOf | NumberOperator::AnyBits => all,
    }
}
