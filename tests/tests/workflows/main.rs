//! `.github/`: nobody here can run it, but much of it can be read. That each command exists, above all.
//!
//! Each check is a function from a workflow to what is wrong with it, and is shown a bad sample.
#![deny(unsafe_code)]

mod workflow;

use havoc_tests::command;
use havoc_tests::havoc::built;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use workflow::{OF_OURS, Workflow, yaml};

/// What a step may run beside `cargo xtask`: each is on GitHub's runners.
const TOOLS: &[&str] = &["gh", "rustup"];

/// What makes a runner into a machine like a developer's.
const PREPARATION: &str = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";

/// Commands that do not exist.
fn commands(workflow: &Workflow) -> Vec<String> {
    let commands = workflow.jobs.iter().flat_map(|job| &job.commands);
    commands
        .filter_map(|command| {
            if command == PREPARATION {
                return None;
            }
            let what = match command.split_whitespace().next() {
                Some("cargo") => command::check(command).err()?,
                Some(program) if TOOLS.contains(&program) => return None,
                program => format!("`{}` is not among the tools", program.unwrap_or_default()),
            };
            Some(format!("`{command}`: {what}"))
        })
        .collect()
}

/// Commands that a developer's machine cannot run as well.
fn not_ours(workflow: &Workflow) -> Vec<String> {
    let commands = workflow.jobs.iter().flat_map(|job| &job.commands);
    let strangers =
        commands.filter(|command| !command.starts_with("cargo xtask ") && *command != PREPARATION);
    strangers.map(|command| format!("`{command}` is no `cargo xtask`")).collect()
}

/// Actions that may change under us: a tag can be moved, a commit cannot.
fn unpinned(workflow: &Workflow) -> Vec<String> {
    let actions = workflow.jobs.iter().flat_map(|job| &job.actions);
    let is_pinned = |action: &&String| {
        let commit = action.split_once('@').map(|(_, commit)| commit);
        commit
            .is_some_and(|commit| commit.len() == 40 && commit.chars().all(|digit| digit.is_ascii_hexdigit()))
    };
    actions.filter(|action| !is_pinned(action)).map(|action| format!("`{action}` is not a commit")).collect()
}

/// Jobs that run for ever, on a system that changes under us, or with more rights than they need.
fn careless(workflow: &Workflow) -> Vec<String> {
    let mut findings = Vec::new();
    if !workflow.reads_only {
        findings.push("`permissions` of the whole are not `read`".to_owned());
    }
    for job in &workflow.jobs {
        if !job.has_timeout {
            findings.push(format!("{}: no timeout-minutes", job.name));
        }
        let moving = job.runners.iter().filter(|runner| runner.ends_with("-latest"));
        findings.extend(moving.map(|runner| format!("{}: `{runner}` is another system tomorrow", job.name)));
    }
    findings
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Returns the YAML files of a directory of ours, by name.
fn files(directory: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join(directory)).expect("a directory").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("a readable file"))
    };
    paths.into_iter().map(read).collect()
}

fn workflows() -> Vec<(String, Workflow)> {
    let read = |(name, text): (String, String)| {
        let workflow = Workflow::read(&text).unwrap_or_else(|what| panic!("{name}: {what}"));
        (name, workflow)
    };
    let workflows: Vec<_> = files(".github/workflows").into_iter().map(read).collect();
    assert!(workflows.len() >= 2, "{workflows:?}");
    workflows
}

fn assert_none(check: impl Fn(&Workflow) -> Vec<String>) {
    for (name, workflow) in workflows() {
        let findings = check(&workflow);
        assert!(findings.is_empty(), "{name}:\n{}", findings.join("\n"));
    }
}

#[test]
fn every_command_exists() {
    assert_none(commands);
}

/// Returns the workflow of this name.
fn named(name: &str) -> Workflow {
    let found = workflows().into_iter().find(|(own, _)| own == name);
    found.unwrap_or_else(|| panic!("there is no {name}")).1
}

/// Returns all commands of its jobs.
fn commands_of(workflow: &Workflow) -> Vec<String> {
    workflow.jobs.iter().flat_map(|job| &job.commands).cloned().collect()
}

#[test]
fn every_step_of_ci_runs_on_a_developer_s_machine_as_well() {
    assert_eq!(not_ours(&named("ci.yml")), [""; 0]);
}

/// Returns the commands of `.ci/run`, each on one line.
fn of_the_script() -> Vec<String> {
    let script = fs::read_to_string(root().join(".ci/run")).expect("a readable script").replace("\\\n", " ");
    script.lines().filter(|line| line.starts_with("cargo ")).map(str::to_owned).collect()
}

#[test]
fn ci_leaves_nothing_out_of_what_the_script_runs() {
    let commands = commands_of(&named("ci.yml"));
    let stages_of_ci: Vec<String> = commands.iter().flat_map(|command| stages(command)).collect();
    for wanted in of_the_script().iter().flat_map(|command| stages(command)) {
        // A verified run is a second one.
        let verified = format!("{wanted} --debug-verify");
        let is_run = stages_of_ci.contains(&wanted) || stages_of_ci.contains(&verified);
        assert!(is_run, "no job runs `{wanted}`: {stages_of_ci:?}");
    }
    let longest = |commands: &[String]| commands.iter().filter_map(|command| seconds(command)).max();
    assert!(longest(&of_the_script()) <= longest(&commands), "{commands:?}");
}

/// Returns how long a command has each fuzz target run, if it says so.
fn seconds(command: &str) -> Option<u32> {
    let words: Vec<&str> = command.strip_prefix("cargo xtask fuzz")?.split_whitespace().collect();
    words.windows(2).find(|pair| pair[0] == "--seconds").and_then(|pair| pair[1].parse().ok())
}

#[test]
fn every_cell_and_every_guest_runs_in_a_job() {
    let output = Command::new(built("xtask")).args(["test", "--list"]).output().expect("xtask runs");
    let parts = String::from_utf8(output.stdout).expect("names are UTF-8");
    assert!(parts.lines().count() > 10, "{parts}");
    let commands = commands_of(&named("ci.yml"));
    for part in parts.lines() {
        assert!(commands.iter().any(|command| includes(command, part)), "no job runs `{part}`: {commands:?}");
    }
}

/// Tells whether a command runs this part of a stage, as `cargo xtask test --list` names it: the stage, and either all of its
/// parts or this one.
fn includes(command: &str, part: &str) -> bool {
    let part: Vec<&str> = part.split_whitespace().collect();
    let is_run =
        stages(command).iter().any(|stage| stage.starts_with("cargo xtask test") && has(stage, &part[..2]));
    let words: Vec<&str> = command.split_whitespace().collect();
    is_run && part[2..].chunks(2).all(|choice| !words.contains(&choice[0]) || has(command, choice))
}

/// Tells whether these words stand in a command, one after the other.
fn has(command: &str, wanted: &[&str]) -> bool {
    command.split_whitespace().collect::<Vec<_>>().windows(wanted.len()).any(|words| words == wanted)
}

#[test]
fn a_part_is_run_by_its_stage_unless_others_were_chosen() {
    let cell = "--stage containers --cell trixie-user";
    assert!(includes("cargo xtask test --stage containers", cell));
    assert!(includes("cargo xtask test --stage containers --cell bookworm-root --cell trixie-user", cell));
    assert!(!includes("cargo xtask test --stage containers --cell bookworm-root", cell));
    assert!(!includes("cargo xtask test --stage kernels", cell));
    assert!(includes("cargo xtask test --debug-verify", "--stage host"));
    assert!(!includes("cargo xtask test -- -p xtask", "--stage host"));
}

#[test]
fn a_release_runs_what_ci_runs_before_it_builds() {
    let release = named("release.yml");
    assert!(release.jobs.iter().any(|job| job.calls.as_deref() == Some("ci.yml")), "{release:?}");
    let text = fs::read_to_string(root().join(".github/workflows/release.yml")).expect("a readable workflow");
    assert!(text.contains("    needs: test\n"), "{text}");
}

/// Returns a command for each stage that this one runs, so that jobs may run one each. What is no such command is one.
fn stages(command: &str) -> Vec<String> {
    if command.starts_with("cargo xtask fuzz") {
        // For how long each target runs is another question.
        return vec!["cargo xtask fuzz".to_owned()];
    }
    let Some(options) = command.strip_prefix("cargo xtask test") else { return vec![command.to_owned()] };
    let words: Vec<&str> = options.split_whitespace().collect();
    // A part of the tests is no stage.
    if words.contains(&"--") {
        return vec![command.to_owned()];
    }
    let named = words.windows(2).filter(|pair| pair[0] == "--stage").map(|pair| pair[1]);
    let mut stages: Vec<&str> = named.collect();
    if stages.is_empty() {
        stages.push("host");
    }
    let verify = if words.contains(&"--debug-verify") { " --debug-verify" } else { "" };
    // Only the host's stage knows that option.
    let of = |stage: &str| {
        format!("cargo xtask test --stage {stage}{}", if stage == "host" { verify } else { "" })
    };
    stages.into_iter().map(of).collect()
}

#[test]
fn a_stage_is_the_same_whether_it_is_run_alone_or_with_others() {
    let [host, containers] =
        ["cargo xtask test --stage host --debug-verify", "cargo xtask test --stage containers"];
    assert_eq!(stages("cargo xtask test --stage host --stage containers --debug-verify"), [host, containers]);
    assert_eq!(stages("cargo xtask test --debug-verify"), [host]);
    assert_eq!(stages("cargo xtask fuzz --seconds 20"), ["cargo xtask fuzz"]);
    for other in ["cargo xtask check", "cargo xtask test --debug-verify -- -p xtask"] {
        assert_eq!(stages(other), [other]);
    }
}

#[test]
fn every_action_is_pinned_to_a_commit() {
    assert_none(unpinned);
}

#[test]
fn every_job_ends_and_may_do_no_more_than_it_needs() {
    assert_none(careless);
}

/// Behind the commit stands which release it is, for people and for Dependabot, which keeps both in step.
#[test]
fn every_pin_names_its_release() {
    for (name, text) in files(".github/workflows") {
        for line in text.lines().filter(|line| line.contains("uses: ") && !line.contains(OF_OURS)) {
            let release = line.split_once(" # v").map(|(_, release)| release);
            let is_release = |release: &str| release.split('.').all(|part| part.parse::<u32>().is_ok());
            assert!(release.is_some_and(is_release), "{name}: {line}");
        }
    }
}

#[test]
fn forms_and_dependabot_are_yaml_with_what_github_asks_for() {
    for (name, text) in files(".github/ISSUE_TEMPLATE") {
        let form = yaml(&text).unwrap_or_else(|what| panic!("{name}: {what}"));
        let keys: &[&str] =
            if name == "config.yml" { &["blank_issues_enabled"] } else { &["name", "description", "body"] };
        for key in keys {
            assert!(form.contains_mapping_key(key), "{name}: no {key}");
        }
    }
    let (_, text) =
        files(".github").into_iter().find(|(name, _)| name == "dependabot.yml").expect("it is there");
    let dependabot = yaml(&text).expect("YAML");
    let updates = dependabot.as_mapping_get("updates").and_then(|updates| updates.as_vec()).expect("updates");
    for update in updates {
        let directory = update.as_mapping_get("directory").and_then(|directory| directory.as_str());
        let directory = directory.expect("a directory").trim_start_matches('/');
        assert!(root().join(directory).is_dir(), "{directory}");
    }
}

/// Nobody can run a pod here; that it is YAML, and asks for no more than the text says, can be seen.
#[test]
fn the_snippets_for_users_are_yaml_and_never_privileged() {
    let text = fs::read_to_string(root().join("docs/howto/ci.md")).expect("a readable document");
    let blocks: Vec<&str> =
        text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        yaml(block).unwrap_or_else(|what| panic!("{what}:\n{block}"));
        let typed = block.lines().filter(|line| !line.trim_start().starts_with('#'));
        assert!(!typed.collect::<String>().contains("privileged"), "{block}");
    }
}

/// Nobody here can run cross; that it is told of an emulator with ptrace and of a Dockerfile that exists can be read.
#[test]
fn cross_is_given_a_whole_machine_and_our_dockerfile() {
    let text = fs::read_to_string(root().join("Cross.toml")).expect("a readable file");
    let cross: toml::Table = text.parse().expect("TOML");
    let target = &cross["target"]["aarch64-unknown-linux-gnu"];
    assert_eq!(target["runner"].as_str(), Some("qemu-system"));
    let dockerfile = target["dockerfile"].as_str().expect("a path");
    let dockerfile = fs::read_to_string(root().join(dockerfile)).expect("a readable Dockerfile");
    assert!(dockerfile.contains("\nFROM ${CROSS_BASE_IMAGE}\n"), "{dockerfile}");
}

/// Returns a workflow of one job with these lines.
fn sample(lines: &str) -> Result<Workflow, String> {
    let job =
        "permissions:\n  contents: read\njobs:\n  a:\n    timeout-minutes: 1\n    runs-on: ubuntu-24.04\n";
    Workflow::read(&format!("{job}{lines}\n"))
}

#[test]
fn a_command_that_does_not_exist_is_found_in_every_cell_of_the_matrix() {
    let matrix = "    strategy:\n      matrix:\n        stage: [host, nosuch]\n";
    let workflow =
        sample(&format!("{matrix}    steps:\n      - run: cargo xtask test --stage ${{{{ matrix.stage }}}}"));
    let findings = commands(&workflow.expect("a workflow"));
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("`cargo xtask test --stage nosuch`:"), "{findings:?}");

    let workflow =
        sample("    steps:\n      - run: |\n          rustup target list\n          curl example.org");
    let workflow = workflow.expect("a workflow");
    assert_eq!(commands(&workflow), ["`curl example.org`: `curl` is not among the tools"]);
    assert_eq!(not_ours(&workflow).len(), 2);
}

#[test]
fn an_expression_in_a_command_is_refused() {
    let workflow = sample("    steps:\n      - run: cargo xtask test -- ${{ github.head_ref }}");
    assert!(workflow.unwrap_err().contains("`github.head_ref` in a command"));
}

#[test]
fn carelessness_is_found() {
    let workflow = sample("    steps:\n      - uses: actions/checkout@v7").expect("a workflow");
    assert_eq!(unpinned(&workflow), ["`actions/checkout@v7` is not a commit"]);
    assert_eq!(careless(&workflow), [""; 0]);
    let workflow =
        Workflow::read("jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: []\n").expect("a workflow");
    assert_eq!(careless(&workflow).len(), 3);
}
