//! Words that people write who come from C, from strace or from another tool, and what is right here: two tables.
//!
//! A name that is merely near in letters may lead further away: `pread` is pread64, and not `read`.
use super::Judge;
use super::error::did_you_mean;
use super::key;
use super::value::without_alias;
use havoc_arch::Errno;

/// Functions of a C library, and the calls that they make on Linux, the usual one first. Those that a machine lacks are not
/// told of there.
#[rustfmt::skip]
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("pread", &["pread64"]),
    ("pwrite", &["pwrite64"]),
    ("fstatat", &["newfstatat"]),
    ("fopen", &["openat"]),
    ("freopen", &["openat"]),
    ("open64", &["openat"]),
    ("openat64", &["openat"]),
    ("opendir", &["openat"]),
    ("mkstemp", &["openat"]),
    ("tmpfile", &["openat"]),
    ("shm_open", &["openat"]),
    ("sem_open", &["openat"]),
    ("readdir", &["getdents64"]),
    ("scandir", &["getdents64"]),
    ("fclose", &["close"]),
    ("closedir", &["close"]),
    ("fread", &["read"]),
    ("fgets", &["read"]),
    ("getline", &["read"]),
    ("fwrite", &["write"]),
    ("fputs", &["write"]),
    ("puts", &["write"]),
    ("printf", &["write"]),
    ("fprintf", &["write"]),
    ("fflush", &["write"]),
    ("fseek", &["lseek"]),
    ("lseek64", &["lseek"]),
    ("send", &["sendto"]),
    ("recv", &["recvfrom"]),
    ("getaddrinfo", &["connect", "sendto", "sendmmsg"]),
    ("gethostbyname", &["connect", "sendto"]),
    ("remove", &["unlink", "unlinkat", "rmdir"]),
    ("rm", &["unlinkat"]),
    ("delete", &["unlink", "unlinkat"]),
    ("mv", &["rename", "renameat2"]),
    ("move", &["rename", "renameat2"]),
    ("cp", &["copy_file_range"]),
    ("copy", &["copy_file_range"]),
    ("mkfifo", &["mknod", "mknodat"]),
    ("lockf", &["fcntl"]),
    ("posix_fallocate", &["fallocate"]),
    ("posix_fadvise", &["fadvise64"]),
    ("fadvise", &["fadvise64"]),
    ("statvfs", &["statfs"]),
    ("fstatvfs", &["fstatfs"]),
    ("aio_write", &["pwrite64"]),
    ("aio_fsync", &["fsync"]),
    ("malloc", &["brk", "mmap"]),
    ("calloc", &["brk", "mmap"]),
    ("realloc", &["brk", "mmap", "mremap"]),
    ("new", &["brk", "mmap"]),
    ("free", &["munmap", "brk"]),
    ("sbrk", &["brk"]),
    ("mmap64", &["mmap"]),
    ("pthread_create", &["clone3", "clone"]),
    ("pthread_mutex_lock", &["futex"]),
    ("system", &["execve"]),
    ("popen", &["execve"]),
    ("posix_spawn", &["clone", "execve"]),
    ("execv", &["execve"]),
    ("execvp", &["execve"]),
    ("exec", &["execve"]),
    ("spawn", &["execve"]),
    ("_exit", &["exit_group"]),
    ("abort", &["tgkill"]),
    ("raise", &["tgkill"]),
    ("waitpid", &["wait4"]),
    ("wait", &["wait4"]),
    ("wait3", &["wait4"]),
    ("signal", &["rt_sigaction"]),
    ("sigaction", &["rt_sigaction"]),
    ("sigprocmask", &["rt_sigprocmask"]),
    ("sigsuspend", &["rt_sigsuspend"]),
    ("sleep", &["clock_nanosleep", "nanosleep"]),
    ("usleep", &["clock_nanosleep", "nanosleep"]),
    ("getenv", &[]),
    ("strerror", &[]),
    ("memcpy", &[]),
    ("getrandom64", &["getrandom"]),
    ("arc4random", &["getrandom"]),
    ("sync_fs", &["syncfs"]),
    ("fdsync", &["fdatasync"]),
    ("datasync", &["fdatasync"]),
    ("clone2", &["clone"]),
    ("uname2", &["uname"]),
    ("umount", &["umount2"]),
    ("select64", &["pselect6"]),
    ("pselect", &["pselect6"]),
    ("ptsname", &["ioctl"]),
    ("tcsetattr", &["ioctl"]),
    ("getdents32", &["getdents"]),
    ("msync64", &["msync"]),
    ("ftruncate64", &["ftruncate"]),
    ("truncate64", &["truncate"]),
    ("fstat64", &["fstat"]),
    ("stat64", &["newfstatat"]),
    ("lstat64", &["newfstatat"]),
    ("getcwd64", &["getcwd"]),
    ("getlogin", &["openat"]),
    ("nice", &["setpriority"]),
    ("getrlimit64", &["prlimit64"]),
    ("setrlimit64", &["prlimit64"]),
    ("force", &["msync", "fsync", "fdatasync"]),
    ("flush", &["fsync", "fdatasync", "msync"]),
];

/// What kernel sources, headers and tracers put before a call's name.
const PREFIXES: &[&str] = &[
    "__x64_sys_",
    "__arm64_sys_",
    "__ia32_sys_",
    "__se_sys_",
    "__do_sys_",
    "__NR_",
    "SYS_",
    "sys_enter_",
    "sys_exit_",
    "sys_",
];

/// Keys of other tools, and natural words, with what to write here.
#[rustfmt::skip]
const KEYS: &[(&[&str], &str)] = &[
    (&["errno", "err", "fail", "fault", "errors", "return_error", "errcode"], "error=EIO"),
    (&["rv", "retv", "return", "returns", "result", "value", "val", "returnval", "ret_val", "return_value"], "retval=0"),
    (&["file", "files", "filename", "fname", "name_is", "filepath", "pathname", "dir", "directory", "folder", "glob", "match", "inode"], "path=…"),
    (&["mmap", "map", "mapping", "mmapped", "memory"], "mapped=…"),
    (&["nth", "n", "number", "count", "times", "occurrence", "nr", "call", "at", "index", "on", "skip", "from"], "when=3"),
    (&["once", "first", "only_once"], "when=1"),
    (&["every", "step", "each", "interval"], "when=3+3"),
    (&["limit", "max", "repeat"], "when=1..3"),
    (&["prob", "probability", "percent", "percentage", "rate", "random", "p", "odds", "likelihood"], "chance=10%"),
    (&["delay", "sleep", "wait", "latency", "delay_entry", "delay_before", "pause", "usecs", "slow"], "delay_enter=100ms"),
    (&["delay_after", "delay_return", "delay_leave"], "delay_exit=100ms"),
    (&["sig", "raise", "send", "sigkill"], "signal=SIGTERM"),
    (&["process", "procname", "program", "prog", "cmd", "command", "process_name"], "comm=…"),
    (&["executable", "binary", "bin", "image"], "exe=…"),
    (&["thread_name", "threadname", "tname"], "thread=…"),
    (&["ppid", "tgid"], "pid=…"),
    (&["tid"], "thread=…"),
    (&["socket", "port", "address", "addr", "host", "ip", "peer", "dst", "dest"], "sock=…"),
    (&["descriptor", "filedes", "fildes", "fds"], "fd=3"),
    (&["arg0", "a0", "a1", "args", "argument"], "arg1=…"),
    (&["module", "library", "lib", "dso", "stack"], "caller=…"),
    (&["truncate", "partial", "short_read", "short_write", "bytes", "len", "length"], "short=7"),
    (&["bitflip", "flip", "garbage", "mangle", "corruption"], "corrupt=flip/1"),
    (&["crash", "die", "powercut", "power-cut", "exit"], "kill"),
    (&["before", "replace", "skip_call"], "instead"),
    (&["post", "executed", "late"], "after"),
    (&["trace", "print", "show", "verbose"], "log"),
    (&["after_time", "aftertime", "start", "since", "begin"], "after-time=5s"),
    (&["end", "stop", "till", "before-time", "until_time"], "until=10s"),
    (&["label", "id", "title", "rule"], "name=…"),
];

/// Options of the command line that are taken for keys.
const OPTIONS: &[&str] = &["seed", "strict", "timeout", "output", "trace", "plan", "engine"];

/// Returns what to write in the place of a word that is no call, if it is one of those that people write.
pub(super) fn call(text: &str, judge: &Judge) -> Option<String> {
    let bare = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    for name in [bare, &bare.to_ascii_lowercase()] {
        if name != text && judge.knows(name) {
            return Some(format!("write `{name}`"));
        }
    }
    let name = bare.to_ascii_lowercase();
    let (_, calls) = FUNCTIONS.iter().find(|(function, _)| *function == name)?;
    let known: Vec<&str> = calls.iter().copied().filter(|call| judge.knows(call)).collect();
    Some(match known.as_slice() {
        [] => format!("`{name}` is a function of a C library that makes no system call"),
        [only] => format!("the system call is `{only}`"),
        several => format!("the system calls are {}: write `{}`", listed(several), several.join(",")),
    })
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Returns what to write in the place of a word that is no key; `value` is what was given to it.
pub(super) fn key(text: &str, value: Option<&str>) -> String {
    if let Some(name) = error_name(text) {
        return format!("write `error={name}`");
    }
    let lower = text.to_ascii_lowercase();
    if text != lower && key::of(&lower).is_some() {
        return format!("keys are in small letters: write `{lower}`");
    }
    if let Some((_, right)) = KEYS.iter().find(|(words, _)| words.contains(&lower.as_str())) {
        let example = match (right.split_once('='), value) {
            (Some(("error", _)), Some(value)) if error_name(value).is_none() => (*right).to_owned(),
            // What was given goes with the right key as well; a range or a step is written otherwise.
            (Some((key, example)), Some(value)) if !value.is_empty() && !is_range(example) => {
                format!("{key}={value}")
            }
            _ => (*right).to_owned(),
        };
        return format!("write `{example}`");
    }
    if let Some(help) = did_you_mean(&lower, key::all()) {
        return help;
    }
    if OPTIONS.contains(&lower.as_str()) {
        return format!("it is an option of the command line: `--{lower}`");
    }
    if let Some((before, after)) = text.split_once([' ', ';', '|'])
        && (key::of(after.trim()).is_some() || key::of(before.trim()).is_some())
    {
        return "items are separated by `:`, as in `msync:error=EIO:path=a.bin`".to_owned();
    }
    let all: Vec<&str> = key::all().collect();
    format!("the keys are {}; docs/rules.md tells what each is for", all.join(", "))
}

/// Tells whether the example of a key shows how numbers go together.
fn is_range(example: &str) -> bool {
    example.contains("..") || example.contains('+')
}

/// Returns the name of the error that `text` is, in whatever case.
pub(super) fn error_name(text: &str) -> Option<&'static str> {
    let upper = text.trim_start_matches('-').to_ascii_uppercase();
    Errno::from_name(without_alias(&upper)).and_then(Errno::name)
}

/// Other spellings of units of time, in nanoseconds.
const UNITS: &[(&[&str], u64)] = &[
    (&["s", "sec", "secs", "second", "seconds"], 1_000_000_000),
    (&["ms", "msec", "msecs", "millis", "milliseconds"], 1_000_000),
    (&["us", "µs", "usec", "usecs", "micros", "microseconds"], 1_000),
    (&["ns", "nsec", "nsecs", "nanos", "nanoseconds"], 1),
    (&["m", "min", "mins", "minute", "minutes"], 60_000_000_000),
];

/// Returns how a time is written that was meant by `text`: one with decimals, or in another unit.
pub(super) fn time(text: &str) -> Option<String> {
    let unit_at = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = (text[..unit_at].parse::<f64>().ok()?, text[unit_at..].trim());
    let (_, nanoseconds) = UNITS.iter().find(|(words, _)| words.contains(&unit))?;
    let total = (number * *nanoseconds as f64).round();
    if !(1.0..1e18).contains(&total) {
        return None;
    }
    let total = total as u64;
    let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
    let (unit, size) = units.into_iter().find(|(_, size)| total.is_multiple_of(*size))?;
    Some(format!("{}{unit}", total / size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use havoc_arch::{Abi, names};
    use std::collections::BTreeSet;

    fn is_call(name: &str) -> bool {
        Abi::ALL.into_iter().any(|abi| names::number_of(abi, name).is_some())
    }

    #[test]
    fn every_function_leads_to_calls_and_is_there_once() {
        let mut seen = BTreeSet::new();
        for (function, calls) in FUNCTIONS {
            assert!(seen.insert(function), "{function} is there twice");
            for call in *calls {
                assert!(is_call(call), "{function}: {call}");
            }
        }
    }

    #[test]
    fn no_word_of_a_call_that_is_one_on_every_machine_is_mistaken() {
        for (function, _) in FUNCTIONS {
            let everywhere =
                [Abi::X86_64, Abi::Aarch64].into_iter().all(|abi| names::number_of(abi, function).is_some());
            assert!(!everywhere, "{function} is a call");
        }
    }

    #[test]
    fn every_wrong_key_is_no_key_and_leads_to_one() {
        let mut seen = BTreeSet::new();
        for (words, right) in KEYS {
            let key = right.split_once('=').map_or(*right, |(key, _)| key);
            assert!(key::of(key).is_some(), "{right}");
            for word in *words {
                assert!(key::of(word).is_none(), "{word} is a key");
                assert!(seen.insert(word), "{word} is there twice");
            }
        }
        for option in OPTIONS {
            assert!(key::of(option).is_none(), "{option}");
        }
    }

    #[test]
    fn a_wrong_word_leads_to_the_right_one() {
        for (word, expected) in [
            ("pread", "the system call is `pread64`"),
            ("fstatat", "the system call is `newfstatat`"),
            ("sys_fsync", "write `fsync`"),
            ("__x64_sys_fsync", "write `fsync`"),
            ("SYS_fsync", "write `fsync`"),
            ("FSYNC", "write `fsync`"),
            ("fopen", "the system call is `openat`"),
            ("malloc", "the system calls are `brk`, `mmap`: write `brk,mmap`"),
            ("memcpy", "`memcpy` is a function of a C library that makes no system call"),
        ] {
            assert_eq!(call(word, &Judge::HERE).as_deref(), Some(expected), "{word}");
        }
        assert_eq!(call("mysnc", &Judge::HERE), None);
    }

    #[test]
    fn a_time_is_told_as_it_is_written_here() {
        for (text, expected) in [
            ("0.5s", Some("500ms")),
            ("1sec", Some("1s")),
            ("100 ms", Some("100ms")),
            ("2min", Some("120s")),
            ("1.5ms", Some("1500us")),
            ("soon", None),
            ("1h", None),
            ("5", None),
        ] {
            assert_eq!(time(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_wrong_key_leads_to_the_right_one_with_what_was_given() {
        for (word, value, expected) in [
            ("EIO", None, "write `error=EIO`"),
            ("eio", None, "write `error=EIO`"),
            ("EWOULDBLOCK", None, "write `error=EAGAIN`"),
            ("file", Some("x.dat"), "write `path=x.dat`"),
            ("nth", Some("3"), "write `when=3`"),
            ("errno", Some("ENOSPC"), "write `error=ENOSPC`"),
            ("errno", Some("nothing"), "write `error=EIO`"),
            ("delay", Some("1s"), "write `delay_enter=1s`"),
            ("prob", Some("25%"), "write `chance=25%`"),
            ("every", Some("4"), "write `when=3+3`"),
            ("prob", Some("10%"), "write `chance=10%`"),
            ("Path", Some("x"), "keys are in small letters: write `path`"),
            ("pth", Some("x"), "did you mean `path`?"),
            ("seed", Some("7"), "it is an option of the command line: `--seed`"),
        ] {
            assert_eq!(key(word, value), expected, "{word}");
        }
        assert!(key("colour", Some("red")).starts_with("the keys are path, mapped, fd"));
    }
}
