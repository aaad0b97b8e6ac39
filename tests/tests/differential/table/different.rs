//! Where havoc is meant to be different; docs/strace.md has a section for each.
use super::Case;
use crate::case::Side::{Prints, Refuses};

pub fn different() -> Vec<Case> {
    let differ = Case::differ;
    vec![
        differ(
            "-f -e inject=read:error=EIO:when=2",
            "interrupted interrupted",
            "Restarted calls",
            Prints(
                "0: signal 12 code -6 from 1; 0: interrupted = EIO; 0: signal 12 code -6 from 1; 0: interrupted = 1",
            ),
            Prints(
                "0: signal 12 code -6 from 1; 0: interrupted = 1; 0: signal 12 code -6 from 1; 0: interrupted = EIO",
            ),
        ),
        differ(
            "-e trace=getuid -e status=none -e inject=getuid:retval=7:when=65536",
            "getuid*65537",
            "Counts beyond 65535",
            Refuses("invalid inject argument"),
            Prints("0: getuid = 65536 times 0, 1 times 7"),
        ),
        differ(
            "-P mapped -e inject=msync:error=EIO",
            "msync",
            "Paths",
            Prints("0: msync = 0"),
            Prints("0: msync = EIO"),
        ),
        differ(
            "-P new -e inject=fsync:error=EIO",
            "fsync:new",
            "Paths",
            Prints("0: fsync:new = 0"),
            Prints("0: fsync:new = EIO"),
        ),
        differ(
            "-e inject=none:error=EIO",
            "[ traceme ]",
            "Children that trace",
            Prints("0.1: traceme = 0; 0: child ended with 3"),
            Prints("0.1: traceme = EPERM; 0: child ended with 3"),
        ),
        differ(
            "-e inject=getuid:error=EIO",
            "{ exec:getuid }",
            "Programs that a thread executes",
            Prints("0: getuid = 0"),
            Prints("0: getuid = EIO"),
        ),
        differ(
            "-e inject=getuid:delay_enter=1000:signal=USR1",
            "getuid",
            "Delays with signals",
            Prints("0: getuid = 0"),
            Prints("0: signal 10 code 128 from 0; 0: getuid = 0"),
        ),
        differ(
            "-e inject=getuid:error=512",
            "getuid",
            "Restart codes",
            Prints("0: getuid = errno 512"),
            Refuses("private restart codes"),
        ),
        differ(
            "-e inject=getuid:retval=-531",
            "getuid",
            "Restart codes",
            Prints("0: getuid = errno 531"),
            Refuses("private restart codes"),
        ),
        differ(
            "-f -f -e getuid",
            "geteuid",
            "Options that do not exist",
            Prints("0: geteuid = 0"),
            Refuses("the log is one file"),
        ),
        differ(
            "-b execve -e getuid",
            "geteuid",
            "Options that do not exist",
            Prints("0: geteuid = 0"),
            Refuses("strace's `-b` does not exist here"),
        ),
        differ(
            "--foll -e getuid",
            "geteuid",
            "Options that do not exist",
            Prints("0: geteuid = 0"),
            Refuses("unexpected argument '--foll'"),
        ),
    ]
}
