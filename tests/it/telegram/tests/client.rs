//! A bot that does nothing by itself.

use reqwest::multipart::Form;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::super::Telegram;

pub struct Caller {
    pub telegram: Telegram,
    pub client: Client,
}

pub async fn caller() -> Caller {
    Caller { telegram: Telegram::start().await, client: Client::builder().no_proxy().build().unwrap() }
}

impl Caller {
    pub fn url(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.telegram.url(), self.telegram.token())
    }

    /// Calls a method; an error when no answer came.
    pub async fn posts(&self, method: &str, body: &Value) -> reqwest::Result<Response> {
        self.client.post(self.url(method)).json(body).send().await
    }

    /// The whole answer of a method.
    pub async fn answer(&self, method: &str, body: Value) -> Value {
        let answer = self.posts(method, &body).await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, body["error_code"].as_u64().unwrap_or(200) as u16, "the code is said twice");
        body
    }

    /// The result of a method that does not refuse.
    pub async fn calls(&self, method: &str, body: Value) -> Value {
        let answer = self.answer(method, body).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["result"].clone()
    }

    /// The code and the words of a refusal.
    pub async fn refused(&self, method: &str, body: Value) -> String {
        let answer = self.answer(method, body).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        format!("{} {}", answer["error_code"], answer["description"].as_str().unwrap())
    }

    pub async fn sends(&self, chat: i64, text: &str) -> Value {
        self.calls("sendMessage", json!({ "chat_id": chat, "text": text })).await
    }

    pub async fn uploads(&self, method: &str, form: Form) -> Value {
        self.client.post(self.url(method)).multipart(form).send().await.unwrap().json().await.unwrap()
    }

    /// The updates from `offset` on.
    pub async fn polls(&self, offset: i64) -> Vec<Value> {
        self.calls("getUpdates", json!({ "offset": offset })).await.as_array().unwrap().clone()
    }
}

pub fn ids(updates: &[Value]) -> Vec<i64> {
    updates.iter().map(|update| update["update_id"].as_i64().unwrap()).collect()
}
