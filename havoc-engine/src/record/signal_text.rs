//! The line of the log that says which signal is delivered, and what its siginfo holds.
use super::decode::{signal_code, signal_or_number};
use super::text::Naming;
use crate::kernel::{SignalInfo, TrappedCall};
use havoc_arch::{Abi, names};
use std::fmt::Write as _;

/// `--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=0, si_status=0} ---`
pub(super) fn signal_text(info: &SignalInfo, naming: &mut dyn Naming) -> String {
    let mut text = format!(
        "--- {} {{si_signo={}, si_code={}",
        info.signal,
        info.signal,
        signal_code(info.signal.number(), info.code)
    );
    if let Some((pid, uid)) = info.sender {
        let _ = write!(text, ", si_pid={}, si_uid={uid}", naming.task(pid));
    }
    if let Some(status) = info.status {
        let _ = match info.code {
            libc::CLD_EXITED => write!(text, ", si_status={status}"),
            _ => write!(text, ", si_status={}", signal_or_number(i64::from(status).cast_unsigned())),
        };
    }
    if let Some(value) = info.value {
        let _ = write!(text, ", si_int={value}");
    }
    if let Some(address) = info.address {
        let address = if address == 0 { "NULL".to_owned() } else { naming.address(address, &[]) };
        let _ = write!(text, ", si_addr={address}");
    }
    if let Some(call) = &info.trapped {
        let address = naming.address(call.address, &[]);
        let _ = write!(text, ", si_call_addr={address}, {}", trapped_text(call));
    }
    text.push_str("} ---");
    text
}

/// `si_syscall=__NR_getppid, si_arch=AUDIT_ARCH_X86_64`; the numbers, where there is no name.
fn trapped_text(call: &TrappedCall) -> String {
    // An int, as the kernel widens it.
    let abi = Abi::of_call(call.audit_arch, i64::from(call.number).cast_unsigned());
    let name = abi.and_then(|abi| names::name_of(abi, call.number.cast_unsigned()));
    let name = name.map_or_else(|| call.number.to_string(), |name| format!("__NR_{name}"));
    let arch = abi.map_or_else(|| format!("{:#x}", call.audit_arch), |abi| abi.audit_arch_name().to_owned());
    format!("si_syscall={name}, si_arch={arch}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::text::Plain;
    use crate::signal::Signal;

    fn of_trapped(call: TrappedCall) -> String {
        let signal = Signal::new(libc::SIGSYS).expect("in range");
        let info = SignalInfo {
            signal,
            code: 1,
            sender: None,
            address: None,
            status: None,
            value: None,
            trapped: Some(call),
        };
        signal_text(&info, &mut Plain)
    }

    /// As waitid(2) has it, and strace 6.1.
    #[test]
    fn the_status_of_a_child_is_a_signal_where_it_did_not_exit() {
        for (code, status, shown) in [
            (libc::CLD_EXITED, 10, "si_code=CLD_EXITED, si_status=10"),
            (libc::CLD_KILLED, 10, "si_code=CLD_KILLED, si_status=SIGUSR1"),
            (libc::CLD_DUMPED, 11, "si_code=CLD_DUMPED, si_status=SIGSEGV"),
            (libc::CLD_STOPPED, 19, "si_code=CLD_STOPPED, si_status=SIGSTOP"),
            (libc::CLD_CONTINUED, 18, "si_code=CLD_CONTINUED, si_status=SIGCONT"),
            (libc::CLD_KILLED, -1, "si_code=CLD_KILLED, si_status=-1"),
        ] {
            let info = SignalInfo {
                signal: Signal::new(libc::SIGCHLD).expect("in range"),
                code,
                sender: None,
                address: None,
                status: Some(status),
                value: None,
                trapped: None,
            };
            let expected = format!("--- SIGCHLD {{si_signo=SIGCHLD, {shown}}} ---");
            assert_eq!(signal_text(&info, &mut Plain), expected);
        }
    }

    #[test]
    fn a_trapped_call_is_named_in_its_own_abi() {
        for (number, audit_arch, shown) in [
            (110, 0xC000_003E, "si_syscall=__NR_getppid, si_arch=AUDIT_ARCH_X86_64"),
            (64, 0x4000_0003, "si_syscall=__NR_getppid, si_arch=AUDIT_ARCH_I386"),
            (173, 0xC000_00B7, "si_syscall=__NR_getppid, si_arch=AUDIT_ARCH_AARCH64"),
            (9999, 0xC000_003E, "si_syscall=9999, si_arch=AUDIT_ARCH_X86_64"),
            (-2, 0xC000_003E, "si_syscall=-2, si_arch=AUDIT_ARCH_X86_64"),
            (64, 0xC000_00F3, "si_syscall=64, si_arch=0xc00000f3"),
        ] {
            let text = of_trapped(TrappedCall { address: 0x1000, number, audit_arch });
            let expected = format!(
                "--- SIGSYS {{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x1000, {shown}}} ---"
            );
            assert_eq!(text, expected);
        }
    }
}
