//! Which CPUs a run may use.
use anyhow::{Context, Result, ensure};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The CPUs that this process was allowed when it began.
#[derive(Debug)]
pub struct Cpus(Vec<usize>);

impl Cpus {
    /// Returns them.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn allowed() -> Result<Cpus> {
        let set = sched_getaffinity(Pid::from_raw(0)).context("ask which CPUs are allowed")?;
        Ok(Cpus((0..CpuSet::count()).filter(|&cpu| set.is_set(cpu).unwrap_or(false)).collect()))
    }

    /// Returns so many of them, the last ones: the first tend to serve interrupts.
    pub fn last(&self, count: usize) -> &[usize] {
        &self.0[self.0.len().saturating_sub(count)..]
    }

    /// Puts this thread, and with it what it starts from now on, on so many CPUs.
    ///
    /// # Errors
    /// When there are not so many, or the kernel refuses.
    pub fn pin(&self, count: usize) -> Result<()> {
        let chosen = self.last(count);
        ensure!(chosen.len() == count, "this takes {count} CPUs, and {} are allowed", self.0.len());
        let mut set = CpuSet::new();
        for &cpu in chosen {
            set.set(cpu).with_context(|| format!("name CPU {cpu}"))?;
        }
        sched_setaffinity(Pid::from_raw(0), &set).with_context(|| format!("use the CPUs {chosen:?} alone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cpus_are_taken_and_never_more_than_there_are() {
        let cpus = Cpus(vec![0, 2, 5]);
        assert_eq!(cpus.last(1), [5]);
        assert_eq!(cpus.last(2), [2, 5]);
        assert_eq!(cpus.last(4), [0, 2, 5]);
        assert_eq!(cpus.pin(4).unwrap_err().to_string(), "this takes 4 CPUs, and 3 are allowed");
    }
}
