//! The text of a path pattern → regular expressions over bytes.
//!
//! globset was tried first. Its `[!x]` and `[+-9]` match `/`, its classes know no `\`, its `**` crosses a `/` only where
//! it stands alone and never as an alternative (`{a,**}`), it takes no pattern that is not UTF-8 (havoc's cwd may not
//! be), and it panics over deeply nested braces. Rules promise otherwise (docs/rules.md, "Globs"), so that only the
//! translation is done here; the matching is left to the `regex` crate, which globset uses as well.
//!
//! ```text
//! text ── parse ──► nodes ── expand {a,b} ──► sequences ── fold . and .. ──► components ──► regex
//! ```
use super::PatternError;
use std::fmt::Write;
use std::rc::Rc;

/// Longest pattern, in bytes: twice PATH_MAX (include/uapi/linux/limits.h).
const LONGEST: usize = 8192;
/// Most patterns that the braces of one pattern may stand for.
const MOST_ALTERNATIVES: usize = 256;
/// How large these may be in all, by [`weight`]; keeps the regex within the limits of its crate.
const LARGEST: usize = 1 << 16;
/// Deepest nesting of braces.
const DEEPEST: usize = 16;

/// One element of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Byte(u8),
    Slash,
    /// `?`
    Any,
    /// `*`
    Star,
    /// `**`
    DoubleStar,
    /// `[…]`, as ranges of bytes that rise and do not touch
    Class(Rc<[(u8, u8)]>),
    /// `{…}`
    Group(Vec<Vec<Node>>),
}

/// Regular expressions, for `regex::bytes`, of one pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Translation {
    /// What the file name alone must match; empty for none.
    pub names: Vec<String>,
    /// What the whole absolute path must match; empty for none.
    pub paths: Vec<String>,
    /// Whether `paths` was joined to the cwd.
    pub relative: bool,
}

/// Translates `text`; a relative pattern is joined to `cwd`, in which nothing is special.
pub(super) fn translate(text: &str, cwd: &[u8]) -> Result<Translation, PatternError> {
    if text.is_empty() {
        return refuse("an empty pattern matches nothing; `*` matches every file");
    }
    if text.len() > LONGEST {
        return refuse(format!("a pattern may have {LONGEST} bytes, this one has {}", text.len()));
    }
    let mut parser = Parser { text: text.as_bytes(), at: 0, depth: 0 };
    let nodes = parser.sequence()?;
    let mut translation = Translation::default();
    let mut absolute = false;
    let mut weight = 0;
    for sequence in expand(&nodes)? {
        if !sequence.contains(&Node::Slash) {
            translation.names.push(name_regex(&sequence)?);
        } else if is_absolute(&sequence) {
            absolute = true;
            translation.paths.push(path_regex(fold(Vec::new(), &sequence)?));
        } else {
            translation.relative = true;
            let components = fold(cwd_components(cwd), &sequence)?;
            weight += weight_of(&components);
            check_weight(weight)?;
            translation.paths.push(path_regex(components));
        }
    }
    if translation.relative && (absolute || !translation.names.is_empty()) {
        return refuse(
            "some alternatives are relative to havoc's directory and some are not; repeat the key for each",
        );
    }
    Ok(translation)
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, PatternError> {
    Err(PatternError(reason.into()))
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Parses up to the end or, within braces, up to a `,` or `}`, which is left there.
    fn sequence(&mut self) -> Result<Vec<Node>, PatternError> {
        let mut nodes = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b',' | b'}' if self.depth > 0 => break,
                b'}' => return refuse("`}` without `{`; a literal one is `\\}`"),
                _ => {}
            }
            self.at += 1;
            nodes.push(match byte {
                b'/' => Node::Slash,
                b'?' => Node::Any,
                b'*' if self.peek() == Some(b'*') => {
                    while self.peek() == Some(b'*') {
                        self.at += 1;
                    }
                    Node::DoubleStar
                }
                b'*' => Node::Star,
                b'[' => self.class()?,
                b'{' => self.group()?,
                b'\\' => match self.bump() {
                    Some(b'/') => Node::Slash,
                    Some(escaped) => Node::Byte(escaped),
                    None => return refuse("nothing follows the `\\` at the end; a literal one is `\\\\`"),
                },
                literal => Node::Byte(literal),
            });
        }
        Ok(nodes)
    }

    /// Parses what follows a `{`.
    fn group(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return refuse(format!("braces are nested more than {DEEPEST} deep"));
        }
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(self.sequence()?);
            match self.bump() {
                Some(b',') => {}
                Some(_) => break,
                None => return refuse("`{` without `}`; a literal one is `\\{`"),
            }
        }
        self.depth -= 1;
        Ok(Node::Group(alternatives))
    }

    /// Parses what follows a `[`. A `]` that comes first is a member.
    fn class(&mut self) -> Result<Node, PatternError> {
        let negated = matches!(self.peek(), Some(b'!' | b'^'));
        self.at += usize::from(negated);
        let mut members = [negated; 256];
        let mut first = true;
        loop {
            if self.text[self.at..].starts_with(b"[:") {
                return refuse("named classes such as `[:digit:]` are not known; write `[0-9]`");
            }
            if self.peek() == Some(b']') && !first {
                self.at += 1;
                break;
            }
            first = false;
            let start = self.class_member()?;
            let end = match (self.peek(), self.text.get(self.at + 1)) {
                (Some(b'-'), Some(next)) if *next != b']' => {
                    self.at += 1;
                    self.class_member()?
                }
                _ => start,
            };
            if end < start {
                return refuse(format!("`[{}-{}]` runs backwards", start.escape_ascii(), end.escape_ascii()));
            }
            members[usize::from(start)..=usize::from(end)].fill(!negated);
        }
        members[usize::from(b'/')] = false;
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        for byte in (0..=u8::MAX).filter(|byte| members[usize::from(*byte)]) {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == byte => *last = byte,
                _ => ranges.push((byte, byte)),
            }
        }
        if ranges.is_empty() {
            return refuse("`[…]` matches nothing");
        }
        Ok(Node::Class(ranges.into()))
    }

    fn class_member(&mut self) -> Result<u8, PatternError> {
        let byte = match self.bump() {
            Some(b'\\') => self.bump(),
            other => other,
        };
        match byte {
            None => refuse("`[` without `]`; a literal one is `\\[`"),
            Some(b'/') => refuse("`[…]` never matches `/`"),
            // Bytes are matched, not characters: the class would match one half of it.
            Some(128..) => refuse("`[…]` takes ASCII only; write `{ä,ö}` for other characters"),
            Some(byte) => Ok(byte),
        }
    }
}

/// Replaces each group by its alternatives: `a{b,c}` becomes `ab` and `ac`.
fn expand(nodes: &[Node]) -> Result<Vec<Vec<Node>>, PatternError> {
    let mut sequences = vec![Vec::new()];
    // Of all of them.
    let mut weight = 0;
    for node in nodes {
        let Node::Group(alternatives) = node else {
            weight += sequences.len() * self::weight(node);
            check_weight(weight)?;
            sequences.iter_mut().for_each(|sequence| sequence.push(node.clone()));
            continue;
        };
        let mut choices = Vec::new();
        for alternative in alternatives {
            choices.extend(expand(alternative)?);
            if choices.len() * sequences.len() > MOST_ALTERNATIVES {
                return refuse(format!(
                    "the braces stand for more than {MOST_ALTERNATIVES} patterns; repeat the key instead"
                ));
            }
        }
        weight = weight * choices.len() + weight_of(&choices) * sequences.len();
        check_weight(weight)?;
        sequences = sequences
            .iter()
            .flat_map(|sequence| choices.iter().map(|choice| [&sequence[..], &choice[..]].concat()))
            .collect();
    }
    Ok(sequences)
}

/// Returns how much of the regex a node takes: for a class, its ranges.
fn weight(node: &Node) -> usize {
    match node {
        Node::Class(ranges) => ranges.len(),
        Node::Byte(_) | Node::Slash | Node::Any | Node::Star | Node::DoubleStar | Node::Group(_) => 1,
    }
}

fn weight_of(sequences: &[Vec<Node>]) -> usize {
    sequences.iter().flatten().map(weight).sum()
}

fn check_weight(weight: usize) -> Result<(), PatternError> {
    if weight <= LARGEST {
        return Ok(());
    }
    refuse(
        "with every alternative of its braces written out, and below the directory that it is relative to, the pattern is too \
         large; repeat the key for each alternative",
    )
}

fn is_absolute(sequence: &[Node]) -> bool {
    matches!(sequence, [Node::Slash, ..] | [Node::DoubleStar, Node::Slash, ..])
}

fn cwd_components(cwd: &[u8]) -> Vec<Vec<Node>> {
    cwd.split(|byte| *byte == b'/')
        .filter(|component| !component.is_empty())
        .map(|component| component.iter().copied().map(Node::Byte).collect())
        .collect()
}

fn is_dot(component: &[Node]) -> bool {
    component == [Node::Byte(b'.')]
}

fn is_dot_dot(component: &[Node]) -> bool {
    component == [Node::Byte(b'.'), Node::Byte(b'.')]
}

/// Appends the components of `sequence` to those of `base`: `.` and doubled slashes vanish, `..` takes the component
/// before it away, a trailing `/` becomes `**`.
fn fold(base: Vec<Vec<Node>>, sequence: &[Node]) -> Result<Vec<Vec<Node>>, PatternError> {
    let mut components = base;
    for component in sequence.split(|node| *node == Node::Slash) {
        if component.is_empty() || is_dot(component) {
            continue;
        }
        if !is_dot_dot(component) {
            components.push(component.to_vec());
        } else if components.pop().is_some_and(|popped| popped.contains(&Node::DoubleStar)) {
            return refuse("`..` after `**` stands for no directory");
        }
    }
    if sequence.last() == Some(&Node::Slash) {
        components.push(vec![Node::DoubleStar]);
    }
    Ok(components)
}

fn name_regex(sequence: &[Node]) -> Result<String, PatternError> {
    if sequence.is_empty() {
        return refuse("an alternative is empty");
    }
    if is_dot(sequence) || is_dot_dot(sequence) {
        return refuse("this is no file's name; with a `/` behind it, it means everything below");
    }
    Ok(component_regex(sequence))
}

fn path_regex(components: Vec<Vec<Node>>) -> String {
    if components.is_empty() {
        return "/".to_owned();
    }
    let mut regex = String::new();
    let last = components.len() - 1;
    for (index, component) in components.iter().enumerate() {
        if component[..] != [Node::DoubleStar] {
            regex.push('/');
            regex.push_str(&component_regex(component));
        } else if index == last {
            regex.push_str("/.*");
        } else {
            regex.push_str("(?:/.*)?");
        }
    }
    regex
}

fn component_regex(component: &[Node]) -> String {
    let mut regex = String::new();
    for node in component {
        match node {
            Node::Byte(byte) if byte.is_ascii_alphanumeric() => regex.push(char::from(*byte)),
            Node::Byte(byte) => {
                let _ = write!(regex, "\\x{byte:02x}");
            }
            Node::Any => regex.push_str("[^/]"),
            Node::Star => regex.push_str("[^/]*"),
            Node::DoubleStar => regex.push_str(".*"),
            Node::Class(ranges) => {
                regex.push('[');
                for (first, last) in ranges.iter() {
                    let _ = write!(regex, "\\x{first:02x}-\\x{last:02x}");
                }
                regex.push(']');
            }
            // Neither can be here: groups are expanded and paths are split at slashes.
            Node::Group(_) | Node::Slash => {}
        }
    }
    regex
}

/// Returns the name that such a regular expression matches, if it is only one: if every byte stands for itself.
pub(super) fn only_name(regex: &str) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let mut rest = regex.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte;
        (byte, rest) = match after {
            [b'x', high, low, after @ ..] if *first == b'\\' => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                ((digit(high)? * 16 + digit(low)?) as u8, after)
            }
            _ if first.is_ascii_alphanumeric() || *first == b'/' => (*first, after),
            _ => return None,
        };
        name.push(byte);
    }
    Some(name)
}
