//! mapped_files DIR: maps DIR/a.bin and DIR/b.bin, writes and flushes each ten times, in turn. One line a flush:
//! `a.bin flush 1: ok` or `a.bin flush 1: No anode (os error 55)`. Exits 0, whatever the flushes said.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use memmap2::MmapMut;

const LENGTH: u64 = 4 * 4096;
const FLUSHES: u8 = 10;

fn map(path: &Path) -> io::Result<MmapMut> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    file.set_len(LENGTH)?;
    // SAFETY: memmap2 asks that nobody truncates or changes the file under the map; it lies in a directory that
    // the caller made for this program alone, and nothing here shrinks it after set_len.
    unsafe { MmapMut::map_mut(&file) }
}

fn run(directory: &Path) -> io::Result<()> {
    let mut maps = Vec::new();
    for name in ["a.bin", "b.bin"] {
        maps.push((name, map(&directory.join(name))?));
    }
    for flush in 1..=FLUSHES {
        for (name, map) in &mut maps {
            map.fill(flush);
            match map.flush() {
                Ok(()) => println!("{name} flush {flush}: ok"),
                Err(error) => println!("{name} flush {flush}: {error}"),
            }
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    // SAFETY: alarm takes a number of seconds and no pointer; its SIGALRM ends this program, which is its purpose.
    unsafe { libc::alarm(60) };
    let Some(directory) = std::env::args_os().nth(1) else {
        eprintln!("usage: mapped_files DIR");
        return ExitCode::from(2);
    };
    match run(Path::new(&directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mapped_files: {error}");
            ExitCode::FAILURE
        }
    }
}
