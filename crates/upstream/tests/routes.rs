//! Which server a model is asked of.

use anchorhold_model::Tokenizer;
use anchorhold_scripted::{Script, Scripted};
use anchorhold_upstream::{Model, Settings};
use serde_json::Value;

use super::{only, runtime, settings, upstreams};

fn with_models(name: &str, models: &[(&str, Option<&str>)]) -> Settings {
    let model = |(name, alias): &(&str, Option<&str>)| Model {
        alias: alias.map(str::to_owned),
        ..Model::named(*name)
    };
    Settings {
        models: models.iter().map(model).collect(),
        ..settings(name, "http://127.0.0.1:1/v1")
    }
}

#[test]
fn a_model_is_found_by_its_alias_by_its_server_and_where_one_serves_everything() {
    let named = with_models("near", &[("llama3.2", Some("smart")), ("qwen", None)]);
    let open = settings("open", "http://127.0.0.1:2/v1");
    let both = upstreams(vec![named, open]).unwrap();
    let found = |name: &str| {
        let route = runtime().block_on(both.route(name));
        route.map(|route| (route.server.name().to_owned(), route.model.name))
    };
    let at = |server: &str, model: &str| Some((server.to_owned(), model.to_owned()));
    assert_eq!(found("smart"), at("near", "llama3.2"));
    assert_eq!(found("near/smart"), at("near", "llama3.2"));
    assert_eq!(found("near/llama3.2"), at("near", "llama3.2"));
    assert_eq!(found("qwen"), at("near", "qwen"));
    assert_eq!(found("open/qwen"), at("open", "qwen"));
    assert_eq!(found("open/a/b"), at("open", "a/b"));
    // What stands behind an alias is a name of the open server's too.
    assert_eq!(found("llama3.2"), at("open", "llama3.2"));
    let closed = upstreams(vec![with_models("near", &[("llama3.2", Some("smart"))])]).unwrap();
    for unknown in ["llama3.2", "near/other", "other", "", "http://127.0.0.1/v1"] {
        assert!(
            runtime().block_on(closed.route(unknown)).is_none(),
            "{unknown}"
        );
    }
}

#[test]
fn of_several_that_serve_everything_the_one_is_asked_that_lists_the_model() {
    let (one, other) = (Scripted::start().unwrap(), Scripted::start().unwrap());
    let both = upstreams(vec![
        settings("one", &one.url()),
        settings("other", &other.url()),
    ])
    .unwrap();
    runtime().block_on(async {
        let route = both.route(Script::Echo.model()).await.unwrap();
        assert_eq!(route.server.name(), "one");
        assert!(both.route("listed-nowhere").await.is_none());
        let models = both.models().await;
        let ids: Vec<&str> = models
            .iter()
            .filter_map(|model| model["id"].as_str())
            .collect();
        assert_eq!(ids.len(), 2 * Script::ALL.len());
        assert!(ids.contains(&"echo") && ids.contains(&"other/echo"));
        for id in ids {
            assert!(both.route(id).await.is_some(), "{id} leads nowhere");
        }
    });
    // Asked once, however often they are looked at.
    assert_eq!(one.received().len(), 1);
}

#[test]
fn models_are_listed_under_the_names_that_lead_to_them() {
    let models = runtime().block_on(async {
        let near = with_models("near", &[("llama3.2", Some("smart"))]);
        upstreams(vec![near]).unwrap().models().await
    });
    assert_eq!(models.len(), 1);
    assert_eq!(models[0]["id"], "smart");
    assert_eq!(models[0]["owned_by"], "near");
    let scripted = Scripted::start().unwrap();
    let models = runtime().block_on(async { only(&scripted).models().await });
    assert_eq!(
        models[0]["owned_by"],
        Value::from("scripted"),
        "as the server describes it"
    );
}

#[test]
fn what_cannot_be_used_is_refused_at_the_start() {
    let changed = |change: &dyn Fn(&mut Settings)| {
        let mut one = settings("near", "http://127.0.0.1:1/v1");
        change(&mut one);
        upstreams(vec![one])
    };
    assert!(changed(&|_| ()).is_ok());
    let refused: [&dyn Fn(&mut Settings); 8] = [
        &|one| one.name = "a/b".to_owned(),
        &|one| one.name = String::new(),
        &|one| one.url = "127.0.0.1:1".to_owned(),
        &|one| one.url = "http://user@127.0.0.1:1/".to_owned(),
        &|one| one.key = Some("two words".to_owned()),
        &|one| one.key = Some(String::new()),
        &|one| one.authorities = Some("no pem".to_owned()),
        &|one| one.models = vec![Model::named("twice"), Model::named("twice")],
    ];
    for (number, change) in refused.iter().enumerate() {
        assert!(changed(*change).is_err(), "{number}");
    }
    let twice = || settings("near", "http://127.0.0.1:1/v1");
    assert!(upstreams(vec![twice(), twice()]).is_err());
}

#[test]
fn names_of_models_tell_how_their_tokens_are_counted() {
    for (name, tokenizer) in [
        ("gpt-4o-mini", Tokenizer::O200k),
        ("openai/gpt-5", Tokenizer::O200k),
        ("gpt-4-turbo", Tokenizer::Cl100k),
        ("gpt-3.5-turbo", Tokenizer::Cl100k),
        ("llama3.2", Tokenizer::Estimate),
        ("my-gpt-4", Tokenizer::Estimate),
    ] {
        assert_eq!(Model::named(name).tokenizer, tokenizer, "{name}");
    }
}
