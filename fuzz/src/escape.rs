//! Reads back what the log has escaped, in the manner of C and with no code of the log's own.

/// Returns the bytes that `text` stands for.
///
/// # Panics
/// If it holds anything but printable ASCII, one of `special` by itself, or an escape that C does not know.
#[must_use]
pub fn bytes_of(text: &str, special: &[u8]) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::new();
    while let [first, behind @ ..] = rest {
        assert!((b' '..=b'~').contains(first), "{first:#x} in {text:?}");
        rest = behind;
        if *first != b'\\' {
            assert!(!special.contains(first), "{:?} by itself in {text:?}", char::from(*first));
            bytes.push(*first);
            continue;
        }
        // Up to three digits, ISO C23, 6.4.4.5.
        let digits = rest.iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
        if digits > 0 {
            let number =
                rest[..digits].iter().fold(0_u32, |number, digit| number * 8 + u32::from(digit - b'0'));
            bytes.push(u8::try_from(number).unwrap_or_else(|_| panic!("\\{number:o} in {text:?}")));
            rest = &rest[digits..];
            continue;
        }
        let [letter, behind @ ..] = rest else { panic!("nothing behind the last \\ of {text:?}") };
        rest = behind;
        bytes.push(match letter {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'"' | b'\\' => *letter,
            other => panic!("\\{} in {text:?}", char::from(*other)),
        });
    }
    bytes
}
