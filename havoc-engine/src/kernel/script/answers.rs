//! What the scripted kernel answers and does.
use super::event::{HAVOC, pid, sent};
use super::world::{Answered, bad_address};
use super::{Halt, Mishap, ScriptedKernel, State, tid};
use crate::kernel::{
    Kernel, KernelError, Look, LookError, LostPrivilege, Request, Resume, SignalInfo, SignalTarget, Stop,
    Stopped, SyscallInfo, Verified, Waited,
};
use crate::resource::{AddressRange, Base, DescriptorKind, LastLink, Mapping, Socket, path};
use crate::signal::Signal;
use crate::task::{Pid, Tid};
use havoc_arch::{Abi, Restart, SyscallView};
use std::io;
use std::time::Duration;

fn refusal() -> io::Error {
    io::Error::from_raw_os_error(libc::EIO)
}

impl ScriptedKernel {
    /// Notes a request, and lets it go wrong if its turn has come.
    fn goes_wrong(&mut self, tid: Tid, operation: &'static str) -> Option<Mishap> {
        let index = self.requests.len();
        self.requests.push(operation);
        if matches!(self.state(tid), Some(State::Vanished | State::Gone) | None) {
            return Some(Mishap::Vanishes);
        }
        let mishap = self.mishap.filter(|(at, _)| *at == index).map(|(_, mishap)| mishap);
        if mishap == Some(Mishap::Vanishes) {
            // SIGKILL ends the whole process, and threads that it has not yet made will not be.
            let process = self.world.processes.get(&tid).copied();
            for (other, _) in self.world.processes.iter().filter(|(_, of)| Some(**of) == process) {
                let unmade = self.events.iter().any(|event| event.makes(*other));
                let unborn = if unmade { State::Gone } else { State::Vanished };
                let state = self.tasks.entry(*other).or_insert(unborn);
                if *state != State::Gone {
                    *state = State::Vanished;
                }
            }
        }
        mishap
    }

    fn ask(&mut self, stopped: &Stopped, operation: &'static str) -> Result<Halt, KernelError> {
        let tid = stopped.tid();
        match self.goes_wrong(tid, operation) {
            Some(Mishap::Vanishes) => return Err(KernelError::Vanished(tid)),
            Some(Mishap::Refused) => return Err(KernelError::Refused { operation, tid, source: refusal() }),
            None => {}
        }
        let is_stopped = matches!(self.state(tid), Some(State::Stopped(_)));
        assert!(is_stopped, "{operation} of {tid}, which is not stopped; {:#?}", self.acts);
        Ok(self.halts[&tid].clone())
    }

    fn look(&mut self, tid: Tid, operation: &'static str) -> Result<(), LookError> {
        match self.goes_wrong(tid, operation) {
            Some(Mishap::Vanishes) => Err(LookError::Vanished(tid)),
            Some(Mishap::Refused) => Err(LookError::Failed { operation, tid, source: refusal() }),
            None if self.world.hidden.contains(&tid) => Err(LookError::Denied { operation, tid }),
            None => Ok(()),
        }
    }

    /// Asks whoever answers elsewhere.
    fn ask_elsewhere(&mut self, tid: Tid, operation: &'static str) -> Result<(), LookError> {
        match self.world.answers.get(&tid) {
            Some(Answered::InTime) => Ok(()),
            Some(Answered::Never) => {
                let source = io::ErrorKind::TimedOut.into();
                Err(LookError::Failed { operation, tid, source })
            }
            None => {
                self.act(format!("{tid} is asked about elsewhere"));
                self.world.asked.insert(tid);
                Err(LookError::Pending { operation, tid })
            }
        }
    }

    fn act(&mut self, act: impl Into<String>) {
        self.acts.push(act.into());
    }
}

impl Kernel for ScriptedKernel {
    fn wait(&mut self, deadline: Option<Duration>) -> Result<Waited, KernelError> {
        Ok(self.play(deadline))
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn drop_if_ended(&mut self, tid: Tid) -> bool {
        self.state(tid) == Some(State::Gone)
    }

    fn means_havoc(&mut self, _caller: Tid, number: i32) -> bool {
        number == HAVOC
    }

    fn limit_at(&mut self, limit: Duration) {
        self.limit = Some(limit);
    }

    fn requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.asked)
    }

    fn resume(&mut self, stopped: Stopped, how: Resume) -> Result<(), KernelError> {
        let halt = match self.ask(&stopped, "resume") {
            Ok(halt) => halt,
            Err(error @ KernelError::Refused { .. }) => {
                self.refused_resume = true;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        let tid = halt.tid;
        match (halt.stop, how) {
            (Stop::Signal(signal), Resume::Deliver(delivered)) => assert_eq!(signal, delivered),
            (Stop::Signal(signal), Resume::DeliverAndStep(delivered)) => {
                assert_eq!(signal, delivered);
                self.stepping.insert(tid);
            }
            // The trap of a step is nobody's signal.
            (Stop::Signal(Signal::TRAP), Resume::Run) if self.stepping.remove(&tid) => {}
            (Stop::Group(_), Resume::Listen) => {}
            (Stop::Signal(_) | Stop::Group(_), _)
            | (_, Resume::Deliver(_) | Resume::DeliverAndStep(_) | Resume::Listen) => {
                panic!("{tid} goes on from {:?} by {how:?}; {:#?}", halt.stop, self.acts)
            }
            (_, Resume::Run | Resume::ToExit) => {}
        }
        self.act(match how {
            Resume::Run => format!("{tid} runs"),
            Resume::ToExit => format!("{tid} to exit"),
            Resume::Deliver(signal) => format!("{tid} gets {signal}"),
            Resume::DeliverAndStep(signal) => format!("{tid} gets {signal} and steps"),
            Resume::Listen => format!("{tid} listens"),
        });
        self.tasks.insert(tid, State::Running(how));
        self.world.answers.remove(&tid);
        self.world.asked.remove(&tid);
        Ok(())
    }

    fn syscall_info(&mut self, stopped: &Stopped) -> Result<SyscallInfo, KernelError> {
        Ok(self.ask(stopped, "syscall_info")?.info)
    }

    fn event_task(&mut self, stopped: &Stopped) -> Result<Option<Tid>, KernelError> {
        Ok(self.ask(stopped, "event_task")?.about)
    }

    fn signal_info(&mut self, stopped: &Stopped) -> Result<SignalInfo, KernelError> {
        match self.ask(stopped, "signal_info")?.stop {
            Stop::Signal(signal) if self.world.signals_by_terminal => {
                Ok(SignalInfo { code: 0x80, ..sent(signal) })
            }
            Stop::Signal(signal) => {
                let info = sent(signal);
                Ok(SignalInfo {
                    sender: self.world.signals_by.map(|sender| (sender, 0)).or(info.sender),
                    ..info
                })
            }
            other => panic!("the siginfo of {other:?} is asked for"),
        }
    }

    fn reports_tasks(&self) -> bool {
        !self.world.notifies
    }

    fn seccomp_filters(&mut self, tid: Tid) -> Option<u32> {
        self.world.filters.get(&tid).copied()
    }

    fn lost_privilege(&mut self, tid: Tid) -> Option<LostPrivilege> {
        self.world.lost.remove(&tid)
    }

    fn vdso_answers(&self, name: &str) -> bool {
        self.world.vdso.contains(&name)
    }

    fn ways(&self) -> Vec<&'static str> {
        vec!["everything by a script"]
    }

    fn has_filter_above(&self) -> bool {
        self.world.has_filter_above
    }

    fn keeps_skipped_results(&self) -> bool {
        !self.world.loses_skipped_results
    }

    fn skip(&mut self, stopped: &Stopped, result: i64) -> Result<Verified, KernelError> {
        let halt = self.ask(stopped, "skip")?;
        assert_eq!(halt.stop, Stop::Seccomp, "a call is skipped at its seccomp stop");
        self.act(format!("{} skips: {result}", halt.tid));
        Ok(if self.world.loses_writes { Verified::No } else { Verified::Yes })
    }

    fn set_result(&mut self, stopped: &Stopped, result: i64) -> Result<Verified, KernelError> {
        let halt = self.ask(stopped, "set_result")?;
        assert!(matches!(halt.info, SyscallInfo::Exit(_)), "a result is set at the exit");
        self.act(format!("{} is told {result}", halt.tid));
        Ok(if self.world.loses_writes { Verified::No } else { Verified::Yes })
    }

    fn set_number(&mut self, stopped: &Stopped, number: u32) -> Result<Verified, KernelError> {
        let halt = self.ask(stopped, "set_number")?;
        assert_eq!(halt.stop, Stop::Seccomp, "another call is put in its place at the seccomp stop");
        self.act(format!("{} calls {number}", halt.tid));
        Ok(if self.world.loses_writes { Verified::No } else { Verified::Yes })
    }

    fn set_argument(
        &mut self,
        stopped: &Stopped,
        abi: Abi,
        index: usize,
        value: u64,
    ) -> Result<Verified, KernelError> {
        let halt = self.ask(stopped, "set_argument")?;
        let SyscallInfo::Seccomp(raw) = &halt.info else { panic!("an argument is changed before the call") };
        assert_eq!(raw.view().map(|view| view.abi), Some(abi), "in the registers of the call's own ABI");
        assert_eq!(halt.stop, Stop::Seccomp, "an argument is changed at the seccomp stop");
        self.act(format!("{} argument {index}: {value:#x}", halt.tid));
        Ok(if self.world.loses_writes { Verified::No } else { Verified::Yes })
    }

    fn restore_argument(
        &mut self,
        stopped: &Stopped,
        _abi: Abi,
        index: usize,
        value: u64,
    ) -> Result<(), KernelError> {
        let halt = self.ask(stopped, "restore_argument")?;
        assert!(matches!(halt.info, SyscallInfo::Exit(_)), "an argument is put back at the exit");
        self.act(format!("{} argument {index} back: {value:#x}", halt.tid));
        Ok(())
    }

    fn interrupt(&mut self, tid: Tid) -> Result<(), KernelError> {
        match self.goes_wrong(tid, "interrupt") {
            Some(Mishap::Vanishes) => return Err(KernelError::Vanished(tid)),
            Some(Mishap::Refused) => {
                return Err(KernelError::Refused { operation: "interrupt", tid, source: refusal() });
            }
            None => {}
        }
        self.act(format!("{tid} is interrupted"));
        Ok(())
    }

    fn disown_signal(&mut self, stopped: &Stopped) -> Result<bool, KernelError> {
        let halt = self.ask(stopped, "disown_signal")?;
        assert!(matches!(halt.stop, Stop::Signal(_)), "a signal is disowned at its delivery");
        let is_ours = self.world.signals_by.is_none();
        if is_ours {
            self.act(format!("{} has it from the kernel", halt.tid));
        }
        Ok(is_ours)
    }

    fn interrupted_call(
        &mut self,
        stopped: &Stopped,
        entry: &SyscallView,
    ) -> Result<Option<Restart>, KernelError> {
        let halt = self.ask(stopped, "interrupted_call")?;
        let asked_at = matches!(halt.stop, Stop::Signal(_) | Stop::Group(_));
        assert!(
            asked_at,
            "registers tell of an interruption at signal and group stops, not at {:?}",
            halt.stop
        );
        // The registers hold the number under which the task has entered last.
        let same = self.entered.get(&halt.tid).is_some_and(|last| last.number == entry.number);
        Ok(halt.interrupted.filter(|_| same))
    }

    fn handler_ends_call(&mut self, stopped: &Stopped) -> Result<bool, KernelError> {
        let halt = self.ask(stopped, "handler_ends_call")?;
        assert_eq!(halt.stop, Stop::Signal(Signal::TRAP), "only a handler that begins has a frame");
        Ok(self.world.handlers_end_calls)
    }

    fn shares_terminal(&mut self, _tid: Tid) -> bool {
        !self.world.apart
    }

    fn signal(&mut self, target: SignalTarget, signal: Signal) -> Result<(), KernelError> {
        let (process, task) = target.ids();
        assert!(process.get() > 1, "a signal to everybody");
        self.act(match task {
            Some(task) => format!("{process}/{task} is sent {signal}"),
            None => format!("{process} is sent {signal}"),
        });
        let target = task.unwrap_or(tid(process.get()));
        match self.goes_wrong(target, "signal") {
            Some(Mishap::Vanishes) => Err(KernelError::Vanished(target)),
            Some(Mishap::Refused) => {
                Err(KernelError::Refused { operation: "signal", tid: target, source: refusal() })
            }
            None => Ok(()),
        }
    }

    fn stop_myself(&mut self) {
        self.act("havoc stops");
    }

    fn is_at_its_stop(&mut self, tid: Tid) -> bool {
        matches!(self.state(tid), Some(State::Stopped(_)))
    }
}

impl Look for ScriptedKernel {
    fn process_of(&mut self, tid: Tid) -> Option<Pid> {
        self.world.processes.get(&tid).copied()
    }

    fn parent_of(&mut self, tid: Tid) -> Option<Pid> {
        let process = self.process_of(tid)?;
        let parent = *self.world.parents.get(&process)?;
        // The children of a process that is gone are init's.
        let lives = self.world.processes.values().any(|process| *process == parent);
        Some(if lives { parent } else { pid(1) })
    }

    fn catches(&mut self, tid: Tid, signal: Signal) -> bool {
        self.world.catches(tid, signal)
    }

    fn forget(&mut self, tid: Tid) {
        self.act(format!("{tid} is forgotten"));
        self.world.answers.remove(&tid);
        self.world.asked.remove(&tid);
    }

    fn read_memory(&mut self, tid: Tid, address: u64, buffer: &mut [u8]) -> Result<usize, LookError> {
        self.look(tid, "read_memory")?;
        // Unreadable memory is no error, and nothing of it can be read.
        let bytes = self.world.at(tid, address).unwrap_or_default();
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn read_string(&mut self, tid: Tid, address: u64, limit: usize) -> Result<(Vec<u8>, bool), LookError> {
        self.look(tid, "read_string")?;
        let Some(bytes) = self.world.at(tid, address) else { return Ok((Vec::new(), false)) };
        let string: Vec<u8> = bytes.iter().copied().take_while(|byte| *byte != 0).take(limit).collect();
        let complete = bytes.get(string.len()) == Some(&0);
        Ok((string, complete))
    }

    fn write_memory(&mut self, tid: Tid, address: u64, bytes: &[u8]) -> Result<usize, LookError> {
        self.look(tid, "write_memory")?;
        let written = self.world.write(tid, address, bytes);
        if written == 0 {
            return Err(bad_address(tid));
        }
        self.act(format!("{tid} memory {address:#x}: {:02x?}", &bytes[..written]));
        Ok(written)
    }

    fn descriptor_name(&mut self, tid: Tid, descriptor: i32, name: &mut Vec<u8>) -> Result<bool, LookError> {
        self.look(tid, "descriptor_name")?;
        let is_elsewhere = |known: &Vec<u8>| self.world.is_served_elsewhere(known);
        if self.world.descriptors.get(&(tid, descriptor)).is_some_and(is_elsewhere) {
            self.ask_elsewhere(tid, "descriptor_name")?;
        }
        let known = self.world.descriptors.get(&(tid, descriptor));
        known.into_iter().for_each(|known| known.clone_into(name));
        Ok(known.is_some())
    }

    fn descriptor_kind(&mut self, tid: Tid, descriptor: i32) -> Result<Option<DescriptorKind>, LookError> {
        self.look(tid, "descriptor_kind")?;
        let kind = self.world.kinds.get(&(tid, descriptor)).cloned();
        let is_open = self.world.descriptors.contains_key(&(tid, descriptor));
        Ok(kind.or(is_open.then_some(DescriptorKind::Regular)))
    }

    fn socket(&mut self, tid: Tid, descriptor: i32) -> Result<Option<Socket>, LookError> {
        self.look(tid, "socket")?;
        Ok(self.world.sockets.get(&(tid, descriptor)).cloned())
    }

    fn thread_name(&mut self, tid: Tid) -> Result<Vec<u8>, LookError> {
        self.look(tid, "thread_name")?;
        Ok(self.world.names.get(&tid).cloned().unwrap_or_else(|| b"program".to_vec()))
    }

    fn program(&mut self, tid: Tid) -> Result<Option<Vec<u8>>, LookError> {
        self.look(tid, "program")?;
        Ok(Some(b"/bin/program".to_vec()))
    }

    fn working_directory(&mut self, tid: Tid) -> Result<Vec<u8>, LookError> {
        self.look(tid, "working_directory")?;
        Ok(b"/work".to_vec())
    }

    fn resolve(
        &mut self,
        tid: Tid,
        base: Base,
        name: &[u8],
        _last: LastLink,
    ) -> Result<Option<Vec<u8>>, LookError> {
        self.look(tid, "resolve")?;
        if self.world.is_served_elsewhere(name) {
            return self.ask_elsewhere(tid, "resolve").map(|()| Some(path::fold(b"/work", name)));
        }
        let base = match base {
            Base::Cwd => b"/work".to_vec(),
            Base::Descriptor(number) => {
                self.world.descriptors.get(&(tid, number)).cloned().unwrap_or_default()
            }
        };
        Ok(Some(path::fold(&base, name)))
    }

    fn mappings(&mut self, tid: Tid, range: AddressRange) -> Result<Vec<Mapping>, LookError> {
        self.look(tid, "mappings")?;
        let all = self.world.mappings.get(&tid).cloned().unwrap_or_default();
        Ok(all.into_iter().filter(|at| at.range.start < range.end && range.start < at.range.end).collect())
    }

    fn is_shared_memory(&mut self, tid: Tid, range: AddressRange) -> Result<bool, LookError> {
        Ok(self.mappings(tid, range)?.iter().any(|mapping| mapping.is_shared))
    }

    fn mapped_files(
        &mut self,
        tid: Tid,
        range: AddressRange,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), LookError> {
        let mappings = self.mappings(tid, range)?;
        let mut names = mappings.iter().filter_map(|mapping| mapping.name.as_deref());
        if names.any(|name| self.world.is_served_elsewhere(name)) {
            self.ask_elsewhere(tid, "mapped_files")?;
        }
        let files = mappings.iter().filter(|mapping| mapping.is_file);
        files.filter_map(|mapping| mapping.name.as_deref()).for_each(each);
        Ok(())
    }

    fn pidfd_target(&mut self, tid: Tid, _descriptor: i32) -> Result<Option<Tid>, LookError> {
        self.look(tid, "pidfd_target")?;
        Ok(self.world.pidfd_target)
    }

    fn answered(&mut self) -> Vec<Tid> {
        std::mem::take(&mut self.world.answered)
    }

    fn pages_may_wait(&mut self) {
        self.act("pages may wait");
    }

    fn is_pending(&self, tid: Tid) -> bool {
        self.world.asked.contains(&tid) && !self.world.answers.contains_key(&tid)
    }

    fn give_up(&mut self, tid: Tid) {
        self.act(format!("{tid} is answered for no more"));
        self.world.answers.insert(tid, Answered::Never);
    }

    fn shares_root(&mut self, tid: Tid) -> Result<bool, LookError> {
        self.look(tid, "shares_root")?;
        Ok(true)
    }
}
