//! Path patterns.
use super::glob;
use crate::resource::path;
use regex::bytes::{Regex, RegexBuilder};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A pattern that cannot be compiled.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct PatternError(pub String);

/// A compiled path pattern; see docs/rules.md, "Globs". Bytes are matched, so that no name is out of reach.
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    /// Matched against the file name alone.
    names: Option<Expression>,
    /// Matched against the whole absolute path.
    paths: Option<Expression>,
    relative: bool,
}

/// A regular expression that a name must match as a whole.
#[derive(Clone, Debug)]
struct Expression {
    source: String,
    compiled: Compiled,
}

#[derive(Clone, Debug)]
enum Compiled {
    /// One name: it is compared, since a regex takes longer to be compiled, and to match.
    Name(Vec<u8>),
    Regex(Regex),
}

impl PathPattern {
    /// Compiles `text`. A pattern with a `/` that begins neither with `/` nor with `**/` is joined to `cwd`, whose own
    /// `*`, `[`, `{`… mean themselves and which need not be UTF-8.
    ///
    /// # Errors
    /// When the pattern is not well formed, or could never match.
    pub fn new(text: &str, cwd: &Path) -> Result<PathPattern, PatternError> {
        let translation = glob::translate(text, cwd.as_os_str().as_bytes())?;
        Ok(PathPattern {
            text: text.to_owned(),
            names: compile(&translation.names)?,
            paths: compile(&translation.paths)?,
            relative: translation.relative,
        })
    }

    /// Compiles a pattern that means the one file of this name: a path, joined to `cwd` if it is relative, or a name of the
    /// kernel's such as `pipe:[1]`. Nothing in it is special.
    ///
    /// # Errors
    /// When there is no name.
    pub fn literal(name: &[u8], cwd: &Path) -> Result<PathPattern, PatternError> {
        if name.is_empty() {
            return Err(PatternError("no file has an empty name".to_owned()));
        }
        let is_path = name[0] == b'/' || !name.windows(2).any(|pair| pair == b":[");
        let whole = if is_path { path::fold(cwd.as_os_str().as_bytes(), name) } else { name.to_vec() };
        let source: String = whole.iter().map(|byte| format!(r"\x{byte:02x}")).collect();
        let regex = compile(&[source])?;
        let (names, paths) = if is_path { (None, regex) } else { (regex, None) };
        let relative = is_path && name[0] != b'/';
        Ok(PathPattern { text: String::from_utf8_lossy(name).into_owned(), names, paths, relative })
    }

    /// Returns the pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells whether the pattern was joined to havoc's cwd. Such a pattern means something only for tasks that share
    /// havoc's root and mount namespace: whoever asks [`matches`](PathPattern::matches) checks that first.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.relative
    }

    /// Returns the regular expressions of what it is made: for the file name alone, and for the whole path.
    pub(crate) fn sources(&self) -> (Option<&str>, Option<&str>) {
        fn source(expression: &Option<Expression>) -> Option<&str> {
            expression.as_ref().map(|expression| expression.source.as_str())
        }
        (source(&self.names), source(&self.paths))
    }

    /// Tells whether `name` (an absolute path as the program sees it, or a /proc name such as `pipe:[1]`) matches.
    /// What does not begin with `/` has no directory: it is a file name as a whole, and no pattern with a `/` matches.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        let (file_name, path) = parts(name);
        self.names.as_ref().is_some_and(|names| names.matches(file_name))
            || path.is_some_and(|path| self.paths.as_ref().is_some_and(|paths| paths.matches(path)))
    }
}

/// Returns what of a name is compared with patterns: the file name, and the whole if it is a path.
pub(crate) fn parts(name: &[u8]) -> (&[u8], Option<&[u8]>) {
    let is_path = name.first() == Some(&b'/');
    let file_name = match name.iter().rposition(|byte| *byte == b'/') {
        Some(slash) if is_path => &name[slash + 1..],
        _ => name,
    };
    (file_name, is_path.then_some(name))
}

impl PartialEq for PathPattern {
    /// Same text, joined to the same directory.
    fn eq(&self, other: &PathPattern) -> bool {
        self.text == other.text && self.sources() == other.sources()
    }
}

impl Expression {
    fn matches(&self, name: &[u8]) -> bool {
        match &self.compiled {
            Compiled::Name(only) => only == name,
            Compiled::Regex(regex) => regex.is_match(name),
        }
    }
}

/// Compiles one expression that matches whatever one of `alternatives` matches as a whole; `None` if there are none.
fn compile(alternatives: &[String]) -> Result<Option<Expression>, PatternError> {
    if alternatives.is_empty() {
        return Ok(None);
    }
    let source = format!(r"\A(?:{})\z", alternatives.join("|"));
    let only = match alternatives {
        [only] => glob::only_name(only),
        _ => None,
    };
    let compiled = match only {
        Some(name) => Compiled::Name(name),
        None => {
            // `.` is any byte, a newline too.
            let regex = RegexBuilder::new(&source).unicode(false).dot_matches_new_line(true).build();
            Compiled::Regex(regex.map_err(|_| PatternError("the pattern is too large".to_owned()))?)
        }
    };
    Ok(Some(Expression { source, compiled }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        PathPattern::new(text, Path::new("/data/dir")).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn globs_match_as_the_rules_promise() {
        let table: &[(&str, &str, bool)] = &[
            // Without a slash: the file name alone, in any directory.
            ("a.bin", "/a.bin", true),
            ("a.bin", "/x/y/a.bin", true),
            ("a.bin", "/a.bin/x", false),
            ("a.bin", "/x/A.bin", false),
            ("a.bin", "/x/aabin", false),
            ("*.bin", "/x/a.bin", true),
            ("*.bin", "/x/.bin", true),
            ("*.bin", "/x.bin/y", false),
            ("*", "/x/a\nb", true),
            ("*", "/", true),
            ("?.bin", "/x/a.bin", true),
            ("?.bin", "/x/.bin", false),
            ("**", "/x/y", true),
            ("a,b", "/x/a,b", true),
            // Names that are no path.
            ("pipe:*", "pipe:[12]", true),
            ("pipe:*", "/tmp/pipe:[12]", true),
            ("pipe:\\[12\\]", "pipe:[12]", true),
            ("pipe:[12]", "pipe:[12]", false),
            ("anon_inode:*", "anon_inode:[eventfd]", true),
            ("eventfd*", "anon_inode:[eventfd]", false),
            ("memfd:x (deleted)", "memfd:x (deleted)", true),
            ("memfd:*", "/memfd:x", true),
            ("**/pipe:*", "pipe:[12]", false),
            ("y", "anon_inode:x/y", false),
            // Absolute.
            ("/a/b", "/a/b", true),
            ("/a/b", "/x/a/b", false),
            ("/a/*", "/a/b", true),
            ("/a/*", "/a/b/c", false),
            ("/a/*/c", "/a/b/c", true),
            ("/a?b", "/a/b", false),
            ("/a[!x]b", "/a/b", false),
            ("/a[!x]b", "/ayb", true),
            ("/a[^x]b", "/axb", false),
            ("/a[+-9]b", "/a/b", false),
            ("/a[+-9]b", "/a5b", true),
            ("/a//b/./c", "/a/b/c", true),
            ("/a/x/../b", "/a/b", true),
            ("/../a", "/a", true),
            // `**` matches `/`.
            ("**/a", "/a", true),
            ("**/a", "/x/y/a", true),
            ("**/a", "/xa", false),
            ("/a/**/b", "/a/b", true),
            ("/a/**/b", "/a/x/y/b", true),
            ("/a/**/b", "/ab", false),
            ("/a/**", "/a/x/y", true),
            ("/a/**", "/a", false),
            ("/a**b", "/a/x/b", true),
            ("/a/{x,**}/b", "/a/y/z/b", true),
            ("/a/{x,**}/b", "/a/b", true),
            ("/**", "/a", true),
            // A trailing slash: everything below.
            ("/a/", "/a/x/y", true),
            ("/a/", "/a", false),
            ("/", "/a/b", true),
            ("**/a/", "/x/a/y", true),
            // Classes, alternatives, escapes.
            ("[a-c]x", "/bx", true),
            ("[a-c]x", "/dx", false),
            ("[]a]x", "/]x", true),
            ("[a-]x", "/-x", true),
            ("[\\]]x", "/]x", true),
            ("{a,b}.bin", "/b.bin", true),
            ("{a,b}.bin", "/c.bin", false),
            ("a{,.bak}", "/a", true),
            ("a{,.bak}", "/a.bak", true),
            ("a{b,{c,d}e}", "/ade", true),
            ("{/a/b,/c/d}", "/c/d", true),
            ("{/a/b,c}", "/x/c", true),
            ("{[,],b}", "/,", true),
            ("a\\*", "/a*", true),
            ("a\\*", "/ab", false),
            ("a:b", "/x/a:b", true),
            ("(a|b).", "/x/(a|b).", true),
            ("ä?", "/äx", true),
            ("?", "/ä", false),
            // Relative to /data/dir.
            ("data/a.bin", "/data/dir/data/a.bin", true),
            ("data/a.bin", "/x/data/a.bin", false),
            ("./a.bin", "/data/dir/a.bin", true),
            ("./a.bin", "/data/dir/x/a.bin", false),
            ("../a/../b", "/data/b", true),
            ("../../../b", "/b", true),
            ("a*/../b", "/data/dir/b", true),
            ("data/", "/data/dir/data/x/y", true),
            ("./", "/data/dir/x", true),
            ("./**/a", "/data/dir/a", true),
            ("*/a", "/data/dir/x/a", true),
            ("*/a", "/x/a", false),
        ];
        for (text, name, expected) in table {
            assert_eq!(pattern(text).matches(name.as_bytes()), *expected, "`{text}` on `{name}`");
        }
    }

    #[test]
    fn a_malformed_pattern_is_refused_with_its_reason() {
        let deep = "{".repeat(4000);
        let many = "{a,b}".repeat(9);
        let long = "a".repeat(9000);
        // Every alternative has all that stands beside the braces; and a class of many ranges is as large as they are.
        let negated = format!("{}{}", "{[!a],[!b]}".repeat(8), "[!a]*".repeat(160));
        let odd = format!("{}{}", "{a,b}".repeat(8), "[acegikmoqsuwy]".repeat(32));
        let table: &[(&str, &str)] = &[
            ("", "an empty pattern"),
            ("a[b", "`[` without `]`"),
            ("[", "`[` without `]`"),
            ("[]", "`[` without `]`"),
            ("[a\\", "`[` without `]`"),
            ("[z-a]", "`[z-a]` runs backwards"),
            ("x[/]y", "never matches `/`"),
            ("[ä]", "ASCII only"),
            ("[[:digit:]]", "named classes"),
            ("[!\\x00-\\x7f", "`[` without `]`"),
            ("a{b", "`{` without `}`"),
            ("a}b", "`}` without `{`"),
            ("a\\", "nothing follows"),
            ("{,a}", "an alternative is empty"),
            ("..", "no file's name"),
            ("**/../a", "`..` after `**`"),
            ("{/a,b/c}", "repeat the key"),
            ("{a,b/c}", "repeat the key"),
            (&deep, "nested more than"),
            (&many, "more than 256"),
            (&negated, "repeat the key for each alternative"),
            (&odd, "repeat the key for each alternative"),
            (&long, "may have 8192 bytes"),
        ];
        for (text, expected) in table {
            let error = PathPattern::new(text, Path::new("/")).map(|_| ()).expect_err(text);
            assert!(error.0.contains(expected), "`{text}`: {error}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_match_wildcards() {
        assert!(pattern("a?b*").matches(b"/x/a\xffb\xfe"));
        assert!(pattern("a[!x]b").matches(b"/x/a\xffb"));
        assert!(pattern("/x/**").matches(b"/x/\xff/\xfe"));
    }

    #[test]
    fn what_is_special_in_a_pattern_is_plain_in_the_cwd() {
        use std::ffi::OsStr;
        let cwd = Path::new(OsStr::from_bytes(b"/w[ab]/{c*}/\xff/.(x)"));
        let pattern = PathPattern::new("d/*.bin", cwd).unwrap();
        assert!(pattern.matches(b"/w[ab]/{c*}/\xff/.(x)/d/e.bin"));
        assert!(!pattern.matches(b"/wa/c/\xff/.(x)/d/e.bin"));
    }

    #[test]
    fn a_literal_is_one_file_and_nothing_in_it_is_special() {
        let literal = |name: &str| PathPattern::literal(name.as_bytes(), Path::new("/data/dir")).unwrap();
        for (name, matching, other) in [
            ("/a/*.bin", "/a/*.bin", "/a/b.bin"),
            ("a[b]{c,d}?\\", "/data/dir/a[b]{c,d}?\\", "/data/dir/abc"),
            ("./x/../y", "/data/dir/y", "/y"),
            ("y", "/data/dir/y", "/other/y"),
            ("/a/b/", "/a/b", "/a/b/c"),
            ("pipe:[12]", "pipe:[12]", "pipe:[1]"),
        ] {
            assert!(literal(name).matches(matching.as_bytes()), "{name}");
            assert!(!literal(name).matches(other.as_bytes()), "{name}");
        }
        assert!(literal("y").is_relative() && !literal("/y").is_relative());
        assert!(!literal("pipe:[12]").is_relative());
        assert!(PathPattern::literal(b"/\xff", Path::new("/")).unwrap().matches(b"/\xff"));
        assert!(PathPattern::literal(b"", Path::new("/")).is_err());
    }

    #[test]
    fn only_a_pattern_joined_to_the_cwd_is_relative() {
        for (text, expected) in
            [("a", false), ("/a", false), ("**/a", false), ("./a", true), ("a/b", true), ("{a,b}/c", true)]
        {
            assert_eq!(pattern(text).is_relative(), expected, "{text}");
        }
    }

    #[test]
    fn relative_patterns_of_different_directories_differ() {
        let of = |cwd: &str| PathPattern::new("./a", Path::new(cwd)).unwrap();
        assert_eq!(of("/x"), of("/x"));
        assert_ne!(of("/x"), of("/y"));
    }

    #[test]
    fn alternatives_below_a_deep_directory_are_refused_before_they_are_compiled() {
        let deep = format!("/{}", "d".repeat(4000));
        let of = |text: &str| PathPattern::new(text, Path::new(&deep)).map(|pattern| pattern.is_relative());
        assert_eq!(of("./{a,b}"), Ok(true));
        let error = of(&format!("./{}", "{a,b}".repeat(8))).expect_err("256 times 4000 bytes");
        assert!(error.0.contains("below the directory that it is relative to"), "{error}");
    }

    #[test]
    fn a_large_but_allowed_pattern_compiles_or_is_refused_without_panic() {
        for text in ["*".repeat(8000), "[!a]".repeat(2000), "a*".repeat(4000), "{a*,b}".repeat(8)] {
            let _ = PathPattern::new(&text, Path::new("/")).map(|pattern| pattern.matches(b"/aaaa/bbbb"));
        }
    }
}
