//! How an incident comes about, what its words are worth, and what leaves the machine. True to the code: change both.

use crate::api::Session;
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::router::A;
use crate::routes::Place;

pub(crate) fn how_it_works(_session: Session) -> Piece {
    title(|| "How it works".to_owned());
    view! {
        <header class="head"><h1>"How it works"</h1></header>
        <div class="prose">
            <p class="lead">"Code finds what is wrong and proves it with numbers. A model may put the cause into words; code then checks every claim and decides how sure it is. Without a model, coded signatures write the words."</p>
            {from_samples_to_facts()}
            {verdicts()}
            {what_leaves()}
            {what_is_stored()}
        </div>
    }
}

fn section(heading: &'static str, body: Piece) -> Piece {
    view! { <section class="card"><h2>{heading}</h2>{body}</section> }
}

fn terms(rows: Vec<(&'static str, &'static str)>) -> Piece {
    let row = |(term, meaning): (&'static str, &'static str)| view! { <div><dt>{term}</dt><dd>{meaning}</dd></div> };
    view! { <dl class="pairs">{rows.into_iter().map(row).collect_view()}</dl> }
}

fn from_samples_to_facts() -> Piece {
    let rows = vec![
        (
            "Batch",
            "Once a minute (or as you set it) every series of your targets is compared with its own last half hour: median, spread, trend, limits.",
        ),
        (
            "Fact",
            "One numbered statement that code computed: M12 is a series, E7 an event such as a failed scrape. It keeps its numbers, its unit, when it began, and its chart.",
        ),
        (
            "Gate and receipt",
            "Nothing outside the expected range means no model call. The batch leaves a receipt that says so: “0 of 641 series outside baseline”. Whoever wants a model asked each time can choose that in the settings.",
        ),
        (
            "Incident",
            "Facts with one likely cause become one incident. It goes on while the facts last, resolves itself when they are gone, and reopens when the same failure returns within an hour.",
        ),
        (
            "Blind",
            "When metrics cannot be read twice in a row, that is an incident of its own: silence is never “all quiet”.",
        ),
    ];
    section("From samples to facts", terms(rows))
}

fn verdicts() -> Piece {
    let rows = vec![
        (
            "Confirmed",
            "A cited fact is the failure itself: a target down, a bad state such as an expired certificate, a resource at 95 % of its limit. At least half of the claims survived. Confidence is 90 to 95 %.",
        ),
        ("Likely", "No single fact proves it alone, but the confidence is 65 % or more."),
        ("Inconclusive", "Less than that, or no cause survived the checks. Read it as a hint."),
    ];
    let body = view! {
        <p>"Every claim has to cite facts. Code looks each one up, computes each number again, and compares when things began. A claim is dropped when it cites a fact that does not exist, says a wrong number, names a series nobody saw, or puts an effect before its cause. What was dropped, and why, stands under “Who wrote this” on the incident's page."</p>
        {terms(rows)}
        <p>"Confidence is a sum, not a feeling: 35 points for the share of facts that the surviving claims cite, 25 for the share of claims that survived, 30 for different metrics that agree, and 10 for a fact that shows a limit or a silence. It never passes 95. Neither verdict nor confidence is up to the model, and a model can raise the severity by one step at most, never lower it."</p>
    };
    section("What the verdict is worth", body)
}

fn what_leaves() -> Piece {
    let body = view! {
        <p>"With the built-in analyst, nothing goes to a model. When you use one, exactly this is sent to it, for at most three failures of a batch:"</p>
        <ul>
            <li>"our instructions, which are the same for everybody;"</li>
            <li>"the facts of that failure as lines: number, kind, metric, address and name of the target, up to eight labels, when it began, the numbers;"</li>
            <li>"targets that are not up, with their last scrape error; and, if every batch is to be analysed, a few ordinary series."</li>
        </ul>
        <p>"No raw samples, no passwords, no account. Names and addresses are sent as they are: they are not replaced by made-up ones. What looks like a secret (keys, tokens, passwords in addresses, cookies) is removed before. Text that reads like an instruction to the model is withheld and reported."</p>
        <p>"The exact prompt and answer of each call stand on the incident's page. If the operator of this server uses Langfuse, they are sent there too. Messages to email and Slack hold the title, the cause, what to do first and one proving fact. Nothing else leaves this server, but for its requests to the metrics source and your targets."</p>
    };
    section("What leaves this machine", body)
}

fn what_is_stored() -> Piece {
    let body = view! {
        <p>"Batches with their facts, anomalies, root causes and model calls (with secrets removed), for as many days as the operator set, 30 unless changed; messages for 90 days. You can have batches, anomalies, root causes and incidents kept for less, and take everything with you or delete it. Mail passwords and webhooks are encrypted, login passwords hashed; neither is ever shown again."</p>
        <p><A href=Place::SettingsData.href()>"Say how long, export, delete"</A></p>
        <p><A href=Place::Settings.href()>"Choose a model, or none"</A></p>
    };
    section("What is stored", body)
}
