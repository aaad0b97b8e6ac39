//! Why a rule never fired, and what to write instead.
//!
//! Each line must lead to the right rule whoever has not seen the code: it names what was typed and what to type.
use super::plural;
use havoc_engine::class::family::{self, Family};
use havoc_engine::matcher::{NearMiss, Nearest};
use havoc_engine::plan::likeness::Relation;
use havoc_engine::plan::{Comparison, Name, Names, Per, Selector, When};
use havoc_engine::record::escape_name;
use havoc_engine::session::{Report, RuleReport};

/// Returns why the matches of a rule that never fired were not acted on, if there were any; it follows their number.
pub(super) fn unpicked(report: &Report, rule: &RuleReport) -> Option<String> {
    let (tally, trigger) = (&rule.tally, &rule.rule.trigger);
    if tally.matches == 0 {
        return None;
    }
    if tally.picked == 0 {
        let when = format!("when={}", trigger.when);
        let of = match trigger.per {
            _ if trigger.when == When::default() => None,
            Per::Program if tally.matches < trigger.when.first => Some(String::new()),
            Per::Program => None,
            Per::Process => Some(" in any process".to_owned()),
            Per::Thread => Some(" in any thread".to_owned()),
            Per::ThreadAndCall => Some(" by any call of any thread".to_owned()),
        };
        return match (of, trigger.chance) {
            (Some(of), _) => Some(format!("{when} not reached{of}")),
            (None, Some(_)) => Some("none of them drawn by its chance=".to_owned()),
            (None, None) => None,
        };
    }
    let decided: u64 = tally.decided_by.values().sum();
    let place = report.rules.iter().position(|other| other.name == rule.name);
    let (first, count) = tally.decided_by.iter().max_by_key(|(_, count)| **count)?;
    let name = report.rules.get(*first).map_or("", |other| other.name.as_str());
    let why = if place.is_some_and(|place| *first < place) {
        "which comes first"
    } else {
        "which had acted before"
    };
    let others = decided - count;
    let others = if others == 0 { String::new() } else { format!(", and {others} by other rules") };
    let part = if tally.matches == *count { String::new() } else { format!("{count} of them ") };
    Some(format!("{part}decided by {name}, {why}{others}"))
}

/// Returns the lines below the head of a rule that never fired.
pub(super) fn why(report: &Report, rule: &RuleReport) -> Vec<String> {
    let tally = &rule.tally;
    let mut lines = Vec::new();
    if tally.matches == 0 {
        lines.extend(tally.near_misses.iter().map(|near| near_miss(rule, near)));
        match (tally.other_near_misses as u64, tally.more_near_misses) {
            (0, _) => {}
            (count, false) => lines.push(format!("  and {} farther away", plural(count, "other", "others"))),
            (count, true) => {
                lines.push(format!("  and more than {count} others, of which the first are compared"))
            }
        }
    }
    lines.extend(unseen(report, rule));
    if tally.outside_window > 0 {
        let calls = plural(tally.outside_window, "call that it names was", "calls that it names were");
        lines.push(format!("  {calls} made outside of its {}", window(rule)));
    }
    if tally.matches == 0 {
        lines.extend(helps(report, rule).into_iter().map(|help| format!("  help: {help}")));
    }
    lines
}

fn near_miss(rule: &RuleReport, near: &NearMiss) -> String {
    let files = near.files.iter().map(|file| format!(" <{}>", escape_name(file)));
    let more = if near.more == 0 { String::new() } else { format!(" and {} more", near.more) };
    let fits = near.nearest.as_ref().map(|nearest| nearest.likeness.relation == Relation::Matched);
    // The kernel hid something of some: nothing rejected those for certain.
    let why = match (fits, others(rule, near.nearest.as_ref())) {
        (Some(false), _) => String::new(),
        (_, keys) if keys.is_empty() || rule.tally.hidden > 0 => String::new(),
        (_, keys) => format!(" (rejected by {})", keys.join(" or ")),
    };
    format!("  near miss: {}{}{more}{why}", near.call(), files.collect::<String>())
}

/// Returns the keys of the selectors that can have rejected a call whose file fits.
fn others(rule: &RuleReport, nearest: Option<&Nearest>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for selector in &rule.rule.selectors {
        let key = match selector {
            Selector::Name(Name::Path, Comparison::AnyOf, _) => continue,
            Selector::Name(Name::Mapped, Comparison::AnyOf, _) if nearest.is_none() => continue,
            Selector::Name(name, ..) => name.key().to_owned(),
            Selector::Descriptor(..) => "fd".to_owned(),
            Selector::Socket(..) => "sock".to_owned(),
            Selector::Pid(..) => "pid".to_owned(),
            Selector::Argument(index, _) => format!("arg{}", index + 1),
            Selector::Result(_) => "ret".to_owned(),
            Selector::FirstTask => "being of a thread that is not the first, without -f".to_owned(),
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Returns what is to be said if no call was seen at all, or if some pass unseen.
fn unseen(report: &Report, rule: &RuleReport) -> Vec<String> {
    let tally = &rule.tally;
    let mut lines = Vec::new();
    let unseen = rule.unseen.iter().map(String::as_str).collect::<Vec<_>>().join(" or ");
    if tally.missed == 0 && tally.matches == 0 && tally.outside_window == 0 {
        lines.push(match unseen.as_str() {
            "" => "  none of the calls it names was seen".to_owned(),
            unseen => format!("  none of the calls it names was seen to pass its {unseen}"),
        });
        if report.filter_above {
            lines.push(
                "  (a seccomp filter above havoc, as a container has, may answer them before they are seen)"
                    .to_owned(),
            );
        }
    }
    if tally.matches == 0 && !unseen.is_empty() {
        lines.push(format!(
            "  (calls that its {unseen} turns away run without a stop and are not counted: --trace shows them)"
        ));
    }
    lines
}

fn window(rule: &RuleReport) -> String {
    let trigger = &rule.rule.trigger;
    let after = trigger.after.map(|after| format!("after-time={after:?}"));
    let until = trigger.until.map(|until| format!("until={until:?}"));
    after.into_iter().chain(until).collect::<Vec<_>>().join(" and ")
}

/// Returns what to write instead, the likeliest first.
fn helps(report: &Report, rule: &RuleReport) -> Vec<String> {
    let mut helps: Vec<String> = patterns(rule).filter_map(|(key, text)| of_text(key, text)).collect();
    let nearest = rule.tally.near_misses.first().and_then(|near| {
        let nearest = near.nearest.as_ref()?;
        Some((nearest, near.files.get(nearest.file)?))
    });
    if helps.is_empty()
        && let Some((nearest, file)) = nearest
    {
        helps.extend(of_nearest(nearest, file));
    }
    // A call that touched the file, or nearly, was the right one.
    let is_far = nearest.is_none_or(|(nearest, _)| nearest.likeness.relation == Relation::Other);
    let asks_for_files = patterns(rule).any(|(key, _)| matches!(key, "path" | "mapped"));
    let is_silent = rule.tally.missed == 0 && rule.tally.outside_window == 0 && rule.unseen.is_empty();
    if helps.is_empty() && (is_silent || asks_for_files && is_far && rule.tally.missed > 0) {
        helps.extend(of_families(report, rule, is_silent));
    }
    helps
}

/// Returns the patterns one of which must match, each with its key.
fn patterns(rule: &RuleReport) -> impl Iterator<Item = (&'static str, &str)> {
    let wanted = rule.rule.selectors.iter().filter_map(|selector| match selector {
        Selector::Name(name, Comparison::AnyOf, patterns) => Some((name.key(), patterns)),
        _ => None,
    });
    wanted.flat_map(|(key, patterns)| patterns.iter().map(move |pattern| (key, pattern.text())))
}

/// Returns what is odd about a pattern, whatever the program did.
fn of_text(key: &str, text: &str) -> Option<String> {
    let bare = text.trim_matches(['\'', '"']);
    if bare != text {
        return Some(format!("the quotes are a part of the pattern: write {key}={bare}"));
    }
    if text.trim() != text {
        return Some(format!("the blank is a part of the pattern: write {key}={}", text.trim()));
    }
    if let Some(path) = text.strip_prefix("file://") {
        return Some(format!("a pattern is no URL: write {key}={path}"));
    }
    if let Some(rest) = text.strip_prefix('~') {
        let home = std::env::var("HOME").ok().filter(|_| rest.starts_with('/') || rest.is_empty());
        let whole = home.map_or_else(|| "the whole path".to_owned(), |home| format!("{key}={home}{rest}"));
        return Some(format!("`~` is a part of the pattern here and no home directory: write {whole}"));
    }
    if let Some((_, variable)) = text.split_once('$')
        && variable.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '{' | '('))
    {
        return Some(format!(
            "`$` is a part of the pattern: put the rule in double quotes, so that the shell replaces the variable, or write {key}={}",
            text.rsplit('/').next().filter(|last| !last.is_empty() && !last.contains('$')).unwrap_or("…")
        ));
    }
    None
}

/// Returns what to write to mean the file that came nearest.
fn of_nearest(Nearest { key, pattern, likeness, .. }: &Nearest, file: &[u8]) -> Option<String> {
    let path = plain(file)?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let last = pattern.rsplit('/').next().unwrap_or(pattern);
    match likeness.relation {
        Relation::Matched | Relation::Other => None,
        Relation::OtherDirectory if last.is_empty() || last.contains('*') => None,
        Relation::OtherDirectory => {
            Some(format!("it is in another directory: write {key}={name} for any directory, or {key}={path}"))
        }
        Relation::Below => {
            Some(format!("`{last}` is a directory there: write {key}=**/{last}/** for whatever is below it"))
        }
        Relation::Longer if last.contains(['*', '?', '[', '{', '\\']) => None,
        Relation::Longer => {
            let (begins, ends) = (name.starts_with(last), name.ends_with(last));
            let wide = match (begins, ends) {
                (true, _) => format!("{last}*"),
                (_, true) => format!("*{last}"),
                _ => format!("*{last}*"),
            };
            Some(format!("a pattern is about the whole name: write {key}={wide} or {key}={name}"))
        }
        Relation::Slip if last.is_empty() || last.contains('*') => None,
        Relation::Slip => Some(format!("did you mean {key}={name}?")),
    }
}

/// Returns a name that means itself in a rule, and needs no quotes in a shell.
fn plain(name: &[u8]) -> Option<&str> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+@%=".contains(byte);
    std::str::from_utf8(name).ok().filter(|_| name.iter().all(is_plain))
}

/// Returns which calls programs make in the place of those that the rule names: of one that today's programs make only if it
/// was never made.
fn of_families(report: &Report, rule: &RuleReport, is_silent: bool) -> Vec<String> {
    let calls = &rule.rule.calls;
    if calls.negated {
        return Vec::new();
    }
    let named: Vec<&str> = calls
        .members
        .iter()
        .filter_map(|member| if let Names::Name(name) = &member.names { Some(name.as_str()) } else { None })
        .collect();
    let mut families: Vec<(&str, &Family)> = Vec::new();
    for call in &named {
        if let Some(family) = family::of(call)
            && (is_silent || !family.is_usual(call))
            && !families.iter().any(|(_, other)| *other == family)
        {
            families.push((call, family));
        }
    }
    let told = families.into_iter().filter_map(|(call, family)| {
        let others: Vec<&str> = family.here().filter(|other| !named.contains(other)).collect();
        if others.is_empty() {
            return None;
        }
        // Those that another rule or `--trace` names were seen.
        let seen = others.iter().filter_map(|other| Some((other, report.calls.get(*other)?.calls)));
        let seen: Vec<String> = seen
            .map(|(other, count)| format!("{other} was called {}", plural(count, "time", "times")))
            .collect();
        let seen = if seen.is_empty() { String::new() } else { format!("; {}", seen.join(", ")) };
        let set = family.set();
        let why = if family.is_usual(call) { "other calls do the same" } else { family.today };
        Some(format!("{why}{seen}: write {set} instead of {call} (--trace {set} shows which are made)"))
    });
    told.collect()
}
