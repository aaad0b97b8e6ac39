//! The CPUs that guests have, and what has to be here to emulate them.
use crate::apt::{Apt, is_on_path};
use crate::mirror;
use crate::setup::{self, Need, What};
use anyhow::{Context, Result};

/// A CPU of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpu {
    /// 64-bit Arm.
    Aarch64,
    /// 64-bit x86.
    X86_64,
}

const NEEDS: &[Need] = &[
    Need { what: What::Command("cpio"), packages: &["cpio"] },
    Need { what: What::Command("timeout"), packages: &["coreutils"] },
];

const NEEDS_OF_AARCH64: &[Need] = &[
    Need { what: What::Command("aarch64-linux-gnu-gcc"), packages: &["gcc-aarch64-linux-gnu"] },
    Need { what: What::File("/usr/aarch64-linux-gnu/include/stdio.h"), packages: &["libc6-dev-arm64-cross"] },
];

/// Whose qemu cannot be had beside newer parts of it, and is too old for the newest kernels.
const RELEASE_WITH_BACKPORTS: &str = "bookworm";

impl Cpu {
    /// Returns its name as Rust and the kernel have it.
    pub fn name(self) -> &'static str {
        match self {
            Cpu::Aarch64 => "aarch64",
            Cpu::X86_64 => "x86_64",
        }
    }

    /// Returns its name as Debian has it.
    pub fn debian(self) -> &'static str {
        match self {
            Cpu::Aarch64 => "arm64",
            Cpu::X86_64 => "amd64",
        }
    }

    /// Returns the program that emulates it.
    pub fn emulator(self) -> &'static str {
        match self {
            Cpu::Aarch64 => "qemu-system-aarch64",
            Cpu::X86_64 => "qemu-system-x86_64",
        }
    }

    /// Returns the package with the emulator.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Cpu::Aarch64 => &["qemu-system-arm"],
            Cpu::X86_64 => &["qemu-system-x86"],
        }
    }

    /// Returns the machine that qemu emulates around it.
    ///
    /// The CPU on aarch64 is one without pointer authentication, which is dear to emulate.
    pub fn machine(self) -> &'static [&'static str] {
        match self {
            Cpu::Aarch64 => &["-machine", "virt", "-cpu", "neoverse-n1"],
            Cpu::X86_64 => &["-machine", "q35", "-cpu", "max"],
        }
    }

    /// Returns what gives a guest a way to end qemu with a status.
    pub fn exit_device(self) -> &'static [&'static str] {
        match self {
            Cpu::Aarch64 => &["-semihosting-config", "enable=on,userspace=on,target=native"],
            Cpu::X86_64 => &["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
        }
    }

    /// Returns the kernel's name of the first serial port.
    pub fn console(self) -> &'static str {
        match self {
            Cpu::Aarch64 => "ttyAMA0",
            Cpu::X86_64 => "ttyS0",
        }
    }

    /// Returns what its kernel is told beside what all are told. Linux doubts the time stamp counter of an emulated CPU, and
    /// then the vDSO tells no time.
    pub fn parameters(self) -> &'static str {
        match self {
            Cpu::Aarch64 => "",
            Cpu::X86_64 => " tsc=reliable",
        }
    }

    /// Sees to it that everything is here that guests with this CPU are made with.
    ///
    /// # Errors
    /// When something is missing and cannot be installed.
    pub fn provide(self) -> Result<()> {
        setup::provide(NEEDS)?;
        if self == Cpu::Aarch64 {
            setup::provide(&[NEEDS_OF_AARCH64, setup::NEEDS_ON_AARCH64].concat())?;
        }
        if is_on_path(self.emulator()) {
            return Ok(());
        }
        let release = mirror::release_of_this_machine()?;
        if release == RELEASE_WITH_BACKPORTS {
            let apt = Apt::usable().with_context(|| {
                format!("install {} of {release}-backports, as root", self.packages().join(" "))
            })?;
            apt.install_from_backports(&release, self.packages(), &super::directory().join("backports"))?;
        }
        setup::provide(&[Need { what: What::Command(self.emulator()), packages: self.packages() }])
    }
}
