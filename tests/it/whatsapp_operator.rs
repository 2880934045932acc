//! The volunteer and Meta's side of WhatsApp: templates, and what doctor says.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::harness;
use super::whatsapp::{ACCOUNT, NUMBER_ID, WhatsApp};
use super::whatsapp_story::House;

/// A folder whose settings open WhatsApp; `secret` is the app's.
fn settings(folder: &Path, whatsapp: &WhatsApp, public_url: &str, secret: &str) {
    let text = format!(
        "[association]\nphone = '0112345678'\n[server]\npublic_url = '{public_url}'\n[channel.whatsapp]\n\
         token = '{}'\napp_secret = '{secret}'\nverify_token = 'word'\nphone_number_id = '{NUMBER_ID}'\n\
         account_id = '{ACCOUNT}'\napi_base = '{}'\n",
        whatsapp.token(),
        whatsapp.url(),
    );
    fs::write(folder.join("wasl.toml"), text).unwrap();
}

/// What a command says, and whether it is content.
pub async fn wasl(folder: &Path, args: &[&str]) -> (String, bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasl"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    // Its server and ours live in this runtime, which must not wait.
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (said, output.status.success())
}

#[tokio::test]
async fn templates_are_handed_in_once_and_watched_until_meta_approves_them() {
    let folder = harness::folder();
    let whatsapp = WhatsApp::start().await;
    settings(folder.path(), &whatsapp, "http://127.0.0.1:1", &whatsapp.app_secret());
    let (said, content) = wasl(folder.path(), &["templates", "list"]).await;
    assert!(content && said.contains("no templates"), "{said}");
    let (said, content) = wasl(folder.path(), &["templates", "check"]).await;
    assert!(!content && said.contains("WRONG wasl_notice ar: it is not there"), "{said}");
    assert!(
        said.contains("body      Association for the Care of New Muslims has a message for you."),
        "{said}"
    );

    let (said, content) = wasl(folder.path(), &["templates", "sync"]).await;
    assert!(content && said.matches("handed in  ").count() == 6, "{said}");
    let names: Vec<_> =
        whatsapp.templates().into_iter().map(|(name, language, _)| format!("{name} {language}")).collect();
    assert_eq!(
        names,
        [
            "wasl_notice ar",
            "wasl_notice en",
            "wasl_reminder ar",
            "wasl_reminder en",
            "wasl_survey ar",
            "wasl_survey en"
        ]
    );
    let (said, content) = wasl(folder.path(), &["templates", "check"]).await;
    assert!(!content && said.contains("WRONG wasl_survey en: Meta still looks at it"), "{said}");
    let (said, content) = wasl(folder.path(), &["templates", "sync"]).await;
    assert!(content && said.contains("Nothing is missing"), "{said}");

    whatsapp.approves_all();
    let (said, content) = wasl(folder.path(), &["templates", "check"]).await;
    assert!(content && said.matches("ok    ").count() == 6, "{said}");
    let (said, _) = wasl(folder.path(), &["templates", "list"]).await;
    assert!(said.contains("wasl_reminder en: APPROVED, UTILITY"), "{said}");

    whatsapp.template("wasl_survey", "en", "Tell us!", &["Read"], "APPROVED");
    whatsapp.template("wasl_notice", "en", "Anything", &["Read"], "REJECTED");
    let (said, content) = wasl(folder.path(), &["templates", "check"]).await;
    assert!(!content && said.contains("WRONG wasl_survey en: its text is another"), "{said}");
    assert!(said.contains("WRONG wasl_notice en: Meta refused it"), "{said}");
}

#[tokio::test]
async fn without_whatsapp_or_with_a_token_that_meta_does_not_know_the_way_out_is_named() {
    let folder = harness::folder();
    let (said, content) = wasl(folder.path(), &["templates", "check"]).await;
    assert!(!content && said.contains("[channel.whatsapp]"), "{said}");
    let whatsapp = WhatsApp::start().await;
    settings(folder.path(), &whatsapp, "http://127.0.0.1:1", "s");
    let text = fs::read_to_string(folder.path().join("wasl.toml")).unwrap();
    fs::write(folder.path().join("wasl.toml"), text.replace(&whatsapp.token(), "another")).unwrap();
    let (said, content) = wasl(folder.path(), &["templates", "list"]).await;
    assert!(!content && said.contains("`wasl doctor`") && !said.contains("another"), "{said}");
    let (said, content) = wasl(folder.path(), &["doctor"]).await;
    assert!(!content && said.contains("WRONG whatsapp: Meta refuses: the token was refused (190)"), "{said}");
    assert!(said.contains("make a token of a system user"), "{said}");
}

#[tokio::test]
async fn doctor_looks_at_the_number_the_secret_our_door_the_account_and_the_templates() {
    let house = House::with_templates().await;
    let folder = harness::folder();
    settings(folder.path(), &house.whatsapp, &house.bot.url, &house.whatsapp.app_secret());
    let (said, _) = wasl(folder.path(), &["doctor"]).await;
    for line in [
        "ok    whatsapp: the token reaches +1 555-078-3881 (Wasl), name APPROVED, limit TIER_250",
        "ok    whatsapp: quality GREEN",
        "ok    whatsapp: the secret is that of the token's app",
        "/webhook/whatsapp takes what is signed",
        "ok    whatsapp: an app hears of the account",
        "ok    whatsapp: every template is approved",
        "ok    last heard: webchat never, whatsapp never",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }

    settings(folder.path(), &house.whatsapp, &house.bot.url, "another-secret");
    house.whatsapp.quality("RED");
    house.whatsapp.template("wasl_notice", "en", "Anything", &["Read"], "PAUSED");
    let (said, content) = wasl(folder.path(), &["doctor"]).await;
    assert!(!content);
    for line in [
        "WRONG whatsapp: the number's quality is RED",
        "WRONG whatsapp: the secret is not that of the token's app",
        "/webhook/whatsapp does not know the secret",
        "WRONG whatsapp: not approved in any language: wasl_notice",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("another-secret"), "{said}");

    settings(folder.path(), &house.whatsapp, "http://127.0.0.1:1", &house.whatsapp.app_secret());
    let (said, _) = wasl(folder.path(), &["doctor"]).await;
    assert!(
        said.contains("WRONG whatsapp: nothing answers at http://127.0.0.1:1/webhook/whatsapp"),
        "{said}"
    );
}
