//! Changes to a text word by word. libFuzzer's own changes are byte by byte, and nearly all that it makes of a rule is a
//! rule with an unknown word: of 50 000 sets of calls that it tried, none held three calls. So every other change is made
//! here.

/// What stands between words.
const BETWEEN: &str = ",:=\n\"";

/// Longest text that is worth a try: each unknown word in it is compared with every name there is, and in long texts most
/// words are unknown.
pub const LONGEST: usize = 512;

/// Changes what is in `data[..size]` in place, every other time by words, and returns its new size.
pub fn mutate(data: &mut [u8], size: usize, limit: usize, seed: u32, words: &[String]) -> usize {
    let by_word = seed.is_multiple_of(2).then(|| change(data, size, limit, seed, words));
    by_word.flatten().unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, limit))
}

/// Changes the text in `data[..size]` in place, and returns its new size, up to `limit`; `None` if it is no text, or would
/// become too long. The same seed makes the same change.
pub fn change(data: &mut [u8], size: usize, limit: usize, seed: u32, words: &[String]) -> Option<usize> {
    let mut dice = Dice(u64::from(seed) << 1 | 1);
    let text = std::str::from_utf8(&data[..size]).ok()?;
    let mut pieces: Vec<String> = pieces(text).into_iter().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(pieces.len() + 1);
        let end = (at + 1 + dice.below(4)).min(pieces.len());
        match dice.below(4) {
            0 => drop(pieces.drain(at..end)),
            1 => {
                let again = pieces[at..end].to_vec();
                let to = dice.below(pieces.len() + 1);
                pieces.splice(to..to, again);
            }
            2 if at < pieces.len() => pieces[at] = words.get(dice.below(words.len()))?.clone(),
            _ => {
                let between = BETWEEN.chars().nth(dice.below(BETWEEN.len()))?;
                pieces.splice(at..at, [words.get(dice.below(words.len()))?.clone(), between.to_string()]);
            }
        }
    }
    let text = pieces.concat();
    let room = data.get_mut(..text.len()).filter(|_| text.len() <= limit)?;
    room.copy_from_slice(text.as_bytes());
    Some(text.len())
}

/// Returns the words, and what stands between them.
fn pieces(text: &str) -> Vec<&str> {
    let ends = text.split_inclusive(|character| BETWEEN.contains(character));
    ends.flat_map(|piece| {
        let word = piece.trim_end_matches(|character| BETWEEN.contains(character));
        [word, &piece[word.len()..]]
    })
    .filter(|piece| !piece.is_empty())
    .collect()
}

/// Returns the entries of a dictionary in libFuzzer's form, those that hold an escape left out.
#[must_use]
pub fn of_dictionary(text: &str) -> Vec<String> {
    let entries = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    entries.filter(|entry| !entry.contains('\\')).map(str::to_owned).collect()
}

/// xorshift64 (Marsaglia, 2003): libFuzzer gives a seed for each change, and wants no more chance than that.
struct Dice(u64);

impl Dice {
    /// Returns a number below `end`; 0 if there is none.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The low bits of the first numbers follow the seed.
        ((self.0 >> 24) % (end.max(1) as u64)) as usize
    }
}
