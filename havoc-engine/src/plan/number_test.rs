//! Comparisons of an argument or a result with numbers.

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberOperator {
    /// `=`: any of the repeated values.
    AnyOf,
    /// `!=`: none of the repeated values.
    NoneOf,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `&`: any of these bits.
    AnyBits,
}

impl NumberOperator {
    /// Returns how it is written.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            NumberOperator::AnyOf => "=",
            NumberOperator::NoneOf => "!=",
            NumberOperator::Less => "<",
            NumberOperator::LessEqual => "<=",
            NumberOperator::Greater => ">",
            NumberOperator::GreaterEqual => ">=",
            NumberOperator::AnyBits => "&",
        }
    }
}

/// A number as it was written, perhaps by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// `4096`, `0x10`, `O_CREAT|O_EXCL`, `-EIO`.
    pub text: String,
    /// What it is; from −2⁶³ to 2⁶⁴ − 1.
    pub value: i128,
}

/// A register as the kernel reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Its value in the width and with the sign that the call gives it.
    pub value: i128,
    /// How many bits that width has, 32 or 64.
    pub bits: u32,
}

/// One comparison; only [`NumberOperator::AnyOf`] and [`NumberOperator::NoneOf`] have several operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberTest {
    /// How.
    pub operator: NumberOperator,
    /// With what.
    pub operands: Vec<Operand>,
}

impl NumberTest {
    /// Tells whether `read` passes.
    #[must_use]
    pub fn passes(&self, read: Read) -> bool {
        let mut operands = self.operands.iter();
        match self.operator {
            NumberOperator::NoneOf => operands.all(|operand| self.operator.holds(read, operand.value)),
            _ => operands.any(|operand| self.operator.holds(read, operand.value)),
        }
    }
}

impl NumberOperator {
    /// Tells whether `read` compares so with one operand.
    pub(crate) fn holds(self, read: Read, operand: i128) -> bool {
        let (value, operand) = (read.value, in_width(operand, read));
        match self {
            NumberOperator::AnyOf => value == operand,
            NumberOperator::NoneOf => value != operand,
            NumberOperator::Less => value < operand,
            NumberOperator::LessEqual => value <= operand,
            NumberOperator::Greater => value > operand,
            NumberOperator::GreaterEqual => value >= operand,
            NumberOperator::AnyBits => value & operand != 0,
        }
    }
}

/// Returns an operand as it would be read from the register: `arg1=-1` means all bits where the kernel reads no sign, and
/// `arg1=0xffffff9c` the same as −100 where it does.
fn in_width(operand: i128, read: Read) -> i128 {
    let modulus = 1i128 << read.bits;
    if operand < 0 && read.value >= modulus / 2 {
        return operand.rem_euclid(modulus);
    }
    if read.value < 0 && operand >= modulus / 2 && operand < modulus {
        return operand - modulus;
    }
    operand
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(operator: NumberOperator, operands: &[i128], value: i128, bits: u32) -> bool {
        let operands = operands.iter().map(|value| Operand { text: value.to_string(), value: *value });
        NumberTest { operator, operands: operands.collect() }.passes(Read { value, bits })
    }

    #[test]
    fn every_operator_compares_as_it_is_written() {
        use NumberOperator::*;
        for (operator, operand, passing, failing) in [
            (AnyOf, 5, [5, 5], [4, 6]),
            (NoneOf, 5, [4, 6], [5, 5]),
            (Less, 5, [4, -1], [5, 6]),
            (LessEqual, 5, [4, 5], [6, 7]),
            (Greater, 5, [6, 7], [5, -6]),
            (GreaterEqual, 5, [5, 6], [4, -6]),
            (AnyBits, 5, [4, 1], [2, 0]),
        ] {
            for value in passing {
                assert!(passes(operator, &[operand], value, 64), "{value} {} {operand}", operator.text());
            }
            for value in failing {
                assert!(!passes(operator, &[operand], value, 64), "{value} {} {operand}", operator.text());
            }
        }
        assert!(passes(AnyOf, &[1, 2], 2, 64) && !passes(NoneOf, &[1, 2], 2, 64));
    }

    #[test]
    fn the_sign_is_the_kernels_whichever_way_it_was_written() {
        let is = |operand, value, bits| passes(NumberOperator::AnyOf, &[operand], value, bits);
        assert!(is(-1, 0xffff_ffff, 32));
        assert!(is(0xffff_ff9c, -100, 32));
        assert!(is(-1, i128::from(u64::MAX), 64));
        assert!(is(i128::from(u64::MAX), -1, 64));
        assert!(!is(-1, 0xffff_ffff, 64));
        // A length of −1 is as long as can be.
        assert!(passes(NumberOperator::Less, &[-1], 0x8000_0000_0000_0000, 64));
    }
}
