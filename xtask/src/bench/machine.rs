//! Where a benchmark was run: ratios hold elsewhere, nanoseconds do not.
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a reader needs to know of a machine. Its name is nobody's business.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The model, as /proc/cpuinfo has it.
    pub cpu: String,
    /// How many CPUs there are.
    pub cpus: usize,
    /// The release of Linux.
    pub kernel: String,
    /// Whether a hypervisor says that it is there: a CPU that has to be woken then costs more.
    pub is_virtual: bool,
    /// Which file system the workloads' files are on.
    pub file_system: String,
    /// The release of strace.
    pub strace: Option<String>,
    /// The release of havoc.
    pub havoc: String,
}

impl Machine {
    /// Looks around.
    pub fn here(havoc: &Path, files: &Path) -> Machine {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let file_system = first_line("stat", &["--file-system", "--format=%T", &files.to_string_lossy()]);
        Machine {
            cpu: model(&info).unwrap_or(std::env::consts::ARCH).to_owned(),
            cpus: info.lines().filter(|line| line.starts_with("processor")).count(),
            kernel: format!("Linux {} {}", release.trim_end(), std::env::consts::ARCH),
            is_virtual: is_virtual(&info),
            file_system: file_system.unwrap_or_else(|| "unknown".into()),
            strace: first_line("strace", &["--version"]),
            havoc: first_line(&havoc.to_string_lossy(), &["--version"]).unwrap_or_default(),
        }
    }

    /// Returns it as a few lines for people.
    pub fn text(&self) -> String {
        let kind = if self.is_virtual { ", virtual" } else { "" };
        let strace = self.strace.as_deref().unwrap_or("no strace");
        format!(
            "{}, {} CPUs{kind}; {}; files on {}\n{}; {strace}\n",
            self.cpu, self.cpus, self.kernel, self.file_system, self.havoc
        )
    }

    /// Returns it as JSON.
    pub fn json(&self) -> Value {
        json!({
            "cpu": self.cpu,
            "cpus": self.cpus,
            "kernel": self.kernel,
            "virtual": self.is_virtual,
            "file_system": self.file_system,
            "strace": self.strace,
            "havoc": self.havoc,
        })
    }
}

/// x86_64 tells a model; 64-bit Arm does not.
fn model(info: &str) -> Option<&str> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

fn is_virtual(info: &str) -> bool {
    let flags = info.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|flags| flags.split_whitespace().any(|flag| flag == "hypervisor"))
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_and_the_hypervisor_are_read_where_they_are_told() {
        let info = "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu hypervisor\n";
        assert_eq!(model(info), Some("Some CPU"));
        assert!(is_virtual(info));
        assert_eq!(model("processor\t: 0\nFeatures\t: fp\n"), None);
        assert!(!is_virtual("flags\t\t: fpu hypervisors\n"));
    }
}
