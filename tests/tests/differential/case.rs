//! One row of the table.

/// What is run, and what is expected of both.
#[derive(Clone, Debug)]
pub struct Case {
    /// Options of both, with blanks between them.
    pub options: String,
    /// Steps of the testee `calls`, with blanks between them.
    pub steps: String,
    pub relation: Relation,
}

/// How havoc and strace compare.
#[derive(Clone, Debug)]
pub enum Relation {
    /// The program sees the same and ends alike; so many calls are tampered with.
    Same(usize),
    /// That, and the logs say the same: `log.rs` says what is compared.
    SameLog(usize),
    /// Neither runs the program.
    BothRefuse,
    /// docs/strace.md has a section of this name.
    Differ { section: &'static str, strace: Side, havoc: Side },
}

/// What one of the two comes to, where they differ.
#[derive(Clone, Debug)]
pub enum Side {
    /// The program prints this, lines joined by `; `.
    Prints(&'static str),
    /// It is not run, and this is said.
    Refuses(&'static str),
}

impl Case {
    pub fn same(options: &str, steps: &str, tampered: usize) -> Case {
        Case { options: options.to_owned(), steps: steps.to_owned(), relation: Relation::Same(tampered) }
    }

    pub fn same_log(options: &str, steps: &str, tampered: usize) -> Case {
        Case { relation: Relation::SameLog(tampered), ..Case::same(options, steps, tampered) }
    }

    pub fn refused(options: &str) -> Case {
        Case { options: options.to_owned(), steps: "getuid".to_owned(), relation: Relation::BothRefuse }
    }

    pub fn differ(options: &str, steps: &str, section: &'static str, strace: Side, havoc: Side) -> Case {
        let relation = Relation::Differ { section, strace, havoc };
        Case { options: options.to_owned(), steps: steps.to_owned(), relation }
    }
}
