//! `havoc demo`: an embedded program with two mapped files, and a rule that fails one of them.
use crate::diagnostics::shown;
use crate::exit::Exit;
use crate::print;
use crate::run::{self, Output};
use anyhow::{Context, Result};
use havoc_engine::kernel::linux::MappedFile;
use havoc_engine::plan::syntax::parse_rules;
use havoc_engine::session::Config;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// The rule that the demo runs under.
const RULE: &str = "msync:error=EIO:path=orders.bin";

const FILES: [&str; 2] = ["orders.bin", "ledger.bin"];
const LENGTH: NonZeroUsize = NonZeroUsize::new(4096).expect("not 0");

/// Shows the rule, the log and what the program saw.
///
/// # Errors
/// When the demo's program cannot be found or its directory made.
pub fn show() -> Result<Exit> {
    let program = std::env::current_exe().context("cannot find havoc's own program file")?;
    let [one, other] = FILES;
    let text = format!(
        "A program maps two files, {one} and {other}, and syncs each three times.\n\
         The rule makes msync fail for one of them:\n\n    \
         havoc --inject '{RULE}' -- {} demo --program\n\n\
         What havoc logs stands behind [pid N], what the program saw behind a file's name:\n\n",
        shown(&program)
    );
    if !print::part(text.as_bytes())? {
        return Ok(Exit::Status(0));
    }
    let plan = parse_rules(&[RULE.to_owned()], Path::new("/"))
        .map_err(|errors| anyhow::anyhow!("the demo's own rule is wrong: {errors:?}"))?;
    let words = [program.into_os_string(), OsString::from("demo"), OsString::from("--program")];
    run::run(&Config { plan, ..Config::default() }, &words, &Output::default(), &[])
}

/// Is the program: stores and syncs, and says how each sync went.
///
/// # Errors
/// When the files cannot be made.
pub fn program(directory: Option<&Path>) -> Result<Exit> {
    if let Some(directory) = directory {
        return store_and_sync(directory).map(|()| Exit::Status(0));
    }
    let directory = std::env::temp_dir().join(format!("havoc-demo-{}", std::process::id()));
    std::fs::create_dir(&directory).with_context(|| format!("cannot make {}", shown(&directory)))?;
    let result = store_and_sync(&directory);
    if let Err(error) = std::fs::remove_dir_all(&directory) {
        log::warn!("remove {}: {error}", shown(&directory));
    }
    result.map(|()| Exit::Status(0))
}

fn store_and_sync(directory: &Path) -> Result<()> {
    let mut files = Vec::new();
    for name in FILES {
        let path: PathBuf = directory.join(name);
        let file =
            MappedFile::create(&path, LENGTH).with_context(|| format!("cannot map {}", shown(&path)))?;
        files.push((name, file));
    }
    for round in 1..=3 {
        for (name, file) in &mut files {
            file.store(format!("round {round}").as_bytes());
            let came_to = match file.sync() {
                Ok(()) => "ok".to_owned(),
                Err(error) => error.to_string(),
            };
            if !print::part(format!("{name}: sync {round}: {came_to}\n").as_bytes())? {
                return Ok(());
            }
        }
    }
    Ok(())
}
