//! What havoc keeps does not grow with what the program does: tasks that have ended, generations, data, mappings.
use havoc_tests::havoc::Havoc;
use havoc_tests::scene::Scene;
use havoc_tests::skip::skip;
use havoc_tests::{outside, testee};

/// Runs a command, and says what it took at most: of memory in KB, and of descriptors.
const PEAK: &str = r#"
    peak() {
        "$@" > out 2> err & watched=$!
        memory=0 descriptors=0
        while now=; while read -r key value _; do [ "$key" = VmHWM: ] && now=$value; done < "/proc/$watched/status"
            [ -n "$now" ]
        do
            [ "$now" -gt $memory ] && memory=$now
            set -- "/proc/$watched/fd/"*
            [ $# -gt $descriptors ] && descriptors=$#
            sleep 0.01
        done
        wait $watched; echo "$? $memory $descriptors"
    }
"#;

/// The status, the memory in KB and the descriptors of havoc with these words, and what the program said.
///
/// Without what the suite's second run asks for: exit stops, which `notify` has none of.
fn peak(program: &str, words: &str) -> ((u64, u64, u64), String) {
    let scene = Scene::new().with(testee::c(program)).variable("PEAK", PEAK);
    let played = scene.play(&format!("eval \"$PEAK\"; peak \"$havoc\" {words}; cat out err"));
    let (first, rest) = played.out.split_once('\n').unwrap_or_else(|| panic!("{played:?}"));
    let numbers: Vec<u64> =
        first.split(' ').map(|word| word.parse().unwrap_or_else(|_| panic!("{played:?}"))).collect();
    assert_eq!(numbers.len(), 3, "{played:?}");
    ((numbers[0], numbers[1], numbers[2]), rest.to_owned())
}

fn assert_flat(engine: &str) {
    let of = |tasks: u32| {
        let options = format!("-q -o /dev/null --engine {engine} --inject fsync:error=EIO:path=a.bin");
        let words = format!("{options} -- \"$short_tasks\" . {tasks}");
        let ((status, memory, descriptors), said) = peak("short_tasks", &words);
        assert_eq!((status, said.as_str()), (0, format!("{tasks} failed\n").as_str()), "{engine}");
        (memory, descriptors)
    };
    // Of so many an emulated CPU makes no more in the minute that the program has.
    let (first, last) = if outside::is_emulated() { (200, 1200) } else { (500, 6000) };
    let (few, many) = (of(first), of(last));
    println!("{engine}: {few:?} KB and descriptors after {first} tasks, {many:?} after {last}");
    assert!(many.0 < few.0 + 1500, "{engine}: {few:?} KB, {many:?} KB");
    // Of up to 64 tasks three are kept, and both peaks are what is seen every ten milliseconds. One kept for each task that has
    // ended would be a thousand more.
    assert!(many.1 <= few.1 + 3 * 64, "{engine}: {few:?} descriptors, {many:?} descriptors");
}

#[test]
fn tasks_that_have_ended_leave_nothing_behind() {
    assert_flat("ptrace");
}

#[test]
fn tasks_whose_ends_are_not_reported_leave_nothing_behind() {
    if !outside::has_notify() {
        return skip("no engine `notify` here");
    }
    assert_flat("notify");
}

#[test]
fn a_stable_log_of_generations_takes_as_much_memory_as_there_are_and_not_the_square() {
    let of = |generations: u32| {
        let options = "-q --stable -o log --inject fsync:error=EIO";
        let ((status, memory, _), said) =
            peak("short_tasks", &format!("{options} -- \"$short_tasks\" . {generations} generations"));
        assert!(status == 0 && said.starts_with("last\n"), "{status}: {said}");
        memory
    };
    let (few, many) = (of(500), of(4000));
    println!("{few} KB for 500 generations, {many} KB for 4000");
    // 16 MB for a list of numbers to each alone.
    assert!(many < few + 12_000, "{few} KB, {many} KB");
}

#[test]
fn much_that_is_read_at_once_is_changed_in_parts() {
    let options = "-q -o log --inject read:corrupt=fill/0xAA:path=/dev/zero";
    let ((status, memory, _), said) = peak("reads_much", &format!("{options} -- \"$reads_much\" 128"));
    assert_eq!((status, said.as_str()), (0, "read 134217728, not zero 134217728\n"));
    assert!(memory < 32_000, "{memory} KB");
}

#[test]
fn a_call_on_very_many_mapped_files_makes_a_line_of_bounded_length() {
    let ran = Havoc::new().options(["--trace", "madvise"]).run(testee::c("maps_much"), &[".", "20000"]);
    assert!(ran.printed("madvise: ok"), "{}", ran.out);
    let longest = ran.log.lines().max_by_key(|line| line.len()).expect("a line");
    assert!(longest.contains(" /* and 19968 more */, "), "{longest}");
    assert!(longest.len() < 4000, "{} bytes", longest.len());

    let ran =
        Havoc::new().inject("madvise:error=EIO:path=other").run(testee::c("maps_much"), &[".", "20000"]);
    let near = ran.lines_with("near miss: madvise");
    assert!(near.iter().any(|line| line.ends_with(" and 19984 more")), "{near:?}");
}
