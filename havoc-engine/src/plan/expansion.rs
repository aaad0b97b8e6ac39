//! What a set stands for, call by call, on every architecture that havoc judges.
use super::CallSet;
use havoc_arch::{Abi, names};
use std::collections::BTreeMap;

/// The calls of a set, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The ABIs, as users know them: the machines' own first, then their companions.
    pub abis: Vec<&'static str>,
    /// The calls, in the order of their names.
    pub calls: Vec<ExpandedCall>,
}

/// A call, and where the set has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpandedCall {
    /// Its name, or as the log has it if it has none.
    pub name: String,
    /// For each of the ABIs the number there; `None` if there is no such call, or if the set does not mean it.
    pub numbers: Vec<Option<u32>>,
}

impl CallSet {
    /// Returns what the set stands for on this and every other machine. A set of all calls has those that have a name.
    #[must_use]
    pub fn expansion(&self) -> Expansion {
        let mut abis: Vec<Abi> = Abi::ALL.into_iter().filter(|abi| abi.is_judged()).collect();
        abis.sort_by_key(|abi| !abi.is_native());
        let mut calls: BTreeMap<String, Vec<Option<u32>>> = BTreeMap::new();
        for (column, abi) in abis.iter().enumerate() {
            for number in self.numbers(*abi) {
                let numbers =
                    calls.entry(names::spelled(*abi, number)).or_insert_with(|| vec![None; abis.len()]);
                numbers[column] = Some(number);
            }
        }
        Expansion {
            abis: abis.into_iter().map(Abi::name).collect(),
            calls: calls.into_iter().map(|(name, numbers)| ExpandedCall { name, numbers }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Member, Names};

    fn expansion(members: &[Member]) -> Expansion {
        CallSet::of(members.to_vec()).expansion()
    }

    fn rows(expansion: &Expansion) -> Vec<(&str, &[Option<u32>])> {
        expansion.calls.iter().map(|call| (call.name.as_str(), call.numbers.as_slice())).collect()
    }

    #[test]
    fn a_name_has_a_number_where_it_exists() {
        let names = ["stat64", "msync", "open"].map(Member::name);
        let expansion = expansion(&names);
        assert_eq!(expansion.abis, ["x86_64", "aarch64", "i386"]);
        let expected: [(&str, &[_]); 3] = [
            ("msync", &[Some(26), Some(227), Some(144)]),
            ("open", &[Some(2), None, Some(5)]),
            ("stat64", &[None, None, Some(195)]),
        ];
        assert_eq!(rows(&expansion), expected);
    }

    #[test]
    fn a_number_is_another_call_on_each_machine_and_none_of_a_companion() {
        let expected: [(&str, &[_]); 2] =
            [("fsync", &[Some(74), None, None]), ("signalfd4", &[None, Some(74), None])];
        assert_eq!(rows(&expansion(&[Names::Number(74).into()])), expected);
        let expected: [(&str, &[_]); 1] = [("syscall_0x3ff", &[Some(1023), Some(1023), None])];
        assert_eq!(rows(&expansion(&[Names::Number(1023).into()])), expected);
    }

    #[test]
    fn all_are_the_calls_of_every_table() {
        let all = CallSet::all().expansion();
        for (column, abi) in [Abi::X86_64, Abi::Aarch64, Abi::I386].into_iter().enumerate() {
            let count = all.calls.iter().filter(|call| call.numbers[column].is_some()).count();
            assert_eq!(count, names::all(abi).count(), "{abi:?}");
        }
        assert!(all.calls.iter().all(|call| call.numbers.iter().any(Option::is_some)));
        assert!(all.calls.is_sorted_by_key(|call| &call.name));
    }
}
