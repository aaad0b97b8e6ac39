//! Why PTRACE_SEIZE was refused, and what helps.
use super::procfs;
use crate::task::Tid;

/// Checks that /proc tells of this PID namespace: another's would show the files of strangers under the ids of our tasks.
///
/// # Errors
/// What is wrong with it, and the remedy.
pub(super) fn check_proc() -> Result<(), &'static str> {
    match std::fs::read_link("/proc/self") {
        Ok(own) if own.to_str() == Some(&std::process::id().to_string()) => {
            // Before there is a program that may mount something over it.
            procfs::root().map(drop).map_err(|_| ABSENT)
        }
        Ok(_) => Err(
            "/proc belongs to another PID namespace, so files of strangers would be taken for the program's; mount one of \
             this namespace (unshare --mount-proc, or mount -t proc proc /proc)",
        ),
        Err(_) => Err(ABSENT),
    }
}

const ABSENT: &str =
    "there is no /proc, by which the files of a call are found; mount it (mount -t proc proc /proc)";

/// Tells whether havoc itself runs under a seccomp filter, which whatever it starts inherits.
pub(super) fn has_filter_above() -> bool {
    // The file has the same, and takes a hundred times as long.
    // SAFETY: PR_GET_SECCOMP takes nothing and returns a number.
    match unsafe { libc::prctl(libc::PR_GET_SECCOMP) } {
        0 => false,
        mode if mode.cast_unsigned() == SECCOMP_MODE_FILTER => true,
        // A filter that forbids to ask, or a kernel without any.
        _ => number_in(&text("self/status").unwrap_or_default(), "Seccomp:") == SECCOMP_MODE_FILTER,
    }
}

/// include/uapi/linux/seccomp.h.
const SECCOMP_MODE_FILTER: u32 = 2;

/// Returns the text of a file of /proc.
fn text(name: &str) -> Option<String> {
    procfs::read(name).ok().and_then(|text| String::from_utf8(text).ok())
}

fn number_in(status: &str, name: &str) -> u32 {
    status.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u32>().ok()).unwrap_or(0)
}

/// Returns the probable cause and its remedy, as a sentence.
pub(super) fn explain(child: Tid) -> String {
    let yama = text("sys/kernel/yama/ptrace_scope");
    let status = text(&format!("{child}/status")).unwrap_or_default();
    let (tracer, seccomp) = (number_in(&status, "TracerPid:"), number_in(&status, "Seccomp:"));
    explain_from(yama.as_deref().map(str::trim), tracer, seccomp)
}

/// The table behind [`explain`]: Yama's ptrace_scope, the tracer of the child, its seccomp mode.
fn explain_from(yama: Option<&str>, tracer: u32, seccomp: u32) -> String {
    if tracer != 0 {
        return format!(
            "the child is already traced by process {tracer} (strace -f or a debugger around havoc follows children); \
             run havoc outside of it"
        );
    }
    match yama {
        Some("3") => "Yama allows no tracing at all (kernel.yama.ptrace_scope = 3, until the next boot); boot with a \
                      lower ptrace_scope"
            .to_owned(),
        Some("2") => "Yama allows tracing only with CAP_SYS_PTRACE (kernel.yama.ptrace_scope = 2); run havoc with that \
                      capability (in a container: cap_add: [SYS_PTRACE]), or set kernel.yama.ptrace_scope to 1"
            .to_owned(),
        _ if seccomp == SECCOMP_MODE_FILTER => "a seccomp profile is in force, probably a container's that forbids ptrace; run the \
                              container with cap_add: [SYS_PTRACE] or a profile that allows ptrace(2)"
            .to_owned(),
        _ => "a security module or sandbox forbids ptrace(2); allow it for havoc, or run havoc outside".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::explain_from;

    #[test]
    fn each_cause_is_named_with_its_remedy() {
        let cases = [
            (explain_from(Some("1"), 77, 0), "already traced by process 77", "outside of it"),
            (explain_from(Some("2"), 0, 0), "ptrace_scope = 2", "CAP_SYS_PTRACE"),
            (explain_from(Some("3"), 0, 2), "ptrace_scope = 3", "lower ptrace_scope"),
            (explain_from(None, 0, 2), "seccomp profile", "SYS_PTRACE"),
            (explain_from(Some("0"), 0, 0), "security module", "allow it"),
        ];
        for (text, cause, remedy) in cases {
            assert!(text.contains(cause) && text.contains(remedy), "{text}");
        }
    }
}
