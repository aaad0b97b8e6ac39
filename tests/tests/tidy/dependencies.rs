//! Which crate may depend on which.
use crate::tree::{Finding, Tree};
use toml::{Table, Value};

/// What a crate of the house may depend on, within the house; and what it must leave to another.
struct Room {
    package: &'static str,
    may_use: &'static [&'static str],
    /// Not even one of these, tests aside.
    shuns: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    Room { package: "havoc-arch", may_use: &[], shuns: &["anyhow", "clap", "nix", "procfs"] },
    Room {
        package: "havoc-engine",
        may_use: &["havoc-arch"],
        shuns: &["annotate-snippets", "anstream", "anyhow", "clap"],
    },
    Room { package: "havoc-cli", may_use: &["havoc-engine"], shuns: &["libc", "nix", "procfs"] },
    Room { package: "havoc-testees", may_use: &[], shuns: &["anyhow", "clap"] },
    Room { package: "havoc-tests", may_use: &[], shuns: &[] },
    Room { package: "xtask", may_use: &[], shuns: &[] },
    Room { package: "havoc-fuzz", may_use: &["havoc-arch", "havoc-engine"], shuns: &["nix"] },
];

/// Dependencies between the crates that go against the direction cli → engine → arch, those of tests included.
pub fn direction(tree: &Tree) -> Vec<Finding> {
    let packages: Vec<String> = manifests(tree).map(|manifest| manifest.package).collect();
    let mut findings = Vec::new();
    for manifest in manifests(tree) {
        let Some(room) = manifest.room() else {
            let what =
                format!("`{}` is missing in the table of tests/tests/tidy/dependencies.rs", manifest.package);
            findings.push(Finding::new(&manifest.file, 1, what));
            continue;
        };
        for used in manifest.dependencies(|_| true) {
            if packages.contains(&used) && !room.may_use.contains(&used.as_str()) {
                findings.push(manifest.finding(&used));
            }
        }
    }
    findings
}

/// Dependencies from outside that belong to another crate.
pub fn shunned(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests(tree) {
        let shuns = manifest.room().map_or(&[][..], |room| room.shuns);
        let used = manifest.dependencies(|section| section != "dev-dependencies");
        let shunned = used.into_iter().filter(|used| shuns.contains(&used.as_str()));
        findings.extend(shunned.map(|used| manifest.finding(&used)));
    }
    findings
}

struct Manifest<'a> {
    file: String,
    text: &'a str,
    package: String,
    table: Table,
}

/// Returns the manifests of the workspace's members, and of what has a workspace of its own.
fn manifests(tree: &Tree) -> impl Iterator<Item = Manifest<'_>> {
    let root = parse("Cargo.toml", tree.text("Cargo.toml").expect("the workspace has a Cargo.toml"));
    let mut members = root["workspace"]["members"].as_array().expect("the workspace has members").clone();
    members.extend(root["workspace"].get("exclude").and_then(Value::as_array).into_iter().flatten().cloned());
    members.into_iter().map(|member| {
        let file = format!("{}/Cargo.toml", member.as_str().expect("a member is a path"));
        let text = tree.text(&file).unwrap_or_else(|| panic!("{file} is missing"));
        let table = parse(&file, text);
        let package = table["package"]["name"].as_str().expect("a package has a name").to_owned();
        Manifest { file, text, package, table }
    })
}

fn parse(file: &str, text: &str) -> Table {
    text.parse().unwrap_or_else(|error| panic!("{file}: {error}"))
}

impl Manifest<'_> {
    fn room(&self) -> Option<&'static Room> {
        ROOMS.iter().find(|room| room.package == self.package)
    }

    /// Returns the names of the packages in the sections wanted, those for single targets included.
    fn dependencies(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let targets = self.table.get("target").and_then(Value::as_table);
        let targets = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
        let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
        let sections: Vec<&str> = sections.into_iter().filter(|section| is_wanted(section)).collect();
        let mut names = Vec::new();
        for table in targets.chain([&self.table]) {
            let sections = sections.iter().filter_map(|&section| table.get(section)?.as_table());
            names.extend(sections.flatten().map(|(key, value)| {
                // `package` is there where a dependency has another name in the code.
                value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned()
            }));
        }
        names
    }

    fn finding(&self, used: &str) -> Finding {
        let line = self.text.lines().position(|line| line.contains(used) && !line.starts_with("name"));
        let what = format!("{} must not depend on {used}", self.package);
        Finding::new(&self.file, line.map_or(1, |line| line + 1), what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_finds;

    const ROOT: (&str, &str) = ("Cargo.toml", "[workspace]\nmembers = [\"arch\", \"engine\"]\n");
    const ENGINE: (&str, &str) = (
        "engine/Cargo.toml",
        "[package]\nname = \"havoc-engine\"\n[dependencies]\nhavoc-arch.workspace = true\n",
    );

    fn arch(rest: &str) -> String {
        format!("[package]\nname = \"havoc-arch\"\n{rest}")
    }

    #[test]
    fn the_right_direction_is_fine() {
        let arch = arch("[dependencies]\ncfg-if = \"1\"\n");
        assert_finds(direction, &[ROOT, ENGINE, ("arch/Cargo.toml", &arch)], &[]);
        assert_finds(shunned, &[ROOT, ENGINE, ("arch/Cargo.toml", &arch)], &[]);
    }

    #[test]
    fn the_wrong_direction_is_found_in_every_section() {
        let sections =
            ["dependencies", "dev-dependencies", "build-dependencies", "target.'cfg(unix)'.dependencies"];
        for section in sections {
            for line in
                ["havoc-engine.workspace = true", "e = { path = \"../engine\", package = \"havoc-engine\" }"]
            {
                let arch = arch(&format!("[{section}]\n{line}\n"));
                let expected = ["arch/Cargo.toml:4: havoc-arch must not depend on havoc-engine"];
                assert_finds(direction, &[ROOT, ENGINE, ("arch/Cargo.toml", &arch)], &expected);
            }
        }
    }

    #[test]
    fn a_crate_with_a_workspace_of_its_own_is_looked_at_too() {
        let root = ("Cargo.toml", "[workspace]\nmembers = []\nexclude = [\"arch\"]\n");
        let arch = arch("[dependencies]\nnix = \"0.31\"\n");
        let expected = ["arch/Cargo.toml:4: havoc-arch must not depend on nix"];
        assert_finds(shunned, &[root, ("arch/Cargo.toml", &arch)], &expected);
    }

    #[test]
    fn what_belongs_to_another_crate_is_found_but_in_tests() {
        let used = arch("[dependencies]\nnix = \"0.31\"\n");
        let expected = ["arch/Cargo.toml:4: havoc-arch must not depend on nix"];
        assert_finds(shunned, &[ROOT, ENGINE, ("arch/Cargo.toml", &used)], &expected);
        let tested = arch("[dev-dependencies]\nnix = \"0.31\"\n");
        assert_finds(shunned, &[ROOT, ENGINE, ("arch/Cargo.toml", &tested)], &[]);
    }

    #[test]
    fn a_crate_without_rules_is_found() {
        let arch = "[package]\nname = \"havoc-attic\"\n";
        let expected =
            ["arch/Cargo.toml:1: `havoc-attic` is missing in the table of tests/tests/tidy/dependencies.rs"];
        assert_finds(direction, &[ROOT, ENGINE, ("arch/Cargo.toml", arch)], &expected);
    }
}
