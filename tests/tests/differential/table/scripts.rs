//! Command lines as scripts have them that inject faults by strace: those of its manual page and of its own tests, of chaos
//! tools, of build checks and of articles, with a step of ours in the program's place. The log is read by such scripts, so it
//! must say the same.
use super::Case;

/// Options, steps, and how many calls are tampered with.
const LINES: &[(&str, &str, usize)] = &[
    // One call fails: does the program say so?
    ("-e trace=fsync -e inject=fsync:error=EIO", "fsync:a", 1),
    ("-f -e trace=fsync,fdatasync -e inject=fsync,fdatasync:error=ENOSPC", "fsync:a [ fdatasync ]", 2),
    ("-qq -e trace=fsync -e fault=fsync", "fsync:a fsync:b", 2),
    ("-f -qq -e trace=fsync -e inject=fsync:error=EIO:when=1", "[ fsync:a ] [ fsync:b ]", 2),
    ("-e inject=fsync:error=EIO", "fsync:a", 1),
    ("-f -e inject=close:error=EIO:when=2+", "close close { close close }", 2),
    // The n-th one, all from the n-th on, every other, up to the n-th.
    ("-e trace=openat -e fault=openat:error=ENOENT:when=2", "openat:a openat:b openat:c", 1),
    ("-e trace=openat -e fault=openat:error=EMFILE:when=2+", "openat:a openat:b openat:c", 2),
    ("-e trace=getuid -e inject=getuid:error=EPERM:when=1+2", "getuid getuid getuid getuid", 2),
    ("-e trace=getuid -e inject=getuid:error=EPERM:when=2..3", "getuid getuid getuid getuid", 2),
    // A result that is a lie.
    ("-e trace=getuid,geteuid -e inject=getuid,geteuid:retval=1000", "getuid geteuid", 2),
    ("-e trace=getuid -e inject=getuid:retval=0x7fffffff", "getuid", 1),
    ("-e trace=fsync -e inject=fsync:retval=0", "fsync", 1),
    ("-e trace=fsync -e inject=fsync:syscall=getpid:retval=0", "fsync:a", 1),
    // A slow disk.
    ("-f -e trace=fsync -e inject=fsync:delay_exit=1000", "[ fsync:a ]", 1),
    ("-e trace=fsync -e inject=fsync:delay_enter=1ms:when=2", "fsync:a fsync:b", 1),
    ("-e trace=fdatasync -e inject=fdatasync:error=EIO:delay_exit=1ms", "fdatasync", 1),
    // A signal at a call.
    ("-e trace=getuid -e inject=getuid:signal=USR1:error=EINTR", "getuid", 1),
    ("-e trace=getuid -e signal=none -e inject=getuid:signal=USR1:retval=7", "getuid", 1),
    ("-e trace=write -e signal=kill -e inject=write:signal=TERM:error=EIO", "write", 1),
    // Other bytes.
    ("-e trace=pread64 -e inject=pread64:poke_exit=@arg2=4142", "pread64", 1),
    ("-e trace=pread64 -e inject=pread64:poke_exit=@arg2=4142:retval=2", "pread64", 1),
    ("-e trace=chdir -e inject=chdir:poke_enter=@arg1=2e00:error=EACCES", "chdir", 1),
    // By file, by class, by expression.
    ("-P a -e trace=fsync -e inject=fsync:error=EIO", "fsync:a fsync:b", 1),
    ("-f -P a -e inject=fsync:error=EIO", "[ fsync:a ] fsync:b", 1),
    ("-e trace=%creds -e inject=%creds:error=EPERM", "getuid getgid", 2),
    ("-e trace=/^f.*sync$ -e fault=/^f.*sync$:error=EROFS", "fsync fdatasync", 2),
    ("-e trace=desc -e inject=fchdir,ftruncate:error=EBADF", "fchdir ftruncate", 2),
    // Long options.
    ("--follow-forks --trace=fsync --inject=fsync:error=EIO:when=1", "fsync:a [ fsync:b ] fsync:b", 2),
    ("--trace=fsync --fault=fsync:error=ENOLCK:when=2", "fsync fsync", 1),
    ("-f --trace=getuid --inject=getuid:retval=5 --signal=none --quiet=exit", "getuid [ getuid ]", 2),
    ("--fault=getuid --status=failed -e trace=getuid,geteuid", "getuid", 1),
    ("-f --silent=attach,exit -e trace=fsync -e fault=fsync:error=EIO", "[ fsync:a ]", 1),
    // What the log looks like.
    ("-f -tt -T -e trace=fsync -e inject=fsync:error=EIO", "fsync:a [ fsync:b ]", 2),
    ("-ttt -e trace=fsync -e inject=fsync:error=EIO", "fsync:a", 1),
    ("-a 80 -e trace=fsync -e inject=fsync:error=EIO", "fsync:a", 1),
    ("-f --columns=1 -e trace=fsync -e inject=fsync:error=EIO", "fsync:a", 1),
    ("-y -e trace=fsync -e inject=fsync:error=EIO", "fsync:a fsync:b", 2),
    ("-xx -v -s 200 -e trace=fsync -e inject=fsync:error=EIO", "fsync:a", 1),
    ("-e abbrev=none -e verbose=all -e trace=fsync -e inject=fsync:error=EIO", "fsync:a", 1),
    ("-z -e trace=getuid,fsync -e inject=getuid:retval=3", "getuid fsync", 1),
    ("-Z -e trace=getuid,fsync -e inject=fsync:error=EIO", "getuid fsync", 1),
    ("--seccomp-bpf -f -e trace=fsync -e inject=fsync:error=EIO", "fsync:a [ fsync:b ]", 2),
];

pub fn scripts() -> Vec<Case> {
    LINES.iter().map(|(options, steps, tampered)| Case::same_log(options, steps, *tampered)).collect()
}
