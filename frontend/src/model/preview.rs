//! Messages made ready to be looked at.

/// Slack's markup as plain text: its three escapes undone, bold marks and link brackets left out.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive('>') {
        match part.rsplit_once('<').and_then(|(before, link)| Some((before, link.strip_suffix('>')?))) {
            Some((before, link)) => {
                out.push_str(before);
                out.push_str(link.split_once('|').map_or(link, |(_, said)| said));
            }
            None => out.push_str(part),
        }
    }
    out.replace('*', "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The mail's styles as data: a page's policy keeps inline styles out of the frame, and would complain of each.
pub(crate) fn held(html: &str) -> String {
    html.replace(" style=\"", " data-style=\"")
}

#[cfg(test)]
mod tests {
    use super::{held, plain};

    #[test]
    fn slack_markup_reads_as_slack_shows_it() {
        assert_eq!(plain("▲ *HIGH* · open"), "▲ HIGH · open");
        assert_eq!(plain("3 anomalies\n<https://x.io/app|Open in Watchkeeper>"), "3 anomalies\nOpen in Watchkeeper");
        assert_eq!(plain("api &lt;fills&gt; &amp; swap"), "api <fills> & swap");
    }

    #[test]
    fn styles_are_held_back_and_text_is_not() {
        assert_eq!(held(r#"<p style="margin:0">a style=b</p>"#), r#"<p data-style="margin:0">a style=b</p>"#);
    }
}
