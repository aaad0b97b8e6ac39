//! The stage `containers`: the end-to-end tests in each cell of the matrix, each service of compose.yaml as people call
//! it, and what can be tried only with an engine at hand.
use super::run::{Counted, run_once};
use super::{Part, show};
use crate::cargo;
use crate::containers::compose::{self, Cell};
use crate::containers::engine::Engine;
use crate::containers::images::{self, HAVOC, RELEASES};
use crate::containers::matrix::{CELLS, may_skip};
use anyhow::{Context, Result, ensure};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The service that runs every test.
const ALL: &str = "all-tests";

/// Sets up, builds the images, runs the tests and cleans up.
///
/// # Errors
/// When the run could not begin.
pub fn run(private_engine: bool, keep_images: bool) -> Result<Counted> {
    let engine = if private_engine { Engine::private()? } else { Engine::running_or_private()? };
    let before = images_of(&engine)?;
    let counted = run_with(&engine);
    if !keep_images {
        remove_new(&engine, &before)?;
    }
    counted
}

fn run_with(engine: &Engine) -> Result<Counted> {
    let mut stage = Stage::default();
    compose::provide()?;
    for release in RELEASES {
        stage.prepare(&format!("base image of {release}"), || images::provide(engine, release))?;
    }
    let services = compose::services(engine, CELLS[0])?;
    let services: Vec<&str> =
        services.iter().map(String::as_str).filter(|service| *service != HAVOC).collect();
    stage.prepare(&format!("images of {}", RELEASES[0]), || CELLS[0].build(engine, &services))?;
    for cell in CELLS.iter().filter(|cell| cell.release != RELEASES[0]).take(1) {
        stage.prepare(&format!("images of {}", cell.release), || cell.build(engine, &[ALL]))?;
    }
    stage.prepare("image of havoc", || images::release(engine))?;

    for service in services.iter().filter(|service| **service != ALL) {
        let command = CELLS[0].compose(engine, &run_words(service));
        stage.run(&format!("docker compose run {service}"), command, CELLS[0])?;
    }
    if compose::has_compose_1() {
        let command = CELLS[0].compose_1(engine, &["run", "--rm", "-T", "jvm-test"]);
        stage.run("docker-compose run jvm-test", command, CELLS[0])?;
    } else {
        eprintln!("no Compose of version 1 here: it is not tried");
    }
    for cell in CELLS {
        stage.run(&cell.to_string(), cell.compose(engine, &run_words(ALL)), cell)?;
    }
    stage.run("with an engine at hand", with_engine(engine)?, CELLS[0])?;
    show(&stage.parts);
    Ok(stage.total)
}

fn run_words(service: &str) -> [&str; 4] {
    ["run", "--rm", "--no-TTY", service]
}

/// Returns the call of the tests that ask an engine themselves. They use the programs of this machine.
fn with_engine(engine: &Engine) -> Result<Command> {
    let build = cargo::command(&["build", "--workspace", "--bins"]).stdin(Stdio::null()).status();
    ensure!(build.context("start cargo build")?.success(), "the workspace does not build");
    let test = ["test", "--package", "havoc-tests", "--features", "containers", "--test", "containers"];
    let mut command = cargo::command(&test);
    engine.lead(&mut command);
    Ok(command)
}

/// What the stage has done so far.
#[derive(Default)]
struct Stage {
    total: Counted,
    parts: Vec<Part>,
}

impl Stage {
    fn prepare(&mut self, name: &str, what: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("── {name}");
        let start = Instant::now();
        what().with_context(|| format!("make the {name}"))?;
        self.parts.push(Part { name: name.to_owned(), tally: None, time: start.elapsed() });
        Ok(())
    }

    fn run(&mut self, name: &str, command: Command, cell: Cell) -> Result<()> {
        println!("── {name}");
        let start = Instant::now();
        let counted = run_once(command, |test| may_skip(cell, test))?;
        self.parts.push(Part { name: name.to_owned(), tally: Some(counted.tally), time: start.elapsed() });
        self.total.add(&counted);
        Ok(())
    }
}

/// Returns the images with a name.
fn images_of(engine: &Engine) -> Result<Vec<String>> {
    let output = engine.docker(&["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]).output();
    let text = String::from_utf8_lossy(&output.context("start docker")?.stdout).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}

/// Removes the images of ours that were not there before. The bases stay: they are Debian's.
fn remove_new(engine: &Engine, before: &[String]) -> Result<()> {
    for image in images_of(engine)? {
        let is_ours = image.starts_with("havoc-test-") || image.starts_with(&format!("{HAVOC}:"));
        if is_ours && !before.contains(&image) {
            let mut remove = engine.docker(&["image", "rm", &image]);
            let output = remove.stdout(Stdio::null()).output().context("start docker")?;
            ensure!(output.status.success(), "remove {image}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    Ok(())
}
