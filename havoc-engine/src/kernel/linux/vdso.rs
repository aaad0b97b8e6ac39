//! The vDSO: which calls the kernel's own code in user space answers without being called. vdso(7).
//!
//! havoc's own is looked at: the kernel maps one image into every program of an ABI. The image of 32-bit programs is not to be
//! had without one.
use havoc_arch::{Arch, Native, names};

/// Tells whether the vDSO may answer calls of this name. It has the function since a certain kernel (getrandom: Linux 6.11), and
/// whether a program asks it is up to the program's C library.
pub(super) fn answers(name: &str) -> bool {
    // Only programs of the companion ABI have such a call (clock_gettime64), and their image is another.
    let is_native = names::number_of(Native::ABI, name).is_some();
    !is_native || has_function(image(), name)
}

/// Tells whether the image's table of strings holds the function that answers `name`: `__vdso_NAME`, on Arm `__kernel_NAME`.
fn has_function(image: &[u8], name: &str) -> bool {
    ["__vdso_", "__kernel_"].iter().any(|prefix| {
        let symbol = format!("\0{prefix}{name}\0");
        image.windows(symbol.len()).any(|bytes| bytes == symbol.as_bytes())
    })
}

/// Returns what is mapped of the vDSO's image; nothing where there is none (`vdso=0`).
fn image() -> &'static [u8] {
    const PT_LOAD: u32 = 1;
    // SAFETY: getauxval takes a number and returns one.
    let base = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) } as usize;
    if base == 0 {
        return &[];
    }
    let header = base as *const libc::Elf64_Ehdr;
    // SAFETY: AT_SYSINFO_EHDR is the address of the ELF header of an image that the kernel maps, readable, for the whole life of
    // the process (vdso(7)); it lies at the beginning of a page.
    let header = unsafe { &*header };
    let programs = (base + header.e_phoff as usize) as *const libc::Elf64_Phdr;
    // SAFETY: e_phoff and e_phnum of the kernel's own image place its program headers inside that image, aligned.
    let programs = unsafe { std::slice::from_raw_parts(programs, usize::from(header.e_phnum)) };
    // It is loaded as one piece from its first byte on: arch/*/kernel/vdso/vdso.lds.S.
    let Some(loaded) = programs.iter().find(|program| program.p_type == PT_LOAD && program.p_offset == 0)
    else {
        return &[];
    };
    // SAFETY: the kernel maps p_memsz bytes of this segment at base, readable, and never changes or unmaps them.
    unsafe { std::slice::from_raw_parts(base as *const u8, loaded.p_memsz as usize) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_found_by_its_whole_name() {
        let image = b"\0__vdso_clock_gettime\0__kernel_getrandom\0__vdso_sgx\0";
        for (name, is_there) in [
            ("clock_gettime", true),
            ("getrandom", true),
            ("clock_get", false),
            ("gettime", false),
            ("getcpu", false),
        ] {
            assert_eq!(has_function(image, name), is_there, "{name}");
        }
    }

    /// Every kernel of ours that has a vDSO answers the clock there.
    #[test]
    fn the_image_of_this_machine_has_what_its_libc_would_ask_for() {
        let image = image();
        if image.is_empty() {
            return;
        }
        assert!(image.starts_with(b"\x7fELF"));
        assert!(answers("clock_gettime") && answers("gettimeofday") && answers("clock_getres"));
        assert!(!answers("fsync") && !answers("openat"));
    }
}
