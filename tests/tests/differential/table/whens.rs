//! Every form of `when=` with every kind of action.
use super::Case;

/// The form, and which of twelve calls it picks.
const FORMS: &[(&str, &[usize])] = &[
    ("", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    (":when=1", &[1]),
    (":when=4", &[4]),
    (":when=3+", &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    (":when=2+3", &[2, 5, 8, 11]),
    (":when=1+1", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    (":when=12+5", &[12]),
    (":when=3..5", &[3, 4, 5]),
    (":when=3..3", &[3]),
    (":when=2..9+3", &[2, 5, 8]),
    (":when=2..9+", &[2, 3, 4, 5, 6, 7, 8, 9]),
    (":when=1..65534+11", &[1, 12]),
];

/// An action, and another call than getuid for it if it needs one.
const ACTIONS: &[(&str, &str)] = &[
    ("error=EPERM", "getuid"),
    ("retval=42", "geteuid"),
    ("signal=USR1", "getgid"),
    ("error=EIO:signal=USR2", "fsync"),
    ("retval=3:syscall=getpid", "dup"),
    ("poke_exit=@arg1=58", "uname"),
];

pub fn whens() -> Vec<Case> {
    let mut cases = Vec::new();
    for (when, picked) in FORMS {
        for (action, call) in ACTIONS {
            let steps = [*call; 12].join(" ");
            cases.push(Case::same(&format!("-e inject={call}:{action}{when}"), &steps, picked.len()));
        }
    }
    // The last of several counts.
    cases.push(Case::same("-e inject=getuid:when=1:error=EIO:when=3", "getuid getuid getuid getuid", 1));
    cases.push(Case::same("-e inject=getuid:when=1..3:when=2:error=EIO", "getuid getuid getuid getuid", 1));
    cases.push(Case::same("-e inject=getuid:error=EIO:when=500+", "getuid*600", 101));
    cases.push(Case::same("-e inject=getuid:error=EIO:when=100..200+10", "getuid*300", 11));
    cases
}
