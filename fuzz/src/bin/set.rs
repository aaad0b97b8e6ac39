//! The SET of `--trace`: no text makes the parser panic, every error points at its text, and what parses is printed as the
//! same set.
#![no_main]
#![deny(unsafe_code)]

use havoc_arch::Abi;
use havoc_engine::plan::syntax::parse_set;
use havoc_fuzz::rules::assert_told;
use havoc_fuzz::words;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use std::sync::LazyLock;

static WORDS: LazyLock<Vec<String>> =
    LazyLock::new(|| words::of_dictionary(include_str!("../../dictionary/set.dict")));

fuzz_mutator!(|data: &mut [u8], size: usize, limit: usize, seed: u32| {
    words::mutate(data, size, limit, seed, &WORDS)
});

fuzz_target!(|input: &str| -> Corpus {
    if input.len() > words::LONGEST {
        return Corpus::Reject;
    }
    try_with(input);
    Corpus::Keep
});

fn try_with(input: &str) {
    let set = match parse_set(input) {
        Ok(set) => set,
        Err(errors) => return assert_told(&[input.to_owned()], &errors),
    };
    let printed = set.to_string();
    assert_eq!(parse_set(&printed).as_ref(), Ok(&set), "{input:?} is printed as {printed:?}");
    for abi in Abi::ALL {
        let numbers = set.numbers(abi);
        assert!(numbers.iter().all(|number| set.contains(abi, *number)), "{input:?}, {abi:?}: {numbers:?}");
    }
}
