use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use nix::sys::stat::Mode;

use super::LastLink::{Followed, Kept};
use super::*;
use crate::kernel::linux::guest::{self, Guest, own_tid, with_thread};

/// A tree under its true name: `real/dir/file`, `link` → real/dir, `up` → .., `file` → real/dir/file, `new` →
/// real/dir/new, `lost` → lost/place, `loop` → loop, `absolute` → /real/dir.
fn tree() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("a true name");
    fs::create_dir_all(path.join("real/dir")).expect("directories");
    File::create(path.join("real/dir/file")).expect("a file");
    for (link, target) in [
        ("link", "real/dir"),
        ("real/up", ".."),
        ("file", "real/dir/file"),
        ("new", "real/dir/new"),
        ("lost", "lost place/below"),
        ("loop", "loop"),
        ("absolute", "/real/dir"),
        ("real/dir/chain", "../../link/file"),
    ] {
        symlink(target, path.join(link)).expect("a link");
    }
    (directory, path)
}

/// Resolves quickly and by walking alone, which must agree.
fn both(task: &TaskDirectory, base: Base, path: &[u8], last: LastLink) -> Option<String> {
    let resolved = task.resolved(base, path, last).expect("a living task");
    let start = match base {
        Base::Cwd => task.place("cwd").expect("a directory"),
        Base::Descriptor(descriptor) => {
            task.open(&format!("fd/{descriptor}"), place(OFlag::empty())).expect("open")
        }
    };
    let walked = task.walk(start, path, last).expect("a living task").map(|end| {
        let name = task.name_of(&end.place).expect("a name");
        if end.missing.is_empty() { name } else { path::fold(&name, &end.missing) }
    });
    assert_eq!(resolved, walked, "{}", path.escape_ascii());
    resolved.map(|name| String::from_utf8(name).expect("text"))
}

const TABLE: [(&str, LastLink, Option<&str>); 26] = [
    ("real/dir/file", Followed, Some("/real/dir/file")),
    ("./real//dir/./file", Followed, Some("/real/dir/file")),
    ("link/file", Followed, Some("/real/dir/file")),
    ("link/../dir/file", Followed, Some("/real/dir/file")),
    ("real/up/link/file", Followed, Some("/real/dir/file")),
    ("real/dir/chain", Followed, Some("/real/dir/file")),
    ("real/dir/chain", Kept, Some("/real/dir/chain")),
    ("link/chain", Kept, Some("/real/dir/chain")),
    ("file", Followed, Some("/real/dir/file")),
    ("file", Kept, Some("/file")),
    ("link", Followed, Some("/real/dir")),
    ("link", Kept, Some("/link")),
    ("link/", Kept, Some("/real/dir")),
    ("link/.", Kept, Some("/real/dir")),
    ("link/..", Kept, Some("/real")),
    // Not there yet.
    ("link/fresh", Followed, Some("/real/dir/fresh")),
    ("link/fresh/", Followed, Some("/real/dir/fresh")),
    ("link/fresh/a/../b", Followed, Some("/real/dir/fresh/b")),
    ("new", Followed, Some("/real/dir/new")),
    ("new", Kept, Some("/new")),
    ("lost", Followed, Some("/lost place/below")),
    // Nowhere.
    ("loop", Followed, None),
    ("loop", Kept, Some("/loop")),
    ("loop/x", Kept, None),
    ("file/x", Followed, None),
    (".", Followed, Some("")),
];

#[test]
fn relative_paths_resolve_from_cwd_and_from_a_descriptor() {
    let (_directory, path) = tree();
    let below = |name: &str| format!("{}{name}", path.display());
    let start = File::open(&path).expect("a directory");
    let prepare = || std::env::set_current_dir(&path).expect("chdir");
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        for (written, last, expected) in TABLE {
            for base in [Base::Cwd, Base::Descriptor(start.as_raw_fd())] {
                let expected = expected.map(below);
                assert_eq!(
                    both(&task, base, written.as_bytes(), last),
                    expected,
                    "{base:?} {written} {last:?}"
                );
            }
        }
    });
}

#[test]
fn absolute_paths_resolve_below_the_root() {
    let (_directory, path) = tree();
    let task = TaskDirectory::open_for(own_tid()).expect("ours");
    for (written, last, expected) in TABLE {
        let written = format!("{}/{written}", path.display());
        let expected = expected.map(|name| format!("{}{name}", path.display()));
        assert_eq!(both(&task, Base::Cwd, written.as_bytes(), last), expected, "{written} {last:?}");
    }
}

#[test]
fn a_chrooted_task_stays_below_its_root_whatever_the_path() {
    if !guest::is_root() {
        return;
    }
    let (_directory, path) = tree();
    let prepare = || {
        nix::unistd::chroot(&path).expect("chroot");
        std::env::set_current_dir("/real").expect("chdir");
    };
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        for (written, expected) in [
            ("/absolute/file", "/real/dir/file"),
            ("../absolute/file", "/real/dir/file"),
            ("../../../../absolute/fresh", "/real/dir/fresh"),
            ("/../../file", "/real/dir/file"),
            ("dir/chain", "/real/dir/file"),
            ("/", "/"),
            ("../..", "/"),
        ] {
            let found = both(&task, Base::Cwd, written.as_bytes(), Followed);
            assert_eq!(found.as_deref(), Some(expected), "{written}");
        }
    });
}

#[test]
fn a_path_that_names_nothing_is_none() {
    let task = TaskDirectory::open_for(own_tid()).expect("ours");
    for path in [&b""[..], b"a\0b", b"/etc/passwd/x", &[b'x'; 300]] {
        assert_eq!(task.resolved(Base::Cwd, path, Followed).expect("no error"), None);
    }
    assert_eq!(task.resolved(Base::Descriptor(-1), b"x", Followed).expect("no error"), None);
    assert_eq!(task.resolved(Base::Descriptor(999_999), b"x", Followed).expect("no error"), None);
    let file = File::open("/etc/passwd").expect("a file");
    let base = Base::Descriptor(file.as_raw_fd());
    assert_eq!(task.resolved(base, b"x", Followed).expect("no error"), None);
}

#[test]
fn a_file_whose_name_ends_in_deleted_keeps_it() {
    let (_directory, path) = tree();
    let odd = path.join("x (deleted)");
    File::create(&odd).expect("a file");
    let task = TaskDirectory::open_for(own_tid()).expect("ours");
    let found = both(&task, Base::Cwd, odd.as_os_str().as_bytes(), Followed);
    assert_eq!(found.as_deref(), odd.to_str());
}

#[test]
fn proc_self_is_the_tasks_own() {
    let guest = Guest::start("wait");
    let task = TaskDirectory::open_for(guest.tid()).expect("a child");
    let pid = guest.tid();
    let program = std::env::current_exe().expect("own path").canonicalize().expect("a true name");
    for (written, last, expected) in [
        ("/proc/self/status", Followed, format!("/proc/{pid}/status")),
        ("/proc/thread-self/comm", Followed, format!("/proc/{pid}/task/{pid}/comm")),
        ("/proc/self", Followed, format!("/proc/{pid}")),
        ("/proc/self", Kept, "/proc/self".to_owned()),
        ("/proc/self/exe", Followed, program.display().to_string()),
        ("/proc/self/exe", Kept, format!("/proc/{pid}/exe")),
        ("/proc/self/root/etc/../etc/passwd", Followed, "/etc/passwd".to_owned()),
        ("/proc/mounts", Followed, format!("/proc/{pid}/mounts")),
        ("/proc/version", Followed, "/proc/version".to_owned()),
        ("/proc/self/none", Followed, format!("/proc/{pid}/none")),
    ] {
        assert_eq!(both(&task, Base::Cwd, written.as_bytes(), last), Some(expected), "{written} {last:?}");
    }
}

#[test]
fn dev_stdin_is_the_tasks_own_pipe() {
    let guest = Guest::start("wait");
    let task = TaskDirectory::open_for(guest.tid()).expect("a child");
    let pipe = task.descriptor_name(0).expect("a child").expect("open").name;
    assert!(pipe.starts_with(b"pipe:["));
    for written in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        let found = task.resolved(Base::Cwd, written.as_bytes(), Followed).expect("a child");
        assert_eq!(found.as_ref(), Some(&pipe), "{written}");
    }
}

#[test]
fn looking_at_a_fifo_or_a_terminal_does_not_block() {
    let (_directory, path) = tree();
    let fifo = path.join("fifo");
    nix::unistd::mkfifo(&fifo, Mode::S_IRWXU).expect("a fifo");
    let task = TaskDirectory::open_for(own_tid()).expect("ours");
    assert_eq!(both(&task, Base::Cwd, fifo.as_os_str().as_bytes(), Followed).as_deref(), fifo.to_str());
    assert_eq!(both(&task, Base::Cwd, b"/dev/tty", Followed).as_deref(), Some("/dev/tty"));
}

#[test]
fn a_path_from_a_removed_directory_is_still_named() {
    let (_directory, path) = tree();
    let gone = path.join("gone");
    fs::create_dir(&gone).expect("a directory");
    let prepare = || {
        std::env::set_current_dir(&gone).expect("chdir");
        fs::remove_dir(&gone).expect("remove");
    };
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        let found = both(&task, Base::Cwd, b"x", Followed);
        assert_eq!(found, Some(format!("{}/x", gone.display())));
    });
}
