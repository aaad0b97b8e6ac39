//! Path patterns.
use globset::{GlobBuilder, GlobMatcher};
use std::path::Path;

/// A pattern that cannot be compiled.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct PatternError(pub String);

/// A compiled path pattern; see docs/rules.md, "Globs".
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    name_only: bool,
    matcher: GlobMatcher,
}

impl PathPattern {
    /// Compiles `text`. A pattern with a `/` that begins neither with `/` nor with `**/` is joined to `cwd`.
    ///
    /// # Errors
    /// When the pattern is not well formed.
    pub fn new(text: &str, cwd: &Path) -> Result<PathPattern, PatternError> {
        let _ = cwd;
        let glob = GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| PatternError(error.to_string()))?;
        Ok(PathPattern {
            text: text.to_owned(),
            name_only: !text.contains('/'),
            matcher: glob.compile_matcher(),
        })
    }

    /// Returns the pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells whether `name` (an absolute path as the program sees it, or a /proc name such as `pipe:[1]`) matches.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(name));
        match (self.name_only, path.file_name()) {
            (true, Some(file_name)) => self.matcher.is_match(file_name),
            _ => self.matcher.is_match(path),
        }
    }
}
