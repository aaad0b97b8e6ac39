//! Random rules, of the whole language.
use crate::plan::PathPattern;
use proptest::prelude::*;
use proptest::sample::select;
use std::path::Path;

/// Writes a value in quotes throughout, so that it shares no code with the printer.
fn quoted(value: &str) -> String {
    let escaped: String = value
        .chars()
        .flat_map(|character| match character {
            '"' | '\\' => vec!['\\', character],
            _ => vec![character],
        })
        .collect();
    format!("\"{escaped}\"")
}

fn texts(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

fn joined(parts: impl Strategy<Value = String>, most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(parts, 1..=most).prop_map(|parts| parts.join(","))
}

/// Sets that name calls which all the selectors and actions of [`plain_selector`] and [`any_outcome`] make sense on.
fn naming_set() -> impl Strategy<Value = String> {
    // From 9 on (mmap) some are refused.
    let member = prop_oneof![
        texts(&[
            "msync",
            "read",
            "pwritev2",
            "openat",
            "fsync",
            "?fork_once_more",
            "write@64",
            "openat@32",
            "%file",
            "all"
        ]),
        (0u32..9).prop_map(|number| number.to_string()),
    ];
    joined(member, 3)
}

/// Sets that name no call, so that what makes no sense is left out and not refused.
fn wide_set() -> impl Strategy<Value = String> {
    let member = texts(&[
        "%desc",
        "%read-data",
        "%write-data@64",
        "?%%stat",
        "\"/^p?write(v2?)?$\"",
        "\"/^.{4,5}$\"",
        "/sync",
        "all@64",
    ]);
    (any::<bool>(), joined(member, 3))
        .prop_map(|(negated, set)| format!("{}{set}", if negated { "!" } else { "" }))
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (1u64..).prop_map(|number| format!("{number:#x}")),
        (1u64..).prop_map(|number| format!("0o{number:o}")),
        texts(&["1|2|0x40", "-1", "18446744073709551615"]),
    ]
}

fn equality() -> impl Strategy<Value = &'static str> {
    select(&["=", "!="][..])
}

/// Selectors that any call may have.
fn plain_selector() -> impl Strategy<Value = String> {
    let glob = r#"[a-z*?/.:," '\\=&!<ä-]{0,12}[a-z:*"']"#
        .prop_filter("a pattern", |glob| PathPattern::new(glob, Path::new("/work")).is_ok());
    let name = r#"[a-z*?.:," '=&!<ä-]{0,12}[a-z:*"']"#;
    prop_oneof![
        4 => (texts(&["path", "mapped", "exe", "caller"]), equality(), glob)
            .prop_map(|(key, operator, glob)| format!("{key}{operator}{}", quoted(&glob))),
        2 => (texts(&["comm", "thread"]), equality(), name)
            .prop_map(|(key, operator, name)| format!("{key}{operator}{}", quoted(&name))),
        1 => (equality(), any::<i32>()).prop_map(|(operator, number)| format!("fd{operator}{number}")),
        1 => (equality(), 1..i32::MAX).prop_map(|(operator, number)| format!("pid{operator}{number}")),
    ]
}

/// Selectors that not every call may have.
fn wide_selector() -> impl Strategy<Value = String> {
    let socket = texts(&["\"unix/@a:b*\"", "unix//run/x", "tcp/*/80", "\"udp/[::1]/53\"", "*/10.0.0.1/*"]);
    let operator = select(&["=", "!=", "<", "<=", ">", ">=", "&"][..]);
    prop_oneof![
        plain_selector(),
        (equality(), socket).prop_map(|(operator, socket)| format!("sock{operator}{socket}")),
        (1..7, operator, number())
            .prop_map(|(index, operator, number)| format!("arg{index}{operator}{number}")),
    ]
}

fn any_when() -> impl Strategy<Value = String> {
    (1..u64::MAX, proptest::option::of(any::<u64>()), proptest::option::of(1..u64::MAX)).prop_map(
        |(first, length, step)| {
            let last = length.map_or(String::new(), |length| format!("..{}", first.saturating_add(length)));
            let step = step.map_or(String::new(), |step| format!("+{step}"));
            format!("when={first}{last}{step}")
        },
    )
}

fn any_trigger() -> impl Strategy<Value = Vec<String>> {
    let some = proptest::option::of::<BoxedStrategy<String>>;
    let chance = prop_oneof![
        (1..=100u8).prop_map(|percent| format!("chance={percent}%")),
        (1..=u64::MAX).prop_map(|whole| format!("chance=1/{whole}")),
        Just("chance=0.25%".to_owned()),
    ];
    let window = (1..1000u64).prop_map(|start| format!("after-time={start}ms:until={}s", start + 1));
    (
        some(any_when().boxed()),
        some(texts(&["per=program", "per=process", "per=thread"]).boxed()),
        some(chance.boxed()),
        some(window.boxed()),
    )
        .prop_map(|(when, per, chance, window)| [when, per, chance, window].into_iter().flatten().collect())
}

fn any_error() -> impl Strategy<Value = String> {
    let error = prop_oneof![1u16..512, 532u16..4096].prop_map(|number| number.to_string());
    joined(prop_oneof![error, texts(&["EIO", "ENOTSUP"])], 3).prop_map(|errors| format!("error={errors}"))
}

fn any_result() -> impl Strategy<Value = String> {
    prop_oneof![
        any_error(),
        any::<i64>()
            .prop_filter("no error", |value| !(-4095..=-1).contains(value))
            .prop_map(|value| format!("retval={value}")),
    ]
}

fn any_delay(key: &'static str) -> impl Strategy<Value = String> {
    (any::<u32>(), select(&["", "ns", "us", "ms", "s"][..]))
        .prop_map(move |(time, unit)| format!("{key}={time}{unit}"))
}

fn any_poke(key: &'static str) -> impl Strategy<Value = String> {
    (1..4, "([0-9a-fA-F]{2}){1,9}", any::<bool>()).prop_map(move |(index, bytes, two)| {
        format!(
            "{key}=@arg{index}={bytes}{}",
            if two { format!(",@arg{}=00", index + 1) } else { String::new() }
        )
    })
}

/// What adds up with anything, also when the call has been executed.
fn late_action() -> impl Strategy<Value = Vec<String>> {
    let actions = prop_oneof![
        Just("log".to_owned()),
        any_delay("delay_exit"),
        texts(&["signal=USR1", "signal=SIGRT_2", "signal=9"]),
    ];
    prop::collection::vec(actions, 0..3).prop_map(distinct)
}

/// Keeps one item of each key.
fn distinct(items: Vec<String>) -> Vec<String> {
    let key = |item: &str| item.split('=').next().unwrap_or_default().to_owned();
    let mut kept: Vec<String> = Vec::new();
    for item in items {
        if !kept.iter().any(|other| key(other) == key(&item)) {
            kept.push(item);
        }
    }
    kept
}

fn any_outcome() -> impl Strategy<Value = String> {
    prop_oneof![
        (any_result(), texts(&["", ":instead", ":after"])).prop_map(|(result, at)| format!("{result}{at}")),
        texts(&["kill", "kill:after", "kill:instead", "log", "delay_enter=1ms"]),
    ]
}

/// Actions that not every call may have.
fn wide_outcome() -> impl Strategy<Value = String> {
    let short = prop_oneof![
        (1..u64::MAX).prop_map(|bytes| format!("short={bytes}")),
        (1..100u8).prop_map(|percent| format!("short={percent}%")),
    ];
    let corrupt = prop_oneof![
        (1..99u32).prop_map(|bits| format!("corrupt=flip/{bits}")),
        any::<u8>().prop_map(|byte| format!("corrupt=fill/{byte}")),
        Just("corrupt=zero".to_owned()),
    ];
    let assignment =
        (1..4, number()).prop_map(|(index, number)| format!("arg{index}:={number}:arg{}:=1", index + 1));
    prop_oneof![
        any_outcome(),
        short.clone(),
        corrupt.clone(),
        (short, corrupt).prop_map(|(short, corrupt)| format!("{short}:{corrupt}")),
        assignment,
        (texts(&["syscall=getpid", "syscall=getuid"]), any_result())
            .prop_map(|(syscall, result)| format!("{syscall}:{result}")),
        any_poke("poke_enter"),
        any_poke("poke_exit"),
        any_delay("delay_enter"),
    ]
}

fn any_name() -> impl Strategy<Value = Vec<String>> {
    let name = proptest::option::of(r#"[a-z:"'\\=!.]{1,8}"#);
    name.prop_map(|name| name.into_iter().map(|name| format!("name={}", quoted(&name))).collect())
}

/// Rules that are accepted, with every key of the language among them.
pub(in crate::plan) fn any_rule() -> impl Strategy<Value = String> {
    let selectors = |selector: BoxedStrategy<String>| prop::collection::vec(selector, 0..5);
    let plain =
        (naming_set(), selectors(plain_selector().boxed()), any_trigger(), any_outcome(), late_action());
    let wide = (wide_set(), selectors(wide_selector().boxed()), any_trigger(), wide_outcome(), late_action());
    let late = (
        wide_set(),
        selectors(
            prop_oneof![
                wide_selector(),
                (select(&["=", "!=", "<", ">=", "&"][..]), texts(&["0x10", "-EIO", "7"]))
                    .prop_map(|(operator, number)| format!("ret{operator}{number}")),
            ]
            .boxed(),
        ),
        any_trigger(),
        prop_oneof![any_result().prop_map(|result| format!("{result}:after")), any_poke("poke_exit")],
        late_action(),
    );
    let uncounted = any_result().prop_map(|result| format!("{result}:uncounted"));
    let uncounted =
        (wide_set(), selectors(wide_selector().boxed()), Just(Vec::new()), uncounted, Just(Vec::new()));
    (prop_oneof![3 => plain, 3 => wide, 2 => late, 1 => uncounted], any_name()).prop_map(
        |((set, selectors, triggers, outcome, late), name)| {
            let is_told_nothing = outcome.starts_with("kill");
            let late: Vec<String> = late
                .into_iter()
                .filter(|item| *item != outcome && !(is_told_nothing && item.starts_with("delay_exit")))
                .collect();
            let items = [selectors, triggers, vec![outcome], late, name].concat();
            format!("{set}:{}", items.join(":"))
        },
    )
}
