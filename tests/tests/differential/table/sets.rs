//! Sets, rules whose sets overlap, and `trace=`.
use super::{Case, rows};

const SOME: &str = "getuid geteuid getgid fsync fdatasync close umask chdir";

pub fn sets() -> Vec<Case> {
    rows(&[
        ("-e inject=getuid,geteuid:error=EIO", SOME, 2),
        ("-e inject=getuid,geteuid:error=EIO:when=2", "getuid geteuid getuid geteuid", 2),
        ("-e inject=,getuid,,geteuid,:error=EIO", SOME, 2),
        ("-e inject=?nosuch,getuid:error=EIO", SOME, 1),
        ("-e inject=??getuid:error=EIO", SOME, 1),
        ("-e inject=/^get.?uid$:error=EIO", SOME, 2),
        ("-e inject=/sync:error=EIO", SOME, 2),
        ("-e inject=/^(fsync|close)$:retval=9:when=1", SOME, 2),
        ("-e inject=getuid@64:error=EIO", SOME, 1),
        ("-e inject=getuid@64,close@32:error=EIO", SOME, 1),
        ("-e inject=%creds:error=EIO:when=1", SOME, 3),
        ("-e trace=%creds -e inject=all:error=EIO:when=1", SOME, 3),
        ("-e trace=getuid,fsync -e inject=all:error=EIO", SOME, 2),
        ("-e trace=getuid,fsync -e inject=getuid,geteuid:error=EIO", SOME, 1),
        ("-e getuid,fsync -e inject=getuid,geteuid:error=EIO", SOME, 1),
        ("-e inject=getuid,geteuid:error=EIO -e t=geteuid", SOME, 1),
        ("-e trace=geteuid -e trace=getuid -e inject=%creds:error=EIO", SOME, 1),
        ("-e trace=!getuid -e inject=getuid,geteuid:error=EIO", SOME, 1),
        ("-e trace=!%creds -e inject=getuid,fsync:error=EPERM", SOME, 1),
        ("-e trace=!!getuid -e inject=%creds:error=EIO", SOME, 1),
        ("-e trace=!none -e inject=getuid:error=EIO", SOME, 1),
        ("-e trace=all -e inject=getuid:error=EIO", SOME, 1),
        ("-e trace=desc -e inject=/sync|uid:error=EIO", SOME, 2),
        ("-e trace=%desc -e inject=/sync|uid:error=EIO", SOME, 2),
        ("-e trace=%pure -e inject=all:retval=77:when=1", "getuid geteuid getgid getegid fsync", 4),
        ("-e trace=getuid -e inject=!geteuid:error=EIO", SOME, 1),
        ("-e trace=getuid,fsync,close -e inject=!close:error=EIO", SOME, 2),
        // Calls that 64-bit programs have no number for.
        ("-e trace=send,recv,getuid -e inject=send,getuid,recv:error=EIO", SOME, 1),
        // A later rule takes over the calls that it names.
        ("-e inject=getuid:error=EIO -e inject=getuid:error=EPERM", SOME, 1),
        ("-e inject=getuid,geteuid:error=EIO -e inject=geteuid,fsync:retval=5", SOME, 3),
        ("-e inject=%creds:error=EIO -e inject=getuid:retval=0:when=9", "getuid geteuid getgid", 2),
        ("-e fault=getuid,fsync -e inject=fsync:signal=USR1", "getuid", 1),
        ("-e inject=getuid:error=EIO -e fault=getuid", SOME, 1),
        (
            "-e inject=getuid,fsync:error=EIO:when=2 -e inject=fsync:error=EPERM:when=1",
            "getuid fsync getuid fsync",
            2,
        ),
        ("-e inject=fsync:error=EIO -e inject=!fsync,all:error=EPERM", "fsync getuid", 1),
        ("-e inject=fsync:error=EIO -e inject=none:error=EPERM", "fsync", 1),
        ("-e inject=fsync,fdatasync:error=EIO:when=1 -e inject=close:retval=0", SOME, 3),
        // Files.
        ("-P a -e inject=openat:error=EIO", "openat:a openat:b openat:a", 2),
        ("-P a -e inject=fsync:error=EIO", "fsync:a fsync:b", 1),
        ("-P a -P b -e inject=fsync:error=EIO:when=2", "fsync:a fsync:b fsync:c", 1),
        ("-P a -e inject=fsync,openat:error=EIO:when=2", "fsync:b fsync:a openat:a fsync:a fsync:b", 2),
        ("--trace-path=a -e trace=openat -e inject=all:error=EACCES", "openat:b openat:a", 1),
        // Descriptors in memory, and names relative to a directory's descriptor.
        ("-P a -e inject=ppoll:error=EIO", "ppoll:b ppoll:a ppoll:b", 1),
        ("-P a -P b -e inject=pselect6:error=EIO", "pselect6:a pselect6:c pselect6:b", 2),
        ("-P . -e inject=unlinkat:error=EIO", "unlinkat:a unlinkat:b openat:c", 2),
        ("-P a -e inject=unlinkat:error=EIO", "unlinkat:b unlinkat:a", 1),
        // What is shown changes nothing.
        ("-e signal=none -e inject=getuid:error=EIO", SOME, 1),
        ("-e status=failed -e inject=getuid:error=EIO", SOME, 1),
        ("-e quiet=all -tt -T -v -s 100 -y -e inject=getuid:error=EIO", SOME, 1),
        ("-q -r -yy -Z -e inject=getuid:error=EIO", SOME, 1),
        (
            "--quiet=exit --quiet --timestamps=unix --timestamps=ns --relative-timestamps=ns -r -T --syscall-times --syscall-times=ns -e fault=fsync",
            SOME,
            1,
        ),
        (
            "-qq --string-limit=5 --no-abbrev --syscall-times=ns --relative-timestamps=ms --absolute-timestamps=unix,us -e fault=fsync",
            SOME,
            1,
        ),
    ])
}
