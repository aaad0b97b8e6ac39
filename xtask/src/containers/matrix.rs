//! The cells that the end-to-end tests run in, and what cannot be tried in a container.
use super::compose::Cell;
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

/// Tests that say themselves that they are skipped where a container's profile forbids what they are about, or its image has
/// no debugger. The host's stage has them all; what they show of the first process of a namespace is also tried by the tests `containers`.
const IN_NO_CONTAINER: [&str; 13] = [
    "anything::a_proc_of_another_namespace_is_refused_with_the_remedy",
    "blind::a_child_that_no_debugger_was_to_get_by_clone3_is_followed_too",
    "blind::real_enosys_is_no_sign_of_anything",
    "elsewhere::paths_are_those_of_the_program_in_a_mount_namespace_of_its_own",
    "elsewhere::pids_are_those_of_havocs_namespace_and_paths_those_of_the_program_in_namespaces_of_its_own",
    "death::nobody_is_left_of_a_program_that_has_mounted_something_over_proc",
    "engines::a_call_that_is_made_under_the_number_of_a_task_that_has_ended_is_judged",
    "engines::programs_in_a_namespace_of_pids_of_their_own_do_the_same",
    "files::files_are_looked_up_in_the_thread_that_makes_the_call",
    "lifecycle::as_the_first_process_havoc_forwards_reaps_orphans_and_tells_by_128_and_n",
    "logs::a_call_without_a_name_is_shown_by_its_number",
    "tree::the_stable_log_shows_a_child_made_by_clone3",
    "untraced::gdb_runs_and_stops_a_program_whose_calls_fail",
];

/// Those that need what an engine may or may not give: an address of IPv6 on the loopback device.
const WITH_IPV6: [&str; 1] = ["sockets::addresses_of_ipv6_are_known_too"];

/// Those that need root besides.
const AS_ROOT_ALONE: [&str; 3] = [
    "elsewhere::paths_are_those_of_the_program_in_a_root_of_its_own",
    "elsewhere::programs_and_callers_are_told_by_the_paths_of_a_root_of_their_own",
    "engines::programs_that_go_elsewhere_do_the_same",
];

/// Tells whether this test may be skipped in this cell.
pub fn may_skip(cell: Cell, test: &str) -> bool {
    IN_NO_CONTAINER.contains(&test)
        || WITH_IPV6.contains(&test)
        || (cell.user != "root" && AS_ROOT_ALONE.contains(&test))
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
    fn only_what_a_container_forbids_may_be_skipped() {
        let [user, root] = [CELLS[0], CELLS[2]];
        assert!(may_skip(user, IN_NO_CONTAINER[0]) && may_skip(root, IN_NO_CONTAINER[0]));
        assert!(may_skip(user, WITH_IPV6[0]));
        assert!(may_skip(user, AS_ROOT_ALONE[0]) && !may_skip(root, AS_ROOT_ALONE[0]));
        assert!(!may_skip(root, "java::force_throws_no_anode_for_one_file_and_succeeds_for_the_other"));
    }
}
