//! Children, threads and programs: who is touched, and who counts.
use super::{Case, rows};

pub fn tasks() -> Vec<Case> {
    rows(&[
        ("-e inject=getuid:error=EIO", "getuid [ getuid getuid ] getuid", 2),
        ("-f -e inject=getuid:error=EIO", "getuid [ getuid getuid ] getuid", 4),
        ("-e inject=getuid:error=EIO", "getuid { getuid getuid } getuid", 2),
        ("-f -e inject=getuid:error=EIO", "getuid { getuid getuid } getuid", 4),
        ("--follow-forks -e inject=getuid:error=EIO", "[ getuid ]", 1),
        ("-f -e inject=getuid:error=EIO:when=2", "getuid [ getuid getuid ] getuid", 2),
        ("-f -e inject=getuid:error=EIO:when=2", "getuid { getuid getuid } getuid", 2),
        ("-e inject=getuid:error=EIO:when=2", "getuid { getuid getuid } [ getuid getuid ] getuid", 1),
        (
            "-f -e inject=getuid:error=EIO:when=2+2",
            "getuid getuid [ getuid getuid getuid getuid ] getuid getuid",
            4,
        ),
        (
            "-f -e inject=getuid:error=EIO:when=1..3+2",
            "[ getuid getuid getuid ] { getuid getuid getuid getuid }",
            4,
        ),
        (
            "-f -e inject=getuid,geteuid:error=EIO:when=2",
            "getuid geteuid { geteuid getuid getuid } geteuid getuid",
            3,
        ),
        (
            "-f -e inject=getuid:error=EIO:when=3",
            "getuid [ getuid getuid [ getuid getuid getuid ] getuid ] getuid",
            2,
        ),
        ("-f -e inject=getuid:error=EIO:when=1", "{ { getuid getuid } getuid } getuid", 3),
        ("-f -e inject=getuid:error=EIO:when=2", "getuid exec:getuid", 1),
        ("-e inject=getuid:error=EIO:when=2", "getuid exec:getuid", 1),
        ("-f -e inject=getuid:error=EIO", "[ exec:getuid ] getuid", 2),
        ("-f -e inject=getuid:error=EIO:when=2", "[ getuid exec:getuid ] getuid", 1),
        ("-f -e inject=getuid:error=EIO:when=2", "{ getuid exec:getuid }", 1),
        ("-f -e inject=execve:error=EACCES:when=1", "[ exec:getuid ] exec:getuid", 2),
        ("-f -e inject=clone:error=EAGAIN", "[ getuid ] getuid", 1),
        ("-f -e inject=clone,clone3:error=EAGAIN:when=1", "[ getuid ]", 1),
        ("-f -e inject=clone3:error=ENOSYS", "{ getuid } getuid", 1),
        ("-f -e inject=getuid:signal=USR1", "getuid { getuid } [ getuid ]", 3),
        ("-e inject=getuid:signal=USR1", "getuid { getuid } [ getuid ]", 1),
        ("-f -e inject=getuid:signal=KILL", "[ getuid ] geteuid", 1),
        ("-f -e inject=getuid:signal=TERM:when=2", "[ getuid getuid ] getuid", 1),
        ("-f -e inject=getuid:delay_enter=200ms:when=2", "timed:getuid [ timed:getuid timed:getuid ]", 1),
        ("-f -e inject=getuid:delay_exit=200ms", "[ timed:getuid ] timed:geteuid", 1),
        ("-e inject=getuid:delay_exit=200ms", "[ timed:getuid ] timed:getuid", 1),
        ("-f -e inject=uname:poke_exit=@arg1=48", "[ uname ] uname { uname }", 3),
        ("-f -e inject=exit_group:error=EPERM:when=1", "[ getuid ]", 2),
        ("-f -e trace=getuid -e inject=%creds:error=EIO:when=1", "[ getuid geteuid ] { geteuid getuid }", 2),
        ("-f -P a -e inject=fsync:error=EIO:when=1", "[ fsync:a fsync:b ] fsync:b fsync:a", 2),
        ("-f --seccomp-bpf -e trace=getuid -e inject=getuid:error=EIO", "[ getuid ] getuid", 2),
        (
            "-f -e inject=getuid:error=EIO -e inject=geteuid:retval=5:when=2",
            "getuid geteuid [ geteuid geteuid getuid ] geteuid",
            4,
        ),
    ])
}
