//! Pasted lines as targets: `address [name] [tag=value …]`, one each.

use std::collections::BTreeMap;

use watchkeeper_common::target::{BulkItem, BulkOutcome, CreateTarget};

use super::form;
use super::install::kind_on;

/// What the server takes at once.
pub(crate) const MOST: usize = 200;

/// One line that says something, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// As counted in the text, from 1.
    pub(crate) number: usize,
    pub(crate) text: String,
    pub(crate) target: Result<CreateTarget, String>,
}

/// Empty lines and those that begin with `#` say nothing.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let target = read(line).and_then(|target| match seen.insert(target.address.to_ascii_lowercase(), number) {
            Some(before) => Err(format!("The same address stands in line {before}.")),
            None => Ok(target),
        });
        let target = if found.len() < MOST { target } else { Err(format!("{MOST} lines are the most at once.")) };
        found.push(Line { number, text: line.to_owned(), target });
    }
    found
}

fn read(line: &str) -> Result<CreateTarget, String> {
    let mut words = line.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty());
    let address = words.next().unwrap_or_default();
    if let Some(wrong) = form::address(address) {
        return Err(wrong);
    }
    let mut name: Vec<&str> = Vec::new();
    let mut tags = BTreeMap::new();
    for word in words {
        match word.split_once('=') {
            None => name.push(word),
            Some((key, value)) if !key.is_empty() && !value.is_empty() => {
                if tags.insert(key.to_owned(), value.to_owned()).is_some() {
                    return Err(format!("“{key}” stands twice."));
                }
            }
            Some(_) => return Err(format!("Write “{word}” as name=value.")),
        }
    }
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    Ok(CreateTarget {
        address: address.to_owned(),
        name: name.join(" "),
        tags,
        kind: port.map_or(watchkeeper_common::target::ExporterKind::Custom, kind_on),
        enabled: true,
    })
}

/// What became of a line, in words.
pub(crate) fn verdict(item: &BulkItem) -> String {
    match item.outcome {
        BulkOutcome::Added => "added".to_owned(),
        BulkOutcome::Fits => "can be added".to_owned(),
        BulkOutcome::Refused => {
            let fields = item.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ");
            let detail = item.detail.clone().unwrap_or_default();
            if fields.is_empty() { detail } else { fields }
        }
    }
}

#[cfg(test)]
mod tests {
    use watchkeeper_common::target::ExporterKind;

    use super::*;

    #[test]
    fn a_line_is_an_address_a_name_and_tags() {
        let found = lines("10.0.0.4:9100\tweb one env=prod  team=a\n\n# not this\nhttps://db/pg db");
        let targets: Vec<&CreateTarget> = found.iter().map(|line| line.target.as_ref().unwrap()).collect();
        assert_eq!(found.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 4]);
        assert_eq!((targets[0].name.as_str(), targets[0].kind), ("web one", ExporterKind::Node));
        assert_eq!(targets[0].tags.get("env").map(String::as_str), Some("prod"));
        assert_eq!((targets[1].address.as_str(), targets[1].kind), ("https://db/pg", ExporterKind::Custom));
    }

    #[test]
    fn what_is_wrong_is_said_line_by_line() {
        let found = lines("web\nweb:9100 env=\nWEB:9100 a\nweb:9100 b\nx:1 a=1 a=2");
        let said: Vec<String> =
            found.into_iter().map(|line| line.target.err().unwrap_or_else(|| "fine".to_owned())).collect();
        assert_eq!(
            said,
            [
                "Add the exporter's port, such as :9100.",
                "Write “env=” as name=value.",
                "fine",
                "The same address stands in line 3.",
                "“a” stands twice."
            ]
        );
    }

    #[test]
    fn there_is_an_end_to_lines() {
        let text: String = (0..201).map(|n| format!("h{n}:9100\n")).collect();
        let found = lines(&text);
        assert_eq!(found.iter().filter(|line| line.target.is_ok()).count(), 200);
        assert_eq!(found.last().and_then(|line| line.target.clone().err()).unwrap(), "200 lines are the most at once.");
    }
}
