//! An incident's message in Block Kit: state, title, cause, do first, proof, link.
//!
//! Everything from outside is escaped before it meets Slack's markup, so a title such as `<!channel>` is shown and wakes
//! nobody. Slack refuses a whole message for one block that is too long, hence the caps.

use slack_morphism::prelude::{
    SlackBlock, SlackBlockMarkDownText, SlackBlockPlainText, SlackBlockText, SlackContextBlock,
    SlackContextBlockElement, SlackHeaderBlock, SlackMessageContent, SlackSectionBlock,
};
use watchkeeper_domain::message::{Message, clip};

const HEADER_CHARS: usize = 150;
const SECTION_CHARS: usize = 3_000;
const FALLBACK_CHARS: usize = 300;

pub(super) fn incident(message: &Message) -> SlackMessageContent {
    let mut blocks = vec![
        context(&format!("{} *{}* · {} · {}", message.mark(), message.flag(), message.standing(), escape(&message.at))),
        SlackHeaderBlock::new(SlackBlockPlainText::new(clip(&message.title, HEADER_CHARS)).into()).into(),
    ];
    if let Some(what) = message.what_words() {
        blocks.push(section(&escape(&what)));
    }
    if !message.summary.is_empty() {
        blocks.push(section(&escape(&message.summary)));
    }
    let cause = if message.cause.is_empty() { "Not known yet." } else { &message.cause };
    blocks.push(section(&format!("*Cause* ({})\n{}", message.verdict_words(), escape(cause))));
    if !message.actions.is_empty() {
        let steps: Vec<_> = (1..).zip(&message.actions).map(|(n, step)| format!("{n}. {}", escape(step))).collect();
        blocks.push(section(&format!("*Do first*\n{}", steps.join("\n"))));
    }
    if let Some(proof) = &message.proof {
        blocks.push(section(&format!("*Proof*\n{}", escape(proof))));
    }
    let tail = format!("{} · window {}", message.anomaly_words(), escape(&message.window));
    blocks.push(context(&format!("{tail}\n<{}|Open in Watchkeeper>", escape(&message.link))));
    let fallback = clip(&format!("[{}] {}", message.flag(), message.title), FALLBACK_CHARS);
    SlackMessageContent::new().with_text(escape(&fallback)).with_blocks(blocks)
}

pub(super) fn note(text: &str) -> SlackMessageContent {
    SlackMessageContent::new().with_text(escape(text)).with_blocks(vec![section(&escape(text))])
}

fn section(markdown: &str) -> SlackBlock {
    let text = SlackBlockMarkDownText::new(clip_escaped(markdown, SECTION_CHARS));
    SlackSectionBlock::new().with_text(SlackBlockText::MarkDown(text)).into()
}

fn context(markdown: &str) -> SlackBlock {
    let text = SlackBlockMarkDownText::new(clip_escaped(markdown, SECTION_CHARS));
    SlackContextBlock::new(vec![SlackContextBlockElement::MarkDown(text)]).into()
}

/// The three characters that Slack's markup is made of.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Clips without leaving half an entity at the end.
fn clip_escaped(text: &str, max: usize) -> String {
    let clipped = clip(text, max);
    let Some(body) = clipped.strip_suffix('…').filter(|_| clipped.len() != text.len()) else { return clipped };
    match body.rfind('&') {
        Some(start) if !body.get(start..).is_some_and(|tail| tail.contains(';')) => {
            format!("{}…", body.get(..start).unwrap_or_default())
        }
        _ => clipped,
    }
}
