//! The cells that the end-to-end tests run in, and what each of them lacks.
use super::compose::Cell;
use crate::test::skips::Lack;
use anyhow::{Result, ensure};

const fn cell(name: &'static str, release: &'static str, user: &'static str, can_ptrace: bool) -> Cell {
    Cell { name, release, user, can_ptrace, verifies: false }
}

/// The cells, those of the first release first. Every user meets every capability there: for an ordinary user it changes
/// the profile alone, for root also what it may do. The second release has another C library and another JDK.
pub const CELLS: [Cell; 6] = [
    cell("bookworm-user", "bookworm", "1000:1000", false),
    cell("bookworm-user-ptrace", "bookworm", "1000:1000", true),
    cell("bookworm-root", "bookworm", "root", false),
    cell("bookworm-root-ptrace", "bookworm", "root", true),
    cell("trixie-user", "trixie", "1000:1000", false),
    Cell { verifies: true, ..cell("trixie-root-ptrace", "trixie", "root", true) },
];

/// Returns the cells that are `wanted` by name, all of them if none is.
///
/// # Errors
/// When there is no cell of such a name.
pub fn chosen(wanted: &[String]) -> Result<Vec<Cell>> {
    let names = || CELLS.map(|cell| cell.name).join(", ");
    for name in wanted {
        ensure!(
            CELLS.iter().any(|cell| cell.name == name),
            "there is no cell `{name}`; there are {}",
            names()
        );
    }
    let is_wanted = |cell: &Cell| wanted.is_empty() || wanted.iter().any(|name| name == cell.name);
    Ok(CELLS.into_iter().filter(is_wanted).collect())
}

/// Returns what a cell lacks that some tests need.
pub fn lacks(cell: Cell) -> Vec<Lack> {
    let mut lacks = vec![Lack::Freedom, Lack::Debugger, Lack::Ipv6, Lack::LocalFiles, Lack::Serving];
    if cell.user != "root" {
        lacks.extend([Lack::Chroot, Lack::Root]);
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::images::RELEASES;

    #[test]
    fn every_user_meets_every_capability_and_every_release_is_tried() {
        for user in ["1000:1000", "root"] {
            for can_ptrace in [false, true] {
                let is_it = |cell: &Cell| {
                    (cell.release, cell.user, cell.can_ptrace) == (RELEASES[0], user, can_ptrace)
                };
                assert!(CELLS.iter().any(is_it), "{user}, {can_ptrace}");
            }
        }
        assert!(CELLS.iter().any(|cell| cell.verifies));
        assert!(RELEASES.iter().all(|release| CELLS.iter().any(|cell| cell.release == *release)));
    }

    #[test]
    fn a_cell_is_chosen_by_its_name_and_one_that_does_not_exist_is_refused() {
        let names = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            chosen(&wanted).map(|cells| cells.iter().map(|cell| cell.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap(), CELLS.map(|cell| cell.name));
        assert_eq!(names(&["trixie-user", "bookworm-user"]).unwrap(), ["bookworm-user", "trixie-user"]);
        assert!(
            names(&["bookworm"])
                .unwrap_err()
                .to_string()
                .starts_with("there is no cell `bookworm`; there are")
        );
    }

    #[test]
    fn a_cell_of_an_ordinary_user_lacks_what_only_root_may() {
        for cell in CELLS {
            assert!(lacks(cell).contains(&Lack::Freedom), "{cell}");
            assert_eq!(lacks(cell).contains(&Lack::Root), cell.user != "root", "{cell}");
        }
    }
}
