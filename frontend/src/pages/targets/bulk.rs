//! Adding many targets by pasting lines: each is judged before anything is added, and answered for after.

use std::collections::BTreeMap;

use watchkeeper_common::target::{BulkItem, BulkOutcome, CreateTargets};

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::bulk::{Line, lines, verdict};
use crate::model::number::counted;
use crate::model::order::gathered;
use crate::model::words;
use crate::router::A;
use crate::routes::Place;

const EXAMPLE: &str =
    "10.0.0.4:9100 api-1 env=prod\n10.0.0.5:9187 orders-db env=prod team=shop\nhttps://edge.example.org/metrics edge";

/// What the server said of a line, by the line's text: a line that is changed since has no answer.
type Answers = BTreeMap<String, BulkItem>;

pub(crate) fn bulk(session: Session) -> Piece {
    title(|| "Add many targets".to_owned());
    let text = RwSignal::new(String::new());
    let answers = RwSignal::new(Answers::new());
    let found = Memo::new(move |_| lines(&text.get()));
    let sound = move || found.with(|found| found.iter().filter(|line| line.target.is_ok()).count());
    let toaster = use_toaster();
    let wrong = RwSignal::new(None::<String>);
    let doing = Doing::new();
    let ask = move |check_only: bool| {
        wrong.set(None);
        let asked: Vec<Line> =
            found.with_untracked(|found| found.iter().filter(|line| line.target.is_ok()).cloned().collect());
        let targets = asked.iter().filter_map(|line| line.target.clone().ok()).collect();
        let body = CreateTargets { targets, check_only };
        doing.start(session.create_targets(&body), move |outcome| match outcome {
            Ok(result) => {
                let added = result.added;
                answers.set(gathered(asked.into_iter().map(|line| line.text).zip(result.items)));
                if !check_only {
                    // What is added leaves the text; what is refused stays, to be mended.
                    text.update(|text| *text = answers.with_untracked(|answers| rest(text, answers)));
                    toaster.good(format!("{} added.", counted(added, "target is", "targets are")));
                }
            }
            Err(fault) => wrong.set(Some(fault.message())),
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        ask(false);
    };
    let busy = move || doing.pending().get();
    let verb = move || match u32::try_from(sound()).unwrap_or(u32::MAX) {
        _ if busy() => "Working…".to_owned(),
        0 => "Add targets".to_owned(),
        count => format!("Add {}", counted(count, "target", "targets")),
    };
    view! {
        <p class="crumb"><A href=Place::Targets.href()>"← Targets"</A></p>
        <header class="head"><h1>"Add many targets"</h1></header>
        <form class="bulk" on:submit=submit novalidate>
            <div class="field">
                <label for="lines">"One target a line"</label>
                <textarea id="lines" rows="10" spellcheck="false" autocapitalize="off" placeholder=EXAMPLE bind:value=text
                    aria-describedby="lines-help"></textarea>
                <p class="help" id="lines-help">
                    "Address, then a name and tags if you like: " <code>"address [name] [tag=value …]"</code>
                    ". At most 200; lines that begin with # are left out."
                </p>
            </div>
            <p class="notice bad" role="alert" hidden=derived(move || wrong.with(Option::is_none))>{dynamic(move || wrong.get())}</p>
            <div class="buttons">
                <button type="submit" class="primary" disabled=derived(move || busy() || sound() == 0)>{dynamic(verb)}</button>
                <button type="button" disabled=derived(move || busy() || sound() == 0) on:click=move |_| ask(true)>"Check first"</button>
            </div>
        </form>
        <Show when=move || found.with(|found| !found.is_empty())><Preview found=found answers=answers/></Show>
        <Show when=move || answers.with(|answers| answers.values().any(|item| item.outcome == BulkOutcome::Added))>
            <p><A href=Place::Targets.href()>"See how they stand"</A></p>
        </Show>
    }
}

/// The text without the lines that were added.
fn rest(text: &str, answers: &Answers) -> String {
    let stays = |line: &&str| answers.get(line.trim()).is_none_or(|item| item.outcome != BulkOutcome::Added);
    text.lines().filter(stays).collect::<Vec<_>>().join("\n")
}

/// What each line would become, or why it cannot.
#[component]
fn Preview(found: Memo<Vec<Line>>, answers: RwSignal<Answers>) -> impl IntoPiece {
    let row = move |line: Line| {
        let answer = answers.with(|answers| answers.get(&line.text).cloned());
        let refused = answer.as_ref().is_some_and(|item| item.outcome == BulkOutcome::Refused);
        let (good, said) = match (&line.target, &answer) {
            (Err(wrong), _) => (false, wrong.clone()),
            (Ok(_), Some(item)) => (!refused, verdict(item)),
            (Ok(target), None) => (true, words::exporter(target.kind).0.to_owned()),
        };
        let badge = if good { ("✓", "shape tone-ok") } else { ("◆", "shape tone-critical") };
        let (address, name) = match line.target {
            Ok(target) => (target.address, target.name),
            Err(_) => (line.text, String::new()),
        };
        view! {
            <tr>
                <td class="muted">{line.number}</td>
                <td class="main wide"><code>{address}</code> " " {name}</td>
                <td class="said" class:error=!good><span class=badge.1 aria-hidden="true">{badge.0}</span> " " {said}</td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Lines">
            <table>
                <thead><tr><th scope="col">"Line"</th><th scope="col">"Target"</th><th scope="col">"Verdict"</th></tr></thead>
                <tbody>{dynamic(move || found.get().into_iter().map(row).collect_view())}</tbody>
            </table>
        </div>
    }
}
