//! The page, its styles and its first script: `frontend/index.html` with every file it loads named by content.
//!
//! `index.html` is also what `trunk serve` reads. Its `data-trunk` lines say which styles there are and in what order; here
//! they give way to one style sheet and one script. Nothing is inline, so the strictest Content-Security-Policy holds.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::File;
use super::wasm::Bundle;

/// Replaces the `data-trunk` lines of the head.
const MARK: &str = "<!-- assets -->";

pub(super) fn files(frontend: &Path, bundle: Bundle) -> Result<Vec<File>> {
    let template = read(&frontend.join("index.html"))?;
    let wasm = File::hashed("app", "wasm", bundle.wasm);
    let js = File::hashed("app", "js", bundle.js.into_bytes());
    let theme = read(&frontend.join("static/theme.js"))?;
    let boot = File::hashed("boot", "js", boot(&theme, &js.url(), &wasm.url()).into_bytes());
    let css = File::hashed("app", "css", minify(&styles(frontend, &template)?).into_bytes());

    let links = [
        format!(r#"<link rel="stylesheet" href="{}">"#, css.url()),
        format!(r#"<link rel="modulepreload" href="{}">"#, js.url()),
        format!(r#"<link rel="preload" href="{}" as="fetch" type="application/wasm" crossorigin>"#, wasm.url()),
        format!(r#"<script src="{}"></script>"#, boot.url()),
    ];
    let page = page(&template, &links.join("\n"))?;
    let mut files = vec![File { path: "index.html".to_owned(), bytes: page.into_bytes() }, wasm, js, boot, css];
    for (path, text) in bundle.snippets {
        files.push(File { path: format!("assets/{path}"), bytes: text.into_bytes() });
    }
    for name in ["favicon.svg", "manifest.webmanifest"] {
        files.push(File { path: name.to_owned(), bytes: read(&frontend.join("static").join(name))?.into_bytes() });
    }
    Ok(files)
}

/// The theme is set before anything is painted; the rest loads beside it.
fn boot(theme: &str, js: &str, wasm: &str) -> String {
    format!("{theme}import('{js}').then((app) => app.default({{ module_or_path: '{wasm}' }}));\n")
}

fn page(template: &str, links: &str) -> Result<String> {
    anyhow::ensure!(template.contains(MARK), "frontend/index.html has no {MARK}");
    let kept: Vec<&str> = template.lines().filter(|line| !line.contains("data-trunk")).map(str::trim).collect();
    Ok(kept.join("\n").replace(MARK, links) + "\n")
}

/// The style sheets in the order the page names them.
fn styles(frontend: &Path, template: &str) -> Result<String> {
    let mut all = String::new();
    for line in template.lines().filter(|line| line.contains(r#"rel="css""#)) {
        let (_, rest) = line.split_once("href=\"").context("a style link of index.html has no href")?;
        let (href, _) = rest.split_once('"').context("a style link of index.html does not end")?;
        all.push_str(&read(&frontend.join(href))?);
    }
    Ok(all)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

/// Drops comments, indentation and line ends. Our own sheets hold no string with `/*` or two blanks in it.
fn minify(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let mut out = String::with_capacity(bare.len());
    for line in bare.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let open = out.ends_with(['{', '}', ';', ',']);
        if !out.is_empty() && !open && !line.starts_with(['{', '}']) {
            out.push(' ');
        }
        out.push_str(&line.replace(": ", ":").replace(" {", "{"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{minify, page};

    #[test]
    fn minifying_keeps_what_selectors_and_values_mean() {
        let css = "/* a\n comment */\n.a .b,\n.c {\n  color: red;\n  margin: calc(1px + 2px) 0;\n}\n@media (width < 40rem) {\n  .d { top: 0; }\n}\n";
        assert_eq!(minify(css), ".a .b,.c{color:red;margin:calc(1px + 2px) 0;}@media (width < 40rem){.d{ top:0; }}");
    }

    #[test]
    fn the_page_loses_what_only_trunk_reads() {
        let template = "<head>\n  <link data-trunk rel=\"css\" href=\"style/a.css\">\n  <!-- assets -->\n</head>";
        assert_eq!(page(template, "<link>").unwrap(), "<head>\n<link>\n</head>\n");
        assert!(page("<head></head>", "").is_err());
    }
}
