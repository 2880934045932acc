//! The program in a process of its own, over Telegram.

use std::net::TcpListener;

use super::super::super::harness::folder;
use super::super::super::walker::{Place, Server};
use super::super::Telegram;

#[tokio::test(flavor = "multi_thread")]
async fn the_program_answers_until_it_is_stopped() {
    for mode in ["polling", "webhook"] {
        let (telegram, folder) = (Telegram::start().await, folder());
        let sister = telegram.person("Maryam");
        sister.starts(None);
        // Telegram must know where to go before the program says where it listens.
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let settings = [
            ("WASL_SERVER__LISTEN", listen.as_str()),
            ("WASL_SERVER__PUBLIC_URL", &format!("http://{listen}")),
            ("WASL_CHANNEL__TELEGRAM__TOKEN", &telegram.token()),
            ("WASL_CHANNEL__TELEGRAM__API_BASE", telegram.url()),
            ("WASL_CHANNEL__TELEGRAM__MODE", mode),
            ("WASL_CHANNEL__TELEGRAM__WEBHOOK_SECRET", "the-webhooks-own_secret"),
        ];
        let mut server = Server::start_with(folder.path(), &Place::default(), &settings).unwrap();
        sister.expects("Please choose your language").await;
        // Once for all languages, and for Arabic and English.
        telegram.called("setMyCommands", 3).await;
        sister.taps("English");
        sister.expects("agree").await;
        telegram.delivered().await;
        assert_eq!(telegram.webhook()["url"] == "", mode == "polling");
        assert!(server.lives(), "{mode}: {}", sister.transcript());
        server.stop();
    }
}
