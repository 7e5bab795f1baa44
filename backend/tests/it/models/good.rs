//! Models that answer well, at once or after one repair.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::script::{Dialect, Model, Move};
use super::world::{CAUSE, Hosts, Scene, name, true_answer};

fn good() -> Move {
    Move::Says(true_answer().to_string())
}

#[tokio::test]
async fn a_true_answer_is_stored_word_for_word() {
    for dialect in [Dialect::OpenAi, Dialect::Ollama] {
        let model = Model::new(dialect, &[good()]).await;
        let scene = Scene::before(&model, &[]).await;
        let left = scene.run().await;
        left.is_by_the_model(dialect);
        assert_eq!((left.count_calls(), &left.rca["dropped"]), (1, &json!([])));
        assert_eq!((&left.rca["verdict"], &left.incident["verdict"]), (&json!("confirmed"), &json!("confirmed")));
        let call = left.call(name(dialect));
        assert_eq!((&call["outcome"], &call["outcome_detail"]), (&json!("answered"), &Json::Null));
        assert_eq!((&call["prompt_tokens"], &call["completion_tokens"]), (&json!(700), &json!(90)));
        assert_eq!((&call["attempts"], &call["verdict"]), (&json!(1), &json!("confirmed")));
        assert_eq!(call["cost_usd"], if dialect == Dialect::Ollama { json!(0.0) } else { Json::Null });
        assert!(call["answer"].as_str().unwrap().contains(CAUSE));
        assert_eq!(left.batch["receipt"]["prompt_tokens"], 700);

        let question = &model.questions().await[0];
        let [system, user] = question["messages"].as_array().unwrap().as_slice() else { panic!("{question}") };
        assert_eq!((&system["role"], &user["role"]), (&json!("system"), &json!("user")));
        let user = user["content"].as_str().unwrap();
        assert!(user.contains("M1 | ") && user.contains("10.0.0.1:9100"), "{user}");
        assert!(call["prompt"].as_str().unwrap().contains(user), "what is kept is what left");
        let schema = match dialect {
            Dialect::OpenAi => &question["response_format"]["json_schema"]["schema"],
            Dialect::Ollama => &question["format"],
        };
        assert_eq!(schema["required"], json!(["incident", "anomalies", "hypotheses"]));
        let key = (dialect == Dialect::OpenAi).then(|| "Bearer sk-scripted-key-of-the-operator".to_owned());
        assert_eq!(model.header("authorization").await, key);
    }
}

#[tokio::test]
async fn a_failure_that_stands_still_is_not_asked_about_again() {
    let model = Model::new(Dialect::OpenAi, &[good()]).await;
    let scene = Scene::before(&model, &[]).await;
    let left = scene.run().await;
    let second = scene.batch().await;
    assert_eq!((&second["outcome"], &second["receipt"]["model_called"]), (&json!("analysed"), &json!(false)));
    assert_eq!((&second["incident_ids"], model.bodies().await.len()), (&left.batch["incident_ids"], 1));
    let path = format!("/api/v1/incidents/{}", left.incident["id"].as_str().unwrap());
    let incident = scene.priya.get(&path).await.expect(200).json();
    assert_eq!((&incident["root_cause"], &incident["provider"]), (&json!(CAUSE), &json!("openai")));
}

#[tokio::test]
async fn invalid_json_is_mended_once() {
    for dialect in [Dialect::OpenAi, Dialect::Ollama] {
        let model = Model::new(dialect, &[Move::Says("The disk is full, I think.".to_owned()), good()]).await;
        let scene = Scene::before(&model, &[]).await;
        let left = scene.run().await;
        left.is_by_the_model(dialect);
        let call = left.call(name(dialect));
        assert_eq!((&call["outcome"], &call["attempts"]), (&json!("repaired"), &json!(2)));
        assert_eq!((&call["prompt_tokens"], &left.batch["receipt"]["prompt_tokens"]), (&json!(1400), &json!(1400)));
        let questions = model.questions().await;
        let repair = questions[1]["messages"].as_array().unwrap();
        assert_eq!((questions.len(), repair.len()), (2, 4));
        assert_eq!(repair[2]["content"], "The disk is full, I think.");
        assert!(repair[3]["content"].as_str().unwrap().contains("it has no `{`"), "{}", repair[3]);
    }
}

#[tokio::test]
async fn the_second_provider_answers_where_the_first_refuses() {
    let first = Model::new(Dialect::OpenAi, &[Move::Refuses(401)]).await;
    let second = Model::new(Dialect::Ollama, &[good()]).await;
    let scene = Scene::new(Hosts::default(), &[&first, &second], &[("LLM_FALLBACK", "ollama")]).await;
    let left = scene.run().await;
    left.is_by_the_model(Dialect::Ollama);
    let refused = left.call("openai");
    assert_eq!((&refused["outcome"], &refused["attempts"]), (&json!("provider_error"), &json!(1)));
    assert_eq!(refused["outcome_detail"], "status 401: scripted refusal");
    assert_eq!((left.count_calls(), first.bodies().await.len()), (2, 1));
}

#[tokio::test]
async fn a_server_that_knows_no_schema_is_asked_in_plainer_form() {
    let model = Model::new(Dialect::OpenAi, &[Move::Refuses(400), good()]).await;
    let left = Scene::before(&model, &[]).await.run().await;
    left.is_by_the_model(Dialect::OpenAi);
    let forms: Vec<Json> = model.questions().await.iter().map(|q| q["response_format"]["type"].clone()).collect();
    assert_eq!(forms, ["json_schema", "json_object"]);
}

#[tokio::test]
async fn openrouter_is_told_where_the_dashboard_lives() {
    for site in [Some("https://watch.example.com/"), None] {
        let model = Model::new(Dialect::OpenAi, &[good()]).await;
        let base = model.base();
        let mut settings = vec![
            ("LLM_PROVIDER", "openrouter"),
            ("OPENROUTER_BASE_URL", base.as_str()),
            ("OPENROUTER_API_KEY", "sk-or-of-the-operator"),
        ];
        settings.extend(site.map(|site| ("FRONTEND_URL", site)));
        let scene = Scene::new(Hosts::default(), &[], &settings).await;
        assert_eq!(scene.run().await.call("openrouter")["model"], "openai/gpt-4o-mini");
        assert_eq!(model.header("http-referer").await.as_deref(), site);
        assert_eq!(model.header("authorization").await.as_deref(), Some("Bearer sk-or-of-the-operator"));
    }
}

#[tokio::test]
async fn asked_about_every_batch_a_model_may_report_what_no_detector_did() {
    let answer = |evidence: &str| {
        let mut answer = true_answer();
        answer["incident"] = json!({
            "title": "web: the load looks wrong", "severity": "medium", "summary": "The load on web is unusual.",
            "root_cause": "Something keeps web busy.", "fix_plan": {"immediate": ["Look at web."], "prevention": []},
            "evidence": [evidence],
        });
        answer["anomalies"] = json!([]);
        answer["hypotheses"] = json!([]);
        answer.to_string()
    };
    let model = Model::new(Dialect::OpenAi, &[Move::Says(answer("M77")), Move::Says(answer("M1"))]).await;
    let scene = Scene::new(Hosts { starved: false, ..Hosts::default() }, &[&model], &[]).await;
    assert_eq!(scene.batch().await["outcome"], "quiet", "by default nobody is asked about nothing");
    let mut settings = scene.priya.get("/api/v1/settings/analysis").await.expect(200).json();
    settings["analysis_mode"] = json!("every_batch");
    scene.priya.with_body(Method::PUT, "/api/v1/settings/analysis", settings).await.expect(200);
    scene.batch().await;
    assert_eq!(scene.list("/api/v1/incidents").await, [] as [Json; 0], "a report without a known fact is none");
    let left = scene.run().await;
    assert_eq!(
        (&left.incident["provider"], &left.incident["title"]),
        (&json!("openai"), &json!("web: the load looks wrong"))
    );
    assert_eq!((&left.rca["evidence"], &left.rca["verdict"]), (&json!(["M1"]), &json!("inconclusive")));
    assert_eq!(model.bodies().await.len(), 2);
}

#[tokio::test]
async fn readiness_asks_no_question_and_repeats_itself() {
    let model = Model::new(Dialect::Ollama, &[good()]).await;
    let scene = Scene::before(&model, &[]).await;
    let check = || async {
        let ready = scene.app.anonymous().get("/health/ready").await.expect(200).json();
        let checks = ready["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == "model").unwrap()
    };
    let expected = json!({"name": "model", "state": "ok", "detail": "ollama: llama3.1 is installed"});
    assert_eq!((check().await, check().await), (expected.clone(), expected));
    assert_eq!((model.times_listed().await, model.bodies().await.len()), (1, 0));

    let away = Scene::new(Hosts::default(), &[], &[("LLM_PROVIDER", "openai"), ("LLM_FALLBACK", "builtin")]).await;
    let ready = away.app.anonymous().get("/health/ready").await.expect(200).json();
    let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "model").unwrap();
    assert_eq!(check["state"], "degraded", "{check}");
    assert_eq!(check["detail"], "openai: OPENAI_API_KEY is not set; the built-in analyst judges");
}
