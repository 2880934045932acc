//! The volunteer and the mail servers: what doctor says.

use std::fs;
use std::path::Path;

use super::harness;
use super::mail::{self, Office};
use super::mail_story::HELP;
use super::whatsapp_operator::wasl;

/// What doctor says of the mail, with these settings.
async fn doctor(folder: &Path, settings: &str) -> String {
    fs::write(folder.join("wasl.toml"), format!("[association]\nphone = '0112345678'\n{settings}")).unwrap();
    let (said, _) = wasl(folder, &["doctor"]).await;
    said.lines()
        .filter(|line| line.contains(" email: ") || line.starts_with("      "))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[tokio::test]
async fn doctor_logs_in_both_ways_sends_a_mail_round_and_asks_whom_the_server_vouches_for() {
    if !mail::wanted() {
        return;
    }
    let (office, folder) = (Office::open(), harness::folder());
    let settings = office.settings(HELP);
    let said = doctor(folder.path(), &settings).await;
    for line in [
        "ok    email: 127.0.0.1 lets us in and tells of new mail at once",
        "ok    email: no mail came from outside yet",
        "ok    email: a mail to ourselves left and came back",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    office.person("maria@people.test", "Maria").writes(HELP, "Hello", "Hello").await;
    while office.lie_in(HELP, "") < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let said = doctor(folder.path(), &settings).await;
    assert!(
        said.contains("mx.charity.test said of 1 of the newest 1 mails whether to believe the sender"),
        "{said}"
    );

    let another = settings.replace("'mx.charity.test'", "'mail.charity.test'");
    let said = doctor(folder.path(), &another).await;
    assert!(
        said.contains("none of the newest 1 mails has an Authentication-Results of mail.charity.test"),
        "{said}"
    );
    assert!(said.contains("the newest has one of mx.charity.test"), "{said}");

    let wrong = settings.replace("password = 'secret'", "password = 'swordfish'");
    let said = doctor(folder.path(), &wrong).await;
    for line in [
        "WRONG email: channel.email.imap: the mail server refuses channel.email.imap.user and its password",
        "(an app password)",
        "WRONG email: channel.email.smtp: no mail left",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("swordfish"), "{said}");

    office.shuts();
    let said = doctor(folder.path(), &settings).await;
    assert!(said.contains("WRONG email: channel.email.imap: the mail server cannot be reached"), "{said}");
}
