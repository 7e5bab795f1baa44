//! An incident told as a Markdown document: for the wiki, the ticket, the meeting.
//!
//! Titles, causes and comments carry text that strangers chose, so everything from outside is escaped: it reads as typed and
//! can form neither markup, nor a link, nor another table cell. Every number is one that code computed.

use std::fmt::Write as _;

use super::{Actor, EventKind, Incident, IncidentState, TimelineEvent};
use crate::fact::{Fact, FactId};
use crate::message::{line, moment, span};
use crate::units::{duration, humanise};

/// Characters of one table cell or list entry.
const CELL_CHARS: usize = 600;

/// The document. `zone` is an IANA name, `link` the incident's page.
#[must_use]
pub fn markdown(incident: &Incident, zone: &str, link: &str) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    tell(&mut out, incident, zone, link).unwrap_or_default();
    out
}

fn tell(out: &mut String, incident: &Incident, zone: &str, link: &str) -> std::fmt::Result {
    writeln!(out, "# Post-mortem: {}\n", inline(&incident.title))?;
    head(out, incident, zone, link)?;
    writeln!(out, "\n## Summary\n\n{}", or_none(&incident.summary))?;
    cause(out, incident)?;
    evidence(out, incident, zone)?;
    actions(out, "Do first", &incident.fix_plan.immediate)?;
    actions(out, "So that it does not happen again", &incident.fix_plan.prevention)?;
    timeline(out, incident, zone)?;
    comments(out, incident, zone)
}

fn head(out: &mut String, incident: &Incident, zone: &str, link: &str) -> std::fmt::Result {
    let state = match incident.state {
        IncidentState::Open => "open",
        IncidentState::Acknowledged => "acknowledged",
        IncidentState::Resolved => "resolved",
    };
    let severity = match incident.eased_to() {
        Some(now) => format!("{}, now {now}", incident.severity),
        None => incident.severity.to_string(),
    };
    let instances: Vec<String> = incident.instances.iter().map(|instance| inline(instance)).collect();
    writeln!(out, "| | |\n|---|---|")?;
    writeln!(out, "| State | {state} |\n| Severity | {severity} |")?;
    writeln!(out, "| Opened | {} |", moment(incident.opened_at, zone))?;
    if let Some(at) = incident.resolved_at {
        let lasted = f64::from(u32::try_from(at.since(incident.opened_at).max(0) / 1_000).unwrap_or(u32::MAX));
        writeln!(out, "| Resolved | {} (after {}) |", moment(at, zone), duration(lasted))?;
    }
    writeln!(out, "| Window | {} |", span(incident.window, zone))?;
    writeln!(out, "| Instances | {} |", if instances.is_empty() { "none".to_owned() } else { instances.join(", ") })?;
    if let Some(assignee) = &incident.assignee {
        writeln!(out, "| Assignee | {} |", inline(assignee))?;
    }
    writeln!(out, "| Page | <{}> |", link.replace(['<', '>', '|', ' '], ""))
}

fn cause(out: &mut String, incident: &Incident) -> std::fmt::Result {
    writeln!(out, "\n## Cause\n\n{}\n", or_none(&incident.root_cause))?;
    writeln!(out, "{} ({} % confidence, set by code).", inline(&incident.verdict_reason), incident.confidence)?;
    let author = match &incident.author_unasked {
        Some(why) => format!("the built-in analyst; no model wrote them, because {}", inline(why)),
        None if incident.author_provider == "builtin" => "the built-in analyst".to_owned(),
        None => inline(&format!("{}, {}", incident.author_provider, incident.author_model)),
    };
    writeln!(out, "\nWords by {author}.")?;
    if !incident.hypotheses.is_empty() {
        writeln!(out, "\n### Other explanations\n")?;
    }
    for other in &incident.hypotheses {
        let side = |word: &str, ids: &[FactId]| match ids {
            [] => String::new(),
            ids => format!("; {word} {}", ids.iter().map(|id| inline(&id.0)).collect::<Vec<_>>().join(", ")),
        };
        let sides = format!("{}{}", side("for it", &other.supporting), side("against it", &other.against));
        writeln!(out, "- {}{sides}", inline(&other.cause))?;
    }
    Ok(())
}

fn evidence(out: &mut String, incident: &Incident, zone: &str) -> std::fmt::Result {
    writeln!(out, "\n## Evidence\n")?;
    if incident.evidence.is_empty() {
        return writeln!(out, "No series: the incident speaks of what could not be measured.");
    }
    writeln!(out, "| Fact | Series | Observed | Expected | Since | What |\n|---|---|---|---|---|---|")?;
    for fact in &incident.evidence {
        let series = format!("{} on {}", fact.series.metric, fact.series.instance());
        let (observed, since) = (humanise(fact.observed, fact.unit), moment(fact.since, zone));
        let (id, series, text) = (inline(&fact.id.0), inline(&series), inline(&fact.text));
        writeln!(out, "| {id} | {series} | {observed} | {} | {since} | {text} |", expected(fact))?;
    }
    Ok(())
}

fn expected(fact: &Fact) -> String {
    fact.expected.map_or_else(String::new, |range| {
        format!("{}–{}", humanise(range.low, fact.unit), humanise(range.high, fact.unit))
    })
}

fn actions(out: &mut String, heading: &str, steps: &[String]) -> std::fmt::Result {
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {heading}\n")?;
    for step in steps {
        writeln!(out, "- [ ] {}", inline(step))?;
    }
    Ok(())
}

fn timeline(out: &mut String, incident: &Incident, zone: &str) -> std::fmt::Result {
    writeln!(out, "\n## Timeline\n")?;
    for event in &incident.timeline {
        let what = match &event.kind {
            EventKind::Opened => "opened".to_owned(),
            EventKind::Updated { what } => format!("updated: {}", inline(what)),
            EventKind::Acknowledged => "acknowledged".to_owned(),
            EventKind::Resolved { why } => format!("resolved: {}", inline(why)),
            EventKind::Reopened => "reopened".to_owned(),
            EventKind::Assigned { to: Some(to) } => format!("assigned to {}", inline(to)),
            EventKind::Assigned { to: None } => "assigned to nobody".to_owned(),
            EventKind::Commented { .. } => "commented (below)".to_owned(),
            EventKind::CommentDeleted => "deleted a comment".to_owned(),
        };
        writeln!(out, "- {} · {what} · {}", moment(event.at, zone), actor(event))?;
    }
    Ok(())
}

fn comments(out: &mut String, incident: &Incident, zone: &str) -> std::fmt::Result {
    let said = incident.timeline.iter().filter_map(|event| match &event.kind {
        EventKind::Commented { text } => Some((event, text)),
        _ => None,
    });
    for (index, (event, text)) in said.enumerate() {
        if index == 0 {
            writeln!(out, "\n## Comments")?;
        }
        writeln!(out, "\n**{}**, {}:\n", actor(event), moment(event.at, zone))?;
        for part in text.lines() {
            // Two spaces at the end keep the writer's line breaks.
            writeln!(out, "> {}  ", escape(&line(part, usize::MAX)))?;
        }
    }
    Ok(())
}

fn actor(event: &TimelineEvent) -> String {
    match &event.actor {
        Actor::User { name } => inline(name),
        Actor::ApiKey { name } => format!("api key {}", inline(name)),
        Actor::Batch { .. } => "Watchkeeper".to_owned(),
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "Not known.".to_owned() } else { inline(text) }
}

/// One line of somebody's text, as text.
fn inline(text: &str) -> String {
    escape(&line(text, CELL_CHARS))
}

/// A backslash before every character that Markdown could read as markup: emphasis, code, links, HTML, tables, headings and
/// lists at the beginning, addresses and mentions that some readers turn into links.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, c) in text.char_indices() {
        let list = at == digits && digits > 0 && matches!(c, '.' | ')');
        let first = at == 0 && matches!(c, '-' | '+' | '=');
        let link = c == ':' && text.get(at..).is_some_and(|rest| rest.starts_with("://"));
        let www = c == '.' && text.get(..at).is_some_and(|before| before.to_ascii_lowercase().ends_with("www"));
        let markup =
            matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '@' | '$');
        if list || first || link || www || markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{example, life};
    use crate::time::{HOUR, UtcMillis};
    use crate::verdict::{Hypothesis, Severity};

    /// 21 Nov 2026, 09:50 UTC
    const AT: UtcMillis = UtcMillis(1_795_254_600_000);

    #[test]
    fn it_tells_everything_in_the_order_of_a_meeting() {
        let by = || Actor::User { name: "priya".to_owned() };
        let mut incident = example::incident(AT);
        incident.severity_now = Some(Severity::Medium);
        let other = Hypothesis {
            cause: "A traffic peak.".to_owned(),
            supporting: vec![],
            against: vec![FactId("M12".to_owned())],
        };
        incident.hypotheses = vec![other];
        incident = life::assign(incident, by(), Some("priya".to_owned()), AT);
        let comment = life::Comment::parse("Restarted it.\nLooks better.").unwrap();
        incident = life::comment(incident, by(), comment, AT + HOUR).unwrap();
        incident = life::resolve(incident, by(), "restarted".to_owned(), AT + 2 * HOUR).unwrap();
        let told = markdown(&incident, "Asia/Kolkata", "https://watch.example.com/app/incidents/inc_1");
        insta::assert_snapshot!(told, @r#"
# Post-mortem: Memory leak in api-1 fills swap

| | |
|---|---|
| State | resolved |
| Severity | high |
| Opened | 21 Nov 2026, 15:20 IST |
| Resolved | 21 Nov 2026, 17:20 IST (after 2 h) |
| Window | 21 Nov 2026, 15:19–15:20 IST |
| Instances | api-1:9100 |
| Assignee | priya |
| Page | <https://watch.example.com/app/incidents/inc_1> |

## Summary

Available memory on api-1 has fallen for 22 minutes and the machine now swaps.

## Cause

A process on api-1 leaks memory: available memory fell from 4.1 GB to 0.8 GB in 22 min.

Likely: 4 of 5 facts agree. (85 % confidence, set by code).

Words by the built-in analyst; no model wrote them, because this is an example.

### Other explanations

- A traffic peak.; against it M12

## Evidence

| Fact | Series | Observed | Expected | Since | What |
|---|---|---|---|---|---|
| M12 | node\_memory\_MemAvailable\_bytes on api-1:9100 | 800 MB | 3.9 GB–4.3 GB | 21 Nov 2026, 14:58 IST | available memory on api-1 fell from 4.1 GB to 0.8 GB in 22 min |

## Do first

- [ ] Find the process: \`ps aux --sort=-rss \| head\`.
- [ ] Restart it before the kernel kills another.

## So that it does not happen again

- [ ] Give the service a memory limit.

## Timeline

- 21 Nov 2026, 15:20 IST · opened · Watchkeeper
- 21 Nov 2026, 15:20 IST · assigned to priya · priya
- 21 Nov 2026, 16:20 IST · commented (below) · priya
- 21 Nov 2026, 17:20 IST · resolved: restarted · priya

## Comments

**priya**, 21 Nov 2026, 16:20 IST:

> Restarted it.  
> Looks better.
"#);
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        for (text, escaped) in [
            ("# heading", "\\# heading"),
            ("- item", "\\- item"),
            ("12. item", "12\\. item"),
            ("a|b", "a\\|b"),
            ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>"),
            ("![x](http://evil.example)", "\\!\\[x\\](http\\://evil.example)"),
            ("www.evil.example @everyone", "www\\.evil.example \\@everyone"),
            ("`rm` **now** 4.1 GB", "\\`rm\\` \\*\\*now\\*\\* 4.1 GB"),
        ] {
            assert_eq!(escape(text), escaped);
        }
        let mut incident = example::incident(AT);
        incident.title = "x\n# y".to_owned();
        let told = markdown(&incident, "UTC", "l");
        assert!(told.starts_with("# Post-mortem: x \\# y\n"), "{told}");
    }
}
