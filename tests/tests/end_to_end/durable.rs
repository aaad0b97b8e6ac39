//! A rule about durability hits whichever call is to bring it about.
use havoc_tests::havoc::Havoc;
use havoc_tests::{outside, testee};

const CALLS: [(char, &str); 4] =
    [('f', "fsync"), ('d', "fdatasync"), ('m', "msync"), ('s', "sync_file_range")];

/// Every order of the four letters.
fn orders() -> Vec<[char; 4]> {
    let letters = CALLS.map(|(letter, _)| letter);
    let mut orders = Vec::new();
    for code in 0..256 {
        let order = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6].map(|index| letters[index]);
        if letters.iter().all(|letter| order.contains(letter)) {
            orders.push(order);
        }
    }
    orders
}

fn name(letter: char) -> &'static str {
    CALLS.iter().find(|(it, _)| *it == letter).expect("one of the four").1
}

#[test]
fn the_second_call_that_makes_one_file_durable_fails_whichever_it_is() {
    let orders = orders();
    assert_eq!(orders.len(), 24);
    let every = if outside::is_emulated() { 5 } else { 1 };
    for (index, order) in orders.iter().enumerate().step_by(every) {
        // The same calls on the other file before, behind and between, in another order.
        let other = orders[(index * 7 + 5) % 24].map(|letter| letter.to_ascii_uppercase());
        let all: String = order.iter().zip(other).flat_map(|(of_x, of_y)| [*of_x, of_y]).collect();
        let ran = Havoc::new()
            .inject("%persist:error=EIO:path=x.db:when=2")
            .run(testee::c_static("syncs_in_order"), &[".", &all]);
        let expected: Vec<String> = all
            .chars()
            .enumerate()
            .map(|(place, letter)| {
                let file = if letter.is_ascii_uppercase() { "y.db" } else { "x.db" };
                let how = if place == 2 { "EIO" } else { "ok" };
                format!("{file} {}: {how}", name(letter.to_ascii_lowercase()))
            })
            .collect();
        assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected, "{all}: {ran:?}");
        assert_eq!(ran.injected(), 1, "{all}: {ran:?}");
        let line = ran.lines_with("(INJECTED) (%persist#1 instead)")[0];
        assert!(line.contains(&format!("] {}(", name(order[1]))) && line.contains("/x.db"), "{all}: {ran:?}");
    }
}

/// sqlite3 makes its files durable by fdatasync, the journal and the database itself; not in every transaction by as many.
#[test]
fn sqlite_reports_a_disk_error_in_the_second_transaction_and_undoes_it() {
    let script = "PRAGMA journal_mode=TRUNCATE; CREATE TABLE t(a); INSERT INTO t VALUES(1);";
    let havoc = Havoc::new();
    let first = havoc.run("sqlite3", &["x.db", script]);
    assert_eq!((first.status, first.err.as_str()), (0, ""), "{first:?}");

    let havoc = havoc.inject("%persist:error=EIO:path=x.db:when=2");
    let ran = havoc.run(
        "sqlite3",
        &["x.db", "INSERT INTO t VALUES(2);", "INSERT INTO t VALUES(3);", "SELECT group_concat(a) FROM t;"],
    );
    assert!(ran.err.contains("disk I/O error"), "{ran:?}");
    assert_eq!(ran.injected(), 1, "{ran:?}");
    let line = ran.lines_with("(INJECTED)")[0];
    assert!(line.contains("] fdatasync(") && line.contains("<<dir>/x.db>"), "{ran:?}");

    let after = Havoc::new()
        .run("sqlite3", &[&havoc.directory().join("x.db").display().to_string(), "SELECT a FROM t;"]);
    assert_eq!(after.out, "1\n2\n", "the second transaction was undone: {after:?}");
}
