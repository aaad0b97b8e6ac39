//! `signal=`, `delay_enter=`, `delay_exit=`, `poke_enter=`, `poke_exit=`.
use super::{Case, rows};

pub fn effects() -> Vec<Case> {
    rows(&[
        ("-e inject=getuid:signal=SIGUSR1", "getuid", 1),
        ("-e inject=getuid:signal=usr2", "getuid", 1),
        ("-e inject=getuid:signal=10", "getuid", 1),
        ("-e inject=getuid:signal=34", "getuid", 1),
        ("-e inject=getuid:signal=SIGRT_2", "getuid", 1),
        ("-e inject=getuid:signal=USR1:error=EIO", "getuid", 1),
        ("-e inject=getuid:signal=USR1:retval=5", "getuid", 1),
        ("-e inject=getuid:signal=CHLD", "getuid", 1),
        // These end the program.
        ("-e inject=getuid:signal=TERM", "getuid", 1),
        ("-e inject=getuid:signal=KILL:when=2", "getuid getuid", 1),
        ("-e inject=getuid:signal=SEGV", "getuid", 1),
        ("-e inject=getuid:signal=HUP:when=2", "getuid getuid", 1),
        ("-e inject=write:signal=USR1", "write", 1),
        ("-e inject=getuid:delay_enter=200ms", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=200000", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=200000us", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=0.2s", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=2e2ms", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=200mS", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=0.2S", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=200000000ns", "timed:getuid", 1),
        ("-e inject=getuid:delay_exit=200ms", "timed:getuid", 1),
        ("-e inject=getuid:delay_exit=200ms:when=2", "timed:getuid timed:getuid timed:getuid", 1),
        ("-e inject=getuid:delay_enter=100ms:delay_exit=100ms", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=200ms:error=EIO", "timed:getuid", 1),
        ("-e inject=getuid:delay_exit=200ms:error=EIO", "timed:getuid", 1),
        ("-e inject=getuid:delay_exit=200ms:retval=9:signal=USR1", "timed:getuid", 1),
        ("-e inject=getuid:delay_enter=0", "getuid", 1),
        ("-e inject=getuid:delay_enter=10ns", "timed:getuid", 1),
        ("-e inject=write:poke_enter=@arg2=4142", "write", 1),
        ("-e inject=write:poke_enter=@arg2=4142:retval=8", "write", 1),
        ("-e inject=write:poke_exit=@arg2=58585858", "write", 1),
        ("-e inject=pread64:poke_enter=@arg2=4142", "pread64", 1),
        ("-e inject=pread64:poke_exit=@arg2=4142", "pread64", 1),
        ("-e inject=pread64:poke_exit=@arg2=4142:error=EIO", "pread64", 1),
        ("-e inject=pread64:poke_exit=@arg2=4142:retval=2", "pread64", 1),
        ("-e inject=pread64:poke_enter=@arg2=00:poke_exit=@arg2=fFFf", "pread64", 1),
        ("-e inject=pread64:poke_enter=@arg2=00:retval=1", "pread64", 1),
        ("-e inject=uname:poke_exit=@arg1=4861766f63", "uname", 1),
        ("-e inject=uname:poke_exit=@arg1=48:signal=USR1:when=2+", "uname uname uname", 2),
        // The call has no third argument: nothing is written there.
        ("-e inject=uname:poke_exit=@arg1=48,@arg3=00", "uname", 1),
        ("-e inject=pread64:poke_exit=@arg2=5858,@arg7=00", "pread64", 1),
        ("-e inject=getcwd:poke_exit=@arg1=2f00", "getcwd", 1),
        // Descriptor -1 points nowhere: the error alone comes about.
        ("-e inject=fsync:poke_enter=@arg1=00:error=EIO", "fsync", 1),
        // strace takes another call only for a result of its own.
        ("-e inject=fsync:syscall=getuid:signal=USR1", "fsync", 1),
        ("-e inject=fsync:syscall=getuid:delay_exit=1", "fsync", 1),
    ])
}
