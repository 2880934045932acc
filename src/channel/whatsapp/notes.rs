//! What Meta tells of the account, its number and its templates: a line for the charity's staff, made of Meta's own names
//! and levels only.

use serde_json::Value;

/// Which members of a field's value tell what happened, and which events are none to be told.
struct Note {
    field: &'static str,
    says: &'static str,
    members: &'static [&'static str],
    quiet: &'static [&'static str],
}

const NOTES: &[Note] = &[
    Note {
        field: "message_template_status_update",
        says: "template",
        members: &["/message_template_name", "/message_template_language", "/event"],
        quiet: &["APPROVED", "PENDING"],
    },
    Note {
        field: "message_template_quality_update",
        says: "quality of template",
        members: &["/message_template_name", "/message_template_language", "/new_quality_score"],
        quiet: &["GREEN", "UNKNOWN"],
    },
    Note {
        field: "template_category_update",
        says: "category of template",
        members: &["/message_template_name", "/message_template_language", "/new_category"],
        quiet: &[],
    },
    Note {
        field: "phone_number_quality_update",
        says: "number",
        members: &["/event", "/current_limit"],
        quiet: &["ONBOARDING"],
    },
    Note {
        field: "account_update",
        says: "account",
        members: &["/event", "/ban_info/waba_ban_state", "/restriction_info/0/restriction_type"],
        quiet: &["PARTNER_ADDED", "PARTNER_APP_INSTALLED", "VOLUME_BASED_PRICING_TIER_UPDATE"],
    },
    Note {
        field: "account_alerts",
        says: "alert",
        members: &["/alert_type", "/alert_severity", "/alert_status"],
        quiet: &[],
    },
    Note {
        field: "business_capability_update",
        says: "limit of people a day",
        members: &["/max_daily_conversation_per_phone", "/max_daily_conversations_per_business"],
        quiet: &[],
    },
    Note { field: "security", says: "security", members: &["/event"], quiet: &[] },
];

/// The line for a change of this field; `None` where there is nothing to tell.
pub(super) fn of(field: &str, value: &str) -> Option<String> {
    let note = NOTES.iter().find(|note| note.field == field)?;
    let value: Value = serde_json::from_str(value).ok()?;
    let told: Vec<String> = note.members.iter().filter_map(|member| plain(value.pointer(member)?)).collect();
    let quiet = told.iter().any(|word| note.quiet.contains(&word.as_str()));
    (!quiet).then(|| {
        format!("{}: {}", note.says, if told.is_empty() { "changed".into() } else { told.join(", ") })
    })
}

/// A name or a level of Meta's, if it is one.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let fits = text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (fits && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bad_is_told_and_what_is_good_is_not() {
        #[track_caller]
        fn check(field: &str, value: &str, told: Option<&str>) {
            assert_eq!(of(field, value).as_deref(), told, "{value}");
        }
        let template = |event: &str| {
            format!(
                r#"{{"event":"{event}","message_template_name":"wasl_notice","message_template_language":"ar","reason":"x"}}"#
            )
        };
        let paused = Some("template: wasl_notice, ar, PAUSED");
        check("message_template_status_update", &template("PAUSED"), paused);
        check("message_template_status_update", &template("APPROVED"), None);
        let restricted =
            r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_X"}]}"#;
        check("account_update", restricted, Some("account: ACCOUNT_RESTRICTION, RESTRICTED_X"));
        check("account_alerts", r#"{"alert_type":"a word\nthat breaks"}"#, Some("alert: changed"));
        check("messages", "{}", None);
        check("security", "no JSON", None);
    }
}
