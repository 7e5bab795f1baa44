//! The message as plain text, readable at 60 columns.

use super::Message;

const COLUMNS: usize = 60;

/// Lines of at most 60 columns, but for the link, which is never broken.
#[must_use]
pub fn plain(message: &Message) -> String {
    let mut out = Vec::new();
    out.push(format!("{} {} · {} · {}", message.mark(), message.flag(), message.standing(), message.at));
    wrap(&mut out, "", "", &message.title);
    if let Some(what) = message.what_words() {
        wrap(&mut out, "", "", &what);
    }
    if !message.summary.is_empty() {
        out.push(String::new());
        wrap(&mut out, "", "", &message.summary);
    }
    section(&mut out, &format!("CAUSE ({})", message.verdict_words()));
    wrap(&mut out, "", "", if message.cause.is_empty() { "Not known yet." } else { &message.cause });
    if !message.actions.is_empty() {
        section(&mut out, "DO FIRST");
        for (n, action) in (1..).zip(&message.actions) {
            wrap(&mut out, &format!("{n}. "), "   ", action);
        }
    }
    if let Some(proof) = &message.proof {
        section(&mut out, "PROOF");
        wrap(&mut out, "", "", proof);
    }
    out.push(String::new());
    wrap(&mut out, "", "", &format!("{} · window {}", message.anomaly_words(), message.window));
    out.push(message.link.clone());
    out.push(String::new());
    out.join("\n")
}

fn section(out: &mut Vec<String>, heading: &str) {
    out.push(String::new());
    out.push(heading.to_owned());
}

/// Greedy word wrap; a word longer than the line stands on its own.
fn wrap(out: &mut Vec<String>, first: &str, rest: &str, text: &str) {
    let mut current = first.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && current.chars().count() + 1 + word.chars().count() > COLUMNS {
            out.push(std::mem::replace(&mut current, rest.to_owned()));
            empty = true;
        }
        if !empty {
            current.push(' ');
        }
        current.push_str(word);
        empty = false;
    }
    if !empty {
        out.push(current);
    }
}
