//! Asking again what a signal has interrupted.
use nix::errno::Errno;

/// After so many interruptions in a row the error is passed on. Signals come one at a time; what says EINTR forever is no
/// kernel, but a fault injector around havoc.
const MOST: u32 = 10_000;

/// Makes a call until its answer is another than EINTR. For calls that do nothing when they say so.
///
/// # Errors
/// The call's own; EINTR only if nothing else comes.
pub(super) fn again<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    for _ in 0..MOST {
        match call() {
            Err(Errno::EINTR) => {}
            answer => return answer,
        }
    }
    Err(Errno::EINTR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_call_is_made_again_until_it_answers() {
        let mut left = 3;
        let answer = again(|| match left {
            0 => Ok("answer"),
            _ => {
                left -= 1;
                Err(Errno::EINTR)
            }
        });
        assert_eq!(answer, Ok("answer"));
    }

    #[test]
    fn an_answer_that_is_an_error_stays_one_and_a_call_that_is_always_interrupted_ends() {
        assert_eq!(again(|| Err::<(), _>(Errno::ENOENT)), Err(Errno::ENOENT));
        assert_eq!(again(|| Err::<(), _>(Errno::EINTR)), Err(Errno::EINTR));
    }
}
