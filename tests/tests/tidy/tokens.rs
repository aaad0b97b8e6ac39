//! Rust as a compiler reads it: comments are gone, and a string is one token however it is spelled inside.
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A word, a punctuation character, a bracket or a literal.
pub struct Token {
    pub text: String,
    /// From 1.
    pub line: usize,
}

/// Returns the tokens of a file. Doc comments are among them as `#[doc = "…"]`.
pub fn tokens_of(file: &str, text: &str) -> Vec<Token> {
    let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file} is no Rust: {error}"));
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let TokenTree::Group(group) = tree else {
            tokens.push(Token { text: tree.to_string(), line });
            continue;
        };
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        tokens.push(Token { text: open.into(), line });
        flatten(group.stream(), tokens);
        tokens.push(Token { text: close.into(), line: group.span_close().start().line });
    }
}

/// Returns where `pattern` begins: tokens with blanks between them, such as `std : : fs`.
pub fn occurrences(tokens: &[Token], pattern: &str) -> Vec<usize> {
    let pattern: Vec<&str> = pattern.split(' ').collect();
    let windows = tokens.windows(pattern.len()).enumerate();
    let same =
        windows.filter(|(_, window)| window.iter().zip(&pattern).all(|(token, text)| token.text == *text));
    same.map(|(place, _)| place).collect()
}

/// Returns the lines on which `pattern` begins.
pub fn lines(tokens: &[Token], pattern: &str) -> Vec<usize> {
    occurrences(tokens, pattern).into_iter().map(|place| tokens[place].line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_say_nothing() {
        let text = "//! std::fs\n// std::fs\n/* std::fs */\nconst A: &str = \"std::fs\";\nuse std::fs;\n";
        assert_eq!(lines(&tokens_of("sample", text), "std : : fs"), [5]);
    }

    #[test]
    fn patterns_reach_into_brackets() {
        let text = "#![allow(dead_code)]\nmod a {\n    #[allow(unused)]\n    fn b() {}\n}\n";
        assert_eq!(lines(&tokens_of("sample", text), "[ allow ("), [1, 3]);
    }
}
