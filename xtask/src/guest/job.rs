//! What a guest does: a script that runs test programs.
use super::boot::quoted;
use super::suite::{CHANGES_THE_MACHINE, Test};
use crate::cargo;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Runs Java machines in those of its tests whose names say so.
const HAS_JAVA: &str = "end_to_end";

/// What of this environment the tests have in a guest.
const PASSED_ON: [&str; 3] = ["HAVOC_DEBUG_VERIFY", "RUST_BACKTRACE", "RUST_TEST_THREADS"];

/// How the tests are to run in a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting<'a> {
    /// What the guest is called; the tests know it as `HAVOC_GUEST`.
    pub name: &'a str,
    /// Who runs the tests.
    pub user: u32,
    /// What havoc is told to do without, with blanks between.
    pub absent: &'a str,
}

/// Returns the job that runs these tests with these arguments. It says which of them skipped themselves, and ends with the
/// status of a test program that failed.
pub fn job(tests: &[Test], arguments: &[String], setting: &Setting, testees: &Path) -> String {
    let Setting { name, user, absent } = *setting;
    let mut job = String::from(
        "export CI=true HAVOC_EMULATED=1 HAVOC_SKIPS=/tmp/skips INSTA_UPDATE=no PROPTEST_CASES=16\n",
    );
    job += &format!("export HAVOC_TESTEES={}\n", quoted(&testees.display().to_string()));
    let root = fs::canonicalize(cargo::root()).unwrap_or_else(|_| cargo::root().to_owned());
    job += &format!("export INSTA_WORKSPACE_ROOT={}\n", quoted(&root.display().to_string()));
    job += &format!("export HAVOC_GUEST={} HAVOC_DEBUG_ABSENT={}\n", quoted(name), quoted(absent));
    for name in PASSED_ON {
        if let Ok(value) = std::env::var(name) {
            job += &format!("export {name}={}\n", quoted(&value));
        }
    }
    job += "touch $HAVOC_SKIPS; chmod 666 $HAVOC_SKIPS; status=0\n";
    job += &format!(
        "echo \"── guest: $(uname -rm), $(nproc) CPU, uid {user}, up $(cut -d' ' -f1 /proc/uptime) s\"\n"
    );
    let plain = format!("setpriv --reuid {user} --regid {user} --clear-groups -- env HOME=/tmp ");
    if let Some(first) = tests.first() {
        // Which ways this kernel leaves, by havoc's own summary.
        job += "absent=; for feature in $HAVOC_DEBUG_ABSENT; do absent=\"$absent --debug-absent=$feature\"; done\n";
        let havoc = quoted(&first.profile().join("havoc").display().to_string());
        job += &format!("{havoc} -c -q -o /tmp/summary $absent --inject msync:log -- true || status=$?\n");
        job += "sed -n 's/^\\(mapped files\\|memory\\|results\\) by /── &/p' /tmp/summary\n";
    }
    // Whoever runs the tests comes to them, wherever they lie.
    let places = tests.iter().flat_map(|test| test.program.ancestors().chain(test.directory.ancestors()));
    let places: BTreeSet<String> = places.map(|place| quoted(&place.display().to_string())).collect();
    job += &format!("chmod a+rx {}\n", Vec::from_iter(places).join(" "));
    for test in tests {
        let as_user = if user == 0 { "" } else { plain.as_str() };
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        let (directory, program) = (test.directory.display().to_string(), test.program.display().to_string());
        job += &format!("echo '── {}'\ncd {}\n", test.name, quoted(&directory));
        let program = quoted(&program);
        let words = words.join(" ");
        if test.name == CHANGES_THE_MACHINE {
            // One after the other: what is set cannot be set back.
            job += &format!("{program} --test-threads=1 {words} || status=$?\n");
        } else if test.name == HAS_JAVA && arguments.is_empty() {
            // On more than one emulated CPU a Java machine takes a minute at times.
            job += &format!("{as_user}{program} --skip java || status=$?\n");
            job += &format!("echo '── {}, Java'\n", test.name);
            job += &format!("{as_user}taskset -c 0 {program} java || status=$?\n");
        } else {
            job += &format!("{as_user}{program} {words} || status=$?\n");
        }
        job += "echo \"── up $(cut -d' ' -f1 /proc/uptime) s\"\n";
    }
    job + "sed 's/^/SKIPPED: /' $HAVOC_SKIPS\nexit $status\n"
}
