#![expect(unsafe_code, reason = "mappings to look at")]
use std::ffi::OsStr;
use std::fs;
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use nix::fcntl::openat;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, mprotect, munmap};
use nix::sys::stat::{Mode, mkdirat};

use super::*;
use crate::kernel::linux::guest::{self, Guest, own_tid, with_thread};
use crate::kernel::linux::proc::place;

/// A multiple of every page size.
const PAGE: usize = 65536;

const EVERYWHERE: AddressRange = AddressRange { start: 0, end: u64::MAX };

fn directory() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("a true name");
    (directory, path)
}

fn file(path: &Path, pages: usize) -> File {
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.expect("a file");
    file.set_len((pages * PAGE) as u64).expect("resize");
    file
}

/// Memory that stays mapped until the process ends.
fn map(file: impl AsFd, pages: usize) -> u64 {
    let size = NonZeroUsize::new(pages * PAGE).expect("not 0");
    // SAFETY: no address is asked for, so nothing is replaced; nobody refers to the bytes.
    let start = unsafe { mmap(None, size, ProtFlags::PROT_READ, MapFlags::MAP_SHARED, file, 0) };
    start.expect("map").as_ptr() as u64
}

/// Asks by both ways, which must agree.
fn by_both_ways(task: &TaskDirectory, range: AddressRange) -> Vec<Mapping> {
    let maps = Maps::open(task).expect("readable");
    let asked = maps.in_range(task, range).expect("readable");
    let read = maps.with_text_fallback().in_range(task, range).expect("readable");
    assert_eq!(asked, read);
    asked
}

fn only(task: &TaskDirectory, address: u64) -> Mapping {
    let mut found = by_both_ways(task, AddressRange::new(address, 0));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn own() -> TaskDirectory {
    TaskDirectory::open_for(own_tid()).expect("our own task")
}

fn name_at(address: u64) -> Vec<u8> {
    let mapping = only(&own(), address);
    assert!(mapping.is_file, "{mapping:?}");
    mapping.name.expect("files have names")
}

/// A role: `a` at page 1 from its own page 1 on, a hole at page 2, `b` at page 3 and 4, unnamed memory around.
pub fn map_two_files() {
    let (_directory, path) = directory();
    let size = |pages| NonZeroUsize::new(pages * PAGE).expect("not 0");
    // SAFETY: no address is asked for, so nothing is replaced.
    let area = unsafe { mmap_anonymous(None, size(6), ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE) };
    let area = area.expect("memory").as_ptr() as usize;
    let put = |page: usize, pages: usize, name: &str, offset: usize| {
        let at = NonZeroUsize::new(area + page * PAGE);
        let file = file(&path.join(name), 2);
        let fixed = MapFlags::MAP_SHARED | MapFlags::MAP_FIXED;
        let offset = (offset * PAGE) as i64;
        // SAFETY: what is replaced lies in the six pages above, which nobody refers to.
        unsafe { mmap(at, size(pages), ProtFlags::PROT_READ, fixed, &file, offset) }.expect("map");
    };
    put(1, 1, "a", 1);
    put(3, 2, "b", 0);
    let hole = NonNull::new((area + 2 * PAGE) as *mut libc::c_void).expect("not 0");
    // SAFETY: the third of the six pages above, which nobody refers to.
    unsafe { munmap(hole, PAGE) }.expect("unmap");
    guest::ready(format!("{area} {}", path.display()));
    guest::wait_to_go_on();
}

#[test]
fn a_range_over_two_files_and_a_hole_names_what_it_touches() {
    let guest = Guest::start("two_files");
    let task = TaskDirectory::open_for(guest.tid()).expect("a child");
    let (area, path) = guest.word.split_once(' ').expect("address and directory");
    let area: u64 = area.parse().expect("an address");
    let at = |page: u64| area + page * PAGE as u64;
    let found = |start: u64, length: u64| -> Vec<String> {
        let mappings = by_both_ways(&task, AddressRange::new(start, length));
        let names = mappings.iter().map(|mapping| match &mapping.name {
            Some(name) => String::from_utf8_lossy(name).replace(path, ""),
            None => "-".to_owned(),
        });
        names.collect()
    };
    let page = PAGE as u64;
    let nothing: [&str; 0] = [];
    assert_eq!(found(at(0), 5 * page), ["-", "/a", "/b"]);
    assert_eq!(found(at(0), 6 * page), ["-", "/a", "/b", "-"]);
    assert_eq!(found(at(1), page), ["/a"]);
    assert_eq!(found(at(1), page + 1), ["/a"]);
    assert_eq!(found(at(1), 2 * page + 1), ["/a", "/b"]);
    assert_eq!(found(at(1) + 1, 0), ["/a"]);
    assert_eq!(found(at(2), page), nothing);
    assert_eq!(found(at(2) - 1, page + 2), ["/a", "/b"]);
    assert_eq!(found(at(2), 0), nothing);
    assert_eq!(found(at(4), 1), ["/b"]);

    let b = only(&task, at(4));
    assert_eq!((b.range, b.offset), (AddressRange { start: at(3), end: at(5) }, 0));
    assert_eq!(only(&task, at(1)).offset, page);
}

/// A role: 20 000 mappings of one file.
pub fn map_many() {
    const COUNT: usize = 20_000;
    let (_directory, path) = directory();
    let file = File::create_new(path.join("many")).expect("a file");
    file.set_len((COUNT * 4096) as u64).expect("resize");
    let file = File::open(path.join("many")).expect("a file");
    let size = NonZeroUsize::new(COUNT * 4096).expect("not 0");
    // SAFETY: no address is asked for, so nothing is replaced.
    let start = unsafe { mmap(None, size, ProtFlags::PROT_READ, MapFlags::MAP_SHARED, &file, 0) };
    let start = start.expect("map");
    for odd in (1..COUNT).step_by(2) {
        // SAFETY: odd * 4096 is below the mapping's size.
        let page = unsafe { start.byte_add(odd * 4096) };
        // SAFETY: one page of the mapping above, which nobody refers to.
        unsafe { mprotect(page, 4096, ProtFlags::PROT_NONE) }.expect("protect");
    }
    guest::ready(start.as_ptr() as usize);
    guest::wait_to_go_on();
}

#[test]
fn both_ways_agree_on_twenty_thousand_mappings() {
    // SAFETY: sysconf has no requirements.
    if unsafe { libc::sysconf(libc::_SC_PAGESIZE) } != 4096 {
        guest::not_tested("pages are larger than 4096 bytes");
        return;
    }
    let guest = Guest::start("many_mappings");
    let task = TaskDirectory::open_for(guest.tid()).expect("a child");
    let area: u64 = guest.word.parse().expect("an address");
    let all = by_both_ways(&task, EVERYWHERE);
    assert!(all.len() > 20_000, "{}", all.len());
    assert!(all.is_sorted_by_key(|mapping| mapping.range.start));
    assert!(all.iter().any(|mapping| mapping.name.as_deref() == Some(b"[stack]") && !mapping.is_file));
    for page in [0, 1, 9_999, 19_999] {
        let mapping = only(&task, area + page * 4096);
        assert_eq!((mapping.range.start, mapping.offset), (area + page * 4096, page * 4096));
    }
}

#[test]
fn odd_names_come_out_byte_for_byte_present_renamed_and_deleted() {
    let (_directory, path) = directory();
    for name in [
        &b"two  words "[..],
        b"new\nline",
        br"back\slash",
        b"\xff\xfe",
        b"a (deleted)",
        b"a (deleted) (deleted)",
        b" (deleted)",
    ] {
        let path = path.join(OsStr::from_bytes(name));
        let address = map(file(&path, 1), 1);
        assert_eq!(name_at(address), path.as_os_str().as_bytes());
        let renamed = path.with_extension("renamed (deleted)");
        fs::rename(&path, &renamed).expect("rename");
        assert_eq!(name_at(address), renamed.as_os_str().as_bytes());
        fs::rename(&renamed, &path).expect("rename");
        fs::remove_file(&path).expect("remove");
        assert_eq!(name_at(address), path.as_os_str().as_bytes());
    }
}

#[test]
fn a_backslash_that_looks_like_a_newline_is_told_by_looking_the_file_up() {
    let (_directory, path) = directory();
    let address = map(file(&path.join(r"new\012line"), 1), 1);
    assert!(name_at(address).ends_with(br"/new\012line"));
}

#[test]
fn a_deleted_file_is_not_mistaken_for_a_neighbour_named_like_it() {
    let (_directory, path) = directory();
    let address = map(file(&path.join("a"), 1), 1);
    file(&path.join("a (deleted)"), 1);
    fs::remove_file(path.join("a")).expect("remove");
    assert!(name_at(address).ends_with(b"/a"));
}

#[test]
fn memory_that_is_a_file_without_a_path_is_a_file() {
    let memory = memfd_create(c"m", MFdFlags::MFD_CLOEXEC).expect("a memfd");
    nix::unistd::ftruncate(&memory, PAGE as i64).expect("resize");
    assert_eq!(name_at(map(&memory, 1)), b"/memfd:m");

    let size = NonZeroUsize::new(PAGE).expect("not 0");
    // SAFETY: no address is asked for, so nothing is replaced.
    let shared = unsafe { mmap_anonymous(None, size, ProtFlags::PROT_READ, MapFlags::MAP_SHARED) };
    assert_eq!(name_at(shared.expect("memory").as_ptr() as u64), b"/dev/zero");
}

#[test]
fn a_name_longer_than_path_max_comes_from_the_text() {
    let (_directory, path) = directory();
    let mut at = openat(nix::fcntl::AT_FDCWD, &path, place(OFlag::O_DIRECTORY), Mode::empty()).expect("open");
    let component = "d".repeat(250);
    for _ in 0..20 {
        mkdirat(&at, component.as_str(), Mode::S_IRWXU).expect("mkdir");
        at = openat(&at, component.as_str(), place(OFlag::O_DIRECTORY), Mode::empty()).expect("open");
    }
    let create = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_CLOEXEC;
    let file = openat(&at, "deep", create, Mode::S_IRWXU).expect("a file");
    nix::unistd::ftruncate(&file, PAGE as i64).expect("resize");
    let name = name_at(map(&file, 1));
    assert_eq!(name.len(), path.as_os_str().len() + 20 * 251 + 5);
    assert!(name.ends_with(b"/deep"));
}

#[test]
fn the_root_of_a_chrooted_task_is_cut_off_its_mappings() {
    if !guest::is_root() {
        return;
    }
    let (_directory, path) = directory();
    let jail = path.join("jail");
    fs::create_dir(&jail).expect("a directory");
    let inside = map(file(&jail.join("a (deleted)"), 1), 1);
    let outside = map(file(&path.join("b"), 1), 1);
    let prepare = || nix::unistd::chroot(&jail).expect("chroot");
    with_thread(prepare, |tid| {
        let task = TaskDirectory::open_for(tid).expect("our thread");
        assert_eq!(only(&task, inside).name.as_deref(), Some(&b"/a (deleted)"[..]));
        let unreachable = format!("(unreachable){}/b", path.display());
        assert_eq!(only(&task, outside).name.as_deref(), Some(unreachable.as_bytes()));
    });
}
