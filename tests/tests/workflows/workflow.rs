//! What of a workflow the checks ask about. The form: GitHub's "Workflow syntax for GitHub Actions".
use saphyr::{LoadableYamlNode, Yaml};

/// A workflow.
#[derive(Debug)]
pub struct Workflow {
    /// Whether its token can read at most, unless a job asks for more.
    pub reads_only: bool,
    pub jobs: Vec<Job>,
}

/// A job of a workflow.
#[derive(Debug)]
pub struct Job {
    pub name: String,
    pub has_timeout: bool,
    /// The machines that it runs on, matrix filled in.
    pub runners: Vec<String>,
    /// The actions that it uses, `owner/name@version`.
    pub actions: Vec<String>,
    /// The lines that it gives to a shell, for each cell of the matrix.
    pub commands: Vec<String>,
    /// The workflow of this repository that it runs, in the place of steps.
    pub calls: Option<String>,
}

/// What a job says in its `uses` to run another workflow of the same commit.
pub const OF_OURS: &str = "./.github/workflows/";

/// Reads the one document of a YAML text.
///
/// # Errors
/// When it is no YAML, or not one document.
pub fn yaml(text: &str) -> Result<Yaml<'_>, String> {
    let mut documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    match documents.len() {
        1 => Ok(documents.remove(0)),
        count => Err(format!("{count} documents, where one belongs")),
    }
}

impl Workflow {
    /// Reads a workflow.
    ///
    /// # Errors
    /// When it is none, or has what is not looked into here.
    pub fn read(text: &str) -> Result<Workflow, String> {
        let yaml = yaml(text)?;
        let permissions = yaml.as_mapping_get("permissions").and_then(Yaml::as_mapping);
        let reads_only = permissions.is_some_and(|all| all.values().all(|one| one.as_str() == Some("read")));
        let jobs = yaml.as_mapping_get("jobs").and_then(Yaml::as_mapping).ok_or("no jobs")?;
        let jobs = jobs.iter().map(|(name, job)| Job::read(name.as_str().unwrap_or("?"), job));
        Ok(Workflow { reads_only, jobs: jobs.collect::<Result<_, _>>()? })
    }
}

impl Job {
    fn read(name: &str, job: &Yaml) -> Result<Job, String> {
        let wrong = |what: &str| format!("job {name}: {what}");
        if let Some(called) = text(job, "uses") {
            let own = called.strip_prefix(OF_OURS).ok_or_else(|| wrong("it runs a workflow of others"))?;
            return Ok(Job::that_calls(name, own));
        }
        let cells = cells(job).map_err(|what| wrong(&what))?;
        let runner = text(job, "runs-on").ok_or_else(|| wrong("no runs-on"))?;
        let steps = job.as_mapping_get("steps").and_then(Yaml::as_vec).ok_or_else(|| wrong("no steps"))?;
        let mut actions = Vec::new();
        let mut commands = Vec::new();
        for step in steps {
            match (text(step, "uses"), text(step, "run")) {
                (Some(action), None) => actions.push(action.to_owned()),
                (None, Some(script)) => {
                    for line in script.lines().filter(|line| !line.trim().is_empty()) {
                        for cell in &cells {
                            commands.push(fill(line.trim(), cell).map_err(|what| wrong(&what))?);
                        }
                    }
                }
                _ => return Err(wrong("a step either uses an action or runs a command")),
            }
        }
        let runners = cells.iter().map(|cell| fill(runner, cell)).collect::<Result<_, _>>();
        Ok(Job {
            name: name.to_owned(),
            has_timeout: job.as_mapping_get("timeout-minutes").is_some(),
            runners: runners.map_err(|what| wrong(&what))?,
            actions,
            commands,
            calls: None,
        })
    }

    /// Returns a job that runs another workflow, whose jobs have runners and limits of their own.
    fn that_calls(name: &str, called: &str) -> Job {
        Job {
            name: name.to_owned(),
            has_timeout: true,
            runners: Vec::new(),
            actions: Vec::new(),
            commands: Vec::new(),
            calls: Some(called.to_owned()),
        }
    }
}

fn text<'a>(node: &'a Yaml, key: &str) -> Option<&'a str> {
    node.as_mapping_get(key).and_then(Yaml::as_str)
}

/// A cell of a matrix: names and values.
type Cell = Vec<(String, String)>;

/// Returns the cells of a job's matrix; the one empty cell if it has none.
fn cells(job: &Yaml) -> Result<Vec<Cell>, String> {
    let matrix = job.as_mapping_get("strategy").and_then(|strategy| strategy.as_mapping_get("matrix"));
    let Some(matrix) = matrix else { return Ok(vec![Vec::new()]) };
    let axes = matrix.as_mapping().ok_or("a matrix of another form")?;
    let pair = |(name, value): (&Yaml, &Yaml)| Some((name.as_str()?.to_owned(), value.as_str()?.to_owned()));
    let cells: Option<Vec<Cell>> = match axes.iter().next() {
        Some((name, values)) if axes.len() == 1 && name.as_str() == Some("include") => {
            values.as_vec().and_then(|cells| {
                let cells = cells.iter().map(|cell| cell.as_mapping()?.iter().map(pair).collect());
                cells.collect()
            })
        }
        Some((name, values)) if axes.len() == 1 => values
            .as_vec()
            .and_then(|values| values.iter().map(|value| Some(vec![pair((name, value))?])).collect()),
        _ => None,
    };
    cells.ok_or_else(|| "a matrix is one axis, or `include` alone".to_owned())
}

/// Fills in `${{ matrix.NAME }}`. Other expressions of that kind are no part of a command: a shell would run whatever
/// the name of a branch says; they belong to `env`.
fn fill(text: &str, cell: &Cell) -> Result<String, String> {
    let mut filled = String::new();
    let mut pieces = text.split("${{");
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (expression, rest) = piece.split_once("}}").ok_or("an expression without its end")?;
        let name = expression.trim().strip_prefix("matrix.");
        let value = name.and_then(|name| cell.iter().find(|(own, _)| own == name));
        let (_, value) = value.ok_or_else(|| format!("`{}` in a command", expression.trim()))?;
        filled.push_str(value);
        filled.push_str(rest);
    }
    Ok(filled)
}
