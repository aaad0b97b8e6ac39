//! The result for programs: every number of every round, with the command lines that it came from.
use super::machine::Machine;
use super::rounds::{Measured, Missing, median};
use super::row::{Reference, Unit};
use super::verdict::Verdict;
use serde_json::{Value, json};

/// Grows when a key changes its meaning or goes away.
const VERSION: u32 = 2;

/// Returns the whole result.
pub fn result(machine: &Machine, rounds: usize, rows: &[Measured]) -> Value {
    json!({
        "version": VERSION,
        "machine": machine.json(),
        "rounds": rounds,
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(measured: &Measured) -> Value {
    let contenders = measured.row.contenders.iter().zip(&measured.samples);
    let contenders = contenders.map(|(contender, samples)| {
        json!({
            "name": contender.name,
            "command": contender.command.as_ref().ok(),
            "samples": samples.as_ref().ok(),
            "median": samples.as_ref().ok().map(|numbers| median(numbers)),
            "missing": samples.as_ref().err().map(missing),
        })
    });
    json!({
        "what": measured.row.what,
        "unit": match measured.row.unit {
            Unit::Time => "ns",
            Unit::Memory => "bytes",
        },
        "cpus": measured.row.cpus,
        "contenders": contenders.collect::<Vec<_>>(),
        "comparisons": Verdict::all(measured).map(|verdict| comparison(&verdict)).collect::<Vec<_>>(),
    })
}

fn comparison(verdict: &Verdict) -> Value {
    let (kind, to) = match &verdict.comparison.to {
        Reference::Times(other) => ("ratio", Some(other)),
        Reference::Over(other) => ("difference", Some(other)),
        Reference::Alone => ("value", None),
    };
    json!({
        "kind": kind,
        "of": verdict.comparison.of,
        "to": to,
        "median": verdict.number.as_ref().ok(),
        "at_most": verdict.comparison.at_most,
        "met": verdict.is_met(),
    })
}

fn missing(missing: &Missing) -> Value {
    let (kind, why) = match missing {
        Missing::Skipped(why) => ("skipped", why),
        Missing::Failed(why) => ("failed", why),
    };
    json!({ "kind": kind, "why": why })
}

#[cfg(test)]
mod tests {
    use super::super::testing::measured;
    use super::*;

    #[test]
    fn the_result_has_machine_commands_samples_and_verdicts() {
        let machine = Machine {
            cpu: "Some CPU".into(),
            cpus: 2,
            kernel: "Linux 6.18 x86_64".into(),
            is_virtual: true,
            file_system: "tmpfs".into(),
            strace: None,
            havoc: "havoc 0.1.0".into(),
        };
        let result = result(&machine, 2, &[measured()]);
        assert_eq!(result["version"], 2);
        assert_eq!(result["machine"]["kernel"], "Linux 6.18 x86_64");
        assert_eq!(result["machine"]["strace"], Value::Null);
        assert_eq!(result["rounds"], 2);
        let row = &result["rows"][0];
        assert_eq!(row["what"], "work");
        assert_eq!(row["unit"], "ns");
        let native = json!({
            "name": "native", "command": ["native"], "samples": [100.0, 100.0], "median": 100.0, "missing": null,
        });
        assert_eq!(row["contenders"][0], native);
        let strace = json!({
            "name": "strace", "command": null, "samples": null, "median": null,
            "missing": { "kind": "skipped", "why": "strace is not installed" },
        });
        assert_eq!(row["contenders"][3], strace);
        let met = json!({
            "kind": "ratio", "of": "ptrace", "to": "native", "median": 3.0,
            "at_most": 3.6, "met": true,
        });
        assert_eq!(row["comparisons"][0], met);
        assert_eq!(row["comparisons"][1]["at_most"], 2.5);
        assert_eq!(row["comparisons"][1]["met"], false);
        assert_eq!(row["comparisons"][2]["met"], Value::Null);
    }
}
