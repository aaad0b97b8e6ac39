//! What a helper may be asked, and how it finds the answer.
use crate::kernel::linux::maps::Maps;
use crate::kernel::linux::memory;
use crate::kernel::linux::proc::TaskDirectory;
use crate::kernel::look_error::LookError;
use crate::resource::{AddressRange, Base, LastLink, Mapping};

/// A look at a task that may have to wait. The answer is a list of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kernel::linux) enum Question {
    /// The path with its links resolved: one, or none if it leads nowhere.
    Resolve {
        /// What a relative path begins at.
        base: Base,
        /// What becomes of a link at its end.
        last: LastLink,
        /// As the program has written it.
        path: Vec<u8>,
    },
    /// The name of a descriptor's file: one, or none if it is not open.
    Descriptor(i32),
    /// The name of the program's file: one, or none.
    Program,
    /// The working directory.
    WorkingDirectory,
    /// The names of the files that are mapped in a range.
    MappedFiles(AddressRange),
    /// The mappings in a range, each as [`encoded`].
    Mappings(AddressRange),
    /// As many bytes from an address on as can be read, at most so many. What is looked at is no directory, but the file `mem` in it.
    Memory(AddressRange),
}

impl Question {
    /// Finds the answer, and may wait.
    ///
    /// # Errors
    /// When the task is gone, or may not be looked at.
    pub(super) fn answer(&self, task: &TaskDirectory) -> Result<Vec<Vec<u8>>, LookError> {
        let one = |name: Option<Vec<u8>>| name.into_iter().collect();
        Ok(match self {
            Question::Resolve { base, last, path } => one(task.resolved(*base, path, *last)?),
            Question::Descriptor(number) => one(task.descriptor_name(*number)?.map(|file| file.name)),
            Question::Program => one(Some(task.exe()?.name)),
            Question::WorkingDirectory => one(Some(task.cwd()?.name)),
            Question::MappedFiles(range) => {
                let mut names = Vec::new();
                Maps::open(task)?.each_file(task, *range, &mut |name| names.push(name.to_vec()))?;
                names
            }
            Question::Mappings(range) => {
                Maps::open(task)?.in_range(task, *range)?.iter().map(encoded).collect()
            }
            Question::Memory(range) => {
                let mut bytes = vec![0; (range.end - range.start) as usize];
                let length = memory::read_and_wait(task.tid(), &task.directory, range.start, &mut bytes)?;
                bytes.truncate(length);
                one(Some(bytes))
            }
        })
    }

    /// Writes it as words and bytes: kind, three numbers, and a path.
    pub(super) fn encode(&self) -> ([u64; 4], &[u8]) {
        let range = |kind, range: &AddressRange| ([kind, range.start, range.end, 0], &b""[..]);
        match self {
            Question::Resolve { base, last, path } => {
                let (is_descriptor, number) = match base {
                    Base::Cwd => (0, 0),
                    Base::Descriptor(number) => (1, *number as u32),
                };
                ([1, is_descriptor, number.into(), u64::from(*last == LastLink::Kept)], path)
            }
            Question::Descriptor(number) => ([2, u64::from(*number as u32), 0, 0], b""),
            Question::Program => ([3, 0, 0, 0], b""),
            Question::WorkingDirectory => ([4, 0, 0, 0], b""),
            Question::MappedFiles(at) => range(5, at),
            Question::Mappings(at) => range(6, at),
            Question::Memory(at) => range(7, at),
        }
    }

    /// Reads what [`Question::encode`] has written.
    pub(super) fn decode(words: [u64; 4], path: &[u8]) -> Option<Question> {
        let range = AddressRange { start: words[1], end: words[2] };
        Some(match words {
            [1, is_descriptor, number, is_kept] => Question::Resolve {
                base: if is_descriptor == 1 { Base::Descriptor(number as u32 as i32) } else { Base::Cwd },
                last: if is_kept == 1 { LastLink::Kept } else { LastLink::Followed },
                path: path.to_vec(),
            },
            [2, number, ..] => Question::Descriptor(number as u32 as i32),
            [3, ..] => Question::Program,
            [4, ..] => Question::WorkingDirectory,
            [5, ..] => Question::MappedFiles(range),
            [6, ..] => Question::Mappings(range),
            [7, ..] => Question::Memory(range),
            _ => return None,
        })
    }
}

/// Writes a mapping as bytes: start, end and offset, two flags, and the name behind a byte that says whether there is one.
fn encoded(mapping: &Mapping) -> Vec<u8> {
    let numbers = [mapping.range.start, mapping.range.end, mapping.offset];
    let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    bytes.extend([mapping.is_file, mapping.is_shared, mapping.name.is_some()].map(u8::from));
    bytes.extend(mapping.name.iter().flatten());
    bytes
}

/// Reads a mapping that a helper has written.
pub(in crate::kernel::linux) fn mapping(bytes: &[u8]) -> Option<Mapping> {
    let (numbers, rest) = bytes.split_at_checked(24)?;
    let number = |nth: usize| numbers[nth * 8..][..8].try_into().map(u64::from_ne_bytes).ok();
    let ([is_file, is_shared, has_name], name) = rest.split_first_chunk::<3>()?;
    Some(Mapping {
        range: AddressRange { start: number(0)?, end: number(1)? },
        offset: number(2)?,
        is_file: *is_file == 1,
        is_shared: *is_shared == 1,
        name: (*has_name == 1).then(|| name.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_comes_out_as_it_was_put() {
        let range = AddressRange { start: 4096, end: u64::MAX };
        let path = b"a/\xff/b".to_vec();
        for question in [
            Question::Resolve { base: Base::Cwd, last: LastLink::Followed, path: path.clone() },
            Question::Resolve { base: Base::Descriptor(7), last: LastLink::Kept, path },
            Question::Descriptor(-1),
            Question::Descriptor(i32::MAX),
            Question::Program,
            Question::WorkingDirectory,
            Question::MappedFiles(range),
            Question::Mappings(range),
            Question::Memory(range),
        ] {
            let (words, path) = question.encode();
            assert_eq!(Question::decode(words, path), Some(question.clone()));
        }
        assert_eq!(Question::decode([99, 0, 0, 0], b""), None);
    }

    #[test]
    fn a_mapping_comes_out_as_it_went_in() {
        for name in [None, Some(b"/a b".to_vec()), Some(Vec::new())] {
            let range = AddressRange { start: 1, end: 2 };
            let written = Mapping { range, offset: 3, name, is_file: true, is_shared: false };
            assert_eq!(mapping(&encoded(&written)), Some(written));
        }
        assert_eq!(mapping(b"short"), None);
    }
}
