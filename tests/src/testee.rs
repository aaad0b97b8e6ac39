//! Builds the programs that the tests run, from `testees/`, when a test first asks for one.
//!
//! C and Java programs are built once per content: the name of the result carries a hash of the source, the headers and
//! the command, so nothing is ever stale. Each is built under a name of its own and then renamed, so that tests in
//! several threads and processes may ask for the same one at the same time. Rust programs are cargo's to keep fresh.
//!
//! On a machine without compilers (a guest that has only a kernel and the test binary) the environment variable
//! `HAVOC_TESTEES` names a directory that holds all of them: `NAME`, `static/NAME`, `musl/NAME`, `asan/NAME`,
//! `i386/NAME`, `arm/NAME`, `preload/NAME` and the `.class` files. The C compiler is `$CC`, else `gcc`; that of musl, a second C library, is
//! `$MUSL_CC`, else `musl-gcc`. Programs of 32 bits are built by cross compilers, which need no libraries of the machine's
//! own as `gcc -m32` would.
//!
//! A tool that is missing fails the test and says how to get it; a test never passes because it could not run.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

const REMEDY: &str = "`cargo xtask setup` installs what the tests need";
/// What is also built with musl: few programs do without glibc's own functions.
const WITH_MUSL: &[&str] = &["forker"];
/// What is also built as a 32-bit program.
const WITH_I386: &[&str] = &[
    "clone3_untraced",
    "clone_children",
    "clone_untraced",
    "connects",
    "descriptors",
    "exec_chain",
    "exec_from_thread",
    "exits",
    "forker",
    "moves_bytes",
    "ranges",
    "registers",
    "registers_kept",
    "restarted_read",
    "rt_signals",
    "short_io",
    "three_writes",
    "wide_values",
    "worker_reads",
];
/// What is built with AddressSanitizer alone.
const WITH_ASAN: &[&str] = &["leaks_when_fsync_fails"];
/// Its library comes along, so that it runs where no compiler is.
const ASAN_FLAGS: &[&str] = &["-fsanitize=address", "-static-libasan"];
const I386_COMPILER: &str = "i686-linux-gnu-gcc";
/// What is also built for 32-bit Arm, whose programs run on aarch64.
const WITH_ARM: &[&str] = &["exits", "forker"];
const ARM_COMPILER: &str = "arm-linux-gnueabihf-gcc";
const C_FLAGS: &[&str] = &["-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"];

/// Returns the program made of `testees/c/NAME.c`, linked dynamically.
///
/// # Panics
/// If there is no such program, no C compiler, or it does not compile.
pub fn c(name: &str) -> PathBuf {
    prebuilt(name).unwrap_or_else(|| build_c(&compiler(), name, &[]))
}

/// Returns the program made of `testees/c/NAME.c`, linked statically: no loader, no interposition.
///
/// # Panics
/// As [`c`] does.
pub fn c_static(name: &str) -> PathBuf {
    prebuilt(&format!("static/{name}")).unwrap_or_else(|| build_c(&compiler(), name, &["-static"]))
}

/// Returns the program made of `testees/c/NAME.c`, linked statically with musl, another C library.
///
/// # Panics
/// As [`c`] does, and if NAME is none of those that are built with it.
pub fn c_musl(name: &str) -> PathBuf {
    assert!(WITH_MUSL.contains(&name), "{name} is not among those that are built with musl");
    prebuilt(&format!("musl/{name}")).unwrap_or_else(|| build_c(&musl_compiler(), name, &["-static"]))
}

/// Returns the program made of `testees/c/NAME.c` with AddressSanitizer, and so with LeakSanitizer.
///
/// # Panics
/// As [`c`] does, and if NAME is none of those that are built with it.
pub fn c_asan(name: &str) -> PathBuf {
    assert!(WITH_ASAN.contains(&name), "{name} is not among those that are built with AddressSanitizer");
    prebuilt(&format!("asan/{name}")).unwrap_or_else(|| build_c(&compiler(), name, ASAN_FLAGS))
}

/// Returns the library made of `testees/preload/NAME.c`, for LD_PRELOAD.
///
/// # Panics
/// As [`c`] does.
pub fn preload(name: &str) -> PathBuf {
    prebuilt(&format!("preload/{name}"))
        .unwrap_or_else(|| build(&compiler(), "preload", name, &["-shared", "-fPIC"]))
}

/// Returns the 32-bit program made of `testees/c/NAME.c`, linked statically: 32-bit libraries are nowhere installed.
///
/// # Panics
/// As [`c`] does, and if NAME is none of those that are built so.
pub fn c_i386(name: &str) -> PathBuf {
    assert!(WITH_I386.contains(&name), "{name} is not among those that are built for i386");
    prebuilt(&format!("i386/{name}")).unwrap_or_else(|| build_c(I386_COMPILER, name, &["-static"]))
}

/// Returns the program for 32-bit Arm made of `testees/c/NAME.c`, linked statically.
///
/// # Panics
/// As [`c`] does, and if NAME is none of those that are built so.
pub fn c_arm(name: &str) -> PathBuf {
    assert!(WITH_ARM.contains(&name), "{name} is not among those that are built for 32-bit Arm");
    prebuilt(&format!("arm/{name}")).unwrap_or_else(|| build_c(ARM_COMPILER, name, &["-static"]))
}

/// Returns the program made of `testees/src/bin/NAME.rs`, in the profile of the running test.
///
/// It is built once per test process. Without a cargo (a test binary that somebody runs by hand) the program that
/// lies in the target directory is taken as it is.
///
/// # Panics
/// If it does not compile, or if there is neither the program nor a cargo to build it.
pub fn rust(name: &str) -> PathBuf {
    static FRESH: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if let Some(program) = prebuilt(name) {
        return program;
    }
    let program = profile_directory().join(name);
    let mut fresh = FRESH.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if fresh.contains(name) {
        return program;
    }
    match run(&mut cargo_build(name)) {
        Ok(()) => {}
        Err(BuildError::Missing) if program.exists() => {}
        Err(error) => panic!("{}", error.tell("cargo", &format!("testees/src/bin/{name}.rs"))),
    }
    assert!(program.exists(), "cargo built the testee {name}, yet there is no {}", program.display());
    fresh.insert(name.to_owned());
    program
}

/// Returns the directory to give to `java -cp`: it holds the class made of `testees/java/CLASS.java`.
///
/// # Panics
/// If there is no such class, no `javac`, or it does not compile.
pub fn java(class: &str) -> PathBuf {
    if let Some(file) = prebuilt(&format!("{class}.class")) {
        return parent(&file).to_owned();
    }
    let source = sources().join("java").join(format!("{class}.java"));
    let mut hasher = DefaultHasher::new();
    hash_file(&source, &mut hasher);
    let built = testee_directory().join(format!("java-{class}-{:016x}", hasher.finish()));
    if built.is_dir() {
        return built;
    }
    let unfinished = unfinished(&built);
    let result = run(Command::new("javac").arg("-d").arg(&unfinished).arg(&source));
    publish(result, "javac", &source, &unfinished, &built);
    built
}

/// The languages of the testees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// With two C libraries, dynamic and static.
    C,
    /// As the workspace's own programs are built.
    Rust,
    /// Class files.
    Java,
}

impl Language {
    /// All of them, with the names that people type.
    pub const ALL: [(&'static str, Language); 3] =
        [("c", Language::C), ("rust", Language::Rust), ("java", Language::Java)];
}

/// Builds every testee of a language into `directory`, in the form that `HAVOC_TESTEES` reads.
///
/// # Panics
/// As [`c`], [`rust`] and [`java`] do, and if `directory` cannot be written.
pub fn build_all(language: Language, directory: &Path) {
    let copy = |from: &Path, to: &str| {
        fs::copy(from, directory.join(to))
            .unwrap_or_else(|error| panic!("copy {} to {}: {error}", from.display(), directory.display()));
    };
    make_directory(directory);
    match language {
        Language::C => {
            make_directory(&directory.join("static"));
            for name in names("c", "c") {
                copy(&c(&name), &name);
                copy(&c_static(&name), &format!("static/{name}"));
            }
            make_directory(&directory.join("asan"));
            for name in WITH_ASAN {
                copy(&c_asan(name), &format!("asan/{name}"));
            }
            make_directory(&directory.join("preload"));
            for name in names("preload", "c") {
                copy(&preload(&name), &format!("preload/{name}"));
            }
            make_directory(&directory.join("musl"));
            for name in WITH_MUSL {
                copy(&c_musl(name), &format!("musl/{name}"));
            }
            // Only machines that run them need them, and not all have the compilers.
            type Build = fn(&str) -> PathBuf;
            let companions: [(_, _, _, Build); 2] =
                [("i386", I386_COMPILER, WITH_I386, c_i386), ("arm", ARM_COMPILER, WITH_ARM, c_arm)];
            for (cpu, compiler, with, build) in companions {
                if run(Command::new(compiler).arg("--version")).is_ok() {
                    make_directory(&directory.join(cpu));
                    for name in with {
                        copy(&build(name), &format!("{cpu}/{name}"));
                    }
                }
            }
        }
        Language::Rust => {
            for name in names("src/bin", "rs") {
                copy(&rust(&name), &name);
            }
        }
        Language::Java => {
            for class in names("java", "java") {
                for file in list(&java(&class)) {
                    let name = file.file_name().expect("a listed file has a name").to_string_lossy();
                    copy(&file, &name);
                }
            }
        }
    }
}

fn prebuilt(name: &str) -> Option<PathBuf> {
    let directory = PathBuf::from(env::var_os("HAVOC_TESTEES")?);
    let file = directory.join(name);
    assert!(file.exists(), "HAVOC_TESTEES={} has no {name}", directory.display());
    Some(file)
}

fn compiler() -> String {
    env::var("CC").unwrap_or_else(|_| "gcc".to_owned())
}

fn musl_compiler() -> String {
    env::var("MUSL_CC").unwrap_or_else(|_| "musl-gcc".to_owned())
}

fn build_c(compiler: &str, name: &str, extra: &[&str]) -> PathBuf {
    build(compiler, "c", name, extra)
}

fn build(compiler: &str, kind: &str, name: &str, extra: &[&str]) -> PathBuf {
    let directory = sources().join(kind);
    let source = directory.join(format!("{name}.c"));
    let mut hasher = DefaultHasher::new();
    (compiler, C_FLAGS, extra).hash(&mut hasher);
    hash_file(&source, &mut hasher);
    for header in list(&directory).iter().filter(|path| path.extension().is_some_and(|it| it == "h")) {
        hash_file(header, &mut hasher);
    }
    // The program's name is a directory's, so that comm and argv[0] are what a reader expects: `forker`.
    let built = testee_directory().join(format!("{kind}-{name}-{:016x}", hasher.finish()));
    let program = built.join(name);
    if program.exists() {
        return program;
    }
    let unfinished = unfinished(&built);
    let mut command = Command::new(compiler);
    command.args(C_FLAGS).args(extra).arg("-o").arg(unfinished.join(name)).arg(&source);
    publish(run(&mut command), compiler, &source, &unfinished, &built);
    program
}

fn cargo_build(name: &str) -> Command {
    let profile = profile_directory();
    let target = parent(&profile);
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace()).args(["build", "--quiet", "--package", "havoc-testees", "--bin", name]);
    // The profile `dev` alone has a directory that is not called as it is.
    let profile = profile.file_name().expect("a profile directory has a name").to_string_lossy().into_owned();
    command.arg("--profile").arg(if profile == "debug" { "dev" } else { &profile });
    // TARGET/TRIPLE/PROFILE after `cargo test --target TRIPLE`, else TARGET/PROFILE. Only cargo's own
    // directory holds .rustc_info.json.
    if target.join(".rustc_info.json").exists() || !parent(target).join(".rustc_info.json").exists() {
        command.arg("--target-dir").arg(target);
    } else {
        command.arg("--target-dir").arg(parent(target));
        command.arg("--target").arg(target.file_name().expect("a triple is a name"));
    }
    command
}

enum BuildError {
    Missing,
    Unstartable(io::Error),
    Failed(String),
}

impl BuildError {
    fn tell(&self, tool: &str, what: &str) -> String {
        match self {
            Self::Missing => format!("build {what}: no `{tool}` on this machine; {REMEDY}"),
            Self::Unstartable(error) => format!("build {what}: start `{tool}`: {error}"),
            Self::Failed(text) => format!("build {what}: `{tool}` failed:\n{text}"),
        }
    }
}

fn run(command: &mut Command) -> Result<(), BuildError> {
    let output = command.output().map_err(|error| match error.kind() {
        // Another user's ~/.cargo/bin in PATH is "permission denied", not "not found". execvp(3).
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => BuildError::Missing,
        _ => BuildError::Unstartable(error),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(BuildError::Failed(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Moves what was built to its final name; another thread or process that was faster has built the same.
fn publish(result: Result<(), BuildError>, tool: &str, source: &Path, unfinished: &Path, built: &Path) {
    if let Err(error) = result {
        let _ = fs::remove_dir_all(unfinished);
        panic!("{}", error.tell(tool, &source.display().to_string()));
    }
    if let Err(error) = fs::rename(unfinished, built) {
        let _ = fs::remove_dir_all(unfinished);
        assert!(built.is_dir(), "rename {} to {}: {error}", unfinished.display(), built.display());
    }
}

/// Returns a new directory beside `built` that nobody else writes to.
fn unfinished(built: &Path) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut name = built.as_os_str().to_owned();
    name.push(format!(".{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    let directory = PathBuf::from(name);
    make_directory(&directory);
    directory
}

fn hash_file(path: &Path, hasher: &mut DefaultHasher) {
    fs::read(path).unwrap_or_else(|error| panic!("read {}: {error}", path.display())).hash(hasher);
}

/// Returns the entries of a directory, sorted.
fn list(directory: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("read {}: {error}", directory.display()));
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn names(directory: &str, extension: &str) -> Vec<String> {
    list(&sources().join(directory))
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect()
}

fn workspace() -> &'static Path {
    parent(Path::new(env!("CARGO_MANIFEST_DIR")))
}

fn sources() -> PathBuf {
    workspace().join("testees")
}

/// Returns the directory of the running test's profile: the test is `<profile>/deps/NAME-HASH`. The environment
/// does not tell: CARGO_TARGET_DIR may have changed since the build.
fn profile_directory() -> PathBuf {
    let test = env::current_exe().expect("the test's own path");
    let directory = parent(&test);
    if directory.ends_with("deps") { parent(directory).to_owned() } else { directory.to_owned() }
}

fn testee_directory() -> PathBuf {
    let directory = parent(&profile_directory()).join("testees");
    make_directory(&directory);
    directory
}

fn make_directory(directory: &Path) {
    fs::create_dir_all(directory).unwrap_or_else(|error| panic!("make {}: {error}", directory.display()));
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| panic!("{} has no parent", path.display()))
}
