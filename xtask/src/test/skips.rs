//! Which tests may be skipped where: those that say themselves that they are, since their surroundings lack something. In CI any
//! other skip is a failure.
//!
//! Every test runs on the host, as root and with all that `cargo xtask setup` installs.

/// What surroundings may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A way to make namespaces, mount, call clone3 or a number without a name, and choose the next pid: Docker's profile forbids
    /// them. What these tests show of the first process of a namespace is also tried by the tests `containers`.
    Freedom,
    /// gdb. An image would be half as large again with it, and in a guest it would be most of the root, which lies in memory.
    Debugger,
    /// An address of IPv6 on the loopback device: an engine may or may not give it.
    Ipv6,
    /// Files that no server keeps: an engine may keep those of its containers by fuse-overlayfs.
    LocalFiles,
    /// A root directory of one's own: for root by chroot(2), for others in a user namespace.
    Chroot,
    /// Root's right to be another user, which nobody has in a user namespace of one user.
    Root,
    /// File systems and pages that a program serves itself: /dev/fuse with the right to mount, and userfaultfd(2) for faults of the
    /// kernel. No container has either, and a guest has no modules.
    Serving,
    /// The engine `notify`: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV came with Linux 5.19.
    Notify,
}

/// The tests, by their names or by how these begin.
const TESTS: [(Lack, &[&str]); 8] = [
    (
        Lack::Freedom,
        &[
            "anything::a_proc_of_another_namespace_is_refused_with_the_remedy",
            "blind::a_child_that_no_debugger_was_to_get_by_clone3_is_followed_too",
            "blind::real_enosys_is_no_sign_of_anything",
            "death::nobody_is_left_in_twenty_runs_when_all_that_is_called_havoc_is_killed",
            "death::nobody_is_left_of_a_program_that_has_mounted_something_over_proc",
            "death::nobody_is_left_when_havoc_and_its_guard_are_killed_at_once",
            "elsewhere::a_program_that_unmounts_proc_can_and_its_files_are_still_found",
            "elsewhere::paths_are_those_of_the_program_in_a_mount_namespace_of_its_own",
            "elsewhere::pids_are_those_of_havocs_namespace_and_paths_those_of_the_program_in_namespaces_of_its_own",
            "engines::a_call_that_is_made_under_the_number_of_a_task_that_has_ended_is_judged",
            "engines::programs_in_a_namespace_of_pids_of_their_own_do_the_same",
            "files::files_are_looked_up_in_the_thread_that_makes_the_call",
            "lifecycle::as_the_first_process_havoc_forwards_reaps_orphans_and_tells_by_128_and_n",
            "logs::a_call_without_a_name_is_shown_by_its_number",
            "tree::the_stable_log_shows_a_child_made_by_clone3",
        ],
    ),
    (Lack::Debugger, &["untraced::gdb_runs_and_stops_a_program_whose_calls_fail"]),
    (Lack::Ipv6, &["sockets::addresses_of_ipv6_are_known_too"]),
    (Lack::LocalFiles, &["privileges::a_program_without_the_capabilities_of_its_file_is_told"]),
    (
        Lack::Chroot,
        &[
            "elsewhere::paths_are_those_of_the_program_in_a_root_of_its_own",
            "elsewhere::programs_and_callers_are_told_by_the_paths_of_a_root_of_their_own",
            "engines::programs_that_go_elsewhere_do_the_same",
        ],
    ),
    (
        Lack::Root,
        &[
            "choice::for_want_of_descriptors_or_processes_the_other_engine_is_taken_and_the_limit_is_named",
            "privileges::",
        ],
    ),
    (
        Lack::Serving,
        &[
            "files::fuse_hangs_lets_nobody_go_who_asks_until_it_ends",
            "held_up::a_time_limit_ends_a_run_whose_task_does_not_die_and_names_it",
            "served::",
        ],
    ),
    (
        Lack::Notify,
        &[
            "blind::a_filter_of_the_programs_own_is_obeyed_and_told",
            "blind::a_listener_of_the_programs_own_is_refused_where_havoc_listens_and_told",
            "blind::a_program_that_traces_itself_does_so_where_nobody_is_traced",
            "blind::io_uring_is_refused_likewise_where_nobody_is_traced",
            "choice::a_plan_of_entries_needs_no_tracer_and_auto_takes_none",
            "choice::for_want_of_descriptors_or_processes_the_other_engine_is_taken_and_the_limit_is_named",
            "death::a_time_limit_ends_the_program_though_the_guard_is_stopped",
            "death::nobody_is_left_of_a_program_that_has_mounted_something_over_proc",
            "death::nobody_is_left_of_an_untraced_program_",
            "death::nobody_is_left_when_havoc_is_killed_while_it_starts",
            "engines::",
            "i386::both_engines_do_the_same_to_programs_of_32_bits",
            "interrupted::an_interrupted_answer_to_a_notification_is_given_again",
            "memory::tasks_whose_ends_are_not_reported_leave_nothing_behind",
            "privileges::a_set_uid_program_that_nobody_traces_is_told_however_soon_it_ends",
            "stops::who_is_not_traced_",
            "storm::without_a_tracer_",
            "untraced::",
        ],
    ),
];

/// Tells whether this test may be skipped in surroundings that lack these.
pub fn may_skip(test: &str, lacks: &[Lack]) -> bool {
    let lacking = TESTS.iter().filter(|(lack, _)| lacks.contains(lack));
    lacking.flat_map(|(_, tests)| *tests).any(|start| test.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_may_be_skipped_only_where_what_it_needs_is_lacking() {
        let debugger = "untraced::gdb_runs_and_stops_a_program_whose_calls_fail";
        assert!(may_skip(debugger, &[Lack::Debugger]));
        assert!(!may_skip(debugger, &[Lack::Freedom, Lack::Root]));
        // A whole module, and all tests of a beginning.
        assert!(may_skip("engines::rules_on_files_do_the_same", &[Lack::Notify]));
        assert!(may_skip("storm::without_a_tracer_each_call_is_decided_once", &[Lack::Notify]));
        assert!(!may_skip("storm::a_tracer_decides_each_call_once", &[Lack::Notify]));
        assert!(!may_skip("java::force_throws", &TESTS.map(|(lack, _)| lack)));
    }

    #[test]
    fn each_thing_that_may_be_lacking_has_one_list_in_order() {
        for (index, (lack, tests)) in TESTS.iter().enumerate() {
            assert!(tests.is_sorted_by(|a, b| a < b), "{lack:?}");
            assert!(TESTS[..index].iter().all(|(other, _)| other != lack), "{lack:?}");
        }
    }
}
