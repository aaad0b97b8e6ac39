//! What differs by CPU, and nothing else: the numbers and names of syscalls, where registers lie, how results
//! are encoded, and how a number, an argument or a result is written into a stopped task.
//!
//! Every architecture compiles and is tested on every host: register structs are our own `#[repr(C)]` copies of
//! the kernel's UAPI. Only the alias [`Native`] is chosen by the target.
#![deny(unsafe_code)]

mod abi;
mod arch;
pub mod by_name;
#[cfg(test)]
mod conformance;
mod errno;
pub mod names;
mod returned;
mod view;

pub mod aarch64;
pub mod i386;
pub mod x86_64;

pub use abi::{Abi, FIRST_NEGATIVE_NUMBER, X32_SYSCALL_BIT};
pub use arch::{Arch, Location, RegisterWrite, ResultSlot};
pub use errno::Errno;
pub use returned::{Restart, Returned};
pub use view::SyscallView;

cfg_if::cfg_if! {
    if #[cfg(target_arch = "x86_64")] {
        /// The architecture this build traces.
        pub type Native = x86_64::X86_64;
    } else if #[cfg(target_arch = "aarch64")] {
        /// The architecture this build traces.
        pub type Native = aarch64::Aarch64;
    } else {
        compile_error!("havoc traces x86_64 and aarch64; docs/howto/add-an-architecture.md tells how to add one");
    }
}
