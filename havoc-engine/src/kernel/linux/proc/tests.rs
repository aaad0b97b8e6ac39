use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::fcntl::AT_FDCWD;
use nix::sched::{CloneFlags, unshare};
use nix::sys::eventfd::EventFd;
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::*;
use crate::kernel::linux::guest::{self, Guest, own_tid, with_thread};
use crate::resource::{Base, LastLink};

fn own() -> TaskDirectory {
    TaskDirectory::open_for(own_tid()).expect("our own task")
}

fn name_of(file: &impl AsRawFd) -> FileName {
    own().descriptor_name(file.as_raw_fd()).expect("our own descriptor").expect("open")
}

fn present(path: &Path) -> FileName {
    FileName { name: path.as_os_str().as_bytes().to_vec(), deleted: false }
}

fn deleted(path: &Path) -> FileName {
    FileName { deleted: true, ..present(path) }
}

/// A directory under its true name.
fn directory() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("a true name");
    (directory, path)
}

#[test]
fn odd_names_come_out_byte_for_byte_present_and_deleted() {
    let (_directory, path) = directory();
    for name in [
        &b"two  words "[..],
        b"new\nline",
        br"back\012slash",
        b"\xff\xfe",
        b"a (deleted)",
        b"a (deleted) (deleted)",
        b" (deleted)",
        b"pipe:[7]",
    ] {
        let path = path.join(OsStr::from_bytes(name));
        let file = File::create(&path).expect("a file");
        assert_eq!(name_of(&file), present(&path));
        fs::remove_file(&path).expect("remove");
        assert_eq!(name_of(&file), deleted(&path));
    }
}

#[test]
fn a_deleted_file_is_not_mistaken_for_a_neighbour_named_like_it() {
    let (_directory, path) = directory();
    let file = File::create(path.join("a")).expect("a file");
    File::create(path.join("a (deleted)")).expect("a neighbour");
    fs::remove_file(path.join("a")).expect("remove");
    assert_eq!(name_of(&file), deleted(&path.join("a")));
}

#[test]
fn a_removed_name_is_deleted_although_another_link_lives() {
    let (_directory, path) = directory();
    let file = File::create(path.join("a")).expect("a file");
    fs::hard_link(path.join("a"), path.join("b")).expect("link");
    fs::remove_file(path.join("a")).expect("remove");
    assert_eq!(name_of(&file), deleted(&path.join("a")));
    assert_eq!(name_of(&File::open(path.join("b")).expect("open")), present(&path.join("b")));
}

#[test]
fn the_present_name_counts_after_a_rename_of_the_file_or_of_a_directory_above() {
    let (_directory, path) = directory();
    fs::create_dir(path.join("d")).expect("a directory");
    let file = File::create(path.join("d/a")).expect("a file");
    let copy = file.try_clone().expect("dup");
    fs::rename(path.join("d/a"), path.join("d/b")).expect("rename");
    assert_eq!(name_of(&copy), present(&path.join("d/b")));
    fs::rename(path.join("d"), path.join("e")).expect("rename");
    assert_eq!(name_of(&copy), present(&path.join("e/b")));
}

#[test]
fn a_descriptor_of_a_link_itself_has_the_links_name() {
    let (_directory, path) = directory();
    let link = path.join("link (deleted)");
    std::os::unix::fs::symlink("nowhere", &link).expect("link");
    let place = openat(AT_FDCWD, &link, place(OFlag::O_NOFOLLOW), Mode::empty()).expect("open");
    assert_eq!(name_of(&place), present(&link));
    fs::remove_file(&link).expect("remove");
    assert_eq!(name_of(&place), deleted(&link));
}

#[test]
fn what_has_no_path_goes_by_its_proc_name() {
    let (reader, _writer) = std::io::pipe().expect("a pipe");
    let name = String::from_utf8(name_of(&reader).name).expect("text");
    assert!(name.starts_with("pipe:[") && name.ends_with(']'), "{name}");

    let event = EventFd::new().expect("an eventfd");
    let event_fd = event.as_fd().try_clone_to_owned().expect("dup");
    assert_eq!(name_of(&event_fd).name, b"anon_inode:[eventfd]");

    let (socket, _other) = std::os::unix::net::UnixStream::pair().expect("a pair");
    assert!(name_of(&socket).name.starts_with(b"socket:["));

    for (name, expected) in [(c"m", &b"/memfd:m"[..]), (c"m (deleted)", b"/memfd:m (deleted)")] {
        let memory = memfd_create(name, MFdFlags::MFD_CLOEXEC).expect("a memfd");
        assert_eq!(name_of(&memory), FileName { name: expected.to_vec(), deleted: true });
    }
}

#[test]
fn a_descriptor_that_is_not_open_has_no_name() {
    for descriptor in [-1, i32::MIN, libc::AT_FDCWD, i32::MAX, 1_000_000] {
        assert_eq!(own().descriptor_name(descriptor).expect("no error"), None, "{descriptor}");
    }
}

#[test]
fn a_descriptor_reused_is_read_anew() {
    let (_directory, path) = directory();
    let task = own();
    let first = File::create(path.join("a")).expect("a file");
    let number = first.as_raw_fd();
    let name = |task: &TaskDirectory| task.descriptor_name(number).expect("our own").expect("open");
    assert_eq!(name(&task), present(&path.join("a")));
    let second = File::create(path.join("b")).expect("a file");
    let mut first = OwnedFd::from(first);
    nix::unistd::dup2(&second, &mut first).expect("dup2");
    assert_eq!(name(&task), present(&path.join("b")));
}

#[test]
fn descriptors_and_directories_belong_to_the_thread() {
    let (_directory, path) = directory();
    let (tell, hear) = std::sync::mpsc::channel();
    with_thread(
        || {
            std::env::set_current_dir(&path).expect("chdir");
            let file = File::create("own").expect("a file");
            tell.send(file.as_raw_fd()).expect("heard");
            std::mem::forget(file);
        },
        |tid| {
            let task = TaskDirectory::open_for(tid).expect("our thread");
            let number = hear.recv().expect("told");
            assert_eq!(task.cwd().expect("our thread"), present(&path));
            assert_eq!(task.descriptor_name(number).expect("our thread"), Some(present(&path.join("own"))));
            assert_ne!(own().descriptor_name(number).expect("ours"), Some(present(&path.join("own"))));
            assert_ne!(own().cwd().expect("ours"), present(&path));
        },
    );
}

#[test]
fn a_thread_is_seen_although_its_leader_is_gone() {
    let guest = Guest::start("leader_gone");
    let ids: Vec<Tid> = guest.word.split(' ').filter_map(|id| Tid::new(id.parse().ok()?)).collect();
    let [leader, tid] = ids[..] else { panic!("no two ids: {}", guest.word) };
    let task = TaskDirectory::open_for(tid).expect("the thread lives");
    assert!(task.descriptor_name(0).expect("readable").expect("open").name.starts_with(b"pipe:["));
    assert_eq!(task.cwd().expect("readable"), own().cwd().expect("ours"));
    let everywhere = crate::resource::AddressRange { start: 0, end: u64::MAX };
    let maps = crate::kernel::linux::maps::Maps::open(&task).expect("readable");
    assert!(!maps.in_range(&task, everywhere).expect("readable").is_empty());
    let leader = TaskDirectory::open_for(leader).expect("a zombie is still there");
    assert!(matches!(leader.cwd(), Err(LookError::Vanished(_))));
    assert!(!matches!(leader.descriptor_name(0), Ok(Some(_))));
    assert!(leader.threads().expect("readable").contains(&tid));
}

#[test]
fn a_removed_working_directory_is_deleted() {
    let (_directory, path) = directory();
    let gone = path.join("gone");
    fs::create_dir(&gone).expect("a directory");
    let prepare = || {
        std::env::set_current_dir(&gone).expect("chdir");
        fs::remove_dir(&gone).expect("remove");
    };
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        assert_eq!(task.cwd().expect("our thread"), deleted(&gone));
    });
}

#[test]
fn the_root_of_a_chrooted_task_is_cut_off_its_names() {
    if !guest::is_root() {
        return;
    }
    let (_directory, path) = directory();
    let outside = File::create(path.join("outside")).expect("a file");
    let odd_jail = path.join("jail (deleted)");
    fs::create_dir(&odd_jail).expect("a directory");
    let inside = File::create(odd_jail.join("a (deleted)")).expect("a file");
    let lost = File::create(odd_jail.join("lost")).expect("a file");
    fs::remove_file(odd_jail.join("lost")).expect("remove");
    let memory = memfd_create(c"m", MFdFlags::MFD_CLOEXEC).expect("a memfd");
    let prepare = || {
        nix::unistd::chroot(&odd_jail).expect("chroot");
    };
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        let name = |file: &dyn AsRawFd| task.descriptor_name(file.as_raw_fd()).expect("ours").expect("open");
        assert_eq!(task.root().expect("ours"), odd_jail.as_os_str().as_bytes());
        assert_eq!(name(&inside), present(Path::new("/a (deleted)")));
        assert_eq!(name(&lost), deleted(Path::new("/lost")));
        assert_eq!(name(&memory), deleted(Path::new("/memfd:m")));
        let unreachable = format!("(unreachable){}/outside", path.display());
        assert_eq!(name(&outside), present(Path::new(&unreachable)));
        assert!(task.cwd().expect("ours").name.starts_with(b"(unreachable)/"));
        assert!(!task.shares_root_and_mounts().expect("ours"));
    });
}

#[test]
fn paths_mean_the_same_to_a_child_but_not_in_another_mount_namespace() {
    assert!(own().shares_root_and_mounts().expect("ours"));
    let guest = Guest::start("wait");
    let task = TaskDirectory::open_for(guest.tid()).expect("a child");
    assert!(task.shares_root_and_mounts().expect("a child"));
    if !guest::is_root() {
        return;
    }
    let prepare = || unshare(CloneFlags::CLONE_NEWNS).expect("a mount namespace");
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        assert!(!task.shares_root_and_mounts().expect("ours"));
    });
}

#[test]
fn names_of_threads_need_not_be_text() {
    let prepare = || nix::sys::prctl::set_name(c"\xff odd)\n").expect("a name");
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        assert_eq!(task.comm().expect("ours"), b"\xff odd)\n");
        let status = task.status().expect("ours");
        assert_eq!(status.process.get(), std::process::id() as i32);
        assert_eq!(status.process_inside, status.process);
        assert!(own().threads().expect("ours").contains(&tid));
    });
}

#[test]
fn a_child_shows_its_program_and_its_parent() {
    let guest = Guest::start("wait");
    let task = TaskDirectory::open_for(guest.tid()).expect("a child");
    let program = std::env::current_exe().expect("own path").canonicalize().expect("a true name");
    assert_eq!(task.exe().expect("a child"), present(&program));
    let status = task.status().expect("a child");
    assert_eq!(status.parent.map(|parent| parent.get()), Some(std::process::id() as i32));
    assert_eq!(status.tracer, None);
    assert!(task.threads().expect("a child").contains(&guest.tid()));
}

/// /proc with hidepid=2, and one that something is mounted over, hide what is below a task's directory. Whoever knows that the task
/// is at its stop knows better than `Vanished`.
#[test]
fn what_is_hidden_of_a_task_that_is_there_is_not_taken_for_closed_or_absent() {
    let (_directory, path) = directory();
    // Nothing but what tells that the task is there.
    fs::write(path.join("stat"), "").expect("a file");
    let opened = OwnedFd::from(File::open(&path).expect("a directory"));
    let hidden = TaskDirectory::of_descriptor(own_tid(), opened);
    assert!(hidden.is_there());
    let looks = [
        ("name", hidden.descriptor_name(0).map(drop)),
        ("name in place", hidden.read_descriptor_name(0, &mut Vec::new()).map(drop)),
        ("kind", hidden.descriptor_kind(0).map(drop)),
        ("socket", hidden.socket(0).map(drop)),
        ("pidfd", hidden.pidfd_target(0).map(drop)),
        ("base", hidden.resolved(Base::Descriptor(0), b"name", LastLink::Followed).map(drop)),
        ("program", hidden.exe().map(drop)),
    ];
    for (what, found) in looks {
        assert!(matches!(found, Err(LookError::Vanished(_))), "{what}: {found:?}");
    }
}

#[test]
fn a_task_that_never_was_is_vanished() {
    let nobody = Tid::new(i32::MAX).expect("above zero");
    assert!(matches!(TaskDirectory::open_for(nobody), Err(LookError::Vanished(_))));
}
