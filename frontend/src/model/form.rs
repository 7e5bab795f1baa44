//! What a form refuses before it asks the server, in words that say what to type. The server decides in the end.

use std::collections::BTreeMap;

pub(crate) fn email(value: &str) -> Option<String> {
    let sound = value.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    (!sound || value.contains(char::is_whitespace)).then(|| "Type an address like priya@example.org.".to_owned())
}

pub(crate) fn required(value: &str, what: &str) -> Option<String> {
    value.trim().is_empty().then(|| format!("Type {what}."))
}

/// The least the server takes; whether it is guessable, the server judges.
pub(crate) fn new_password(value: &str) -> Option<String> {
    (value.chars().count() < 8).then(|| "Use at least 8 characters; three unrelated words do well.".to_owned())
}

/// `host:port`, `[v6]:port`, or a URL.
pub(crate) fn address(value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() {
        return Some("Type host:port, such as 192.168.1.4:9100.".to_owned());
    }
    if value.starts_with("http://") || value.starts_with("https://") {
        return None;
    }
    if value.contains("://") {
        return Some("Only http:// and https:// addresses can be scraped.".to_owned());
    }
    let port = value.rsplit_once(':').map(|(_, port)| port);
    match port.map(str::parse::<u16>) {
        Some(Ok(1..)) => None,
        Some(_) => Some("The port is a number from 1 to 65535.".to_owned()),
        None => Some("Add the exporter's port, such as :9100.".to_owned()),
    }
}

/// `env=prod, team=web` as labels.
pub(crate) fn tags(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut tags = BTreeMap::new();
    for part in text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let Some((key, value)) = part.split_once('=') else {
            return Err(format!("Write “{part}” as name=value."));
        };
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() || value.is_empty() {
            return Err(format!("Write “{part}” as name=value."));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(format!("“{key}” stands twice."));
        }
    }
    Ok(tags)
}

/// The way back: labels as they are typed.
pub(crate) fn tags_text(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

/// Mail addresses, one a line or with commas between.
pub(crate) fn recipients(text: &str) -> Result<Vec<String>, String> {
    let list: Vec<String> =
        text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    match list.iter().find(|one| email(one).is_some()) {
        Some(bad) => Err(format!("“{bad}” is not a mail address.")),
        None => Ok(list),
    }
}

/// A whole number within bounds.
pub(crate) fn whole(text: &str, low: u32, high: u32) -> Result<u32, String> {
    text.trim()
        .parse()
        .ok()
        .filter(|value| (low..=high).contains(value))
        .ok_or_else(|| format!("Type a whole number from {low} to {high}."))
}

#[cfg(test)]
mod tests {
    use super::{address, email, new_password, recipients, tags, tags_text, whole};

    #[test]
    fn addresses() {
        for good in
            ["192.168.1.4:9100", "db-1:9187", "[2001:db8::1]:9100", "https://app.example.org/metrics", " host:1 "]
        {
            assert_eq!(address(good), None, "{good}");
        }
        for bad in ["", "host", "host:", "host:0", "host:70000", "host:http", "ftp://host:21"] {
            assert!(address(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn tags_there_and_back() {
        let parsed = tags("env=prod, team = web").unwrap();
        assert_eq!(tags_text(&parsed), "env=prod, team=web");
        assert!(tags("").unwrap().is_empty());
        assert!(tags("prod").is_err());
        assert!(tags("a=1,a=2").is_err());
        assert!(tags("=1").is_err());
    }

    #[test]
    fn mail_addresses_and_passwords() {
        assert_eq!(email("priya@example.org"), None);
        for bad in ["", "priya", "priya@", "@example.org", "priya@local", "a b@example.org"] {
            assert!(email(bad).is_some(), "{bad}");
        }
        assert_eq!(recipients("a@x.io, b@x.io\nc@x.io").unwrap().len(), 3);
        assert!(recipients("a@x.io, nobody").is_err());
        assert!(new_password("short").is_some());
        assert_eq!(new_password("correct horse battery"), None);
    }

    #[test]
    fn whole_numbers_stay_in_bounds() {
        assert_eq!(whole(" 7 ", 1, 10), Ok(7));
        for bad in ["", "0", "11", "1.5", "-1", "x"] {
            assert!(whole(bad, 1, 10).is_err(), "{bad}");
        }
    }
}
