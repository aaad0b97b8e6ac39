//! Calls that the report speaks of if they succeed, or because they fail under havoc: filters, listeners, tracers, rings. What
//! is told is what came of them, and not that they were tried: libraries find out what a kernel has by calls that must fail.
//!
//! A tracer awaits their exit; they are rare. Under the other engine the result is never seen: a call that must fail by what
//! stands in its arguments is not told of. Whether a filter was installed, the number of the task's filters shows at its next
//! call (/proc/TID/status, since Linux 5.10). Of all others it is told that their result is not known.
use super::report::OwnCall;
use super::{IoUring, Session};
use crate::kernel::{Kernel, LookError};
use crate::task::Tid;
use havoc_arch::{Returned, SyscallView};

/// include/uapi/linux/seccomp.h, include/uapi/linux/prctl.h.
const SECCOMP_SET_MODE_STRICT: u32 = 0;
const SECCOMP_SET_MODE_FILTER: u32 = 1;
const FLAG_TSYNC: u64 = 1;
const FLAG_NEW_LISTENER: u64 = 1 << 3;
const FLAG_TSYNC_ESRCH: u64 = 1 << 4;
const PR_SET_SECCOMP: u32 = 22;
const SECCOMP_MODE_STRICT: u64 = 1;
const SECCOMP_MODE_FILTER: u64 = 2;
/// BPF_MAXINSNS of include/uapi/linux/bpf_common.h.
const MOST_INSTRUCTIONS: u16 = 4096;

const EPERM: u16 = 1;
const EBUSY: u16 = 16;
const EINVAL: u16 = 22;

/// What a call is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A seccomp filter: the struct sock_fprog at this address.
    Filter {
        /// Where.
        program: u64,
        /// It is to have a listener.
        listens: bool,
        /// It is for all threads, and a positive result is the thread that could not have it: seccomp(2).
        names_the_thread: bool,
    },
    /// Strict mode, by this call, which no task can get into that has a filter.
    Strict(&'static str),
    /// To trace, or be traced, by this call.
    Tracing(&'static str),
    /// A context of kernel AIO, its id to be written to this address.
    Aio { events: u32, context: u64 },
    /// A ring of so many entries, as the parameters at this address say.
    Ring { entries: u32, parameters: u64 },
}

impl Attempt {
    /// Returns what a call is after, of those that are watched.
    pub(super) fn of(view: &SyscallView, io_uring: IoUring) -> Option<Attempt> {
        let [first, second, third, ..] = view.args;
        match view.name()? {
            "seccomp" => match first as u32 {
                // With anything else it is a question, and the answer EINVAL.
                SECCOMP_SET_MODE_STRICT if second == 0 && third == 0 => {
                    Some(Attempt::Strict("seccomp(SECCOMP_SET_MODE_STRICT)"))
                }
                SECCOMP_SET_MODE_FILTER => Some(Attempt::Filter {
                    program: third,
                    listens: second & FLAG_NEW_LISTENER != 0,
                    names_the_thread: second & (FLAG_TSYNC | FLAG_TSYNC_ESRCH) == FLAG_TSYNC,
                }),
                _ => None,
            },
            "prctl" if first as u32 == PR_SET_SECCOMP => match second {
                SECCOMP_MODE_STRICT => Some(Attempt::Strict("prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)")),
                SECCOMP_MODE_FILTER => {
                    Some(Attempt::Filter { program: third, listens: false, names_the_thread: false })
                }
                _ => None,
            },
            "ptrace" => Some(Attempt::Tracing(match first as u32 {
                0 => "ptrace(PTRACE_TRACEME)",
                16 => "ptrace(PTRACE_ATTACH)",
                0x4206 => "ptrace(PTRACE_SEIZE)",
                _ => return None,
            })),
            "io_setup" => Some(Attempt::Aio { events: first as u32, context: second }),
            "io_uring_setup" if io_uring == IoUring::Warn => {
                Some(Attempt::Ring { entries: first as u32, parameters: second })
            }
            _ => None,
        }
    }
}

impl<K: Kernel> Session<'_, K> {
    /// Counts what came of a call that was executed.
    pub(super) fn attempted(&mut self, tid: Tid, attempt: Attempt, returned: Returned) {
        let error = match returned {
            Returned::Error(errno) => Some(errno.number()),
            Returned::Value(_) => None,
            Returned::Restart(_) => return,
        };
        match (attempt, error) {
            (Attempt::Filter { listens: true, .. }, None) => {
                let call = self.own_call(tid, LISTENER);
                self.blind.own_listeners.add(call);
            }
            (Attempt::Filter { listens: true, .. }, Some(EBUSY)) => {
                let call = self.own_call(tid, LISTENER);
                self.blind.refused_listeners.add(call);
            }
            (Attempt::Filter { names_the_thread, .. }, None) => {
                let is_installed = !names_the_thread || returned == Returned::Value(0);
                self.blind.own_filters.made += u64::from(is_installed);
            }
            (Attempt::Strict(what), Some(EINVAL)) => {
                let call = self.own_call(tid, what);
                self.blind.refused_strict.add(call);
            }
            (Attempt::Tracing(what), Some(EPERM)) => {
                let call = self.own_call(tid, what);
                self.blind.own_tracers.add(call);
            }
            (Attempt::Aio { .. }, None) => self.blind.kernel_aio.made += 1,
            (Attempt::Ring { .. }, None) => self.blind.io_uring_seen.made += 1,
            (_, Some(_)) | (Attempt::Strict(_) | Attempt::Tracing(_), None) => {}
        }
    }

    /// Counts a call that is about to be executed, and of which nobody will see what comes.
    pub(super) fn attempts(&mut self, tid: Tid, view: &SyscallView, attempt: Attempt) {
        match attempt {
            Attempt::Filter { program, listens, .. } => {
                if !self.may_be_a_filter(tid, view, program) {
                    return;
                }
                // seccomp(2): of all filters over a task, one may have a listener.
                if listens {
                    let call = self.own_call(tid, LISTENER);
                    self.blind.refused_listeners.add(call);
                } else if let Some(before) = self.kernel.seccomp_filters(tid) {
                    self.asking.insert(tid, before);
                } else {
                    self.blind.own_filters.asked += 1;
                }
            }
            Attempt::Strict(what) => {
                let call = self.own_call(tid, what);
                self.blind.refused_strict.add(call);
            }
            // Where nobody is traced, tracers are free to trace.
            Attempt::Tracing(_) => {}
            Attempt::Aio { events, context } => {
                let mut id = [0; 8];
                let id = &mut id[..view.abi.word_size()];
                let is_valid = events != 0 && self.look_at(tid, context, id) != Pointed::Nowhere;
                // Of one that has an id already the kernel says EINVAL. What is hidden is left as it is, 0.
                self.blind.kernel_aio.asked += u64::from(is_valid && id.iter().all(|byte| *byte == 0));
            }
            Attempt::Ring { entries, parameters } => {
                // struct io_uring_params, include/uapi/linux/io_uring.h.
                let is_valid =
                    entries != 0 && self.look_at(tid, parameters, &mut [0; 120]) != Pointed::Nowhere;
                self.blind.io_uring_seen.asked += u64::from(is_valid);
            }
        }
    }

    /// A task makes another call: whether it has the filter that it asked for, its number of filters tells.
    pub(super) fn has_asked(&mut self, tid: Tid) {
        let Some(before) = self.asking.remove(&tid) else { return };
        match self.kernel.seccomp_filters(tid) {
            Some(now) => self.blind.own_filters.made += u64::from(now > before),
            None => self.blind.own_filters.asked += 1,
        }
    }

    /// A task makes no call any more: nobody will know whether it has the filter that it asked for.
    pub(super) fn never_shows_its_filter(&mut self, tid: Tid) {
        self.blind.own_filters.asked += u64::from(self.asking.remove(&tid).is_some());
    }

    /// Tells whether the kernel may find a filter there: struct sock_fprog of include/uapi/linux/filter.h, in the caller's
    /// width.
    fn may_be_a_filter(&mut self, tid: Tid, view: &SyscallView, program: u64) -> bool {
        let word = view.abi.word_size();
        let mut bytes = [0; 16];
        match self.look_at(tid, program, &mut bytes[..2 * word]) {
            Pointed::Nowhere => false,
            Pointed::Hidden => true,
            Pointed::There => {
                let length = u16::from_le_bytes([bytes[0], bytes[1]]);
                let is_null = bytes[word..2 * word].iter().all(|byte| *byte == 0);
                (1..=MOST_INSTRUCTIONS).contains(&length) && !is_null
            }
        }
    }

    /// Reads what the kernel is going to read.
    fn look_at(&mut self, tid: Tid, address: u64, bytes: &mut [u8]) -> Pointed {
        if address == 0 {
            return Pointed::Nowhere;
        }
        match self.kernel.read_memory(tid, address, bytes) {
            Ok(length) if length == bytes.len() => Pointed::There,
            Ok(_) => Pointed::Nowhere,
            Err(LookError::Failed { source, .. })
                if matches!(source.raw_os_error(), Some(libc::EFAULT | libc::EIO)) =>
            {
                Pointed::Nowhere
            }
            Err(_) => Pointed::Hidden,
        }
    }

    /// Says who makes a call.
    pub(super) fn own_call(&mut self, tid: Tid, what: &'static str) -> OwnCall {
        let process = self.kernel.process_of(tid);
        let leader = process.and_then(|process| Tid::new(process.get())).unwrap_or(tid);
        let name = self.kernel.thread_name(leader).unwrap_or_else(|_| b"a process".to_vec());
        OwnCall { what, name, process }
    }
}

/// What lies where an argument points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pointed {
    /// It was read.
    There,
    /// It may not be looked at.
    Hidden,
    /// Nothing that can be read: EFAULT.
    Nowhere,
}

const LISTENER: &str = "seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)";
