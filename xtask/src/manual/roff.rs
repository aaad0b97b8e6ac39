//! As much of roff(7) and man(7) as the pages of section 2 need: requests with their arguments, and text.

/// A line of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A macro that shapes the page, such as `SH` or `TP`, with its arguments.
    Request(String, String),
    /// What is read, without fonts.
    Text(String),
}

/// Macros whose arguments are text: those of one font join them by blanks, those of two not at all.
const FONTS: [(&str, &str); 8] =
    [("B", " "), ("I", " "), ("BR", ""), ("RB", ""), ("BI", ""), ("IB", ""), ("RI", ""), ("IR", "")];

/// Reads a page; comments are left out.
pub fn lines(text: &str) -> Vec<Line> {
    let joined = text.replace("\\\n", "");
    joined.lines().map(without_comment).filter(|line| !line.is_empty()).filter_map(line).collect()
}

fn without_comment(line: &str) -> &str {
    line.find("\\\"").map_or(line, |start| &line[..start])
}

fn line(line: &str) -> Option<Line> {
    let Some(request) = line.strip_prefix('.') else { return Some(Line::Text(plain(line))) };
    let (name, rest) = request.split_once(' ').unwrap_or((request, ""));
    if name.is_empty() || name == "\\" {
        return None;
    }
    let arguments = arguments(rest);
    Some(match FONTS.iter().find(|(font, _)| *font == name) {
        Some((_, between)) => Line::Text(plain(&arguments.join(between))),
        None => Line::Request(name.to_owned(), plain(&arguments.join(" "))),
    })
}

/// Splits at blanks, but for those in double quotes.
fn arguments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut quoted = false;
    let mut argument: Option<String> = None;
    for character in text.chars() {
        match character {
            '"' => {
                quoted = !quoted;
                argument.get_or_insert_default();
            }
            ' ' if !quoted => found.extend(argument.take()),
            _ => argument.get_or_insert_default().push(character),
        }
    }
    found.extend(argument);
    found
}

/// Takes fonts and other escapes out.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain += before;
        let mut characters = after.chars();
        rest = match characters.next() {
            Some('f' | '*') => after[1..].strip_prefix('[').map_or_else(
                || after.get(2..).unwrap_or_default(),
                |named| named.split_once(']').map_or("", |(_, rest)| rest),
            ),
            Some('[') => after.split_once(']').map_or("", |(_, rest)| rest),
            Some('(') => after.get(3..).unwrap_or_default(),
            Some('-') => {
                plain.push('-');
                &after[1..]
            }
            Some('~' | ' ') => {
                plain.push(' ');
                &after[1..]
            }
            Some(_) => characters.as_str(),
            None => "",
        };
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    #[test]
    fn fonts_are_text_and_shapes_are_requests() {
        let page = ".SH \"RETURN VALUE\"\n.\\\" a comment\n.B E1 E2\n.BR open (2),\n.RB ( open (),\nword \\fBbold\\fP\n";
        let expected = [
            Line::Request("SH".to_owned(), "RETURN VALUE".to_owned()),
            text("E1 E2"),
            text("open(2),"),
            text("(open(),"),
            text("word bold"),
        ];
        assert_eq!(lines(page), expected);
    }

    #[test]
    fn quotes_keep_blanks_together() {
        assert_eq!(lines(".BR EPERM \" (\" clone3 \"() only)\""), [text("EPERM (clone3() only)")]);
        assert_eq!(lines(".BI \"int f(int \" a \\\n\", int \" b );"), [text("int f(int a, int b);")]);
    }

    #[test]
    fn escapes_leave_what_they_stand_for() {
        let page = "a\\-b\\~c \\f[B]d\\f[] \\[bu]e\\& \\(buf \\% g \\\" gone";
        assert_eq!(lines(page), [text("a-b c d e f  g ")]);
        for cut in ["\\", "\\f", "\\f[", "\\(", "\\[", "\\*"] {
            assert_eq!(lines(&format!("x{cut}")), [text("x")], "{cut}");
        }
    }
}
