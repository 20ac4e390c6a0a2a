//! What a model server does wrong ends in a failure with a name, in time.

use std::sync::Arc;
use std::time::Duration;

use anchorhold_model::{Clock, TenantId};
use anchorhold_scripted::{ANSWER, Script, Scripted, answer, stream};
use anchorhold_upstream::{Failure, Phase, Upstreams};

use super::{TENANT, Time, call, only, parsed, runtime, send, settings, upstreams, whole};

#[test]
fn an_answer_comes_as_it_is_and_only_what_is_ours_goes_out() {
    let scripted = Scripted::start().unwrap();
    let upstreams = only(&scripted);
    runtime().block_on(async {
        let bytes = whole(&upstreams, Script::Answer, false).await.unwrap();
        assert_eq!(parsed(&bytes), answer("answer", ANSWER));
        let bytes = whole(&upstreams, Script::Answer, true).await.unwrap();
        assert_eq!(bytes, stream("answer", ANSWER).into_bytes());
    });
    for received in scripted.take() {
        assert_eq!(received.target, "/v1/chat/completions");
        assert_eq!(received.header("authorization"), Some("Bearer sk-upstream"));
        let names: Vec<_> = received
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let known = [
            "content-type",
            "accept",
            "accept-encoding",
            "authorization",
            "user-agent",
            "host",
            "content-length",
        ];
        assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    }
}

/// Every script, asked for in both ways: an end with a name, or the bytes as they came.
#[test]
fn whatever_a_model_server_does_ends_in_time() {
    let scripted = Scripted::start().unwrap();
    let clock: Arc<dyn Clock> = Arc::<Time>::default();
    let settings = || vec![settings("model-server", &scripted.url())];
    runtime().block_on(async {
        for script in Script::ALL {
            for is_stream in [false, true] {
                let upstreams = Upstreams::new(settings(), &clock).unwrap();
                let found = whole(&upstreams, *script, is_stream).await.map(drop);
                let expected = match (script, is_stream) {
                    (Script::HangUnread | Script::HangBeforeHead | Script::HangInHead, _) => {
                        Err(Failure::Late(Phase::Head))
                    }
                    (Script::HangAfterHead, _)
                    | (Script::HangInStream | Script::HangAtEnd, true) => {
                        Err(Failure::Late(Phase::Idle))
                    }
                    (Script::ResetInStream | Script::CutInChunk, true)
                    | (Script::LengthTooLong, _) => Err(Failure::Broken),
                    (Script::Close, _) => Err(Failure::Unreachable),
                    _ => Ok(()),
                };
                assert_eq!(found, expected, "{script:?}, stream {is_stream}");
            }
        }
    });
}

#[test]
fn a_redirect_is_an_answer_and_is_followed_nowhere() {
    let scripted = Scripted::start().unwrap();
    let upstreams = only(&scripted);
    let status = runtime().block_on(async {
        let reply = send(&upstreams, Script::Redirect, false).await.unwrap();
        reply.status()
    });
    assert_eq!(status, 307);
    assert_eq!(scripted.received().len(), 1);
}

#[test]
fn a_server_that_is_not_there_is_asked_again_and_then_left_alone_by_that_tenant() {
    let scripted = Scripted::start().unwrap();
    let time = Arc::new(Time::default());
    let clock = Arc::clone(&time) as Arc<dyn Clock>;
    let upstreams =
        Upstreams::new(vec![settings("model-server", &scripted.url())], &clock).unwrap();
    runtime().block_on(async {
        let asked = async |tenant| {
            let route = upstreams.route(Script::Unavailable.model()).await.unwrap();
            let call = call(Script::Unavailable, false);
            route
                .server
                .send(tenant, call)
                .await
                .map(|reply| reply.status())
        };
        // The first has one repetition, which it has with it from the start.
        assert_eq!(asked(TENANT).await, Ok(503));
        assert_eq!(scripted.take().len(), 2);
        for _ in 0..4 {
            assert_eq!(asked(TENANT).await, Ok(503));
        }
        assert_eq!(scripted.take().len(), 4);
        let rest = Duration::from_secs(10);
        assert_eq!(asked(TENANT).await, Err(Failure::Resting(rest)));
        assert_eq!(scripted.take().len(), 0);
        assert_eq!(asked(TenantId::from_bytes([2; 16])).await, Ok(503));
        time.pass(10);
        assert_eq!(asked(TENANT).await, Ok(503));
        assert_eq!(asked(TENANT).await, Err(Failure::Resting(rest)));
    });
}

#[test]
fn a_reply_that_nobody_reads_to_its_end_ends_the_work_of_the_server() {
    let scripted = Scripted::start().unwrap();
    let upstreams = only(&scripted);
    runtime().block_on(async {
        let mut reply = send(&upstreams, Script::HangInStream, true).await.unwrap();
        assert!(reply.piece().await.unwrap().is_some());
        assert_eq!(scripted.playing(), 1);
        drop(reply);
        while scripted.playing() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(scripted.left(), 1);
    });
}

#[test]
fn a_body_is_read_whole_up_to_a_limit() {
    let scripted = Scripted::start().unwrap();
    let upstreams = only(&scripted);
    runtime().block_on(async {
        let length = answer("answer", ANSWER).to_string().len();
        for (bytes_max, is_read) in [(length, true), (length - 1, false)] {
            let reply = send(&upstreams, Script::Answer, false).await.unwrap();
            assert_eq!(reply.whole(bytes_max).await.unwrap().is_some(), is_read);
        }
    });
}

#[test]
fn a_server_inside_the_house_is_reached_only_where_that_is_configured() {
    let scripted = Scripted::start().unwrap();
    let public = |url: &str| {
        let mut public = settings("model-server", url);
        public.private = false;
        upstreams(vec![public])
    };
    for url in [
        "https://127.0.0.1/v1",
        "https://[::1]/v1",
        "https://169.254.169.254/v1",
        "https://10.0.0.1",
    ] {
        assert!(public(url).is_err(), "{url}");
    }
    assert!(
        public(&scripted.url()).is_err(),
        "texts go unencrypted inside the house alone"
    );
    // A name leads wherever it likes, so where it leads is looked at when it is asked for.
    let port = scripted.address.port();
    let upstreams = public(&format!("https://localhost:{port}/v1")).unwrap();
    runtime().block_on(async {
        let failed = send(&upstreams, Script::Answer, false).await.err();
        assert_eq!(failed, Some(Failure::Address));
    });
    assert!(scripted.received().is_empty());
}
