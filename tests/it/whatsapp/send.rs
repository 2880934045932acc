//! `POST /<version>/<number>/messages`: checked, shown, and told of in statuses.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::check;
use super::refusal::Refusal;
use super::state::{Message, NUMBER, State, WINDOW};

const CAPTIONED: &[&str] = &["image", "video", "document"];

impl State {
    /// Takes a call of the messages endpoint; the answer, and the id of the message, if it is one.
    pub fn post(&mut self, call: &Value) -> Result<(Value, Option<String>), Refusal> {
        if call["messaging_product"] != "whatsapp" {
            return Err(Refusal::parameter("The parameter messaging_product is required."));
        }
        if call["status"] == "read" {
            return self.mark_read(call).map(|answer| (answer, None));
        }
        let phone = self.recipient(call)?;
        let kind = call["type"].as_str().unwrap_or("text").to_owned();
        self.check(&kind, call)?;
        self.count(&phone)?;
        let template = (kind == "template").then(|| self.template(&call["template"])).transpose()?;
        let late = match self.in_window(&phone) || template.is_some() {
            true => self.failures.pop_front(),
            false => {
                let why = "Message failed to send because more than 24 hours have passed since the customer last \
                           replied to this number.";
                Some(Refusal::of(131047, why))
            }
        };
        if let Some(refusal) = late.clone().filter(|late| late.code == 131047 && !self.refuses_late) {
            return Err(refusal);
        }
        let (shown, category) = template.unwrap_or_else(|| (shown_of(&kind, call), "service"));
        let id = self.accept(&phone, shown, category, call);
        let user = &self.people[&phone];
        let mut contact = json!({ "user_id": user.user_id });
        contact["input"] =
            if call["to"].is_string() { call["to"].clone() } else { call["recipient"].clone() };
        if !user.hidden {
            contact["wa_id"] = json!(user.phone);
        }
        let mut message = json!({ "id": id });
        if kind == "template" {
            message["message_status"] = json!("accepted");
        }
        let answer = json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] });
        self.travel(&phone, &id, late);
        Ok((answer, Some(id)))
    }

    /// `to` is a number, `recipient` an id within our business; the number wins.
    fn recipient(&mut self, call: &Value) -> Result<String, Refusal> {
        let key = call["to"].as_str().or(call["recipient"].as_str()).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Refusal::parameter("The parameter to is required."))?;
        if key.trim_start_matches('+') == NUMBER {
            return Err(Refusal::of(131021, ""));
        }
        match self.named(key) {
            Some(user) => Ok(user.phone.clone()),
            None if call["to"].is_string() && key.chars().filter(char::is_ascii_digit).count() >= 7 => {
                // A number without WhatsApp is accepted; nothing arrives.
                let phone: String = key.chars().filter(char::is_ascii_digit).collect();
                self.add_person(&phone, "nobody", true);
                Ok(phone)
            }
            None => Err(Refusal::parameter("Recipient is no valid WhatsApp user.")),
        }
    }

    fn check(&self, kind: &str, call: &Value) -> Result<(), Refusal> {
        if call["biz_opaque_callback_data"].as_str().is_some_and(|data| data.len() > 512) {
            return Err(Refusal::parameter(
                "Param biz_opaque_callback_data must be at most 512 characters long.",
            ));
        }
        let content = &call[kind];
        let known = |id: &str| self.media.get(id).is_some_and(|media| media.until > self.now);
        match kind {
            "text" => check::needed(content, "body", 4096).map(drop),
            "interactive" => check::interactive(content),
            "image" | "video" | "document" | "audio" | "sticker" => {
                check::media(content, CAPTIONED.contains(&kind), known)
            }
            "location" if content["latitude"].is_number() && content["longitude"].is_number() => Ok(()),
            "contacts" if content.as_array().is_some_and(|all| !all.is_empty()) => Ok(()),
            "reaction" if content["message_id"].is_string() && content["emoji"].is_string() => Ok(()),
            "template" => check::needed(content, "name", 512).map(drop),
            "location" | "contacts" | "reaction" => {
                Err(Refusal::of(131008, format!("The parameter {kind} is required.")))
            }
            _ => Err(Refusal::parameter(format!("Param type must be one of the known types; it is {kind}."))),
        }
    }

    /// What people see of a template with its parameters, and its category.
    fn template(&self, call: &Value) -> Result<(Value, &'static str), Refusal> {
        let name = call["name"].as_str().unwrap_or_default();
        let language = call["language"]["code"].as_str().unwrap_or_default();
        let found = self.templates.get(&(name.to_owned(), language.to_owned()));
        let missing = || Refusal::of(132001, format!("template name ({name}) does not exist in {language}"));
        let template = found.ok_or_else(missing)?;
        match template.status {
            "APPROVED" => {}
            "PAUSED" => return Err(Refusal::of(132015, "")),
            _ => return Err(missing()),
        }
        let components = call["components"].as_array().cloned().unwrap_or_default();
        let body = components.iter().find(|component| component["type"] == "body");
        let given = body.and_then(|body| body["parameters"].as_array()).cloned().unwrap_or_default();
        let wanted = (1..).take_while(|n| template.body.contains(&format!("{{{{{n}}}}}"))).count();
        if given.len() != wanted {
            let why = format!(
                "body: number of localizable_params ({}) does not match the expected number of params ({wanted})",
                given.len()
            );
            return Err(Refusal::of(132000, why));
        }
        let mut text = template.body.clone();
        for (n, parameter) in given.iter().enumerate() {
            let value = parameter["text"].as_str().filter(|_| parameter["type"] == "text");
            let value = value.ok_or_else(|| Refusal::of(132012, "Parameter type must be text."))?;
            if value.is_empty() || value.contains(['\n', '\t']) || value.contains("     ") {
                let why = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
                return Err(Refusal::of(132018, why));
            }
            text = text.replace(&format!("{{{{{}}}}}", n + 1), value);
        }
        if text.encode_utf16().count() > 1024 {
            return Err(Refusal::of(132005, ""));
        }
        // What a button brings back is its label, unless the call gives it something else.
        let mut payloads = template.buttons.clone();
        for button in components.iter().filter(|component| component["type"] == "button") {
            let at = button["index"].as_str().and_then(|index| index.parse::<usize>().ok());
            let payload = button["parameters"][0]["payload"].as_str();
            match (at.and_then(|at| payloads.get_mut(at)), payload) {
                (Some(at), Some(payload)) if button["sub_type"] == "quick_reply" => payload.clone_into(at),
                _ => return Err(Refusal::of(132018, "a button's parameters do not fit the template")),
            }
        }
        let shown = json!({
            "type": "template",
            "text": { "body": text },
            "buttons": template.buttons,
            "payloads": payloads,
        });
        Ok((shown, template.category))
    }

    fn in_window(&self, phone: &str) -> bool {
        self.people[phone].wrote.is_some_and(|wrote| self.now - wrote < WINDOW)
    }

    fn accept(&mut self, phone: &str, body: Value, category: &str, call: &Value) -> String {
        let id = self.wamid();
        let pricing =
            json!({ "billable": true, "pricing_model": "PMP", "category": category, "type": "regular" });
        let message = Message {
            id: id.clone(),
            by_bot: true,
            body,
            status: "accepted",
            callback: call["biz_opaque_callback_data"].as_str().map(str::to_owned),
            shown: 0,
            pricing,
        };
        self.people.get_mut(phone).unwrap().messages.push(message);
        id
    }

    /// It leaves, and arrives or not.
    fn travel(&mut self, phone: &str, id: &str, late: Option<Refusal>) {
        let user = &self.people[phone];
        let (unreachable, away) = (user.unreachable, user.away);
        let late = late.or_else(|| unreachable.then(|| Refusal::of(131026, "Message Undeliverable.")));
        if let Some(refusal) = late {
            return self.tell(phone, id, "failed", Some(&refusal));
        }
        self.tell(phone, id, "sent", None);
        if !away {
            self.arrive(phone, id);
        }
    }

    pub fn arrive(&mut self, phone: &str, id: &str) {
        self.shown += 1;
        let shown = self.shown;
        let messages = &mut self.people.get_mut(phone).unwrap().messages;
        messages.iter_mut().find(|message| message.id == id).unwrap().shown = shown;
        self.tell(phone, id, "delivered", None);
    }

    fn mark_read(&mut self, call: &Value) -> Result<Value, Refusal> {
        let id = call["message_id"].as_str().unwrap_or_default();
        let mut theirs = self.people.values_mut().flat_map(|user| &mut user.messages).filter(|m| !m.by_bot);
        let message = theirs.find(|message| message.id == id);
        let message = message.ok_or_else(|| Refusal::parameter(format!("Message {id} was not found.")))?;
        message.status = "read";
        Ok(json!({ "success": true }))
    }

    /// Counts a message that is sent.
    pub fn count(&mut self, phone: &str) -> Result<(), Refusal> {
        let (now, rates) = (Instant::now(), &mut self.rates);
        while rates.sent.front().is_some_and(|(at, _)| now - *at >= Duration::from_secs(6)) {
            rates.sent.pop_front();
        }
        if rates.sent.iter().filter(|(_, to)| to == phone).count() >= rates.pair {
            return Err(Refusal::of(
                131056,
                "Message failed to send because there were too many messages to this one.",
            ));
        }
        if rates.sent.iter().filter(|(at, _)| now - *at < Duration::from_secs(1)).count() >= rates.overall {
            return Err(Refusal::of(130429, "Message failed to send because there were too many messages."));
        }
        rates.sent.push_back((now, phone.to_owned()));
        Ok(())
    }
}

/// What the call says, without its address.
fn shown_of(kind: &str, call: &Value) -> Value {
    let mut shown = json!({ "type": kind, kind: call[kind] });
    if let Some(context) = call.get("context") {
        shown["context"] = context.clone();
    }
    shown
}
