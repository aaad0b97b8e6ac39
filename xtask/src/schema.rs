//! The JSON Schema of plan files, docs/plan.schema.json, for editors: `cargo xtask schema` writes it.
//!
//! The types are the form of a plan file and nothing else: havoc itself reads these files by their text, so that it can
//! point at every error (havoc-engine/src/plan/file/). A test there holds the schema against the keys of the language.
#![expect(dead_code, reason = "the types are there for their schema; no value of them is made")]
use crate::cargo;
use anyhow::{Context, Result};
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fs;

/// Where it lies, from the root of the repository.
const FILE: &str = "docs/plan.schema.json";

/// Writes the schema.
pub fn run() -> Result<()> {
    let file = cargo::root().join(FILE);
    fs::write(&file, text()).with_context(|| format!("write {}", file.display()))?;
    println!("{}", file.display());
    Ok(())
}

/// Rules for havoc, which makes single system calls of a program fail. Of several rules that decide over a call the first has its way.
#[derive(JsonSchema)]
#[schemars(title = "Plan of havoc", deny_unknown_fields)]
struct Plan {
    /// The rules, each a table `[[rule]]`.
    #[schemars(default)]
    rule: Vec<Rule>,
}

/// Which calls, which of them, when, and what happens.
#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Rule {
    /// What log and report call the rule; its set and its place in the plan by default.
    name: Option<Name>,
    /// The calls: names, numbers, `%class`, `/regex`, `?name`, `name@32`, `all`. A `!` before the first: all calls but these.
    calls: Several<NumberOrText>,
    /// Files that the call touches, by descriptor, path argument or mapping.
    path: Option<Several<String>>,
    /// Files that are mapped into the memory that the call is about.
    mapped: Option<Several<String>>,
    /// Descriptors, by number.
    fd: Option<Several<NumberOrText>>,
    /// Sockets: `unix/GLOB`, `tcp/HOST/PORT`, `udp/HOST/PORT`; each part may be `*`.
    sock: Option<Several<Socket>>,
    /// The name of the process.
    comm: Option<Several<String>>,
    /// The program of the process.
    exe: Option<Several<String>>,
    /// The name of the thread.
    thread: Option<Several<String>>,
    /// The process, by number.
    pid: Option<Several<NumberOrText>>,
    /// The file that is mapped at the calling instruction.
    caller: Option<Several<String>>,
    /// Comparisons of the first argument: `3`, `"!=3"`, `"<3"`, `"<=3"`, `">3"`, `">=3"`, `"&MASK"`.
    arg1: Option<Several<NumberOrText>>,
    /// Comparisons of the second argument, as of `arg1`.
    arg2: Option<Several<NumberOrText>>,
    /// Comparisons of the third argument, as of `arg1`.
    arg3: Option<Several<NumberOrText>>,
    /// Comparisons of the fourth argument, as of `arg1`.
    arg4: Option<Several<NumberOrText>>,
    /// Comparisons of the fifth argument, as of `arg1`.
    arg5: Option<Several<NumberOrText>>,
    /// Comparisons of the sixth argument, as of `arg1`.
    arg6: Option<Several<NumberOrText>>,
    /// Comparisons of the kernel's result, as of `arg1`; for what happens after the call.
    ret: Option<Several<NumberOrText>>,
    /// What must not be so.
    not: Option<Not>,
    /// Which matches, counted from 1: `3`, `"3+"`, `"3+2"`, `"3..6"`, `"3..9+3"`.
    when: Option<When>,
    /// Whose matches are counted together.
    per: Option<Per>,
    /// How likely each of these is picked: `"5%"`, `"1/1000"`.
    chance: Option<Chance>,
    /// Only from this time on, counted from the program's start: `"2s"`, `"100ms"`.
    #[schemars(rename = "after-time")]
    after_time: Option<Time>,
    /// Only up to this time, counted from the program's start.
    until: Option<Time>,
    /// The call fails: the error's name or number. Of several the seed chooses.
    error: Option<Several<NumberOrText>>,
    /// The call returns this.
    retval: Option<NumberOrText>,
    /// The call is never executed. The default.
    instead: Option<bool>,
    /// The call is executed first.
    after: Option<bool>,
    /// The call transfers at most so many bytes, or this part: `7`, `"50%"`.
    short: Option<Short>,
    /// What becomes of the data: `"flip/3"` bits, `"fill/0xAA"`, `"zero"`.
    corrupt: Option<Corrupt>,
    /// The call begins so much later: `"10ms"`; a bare number is microseconds.
    delay_enter: Option<Delay>,
    /// The call's answer comes so much later.
    delay_exit: Option<Delay>,
    /// The task is sent this signal, by name or number.
    signal: Option<NumberOrText>,
    /// The program and all that it has started are killed, before the call or `after` it.
    kill: Option<bool>,
    /// What the call is given in place of its arguments.
    set: Option<Set>,
    /// Bytes that are written where an argument points, before the call: `"@arg2=00ff"`.
    poke_enter: Option<Several<Poke>>,
    /// Bytes that are written where an argument points, after the call.
    poke_exit: Option<Several<Poke>>,
    /// The call that is executed instead: one that takes no arguments, such as `getpid`.
    syscall: Option<String>,
    /// The call is logged.
    log: Option<bool>,
    /// The call is neither logged nor counted.
    uncounted: Option<bool>,
}

/// Selectors that must not fit.
#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Not {
    /// Files that the call touches.
    path: Option<Several<String>>,
    /// Files that are mapped into the memory that the call is about.
    mapped: Option<Several<String>>,
    /// Descriptors, by number.
    fd: Option<Several<NumberOrText>>,
    /// Sockets.
    sock: Option<Several<Socket>>,
    /// The name of the process.
    comm: Option<Several<String>>,
    /// The program of the process.
    exe: Option<Several<String>>,
    /// The name of the thread.
    thread: Option<Several<String>>,
    /// The process, by number.
    pid: Option<Several<NumberOrText>>,
    /// The file that is mapped at the calling instruction.
    caller: Option<Several<String>>,
}

/// Arguments.
#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Set {
    /// The first argument.
    arg1: Option<NumberOrText>,
    /// The second argument.
    arg2: Option<NumberOrText>,
    /// The third argument.
    arg3: Option<NumberOrText>,
    /// The fourth argument.
    arg4: Option<NumberOrText>,
    /// The fifth argument.
    arg5: Option<NumberOrText>,
    /// The sixth argument.
    arg6: Option<NumberOrText>,
}

/// Whose matches are counted together.
#[derive(JsonSchema)]
#[schemars(inline, rename_all = "lowercase")]
enum Per {
    Program,
    Process,
    Thread,
}

/// One value or a list of them.
#[derive(JsonSchema)]
#[schemars(inline, untagged)]
enum Several<T> {
    One(T),
    List(#[schemars(length(min = 1))] Vec<T>),
}

/// Implements `JsonSchema` for types that schemars would say more about: Rust's integers have bounds and formats.
macro_rules! is_of {
    ($name:ident, $types:tt) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": $types })
            }
        }
    };
}

struct NumberOrText;
is_of!(NumberOrText, ["integer", "string"]);

struct Integer;
is_of!(Integer, "integer");

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Name(#[schemars(regex(pattern = r"^[^\s()#]+$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Socket(#[schemars(regex(pattern = r"^(unix/.+|(tcp|udp|\*)/[^/]+/[^/]+)$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, untagged)]
enum When {
    Number(#[schemars(range(min = 1))] Integer),
    Text(#[schemars(regex(pattern = r"^[0-9]+(\.\.[0-9]+)?(\+[0-9]*)?$"))] String),
}

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Chance(#[schemars(regex(pattern = r"^([0-9]+(\.[0-9]{1,9})?%|[0-9]+/[0-9]+)$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Time(#[schemars(regex(pattern = "^[0-9]+(s|ms|us|ns)$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, untagged)]
enum Delay {
    Microseconds(#[schemars(range(min = 0))] Integer),
    Text(#[schemars(regex(pattern = "^[0-9]+(s|ms|us|ns)?$"))] String),
}

#[derive(JsonSchema)]
#[schemars(inline, untagged)]
enum Short {
    Bytes(#[schemars(range(min = 1))] Integer),
    Text(#[schemars(regex(pattern = "^[0-9]+%?$"))] String),
}

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Corrupt(#[schemars(regex(pattern = "^(zero|flip/[0-9]+|fill/([0-9]+|0x[0-9a-fA-F]+))$"))] String);

#[derive(JsonSchema)]
#[schemars(inline, transparent)]
struct Poke(
    #[schemars(regex(pattern = "^@arg[1-6]=([0-9a-fA-F]{2})+(,@arg[1-6]=([0-9a-fA-F]{2})+)*$"))] String,
);

/// Returns the schema as text.
fn text() -> String {
    // Of the drafts that editors know, the one that all of them do.
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Plan>();
    RecursiveTransform(without_null).transform(&mut schema);
    format!("{:#}\n", json!(schema))
}

/// A field that may be absent is to schemars one that may be null, of which TOML knows nothing.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    for list in ["anyOf", "enum"] {
        if let Some(Value::Array(values)) = object.get_mut(list) {
            values.retain(|value| !value.is_null() && *value != json!({ "type": "null" }));
        }
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    unwrap_single(object);
}

/// A choice of one is none.
fn unwrap_single(object: &mut Map<String, Value>) {
    if let Some(Value::Array(choices)) = object.get("anyOf")
        && let [Value::Object(only)] = &choices[..]
    {
        let only = only.clone();
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_schema_is_the_one_of_these_types() {
        let shipped = fs::read_to_string(cargo::root().join(FILE)).unwrap();
        assert!(shipped == text(), "{FILE} is stale: `cargo xtask schema` writes it");
    }

    #[test]
    fn nothing_may_be_null() {
        assert!(!text().contains("null"), "{}", text());
    }
}
