//! docs/howto/add-an-architecture.md, held against the code: it names every place that knows which ABIs or architectures
//! there are, and each of them stands in every place.
use crate::tree::{Finding, Tree};

const HOWTO: &str = "docs/howto/add-an-architecture.md";
const ABIS: &str = "havoc-arch/src/abi.rs";

/// A row of the howto's table: what a file has to hold, with `<Abi>` for each variant, or for each architecture `<arch>` for
/// its folder and `<Native>` for its variant.
struct Place<'a> {
    line: usize,
    file: &'a str,
    holds: &'a str,
}

fn places(tree: &Tree) -> Vec<Place<'_>> {
    let lines = tree.text(HOWTO).unwrap_or_default().lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let (file, rest) = line.strip_prefix("| `")?.split_once("` | `")?;
            let (holds, _) = rest.split_once("` |")?;
            Some(Place { line: index + 1, file, holds })
        })
        .collect()
}

/// The variants of `enum Abi`.
fn abis(tree: &Tree) -> Vec<&str> {
    let lines = tree.text(ABIS).unwrap_or_default().lines();
    let body =
        lines.skip_while(|line| !line.starts_with("pub enum Abi")).skip(1).take_while(|line| *line != "}");
    body.map(str::trim)
        .filter(|line| !line.starts_with("//"))
        .map(|line| line.trim_end_matches(','))
        .collect()
}

/// The architectures, not the ABIs that are only companions of one: folder and variant.
fn architectures(tree: &Tree) -> Vec<(&str, &str)> {
    let of = |(file, text): (&'_ str, &'_ str)| {
        file.starts_with("havoc-arch/src/") && text.contains("const ABI: Abi = Abi::")
    };
    let files = tree.files().filter(|file| of(*file));
    files
        .filter_map(|(file, text)| {
            let variant = text.split("const ABI: Abi = Abi::").nth(1)?.split(';').next()?;
            Some((file.strip_suffix("/mod.rs")?.split('/').nth(2)?, variant))
        })
        .collect()
}

/// Places that lack one of the ABIs or architectures.
pub fn missing(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let places = places(tree);
    if places.is_empty() {
        findings.push(Finding::new(HOWTO, 1, "no table of places"));
    }
    for Place { line, file, holds } in places {
        let wanted: Vec<String> = if holds.contains("<Abi>") {
            abis(tree).iter().map(|name| holds.replace("<Abi>", name)).collect()
        } else {
            let all = architectures(tree);
            all.iter()
                .map(|(arch, native)| holds.replace("<arch>", arch).replace("<Native>", native))
                .collect()
        };
        let text = tree.text(file).unwrap_or_default();
        for wanted in wanted {
            if !text.contains(&wanted) {
                findings.push(Finding::new(HOWTO, line, format!("{file} has no `{wanted}`")));
            }
        }
    }
    findings
}

/// Tells whether a line of code names a variant, or asks the compiler which CPU it compiles for.
fn is_telling(tree: &Tree, code: &str) -> bool {
    abis(tree).iter().any(|name| code.contains(&format!("Abi::{name}")))
        || architectures(tree).iter().any(|(arch, _)| code.contains(&format!("__{arch}__")))
}

/// Code that tells ABIs or architectures apart and that the howto does not name. Tests are left out, but for the laws.
pub fn unnamed(tree: &Tree) -> Vec<Finding> {
    let named: Vec<&str> = places(tree).iter().map(|place| place.file).collect();
    let mut findings = Vec::new();
    for (file, text) in tree.files() {
        let is_code = file.ends_with(".rs") && file.starts_with("havoc-") || file.ends_with(".c");
        let is_test = file.contains("/tests/") || file.ends_with("/tests.rs");
        let is_its_own =
            architectures(tree).iter().any(|(name, _)| file.starts_with(&format!("havoc-arch/src/{name}/")));
        if !is_code || is_test || is_its_own || named.contains(&file) {
            continue;
        }
        let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let telling = before_tests.lines().enumerate().find(|(_, line)| {
            let code = line.trim_start();
            // Text, such as a name in a message, tells nothing apart.
            !code.starts_with("//") && !code.starts_with('"') && is_telling(tree, code)
        });
        if let Some((index, _)) = telling {
            findings.push(Finding::new(
                file,
                index + 1,
                format!("tells ABIs apart, and {HOWTO} does not name it"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::assert_finds;

    const ABI_FILE: (&str, &str) = (
        ABIS,
        "pub enum Abi {\n    /// 64-bit Arm.\n    Aarch64,\n    /// New.\n    New,\n}\nAbi::Aarch64 => 1\n",
    );
    const ARCHITECTURE: (&str, &str) =
        ("havoc-arch/src/aarch64/mod.rs", "x\n    const ABI: Abi = Abi::Aarch64;\n");

    #[test]
    fn a_place_that_lacks_an_abi_or_an_architecture_is_found() {
        let table =
            "| `havoc-arch/src/abi.rs` | `Abi::<Abi> =>` | x |\n| `Cargo.toml` | `\"<arch>\"` | x |\n";
        let files = [ABI_FILE, ARCHITECTURE, (HOWTO, table), ("Cargo.toml", "x")];
        let expected = [
            "docs/howto/add-an-architecture.md:1: havoc-arch/src/abi.rs has no `Abi::New =>`",
            "docs/howto/add-an-architecture.md:2: Cargo.toml has no `\"aarch64\"`",
        ];
        assert_finds(missing, &files, &expected);
        assert_finds(missing, &[ABI_FILE], &["docs/howto/add-an-architecture.md:1: no table of places"]);
    }

    #[test]
    fn code_that_tells_abis_apart_and_is_not_named_is_found() {
        let table = "| `havoc-arch/src/abi.rs` | `Abi::<Abi> =>` | x |\n";
        let new = ("havoc-engine/src/new.rs", "\n// Abi::Aarch64\nmatch abi { Abi::Aarch64 => 1 }\n");
        let files =
            [ABI_FILE, ARCHITECTURE, (HOWTO, table), new, ("havoc-engine/src/tests/a.rs", "Abi::Aarch64")];
        let expected = [
            "havoc-engine/src/new.rs:3: tells ABIs apart, and docs/howto/add-an-architecture.md does not name it",
        ];
        assert_finds(unnamed, &files, &expected);
    }
}
