//! An account with ten thousand targets and ten thousand incidents: what one waits for. The figures are printed; a machine
//! that tests much at once decides nothing by them.

use serde_json::Value as Json;
use watchkeeper_domain::id::{Id, TargetId};
use watchkeeper_domain::target::search::terms;
use watchkeeper_domain::target::{ExporterKind, Scheme, Target};
use watchkeeper_domain::time::SECOND;

use super::Browser;
use super::incidents::{AT, past};
use crate::support::parts::eventually;
use crate::support::{Client, TestApp};

const MANY: i64 = 10_000;
/// Most that the store takes at once.
const PIECE: usize = 1_000;

/// Notes when rows stand on the page, and what kept it from answering for longer than 50 ms.
const WATCH: &str = "window.watched = { long: [], at: null }; \
    new PerformanceObserver(list => window.watched.long.push(...list.getEntries().map(e => e.duration)))\
    .observe({ type: 'longtask' });";

async fn targets(app: &TestApp, client: &Client) {
    let one = |n: i64| {
        let (name, address) = (format!("host {n}"), format!("host{n}.example:9100"));
        let tags = [("env".to_owned(), if n % 2 == 0 { "prod" } else { "test" }.to_owned())].into();
        Target {
            id: TargetId::derive(&[&n.to_string()]),
            scheme: Scheme::Http,
            metrics_path: "/metrics".to_owned(),
            terms: terms(&name, &address, &tags),
            name,
            address,
            tags,
            kind: ExporterKind::Node,
            enabled: true,
            created_at: AT - n * SECOND,
            updated_at: AT - n * SECOND,
        }
    };
    let all: Vec<Target> = (0..MANY).map(one).collect();
    for piece in all.chunks(PIECE) {
        app.store.tenant(&app.scope(client)).insert_many(piece).await.unwrap();
    }
}

/// Milliseconds from `act` until `rows` stand painted, the first of them as expected, and the longest that the page was busy at
/// a time.
async fn waited(browser: &Browser, act: &str, rows: &str, first: &str) -> (f64, f64) {
    let start = format!(
        "{WATCH} const begun = performance.now(); {act}; const look = () => {{ \
         const rows = [...document.querySelectorAll({rows:?})]; \
         if (rows[0]?.innerText.includes({first:?})) \
         requestAnimationFrame(() => setTimeout(() => {{ window.watched.at = performance.now() - begun }})); \
         else requestAnimationFrame(look) }}; look()"
    );
    browser.script(&start).await;
    let took = eventually(rows, || async {
        match browser.script("return window.watched.at").await {
            Json::Null => Err(browser.text().await),
            took => Ok(took.as_f64().unwrap()),
        }
    })
    .await;
    let longest = browser.script("return Math.max(0, ...window.watched.long)").await;
    (took, longest.as_f64().unwrap())
}

fn type_in(css: &str, text: &str) -> String {
    format!(
        "const field = document.querySelector({css:?}); field.value = {text:?}; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    )
}

fn press(css: &str) -> String {
    format!("document.querySelector({css:?}).click()")
}

#[actix_web::test]
async fn ten_thousand_rows_stay_smooth() {
    let app = TestApp::start().await;
    let priya = app.signed_up("priya").await;
    targets(&app, &priya).await;
    past(&app, &priya, MANY).await;
    let Some(browser) = Browser::open(&app.base).await else { return };
    browser.sign_in("priya").await;
    browser.read("of 200,000 tokens").await;
    let (target, incident) = ("table.targets tbody tr", ".rows .row-link");
    let rail = |place: &str| press(&format!(".rail .places a[href='/app{place}']"));
    let steps = [
        ("targets, to rows on screen", rail("/targets"), target, "host 0"),
        ("targets, older page", press(".pager .older"), target, "host 100"),
        ("targets, one letter more in the search", type_in("input[name=q]", "host 777"), target, "host 777"),
        ("incidents, to rows on screen", rail("/incidents"), incident, "number 0"),
        ("incidents, older page", press(".pager .older"), incident, "number 50"),
        ("incidents, one letter more in the search", type_in("input[name=search]", "leak 777"), incident, "number 777"),
        ("overview, to its headline", rail(""), ".headline h1", "open"),
    ];
    for (what, act, rows, first) in steps {
        let (took, longest) = waited(&browser, &act, rows, first).await;
        println!("{what}: {took:.0} ms; the page busy for at most {longest:.0} ms at a time");
    }
    browser.goto("/app/targets?state=down").await;
    browser.read("No target matches").await;
    let drawn = browser.script("return document.querySelectorAll('*').length").await;
    assert!(drawn.as_u64().unwrap() < 10_000, "a list draws what fits a page: {drawn}");
    browser.console_is_clean().await;
    browser.close().await;
    app.stopped().await;
}
