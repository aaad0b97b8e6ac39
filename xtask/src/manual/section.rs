//! An ERRORS section: which errors it lists, and for which functions of the page.
use super::roff::Line;
use std::collections::BTreeSet;

/// One error of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, as it is written.
    pub error: String,
    /// The functions that it is said to be of; empty for all of the page.
    pub of: BTreeSet<String>,
}

/// What a section says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// The list.
    pub entries: Vec<Entry>,
    /// Whether it says that some call never fails.
    pub always_succeeds: bool,
}

/// Reads the section. `functions` are those of the page; `is_error` tells errors from signals and other things that are
/// listed. A function is attributed where the page does so in one of three ways: `EINVAL (clone3() only)`, a description
/// that begins with `(openat())`, or a paragraph before the list that ends in a colon and names functions: "The following
/// additional errors can occur for linkat():".
pub fn read(lines: &[Line], functions: &BTreeSet<String>, is_error: impl Fn(&str) -> bool) -> Errors {
    let mut reader =
        Reader { functions, lists: vec![List::default()], paragraph: String::new(), state: State::Prose };
    let mut found = Errors::default();
    let mut depth = 0;
    for line in lines {
        match line {
            Line::Request(name, _) if name == "RS" => depth += 1,
            Line::Request(name, _) if name == "RE" => depth -= 1,
            _ if depth > 0 => {}
            Line::Request(name, _) if name == "TP" || name == "TQ" => reader.head(name == "TQ"),
            Line::Request(name, _) if ["P", "PP", "LP"].contains(&name.as_str()) => reader.prose(),
            Line::Request(..) => {}
            Line::Text(text) => {
                found.always_succeeds |= text.contains("always succe");
                reader.text(text, &is_error);
            }
        }
    }
    found.entries = reader.lists.into_iter().flat_map(List::entries).collect();
    found
}

/// Entries below one paragraph.
#[derive(Default)]
struct List {
    of: BTreeSet<String>,
    entries: Vec<Entry>,
}

impl List {
    /// Returns the entries with their functions. Where one names a function that the paragraph did not, as chmod(2) names
    /// fchmod() in a list "for chmod()", the paragraph meant all.
    fn entries(self) -> Vec<Entry> {
        let foreign = self.entries.iter().any(|entry| !entry.of.is_subset(&self.of));
        let of = if foreign { BTreeSet::new() } else { self.of };
        let entries = self.entries.into_iter();
        entries
            .map(|entry| if entry.of.is_empty() { Entry { of: of.clone(), ..entry } } else { entry })
            .collect()
    }
}

enum State {
    /// In a paragraph before or between lists.
    Prose,
    /// Behind `TP`; so many entries of the list belong to what is described.
    Head(usize),
    /// In a description, which has this text so far.
    Body(usize, String),
}

struct Reader<'a> {
    functions: &'a BTreeSet<String>,
    lists: Vec<List>,
    paragraph: String,
    state: State,
}

impl Reader<'_> {
    fn prose(&mut self) {
        self.state = State::Prose;
        self.paragraph.clear();
    }

    /// Begins an entry. A paragraph that said something about the list begins a new one.
    fn head(&mut self, another: bool) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.is_empty() {
            let sentence = paragraph.rsplit(". ").next().unwrap_or_default();
            let named = sentence.trim_end().ends_with(':').then(|| self.named(sentence));
            self.lists.push(List { of: named.unwrap_or_default(), entries: Vec::new() });
        }
        let before = match self.state {
            State::Body(count, _) | State::Head(count) if another => count,
            _ => 0,
        };
        self.state = State::Head(before);
    }

    fn text(&mut self, text: &str, is_error: &impl Fn(&str) -> bool) {
        match &mut self.state {
            State::Prose => {
                self.paragraph += text;
                self.paragraph.push(' ');
            }
            State::Head(before) => {
                let count = *before;
                let of = if text.contains("() only)") { self.named(text) } else { BTreeSet::new() };
                let outside = text.split('(').next().unwrap_or_default();
                let errors = outside.split([' ', ',']).filter(|word| is_error(word));
                let entries: Vec<Entry> =
                    errors.map(|error| Entry { error: error.to_owned(), of: of.clone() }).collect();
                self.state = State::Body(count + entries.len(), String::new());
                self.list().entries.extend(entries);
            }
            State::Body(count, so_far) => {
                let was_open = so_far.is_empty() || opening(so_far).is_none() && so_far.starts_with('(');
                if !was_open {
                    return;
                }
                *so_far += text;
                so_far.push(' ');
                let (count, so_far) = (*count, so_far.clone());
                let Some(said) = opening(&so_far) else { return };
                let said = said.strip_prefix("for ").unwrap_or(said);
                let first = said.split("()").next().unwrap_or_default();
                if self.functions.contains(first) {
                    let of = self.named(said);
                    let entries = &mut self.list().entries;
                    let from = entries.len() - count;
                    entries[from..].iter_mut().for_each(|entry| entry.of = of.clone());
                }
            }
        }
    }

    fn list(&mut self) -> &mut List {
        self.lists.last_mut().expect("there is one from the start")
    }

    /// Returns the functions of the page that are written as such, `open()`.
    fn named(&self, text: &str) -> BTreeSet<String> {
        let ends = text.match_indices("()").map(|(end, _)| &text[..end]);
        let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let words = ends.map(|before| &before[before.trim_end_matches(is_word).len()..]);
        words.filter(|word| self.functions.contains(*word)).map(str::to_owned).collect()
    }
}

/// Returns what stands in the parentheses that the text begins with, or `None` if it begins otherwise or they are open
/// still.
fn opening(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('(')?;
    let mut depth = 1;
    for (at, character) in inside.char_indices() {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return Some(&inside[..at]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::roff;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let functions = ["dig", "digat", "fdig"].map(str::to_owned).into();
        let errors = read(&roff::lines(text), &functions, |word| word.starts_with('E'));
        let entries = errors.entries.into_iter();
        entries
            .map(|entry| {
                format!("{} {}", entry.error, Vec::from_iter(entry.of).join("+")).trim_end().to_owned()
            })
            .collect()
    }

    #[test]
    fn an_error_is_what_an_entry_is_headed_by() {
        let text = ".TP\n.B EPERM\nNot here, see\n.BR EACCES .\n.TP\n.B SIGBUS\nNo error.\n.TP\n.BR EBADF \" or \" EINVAL\nOdd.\n.TP\n.BR EBUSY \" (since Linux 3.0; before EIO)\"\nLater.\n";
        assert_eq!(found(text), ["EPERM", "EBADF", "EINVAL", "EBUSY"]);
    }

    #[test]
    fn what_is_listed_within_a_description_is_none() {
        assert_eq!(
            found(".TP\n.B EPERM\nOne of\n.RS\n.TP\n.B EIO\nNo.\n.RE\n.TP\n.B EBUSY\nYes.\n"),
            ["EPERM", "EBUSY"]
        );
    }

    #[test]
    fn it_is_of_the_functions_that_the_page_says() {
        let head = ".TP\n.BR EPERM \" (\" digat \"() only)\"\nNo.\n";
        assert_eq!(found(head), ["EPERM digat"]);
        let body = ".TP\n.B EPERM\n.RB ( dig (),\n.BR digat ())\nNo.\n(\n.BR fdig ())\n";
        assert_eq!(found(body), ["EPERM dig+digat"]);
        assert_eq!(found(".TP\n.B EPERM\n(for\n.BR fdig ())\nNo.\n"), ["EPERM fdig"]);
        for other in ["(on some days)", "(for\n.BR DIG_DEEP )", "As\n.BR digat ()", "(unlike\n.BR dig ())"] {
            assert_eq!(found(&format!(".TP\n.B EPERM\n{other}\nNo.\n")), ["EPERM"], "{other}");
        }
        assert_eq!(found(".TP\n.B EPERM\n.TQ\n.B EIO\n.RB ( dig ())\nNo.\n"), ["EPERM dig", "EIO dig"]);
    }

    #[test]
    fn a_paragraph_speaks_for_the_list_below_it() {
        let text = ".TP\n.B EPERM\nNo.\n.P\nThose of\n.BR dig ()\ncan occur. More for\n.BR digat ():\n.TP\n.B EIO\nNo.\n.P\nSee others.\n.TP\n.B EBUSY\nNo.\n";
        assert_eq!(found(text), ["EPERM", "EIO digat", "EBUSY"]);
    }

    #[test]
    fn a_list_that_names_others_than_its_paragraph_is_of_all() {
        let text = "Those for\n.BR dig ()\nare:\n.TP\n.B EIO\nNo.\n.TP\n.B EBADF\n.RB ( fdig ())\nNo.\n";
        assert_eq!(found(text), ["EIO", "EBADF fdig"]);
    }

    #[test]
    fn that_a_call_never_fails_is_said_too() {
        let read = |text: &str| read(&roff::lines(text), &BTreeSet::new(), |_| true);
        assert!(read("It is\n.I always successful.\n").always_succeeds);
        assert_eq!(read("As the call that is restarted.\n"), Errors::default());
    }
}
