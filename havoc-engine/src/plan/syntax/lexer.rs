//! Rule text → words with their places.
//!
//! Written by hand, not with winnow: the text may hold any number of errors and all of them are told, so that this
//! layer never fails; it notes an error and goes on at the next `:`. What remains is one loop over characters that
//! undoes quotes and remembers where each byte came from, for which combinators have no shorter word.
use super::Span;
use super::error::Errors;

/// A piece of text with its quotes undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Word {
    /// The text without quotes and escapes.
    pub text: String,
    /// Where it stood, quotes included.
    pub span: Span,
    /// Place in the source of each byte of `text`, and perhaps of what follows the last one.
    places: Vec<usize>,
}

impl Word {
    /// Returns the word that stood at `span`; `places` has the place of each byte of `text`, and may have that of the end.
    pub fn new(text: String, span: Span, places: Vec<usize>) -> Word {
        Word { text, span, places }
    }

    /// Returns the bytes `range` of it as a word.
    pub fn part(&self, range: Span) -> Word {
        let span = self.span_of(range.clone());
        let mut places = self.places.get(range.clone()).unwrap_or_default().to_vec();
        places.push(span.end);
        Word { text: self.text[range].to_owned(), span, places }
    }

    /// Returns `words` with `separator` between them as one word that stood at `span`; of one word only that.
    pub fn join(words: Vec<Word>, separator: char, span: Span) -> Word {
        let is_one = words.len() == 1;
        let mut joined = Word::new(String::new(), span, Vec::new());
        for (index, word) in words.into_iter().enumerate() {
            if is_one {
                return word;
            }
            if index > 0 {
                joined.text.push(separator);
            }
            joined.text.push_str(&word.text);
            joined.places.extend((0..=word.text.len()).map(|byte| word.span_of(byte..byte).start));
        }
        joined
    }

    fn empty_at(place: usize) -> Word {
        Word { text: String::new(), span: place..place, places: Vec::new() }
    }

    /// Returns where the bytes `range` of `text` stood.
    pub fn span_of(&self, range: Span) -> Span {
        let place = |index: usize| self.places.get(index).copied().unwrap_or(self.span.end);
        if range == (0..self.text.len()) { self.span.clone() } else { place(range.start)..place(range.end) }
    }

    /// Splits the text at every `separator`, each piece with its place.
    pub fn split(&self, separator: char) -> impl Iterator<Item = (&str, Span)> {
        let mut start = 0;
        self.text.split(separator).map(move |piece| {
            let end = start + piece.len();
            let span = self.span_of(start..end);
            start = end + separator.len_utf8();
            (piece, span)
        })
    }
}

/// OP of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
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
    /// `:=`
    Assign,
}

impl Operator {
    /// Longer ones first: `<=` is not `<` with the value `=…`.
    pub const ALL: [(Operator, &'static str); 8] = [
        (Operator::NotEqual, "!="),
        (Operator::LessEqual, "<="),
        (Operator::GreaterEqual, ">="),
        (Operator::Assign, ":="),
        (Operator::Equal, "="),
        (Operator::Less, "<"),
        (Operator::Greater, ">"),
        (Operator::AnyBits, "&"),
    ];

    /// Returns how it is written.
    pub fn text(self) -> &'static str {
        Operator::ALL.iter().find(|(operator, _)| *operator == self).map_or("", |(_, text)| text)
    }
}

/// ITEM of the grammar: KEY OP VALUE, or a FLAG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Item {
    /// KEY or FLAG.
    pub key: Word,
    /// OP and VALUE; `None` for a flag.
    pub value: Option<(Operator, Word)>,
    /// The whole item, without the `:` before it.
    pub span: Span,
}

/// RULE of the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Lexed {
    /// The names of the SET; one empty word for an empty set.
    pub members: Vec<Word>,
    /// The SET.
    pub set: Span,
    /// The items.
    pub items: Vec<Item>,
    /// The rule.
    pub whole: Span,
    /// Whether something of it could not be read, so that what is missing may be there.
    pub incomplete: bool,
}

/// Cuts `text` into its words. What is no item is noted in `errors` and left out.
pub(in crate::plan) fn lex(text: &str, errors: &mut Errors) -> Lexed {
    let mut cursor = Cursor { text, at: 0, errors };
    let mut members = vec![cursor.word(&[',', ':'])];
    while cursor.eat(",") {
        members.push(cursor.word(&[',', ':']));
    }
    let set = 0..cursor.at;
    let mut items = Vec::new();
    loop {
        let colon = cursor.at;
        if !cursor.eat(":") {
            break;
        }
        items.extend(cursor.item(colon));
    }
    Lexed { members, set, items, whole: 0..text.len(), incomplete: false }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
    errors: &'a mut Errors,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    /// Reads up to the end or one of `stops` outside quotes, which is left there.
    fn word(&mut self, stops: &[char]) -> Word {
        let mut word = Word::empty_at(self.at);
        let mut opened = None;
        while let Some(character) = self.peek() {
            let start = self.at;
            if opened.is_none() && stops.contains(&character) {
                break;
            }
            self.at += character.len_utf8();
            if character == '"' {
                opened = if opened.is_none() { Some(start) } else { None };
                continue;
            }
            let mut meant = character;
            // As in a shell's double quotes, `\` is itself before anything else. Globs have escapes of their own.
            if opened.is_some()
                && character == '\\'
                && let Some(escaped @ ('"' | '\\')) = self.peek()
            {
                self.at += 1;
                meant = escaped;
            }
            word.text.push(meant);
            word.places.extend((0..meant.len_utf8()).map(|byte| start + byte));
        }
        word.span.end = self.at;
        if let Some(quote) = opened {
            self.errors.add_help(
                quote..self.at,
                "this quote is never closed",
                "end the value with `\"`; a literal quote is `\\\"` within quotes",
            );
        }
        word
    }

    /// Reads the item behind the `:` at `colon`.
    fn item(&mut self, colon: usize) -> Option<Item> {
        let key = self.word(&[':', '=', '!', '<', '>', '&']);
        let operator = Operator::ALL
            .iter()
            .copied()
            .find(|(_, text)| self.rest().starts_with(text))
            .map(|(found, _)| found);
        let Some(operator) = operator else {
            if self.peek().is_some_and(|next| next != ':') {
                // Only a `!` can be here.
                let place = self.at;
                self.word(&[':']);
                self.errors.add_help(place..place + 1, "`!` stands alone", "unequal is `!=`");
                return None;
            }
            if key.span.is_empty() {
                self.errors.add_help(
                    colon..colon + 1,
                    "nothing follows this `:`",
                    "remove it, or put quotes around a value that holds a `:`",
                );
                return None;
            }
            let span = key.span.clone();
            return Some(Item { key, value: None, span });
        };
        let place = self.at;
        self.at += operator.text().len();
        let value = self.word(&[':']);
        if key.text.is_empty() {
            self.errors.add_help(
                place..place + operator.text().len(),
                format!("a key is missing before `{}`", operator.text()),
                "put quotes around a value that holds a `:`",
            );
            return None;
        }
        let span = key.span.start..value.span.end;
        Some(Item { key, value: Some((operator, value)), span })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> (Lexed, Vec<String>) {
        let mut errors = Errors::of_source(0);
        let lexed = lex(text, &mut errors);
        (lexed, errors.into_sorted().into_iter().map(|error| error.message).collect())
    }

    /// Writes a lexed rule with `|` between its words.
    fn words(text: &str) -> String {
        let (lexed, errors) = lexed(text);
        let mut shown: Vec<String> = lexed.members.iter().map(|member| member.text.clone()).collect();
        for item in &lexed.items {
            shown.push(match &item.value {
                Some((operator, value)) => format!("{} {} {}", item.key.text, operator.text(), value.text),
                None => item.key.text.clone(),
            });
        }
        shown.extend(errors.into_iter().map(|error| format!("E: {error}")));
        shown.join("|")
    }

    #[test]
    fn a_rule_is_cut_at_colons_commas_and_operators() {
        for (text, expected) in [
            ("msync", "msync"),
            ("msync,fsync:error=EIO:log", "msync|fsync|error = EIO|log"),
            ("a:arg3:=5:arg1&MS_SYNC", "a|arg3 := 5|arg1 & MS_SYNC"),
            ("a:arg2>=1:arg2<=2:arg2<3:arg2>4:arg2!=5", "a|arg2 >= 1|arg2 <= 2|arg2 < 3|arg2 > 4|arg2 != 5"),
            ("a:path=x,y=z!w", "a|path = x,y=z!w"),
            ("a:path=\"x:y\"", "a|path = x:y"),
            ("a:path=x\":\"y", "a|path = x:y"),
            ("a:\"path\"=x", "a|path = x"),
            ("\"a\",b", "a|b"),
            (r#"a:path="\"\\\*\n""#, r#"a|path = "\\*\n"#),
            (r"a:path=\*\\", r"a|path = \*\\"),
            ("a:path=\"\"", "a|path = "),
            ("a:path==b", "a|path = =b"),
            ("", ""),
            (":log", "|log"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_item_is_noted_and_the_rest_is_read() {
        for (text, expected) in [
            ("a:", "a|E: nothing follows this `:`"),
            ("a::log", "a|log|E: nothing follows this `:`"),
            ("a:path=x:=y:log", "a|path = x|log|E: a key is missing before `=`"),
            ("a:=y", "a|E: a key is missing before `=`"),
            ("a:path!x:log", "a|log|E: `!` stands alone"),
            ("a:path=\"x:log", "a|path = x:log|E: this quote is never closed"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_piece_of_a_quoted_word_points_at_its_own_bytes() {
        let text = r#"a:error="E\"I",ö"#;
        let (lexed, _) = lexed(text);
        let (_, value) = lexed.items[0].value.as_ref().unwrap();
        let pieces: Vec<_> = value.split(',').map(|(piece, span)| (piece, &text[span])).collect();
        assert_eq!(pieces, [("E\"I", r#"E\"I""#), ("ö", "ö")]);
    }
}
