//! When the program begins: nobody reports its exec, so it is looked for at every call until then.
use crate::kernel::LostPrivilege;
use crate::kernel::linux::privilege::Program;
use crate::kernel::linux::spawn::{SpawnError, StartReport};

/// How far the program has come.
#[derive(Debug)]
pub(super) struct Start {
    report: StartReport,
    /// Its first task has entered an execve.
    pub(super) has_tried: bool,
    /// That succeeded.
    pub(super) has_begun: bool,
    pub(super) failure: Option<SpawnError>,
    /// The program, if its file gives privileges.
    pub(super) program: Option<Program>,
    /// What of these it will not get.
    pub(super) lost: Option<LostPrivilege>,
}

impl Start {
    /// Nothing has been tried yet; `report` tells whether the exec succeeds.
    pub(super) fn new(report: StartReport, program: Option<Program>) -> Start {
        Start { report, has_tried: false, has_begun: false, failure: None, program, lost: None }
    }

    /// Looks whether the exec has succeeded since; `true` once.
    pub(super) fn begins(&mut self) -> bool {
        if self.has_begun || self.failure.is_some() || !self.has_tried || !self.report.is_ready() {
            return false;
        }
        self.failure = self.report.failure();
        self.has_begun = self.failure.is_none();
        self.has_begun
    }

    /// Its first task has ended: it never will, if it has not begun.
    pub(super) fn is_over(&mut self) {
        if !self.has_begun && self.failure.is_none() {
            self.failure = self.report.failure();
        }
    }
}
