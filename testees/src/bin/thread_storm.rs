//! `thread_storm [N [DIR]]`: N (200) threads at once, each of which flushes a map of DIR/a.bin (without DIR: of anonymous memory) twice,
//! reads twice and ends: `threads: 200, flushes: 400 ok, 0 failed, reads: 400 ok, 0 failed`.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use memmap2::{MmapMut, MmapOptions};

const LENGTH: usize = 4 * 4096;

#[derive(Default)]
struct Count {
    ok: AtomicU32,
    failed: AtomicU32,
}

impl Count {
    fn add<T>(&self, result: &io::Result<T>) {
        let counter = if result.is_ok() { &self.ok } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ok, {} failed", self.ok.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

fn map(directory: Option<&str>) -> io::Result<MmapMut> {
    let Some(directory) = directory else {
        return MmapOptions::new().len(LENGTH).map_anon();
    };
    let path = Path::new(directory).join("a.bin");
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    file.set_len(LENGTH as u64)?;
    // SAFETY: memmap2 asks that nobody truncates or changes the file under the map; it lies in a directory that
    // the caller made for this program alone, and nothing here shrinks it after set_len.
    unsafe { MmapMut::map_mut(&file) }
}

fn storm(threads: u32, directory: Option<&str>) -> io::Result<()> {
    let map = map(directory)?;
    let zero = File::open("/dev/zero")?;
    let (flushes, reads) = (Count::default(), Count::default());
    let start = Barrier::new(threads as usize);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                start.wait();
                for _ in 0..2 {
                    flushes.add(&map.flush());
                    reads.add(&(&zero).read(&mut [0; 1]));
                }
            });
        }
    });
    println!("threads: {threads}, flushes: {flushes}, reads: {reads}");
    Ok(())
}

fn main() -> ExitCode {
    // SAFETY: alarm takes a number of seconds and no pointer; its SIGALRM ends this program, which is its purpose.
    unsafe { libc::alarm(60) };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Ok(threads) = arguments.first().map_or("200", String::as_str).parse() else {
        eprintln!("usage: thread_storm [N [DIR]]");
        return ExitCode::from(2);
    };
    match storm(threads, arguments.get(1).map(String::as_str)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("thread_storm: {error}");
            ExitCode::FAILURE
        }
    }
}
