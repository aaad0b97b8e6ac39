//! Pieces of work, some of them at a time.
use std::sync::Mutex;
use std::thread;

/// Does each piece, `count` of them at a time, and returns what came of each in the order of the pieces.
///
/// # Panics
/// If `work` does.
pub fn at_a_time<P: Send, R: Send>(count: usize, pieces: Vec<P>, work: impl Fn(P) -> R + Sync) -> Vec<R> {
    let waiting = Mutex::new(pieces.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("no job panics while it takes a piece").next();
                    let Some((index, piece)) = next else { return };
                    let result = work(piece);
                    done.lock().expect("no job panics while it adds a result").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no job panics while it adds a result");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Returns how many jobs are to run at a time: as many as were asked for, or as there are CPUs.
pub fn count(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_and_results_are_in_the_order_of_the_pieces() {
        for count in [1, 3, 20] {
            assert_eq!(
                at_a_time(count, (0..10).collect(), |piece| piece * 2),
                [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
            );
        }
        assert_eq!(count(Some(0)), 1);
    }
}
