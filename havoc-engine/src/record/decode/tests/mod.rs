//! One line of text a case: the call as strace would write it, over a made-up task.
mod argument;
mod companion;
mod further;
mod memory;
mod network;
mod outcome;
mod process;
mod structure;

use super::*;
use crate::plan::Endpoint;
use crate::resource::{AddressRange, Mapping, Socket};
use havoc_arch::{Abi, Errno, Restart};
use std::fmt::Write as _;

/// A task with a few bytes of memory, files and mappings.
#[derive(Default)]
struct Task {
    memory: Vec<(u64, Vec<u8>)>,
    mappings: Vec<Mapping>,
    style: Style,
    /// What is open on descriptor 6.
    socket: Option<Socket>,
}

impl Task {
    fn new() -> Task {
        Task::default()
    }

    fn with(mut self, address: u64, bytes: &[u8]) -> Task {
        self.memory.push((address, bytes.to_vec()));
        self
    }

    /// `-s N`, and `-v` if nothing is abbreviated.
    fn with_style(mut self, string_limit: usize, abbreviate: bool) -> Task {
        self.style = Style { string_limit, abbreviate, ..self.style };
        self
    }

    /// `-y`, or `-yy`.
    fn with_names(mut self, addresses: bool) -> Task {
        self.style = Style { directory: true, addresses, ..self.style };
        self
    }

    /// Descriptor 6 is a socket with these addresses.
    fn with_socket(mut self, is_stream: bool, endpoints: &[Endpoint]) -> Task {
        let endpoints = endpoints.to_vec();
        self.socket = Some(Socket { is_stream, transport: None, endpoints, incomplete: false });
        self
    }

    fn with_words(self, address: u64, words: &[u64]) -> Task {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        self.with(address, &bytes)
    }

    fn with_mapping(mut self, start: u64, length: u64, name: Option<&str>, is_file: bool) -> Task {
        self.mappings.push(Mapping {
            is_shared: false,
            range: AddressRange::new(start, length),
            offset: 0,
            name: name.map(|name| name.as_bytes().to_vec()),
            is_file,
        });
        self
    }
}

impl Look for Task {
    fn bytes(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let (start, bytes) = self
            .memory
            .iter()
            .find(|(start, bytes)| (*start..start + bytes.len() as u64).contains(&address))?;
        let bytes = &bytes[(address - start) as usize..];
        Some(bytes[..bytes.len().min(length)].to_vec())
    }

    fn string(&self, address: u64, limit: usize) -> Option<(Vec<u8>, bool)> {
        let bytes = self.bytes(address, limit + 1)?;
        match bytes.iter().position(|&byte| byte == 0) {
            Some(end) => Some((bytes[..end].to_vec(), true)),
            None if bytes.len() < limit => None,
            None => Some((bytes[..bytes.len().min(limit)].to_vec(), false)),
        }
    }

    fn descriptor_name(&self, descriptor: i32) -> Option<Vec<u8>> {
        assert!(descriptor >= 0, "asked for descriptor {descriptor}");
        [(3, "/data/a"), (4, "/data/b"), (5, "pipe:[7]"), (6, "socket:[9]")]
            .iter()
            .find(|(number, _)| *number == descriptor)
            .map(|(_, name)| name.as_bytes().to_vec())
    }

    fn working_directory(&self) -> Option<Vec<u8>> {
        assert!(self.style.directory, "asked for a directory that nobody wants");
        Some(b"/data/<x>".to_vec())
    }

    fn socket(&self, descriptor: i32) -> Option<Socket> {
        assert!(self.style.addresses && descriptor == 6, "asked for the addresses of {descriptor}");
        self.socket.clone()
    }

    fn mappings(&self, address: u64, length: u64) -> Vec<Mapping> {
        let range = AddressRange::new(address, length);
        let touches = |mapping: &&Mapping| mapping.range.start < range.end && range.start < mapping.range.end;
        self.mappings.iter().filter(touches).cloned().collect()
    }

    fn style(&self) -> Style {
        self.style
    }
}

fn view(abi: Abi, name: &str, given: &[u64]) -> SyscallView {
    let mut args = [0; 6];
    args[..given.len()].copy_from_slice(given);
    let number = havoc_arch::names::number_of(abi, name).unwrap();
    SyscallView { abi, number, args, instruction_pointer: 0, stack_pointer: 0 }
}

/// Writes every token so that its kind can be told: `t:` tasks, `&` addresses, `fd:` descriptors.
fn rendered(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        let _ = match token {
            Token::Text(plain) => write!(text, "{plain}"),
            Token::Task(raw) => write!(text, "t:{raw}"),
            Token::Varying(plain) => write!(text, "~{plain}"),
            Token::Address { value, mappings } => {
                let _ = write!(text, "&{value:#x}");
                for name in mappings.iter().map(|mapping| mapping.name.clone().unwrap_or_default()) {
                    let _ = write!(text, "<{}>", String::from_utf8(name).unwrap());
                }
                Ok(())
            }
            Token::Descriptor { number, name: Some(name) } => {
                write!(text, "{number}<{}>", String::from_utf8(name.clone()).unwrap())
            }
            Token::Descriptor { number, name: None } => write!(text, "fd:{number}"),
            Token::Quoted { bytes, truncated } => {
                write!(text, "{}{}", super::super::token::quote(bytes), if *truncated { "..." } else { "" })
            }
        };
    }
    text
}

fn line(arguments: &[Argument]) -> String {
    let shown = arguments.iter().map(|argument| match argument {
        Argument::Known(tokens) => rendered(tokens),
        Argument::Pending => "PENDING".to_owned(),
        Argument::Begun { tokens, .. } => format!("BEGUN {}", rendered(tokens)),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check_on(abi: Abi, task: &Task, name: &str, given: &[u64], expected: &str) {
    assert_eq!(line(&at_entry(&view(abi, name, given), task)), expected, "{name}");
}

#[track_caller]
fn check(task: &Task, name: &str, given: &[u64], expected: &str) {
    check_on(Abi::X86_64, task, name, given, expected);
}

#[track_caller]
fn check_exit_on(abi: Abi, task: &Task, name: &str, given: &[u64], returned: Returned, expected: &str) {
    let view = view(abi, name, given);
    let mut arguments = at_entry(&view, task);
    at_exit(&mut arguments, &view, returned, task);
    assert_eq!(line(&arguments), expected, "{name}");
}

#[track_caller]
fn check_exit(task: &Task, name: &str, given: &[u64], returned: Returned, expected: &str) {
    check_exit_on(Abi::X86_64, task, name, given, returned, expected);
}

#[track_caller]
fn check_result(name: &str, given: &[u64], returned: Returned, expected: &str) {
    let task = Task::new().with_mapping(0x7000, 0x1000, Some("/data/m"), true);
    assert_eq!(rendered(&result(&view(Abi::X86_64, name, given), returned, &task)), expected, "{name}");
}

fn error(number: u16) -> Returned {
    Returned::Error(Errno::new(number).unwrap())
}

/// What a C int of −1 or AT_FDCWD looks like in a register.
const MINUS_ONE: u64 = u64::MAX;
const AT_FDCWD: u64 = -100_i64 as u64;
