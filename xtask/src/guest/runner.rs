//! `cargo xtask guest-run`: a program in a guest, as cargo's runner of tests for aarch64 calls it.
use super::boot::quoted;
use super::job::{Setting, job};
use super::suite::{Test, pack};
use super::{Boot, Cpu, Cross, Which, root, testees};
use anyhow::{Context, Result, bail, ensure};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `cargo xtask guest-run` is given.
#[derive(clap::Args)]
pub struct Options {
    /// Which kernel
    #[arg(long, value_enum, default_value = "bookworm", env = "HAVOC_GUEST_KERNEL")]
    kernel: Which,
    /// As which user
    #[arg(long, default_value = "0", env = "HAVOC_GUEST_USER")]
    user: u32,
    /// How many CPUs
    #[arg(long, default_value = "2", env = "HAVOC_GUEST_CPUS")]
    cpus: u32,
    /// After how many seconds the guest is ended
    #[arg(long, default_value = "600", env = "HAVOC_GUEST_SECONDS")]
    seconds: u32,
    /// The test program, built for x86_64 or aarch64
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs the program in a guest of its CPU, and ends as it does.
///
/// # Errors
/// When there can be no such guest.
pub fn run(options: &Options) -> Result<ExitCode> {
    let tests = [Test::here(&options.program)?];
    let cpu = cpu_of(&tests[0].program)?;
    cpu.provide()?;
    let kernel = options.kernel.provide(cpu)?;
    let root = root::provide(cpu)?;
    let testees = testees::provide(cpu, tests[0].profile())?;
    let work = tempfile::tempdir().context("make a directory for a guest")?;
    let files = work.path().join("files.cpio");
    pack(&tests, testees.path(), &files)?;
    let absent = std::env::var("HAVOC_DEBUG_ABSENT").unwrap_or_default();
    let setting = Setting { name: "guest-run", user: options.user, absent: &absent };
    let boot = Boot {
        cpu,
        cpus: options.cpus,
        kernel: &kernel,
        root: &root,
        files: &files,
        job: job(&tests, &options.arguments, &setting, testees.path()),
        seconds: options.seconds,
    };
    let status = boot.command(work.path())?.status().context("start bash")?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(125)))
}

/// Prints what the environment of `cargo test --target aarch64-unknown-linux-gnu` has to hold, for a shell to read: the
/// compiler, and this runner. Gets what is missing.
///
/// # Errors
/// When something cannot be had.
pub fn print_environment() -> Result<()> {
    Cpu::Aarch64.provide()?;
    let xtask = std::env::current_exe().context("find xtask itself")?;
    // cargo takes a runner apart at its blanks, and flags of compilers too.
    ensure!(
        !xtask.display().to_string().contains(char::is_whitespace),
        "cargo cannot be told of a runner in {}, for the blank in it",
        xtask.display()
    );
    let runner = (
        "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER".to_owned(),
        format!("{} guest-run", xtask.display()),
    );
    let directory = ("CARGO_TARGET_DIR".to_owned(), Cross::target_directory().display().to_string());
    for (name, value) in Cross::provide()?.environment().into_iter().chain([runner, directory]) {
        println!("export {name}={}", quoted(&value));
    }
    Ok(())
}

/// Reads the CPU from a program's header: elf(5), `e_machine`.
fn cpu_of(program: &Path) -> Result<Cpu> {
    let mut header = [0; 20];
    let read = File::open(program).and_then(|mut file| file.read_exact(&mut header));
    read.with_context(|| format!("read {}", program.display()))?;
    match u16::from_le_bytes([header[18], header[19]]) {
        0xB7 => Ok(Cpu::Aarch64),
        0x3E => Ok(Cpu::X86_64),
        machine => bail!("{} is for a machine ({machine:#x}) of which there is no guest", program.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_cpu_is_read_from_its_header() {
        let own = std::env::current_exe().unwrap();
        assert_eq!(cpu_of(&own).unwrap().name(), std::env::consts::ARCH);
        assert!(cpu_of(Path::new("/etc/passwd")).is_err());
    }
}
