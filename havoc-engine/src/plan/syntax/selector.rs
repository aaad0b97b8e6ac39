//! The values of selectors, gathered by key and comparison.
use super::error::Errors;
use super::lexer::{Operator, Word};
use super::{number, value};
use crate::plan::{Comparison, Name, NumberOperator, NumberTest, PathPattern, Selector, SocketPattern};
use std::path::Path;

fn comparison(operator: Operator) -> Comparison {
    if operator == Operator::NotEqual { Comparison::NoneOf } else { Comparison::AnyOf }
}

/// Adds a value to the selector that holds those of its kind, or makes one of it.
fn gather<T>(
    selectors: &mut Vec<Selector>,
    value: T,
    held: impl FnMut(&mut Selector) -> Option<&mut Vec<T>>,
    make: impl FnOnce(Vec<T>) -> Selector,
) {
    match selectors.iter_mut().find_map(held) {
        Some(values) => values.push(value),
        None => selectors.push(make(vec![value])),
    }
}

/// `path=`, `comm=` and the others that are patterns for names.
pub(super) fn name(
    name: Name,
    operator: Operator,
    word: &Word,
    cwd: &Path,
    selectors: &mut Vec<Selector>,
    errors: &mut Errors,
) {
    let pattern = match PathPattern::new(&word.text, cwd) {
        Ok(pattern) => pattern,
        Err(error) => {
            errors.add_help(word.span.clone(), "this is no path pattern", error.to_string());
            return;
        }
    };
    if matches!(name, Name::Comm | Name::Thread) && word.text.contains('/') {
        errors.add_help(
            word.span.clone(),
            format!("`{}` is a name, and no path", name.key()),
            "the program's file is asked for with `exe=`",
        );
        return;
    }
    let with = comparison(operator);
    gather(
        selectors,
        pattern,
        |selector| match selector {
            Selector::Name(of, compared, patterns) if *of == name && *compared == with => Some(patterns),
            _ => None,
        },
        |values| Selector::Name(name, with, values),
    );
}

/// `fd=`
pub(super) fn descriptor(
    operator: Operator,
    word: &Word,
    selectors: &mut Vec<Selector>,
    errors: &mut Errors,
) {
    let Some(number) = value::descriptor(word, errors) else { return };
    let with = comparison(operator);
    gather(
        selectors,
        number,
        |selector| match selector {
            Selector::Descriptor(compared, numbers) if *compared == with => Some(numbers),
            _ => None,
        },
        |values| Selector::Descriptor(with, values),
    );
}

/// `pid=`
pub(super) fn pid(operator: Operator, word: &Word, selectors: &mut Vec<Selector>, errors: &mut Errors) {
    let Some(number) = value::pid(word, errors) else { return };
    let with = comparison(operator);
    gather(
        selectors,
        number,
        |selector| match selector {
            Selector::Pid(compared, numbers) if *compared == with => Some(numbers),
            _ => None,
        },
        |values| Selector::Pid(with, values),
    );
}

/// `sock=`
pub(super) fn socket(operator: Operator, word: &Word, selectors: &mut Vec<Selector>, errors: &mut Errors) {
    let pattern = match SocketPattern::new(&word.text) {
        Ok(pattern) => pattern,
        Err(error) => {
            errors.add_help(word.span.clone(), "this is no socket", error.to_string());
            return;
        }
    };
    let with = comparison(operator);
    gather(
        selectors,
        pattern,
        |selector| match selector {
            Selector::Socket(compared, patterns) if *compared == with => Some(patterns),
            _ => None,
        },
        |values| Selector::Socket(with, values),
    );
}

/// `arg1` to `arg6`
pub(super) fn argument(
    index: usize,
    operator: Operator,
    word: &Word,
    known: &dyn Fn(&str) -> number::Lookup,
    selectors: &mut Vec<Selector>,
    errors: &mut Errors,
) {
    let Some(test) = number_test(operator, word, known, errors) else { return };
    let gathered = selectors.iter_mut().find_map(|selector| match selector {
        Selector::Argument(of, before) if *of == index && gathers(before, &test) => Some(before),
        _ => None,
    });
    match gathered {
        Some(before) => before.operands.extend(test.operands),
        None => {
            add_beside(
                selectors,
                Selector::Argument(index, test),
                |selector| matches!(selector, Selector::Argument(of, _) if *of == index),
            );
        }
    }
}

/// `ret`
pub(super) fn result(operator: Operator, word: &Word, selectors: &mut Vec<Selector>, errors: &mut Errors) {
    let is_name = |text: &str| text.starts_with(|first: char| first.is_ascii_alphabetic());
    if word.text.trim_start_matches('-').split('|').any(is_name)
        && (is_name(&word.text) || word.text.contains('|'))
    {
        errors.add_help(
            word.span.clone(),
            format!("`{}` is no result: one that is an error is negative", word.text),
            "write `ret=-EIO`, and repeat it for another",
        );
        return;
    }
    let Some(test) = number_test(operator, word, &number::error_names, errors) else { return };
    let gathered = selectors.iter_mut().find_map(|selector| match selector {
        Selector::Result(before) if gathers(before, &test) => Some(before),
        _ => None,
    });
    match gathered {
        Some(before) => before.operands.extend(test.operands),
        None => add_beside(selectors, Selector::Result(test), Selector::is_late),
    }
}

/// Adds a selector behind the last one that is about the same number, so that a number's tests stand together: a plan file
/// has them in one list.
fn add_beside(selectors: &mut Vec<Selector>, selector: Selector, is_same: impl Fn(&Selector) -> bool) {
    let place = selectors.iter().rposition(is_same).map_or(selectors.len(), |last| last + 1);
    selectors.insert(place, selector);
}

fn number_test(
    operator: Operator,
    word: &Word,
    known: &dyn Fn(&str) -> number::Lookup,
    errors: &mut Errors,
) -> Option<NumberTest> {
    let operator = match operator {
        Operator::Equal | Operator::Assign => NumberOperator::AnyOf,
        Operator::NotEqual => NumberOperator::NoneOf,
        Operator::Less => NumberOperator::Less,
        Operator::LessEqual => NumberOperator::LessEqual,
        Operator::Greater => NumberOperator::Greater,
        Operator::GreaterEqual => NumberOperator::GreaterEqual,
        Operator::AnyBits => NumberOperator::AnyBits,
    };
    let operand = number::operand(word, 0..word.text.len(), known, errors)?;
    if operator == NumberOperator::AnyBits && operand.value == 0 {
        errors.add_help(word.span.clone(), "no bit of 0 is ever set", "a value of 0 is asked for with `=`");
        return None;
    }
    Some(NumberTest { operator, operands: vec![operand] })
}

/// Repeated `=` means any of them, repeated `!=` none of them; other comparisons must all hold.
fn gathers(before: &NumberTest, test: &NumberTest) -> bool {
    before.operator == test.operator
        && matches!(test.operator, NumberOperator::AnyOf | NumberOperator::NoneOf)
}
