//! The stage `containers`: the end-to-end tests in each cell of the matrix, each service of compose.yaml as people call
//! it, and what can be tried only with an engine at hand.
use super::ledger::Ledger;
use super::run::{Counted, run_once};
use super::skips::may_skip;
use crate::cargo;
use crate::containers::compose::{self, Cell};
use crate::containers::engine::Engine;
use crate::containers::images::{self, HAVOC, RELEASES};
use crate::containers::matrix::{CELLS, chosen, lacks};
use anyhow::{Context, Result, ensure};
use std::process::{Command, Stdio};

/// The service that runs every test.
const ALL: &str = "all-tests";

/// Sets up, builds the images, runs the tests and cleans up. What fails before its tests could run counts as one failure.
/// Of a stage with `cells`, which are names, there are only the end-to-end tests in these.
///
/// # Errors
/// When there is no engine, or no such cell.
pub fn run(private_engine: bool, keep_images: bool, cells: &[String]) -> Result<Counted> {
    let cells = chosen(cells)?;
    let engine = if private_engine { Engine::private()? } else { Engine::running_or_private()? };
    let before = Before::look(&engine)?;
    let mut ledger = Ledger::default();
    if let Err(error) = run_with(&engine, &cells, &mut ledger) {
        ledger.add(&Counted::or_failure(Err(error)));
    }
    if !keep_images && let Err(error) = before.restore(&engine) {
        eprintln!("warning: not everything of the containers' stage could be removed: {error:#}");
    }
    Ok(ledger.close())
}

fn run_with(engine: &Engine, cells: &[Cell], ledger: &mut Ledger) -> Result<()> {
    let is_whole = cells.len() == CELLS.len();
    compose::provide()?;
    let has_cell = |release: &str| cells.iter().any(|cell| cell.release == release);
    for (index, release) in RELEASES.into_iter().enumerate() {
        // All programs are built in the first.
        if index == 0 || has_cell(release) {
            ledger.prepare(&format!("base image of {release}"), || images::provide(engine, release))?;
        }
    }
    let services = compose::services(engine, CELLS[0])?;
    let services: Vec<&str> =
        services.iter().map(String::as_str).filter(|service| *service != HAVOC).collect();
    for release in RELEASES {
        let Some(cell) = cells.iter().find(|cell| cell.release == release) else { continue };
        let wanted = if is_whole && release == RELEASES[0] { &services[..] } else { &[ALL] };
        ledger.prepare(&format!("images of {release}"), || cell.build(engine, wanted, &[]))?;
    }
    for cell in cells {
        // As it is called without words, it shows the log of every test as well: that is for people.
        let words = ["run", "--rm", "--no-TTY", ALL, "--format", "pretty"];
        run_in(ledger, &cell.to_string(), cell.compose(engine, &words), *cell)?;
    }
    if is_whole { run_others(engine, &services, ledger) } else { Ok(()) }
}

fn run_in(ledger: &mut Ledger, name: &str, command: Command, cell: Cell) -> Result<()> {
    ledger.run(name, || run_once(command, |test| may_skip(test, &lacks(cell))))
}

/// Runs what is no cell: each service as people call it, and what asks an engine itself.
fn run_others(engine: &Engine, services: &[&str], ledger: &mut Ledger) -> Result<()> {
    ledger.prepare("image of havoc", || images::release(engine, images::Linked::InParts))?;
    for service in services.iter().filter(|service| **service != ALL) {
        let command = CELLS[0].compose(engine, &["run", "--rm", "--no-TTY", service]);
        run_in(ledger, &format!("docker compose run {service}"), command, CELLS[0])?;
    }
    if compose::has_compose_1() {
        let command = CELLS[0].compose_1(engine, &["run", "--rm", "-T", "jvm-test"]);
        run_in(ledger, "docker-compose run jvm-test", command, CELLS[0])?;
    } else {
        // Debian 12 was the last to have it.
        println!("SKIPPED: docker-compose run jvm-test: no Compose of version 1 here");
        ledger.add(&Counted::expected_skip());
    }
    run_in(ledger, "with an engine at hand", with_engine(engine)?, CELLS[0])
}

/// Returns the call of the tests that ask an engine themselves. They use the programs of this machine.
fn with_engine(engine: &Engine) -> Result<Command> {
    cargo::build_programs()?;
    let test = ["test", "--package", "havoc-tests", "--features", "containers", "--test", "containers"];
    let mut command = cargo::command(&test);
    engine.lead(&mut command);
    Ok(command)
}

/// What the engine held before.
struct Before {
    images: Vec<String>,
    /// Images that have lost their name to another, by id.
    nameless: Vec<String>,
    /// Whether there was a cache of builds. Nobody can tell whose a part of it is, so only one that was empty is emptied.
    has_cache: bool,
}

impl Before {
    fn look(engine: &Engine) -> Result<Before> {
        let usage = ask(engine, &["system", "df", "--format", "{{.Type}}={{.TotalCount}}"])?;
        let (images, nameless) = (images_of(engine)?, nameless_of(engine)?);
        Ok(Before { images, nameless, has_cache: !usage.contains(&"Build Cache=0".to_owned()) })
    }

    /// Removes the images of ours that were not there before, the bases too.
    fn restore(&self, engine: &Engine) -> Result<()> {
        let bases = RELEASES.map(images::base);
        for image in images_of(engine)? {
            let is_ours = image.starts_with("havoc-test-")
                || image.starts_with(&format!("{HAVOC}:"))
                || bases.contains(&image);
            if is_ours && !self.images.contains(&image) {
                ask(engine, &["image", "rm", &image])?;
            }
        }
        // Two services with one image build it twice, and the one that is named last has the name.
        for image in nameless_of(engine)? {
            if !self.nameless.contains(&image) {
                ask(engine, &["image", "rm", &image])?;
            }
        }
        if !self.has_cache {
            ask(engine, &["builder", "prune", "--all", "--force"])?;
        }
        Ok(())
    }
}

/// Returns the images with a name.
fn images_of(engine: &Engine) -> Result<Vec<String>> {
    ask(engine, &["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])
}

/// Returns the images without a name, by id.
fn nameless_of(engine: &Engine) -> Result<Vec<String>> {
    ask(engine, &["image", "ls", "--quiet", "--no-trunc", "--filter", "dangling=true"])
}

/// Returns the lines that the client prints.
fn ask(engine: &Engine, words: &[&str]) -> Result<Vec<String>> {
    let output = engine.docker(words).stdin(Stdio::null()).output().context("start docker")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "docker {}: {}", words.join(" "), error.trim());
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
