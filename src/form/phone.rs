//! Telephone numbers and mail addresses as people write them.

use email_address::{EmailAddress, Options};
use phonenumber::Mode;

/// The most digits of a number, code included (E.164), and two for a leading `00`.
const DIGITS: usize = 17;

/// A telephone number as E.164 (`+966501234567`), if `text` is one that can exist. A number without `+` or `00`
/// is of `country` (ISO 3166 alpha-2). Spaces, points, dashes, brackets and direction marks are passed over, and
/// Arabic-Indic and Persian digits are taken.
pub fn phone(text: &str, country: &str) -> Option<String> {
    let mut number = String::new();
    for sign in text.chars() {
        match sign {
            '+' if number.is_empty() => number.push('+'),
            _ if digit(sign).is_some() => number.extend(digit(sign)),
            ' ' | '\u{a0}' | '.' | '-' | '–' | '(' | ')' | '/' => {}
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => return None,
        }
    }
    if number.len() > DIGITS {
        return None;
    }
    if let Some(rest) = number.strip_prefix("00") {
        number = format!("+{rest}");
    }
    let country = if number.starts_with('+') { None } else { Some(country.to_uppercase().parse().ok()?) };
    let parsed = phonenumber::parse(country, &number).ok().filter(phonenumber::is_valid)?;
    Some(parsed.format().mode(Mode::E164).to_string())
}

/// Whether `text` is a number as [`phone`] writes it.
pub(super) fn is_e164(text: &str) -> bool {
    text.starts_with('+') && phone(text, "").as_deref() == Some(text)
}

/// A mail address, its domain in lower case, if `text` is one: no name beside it, no bare host, no IP address.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let options = Options { minimum_sub_domains: 2, allow_domain_literal: false, allow_display_text: false };
    let address = EmailAddress::parse_with_options(text, options).ok()?;
    let (local, domain) = address.as_str().rsplit_once('@')?;
    Some(format!("{local}@{}", domain.to_lowercase()))
}

/// A digit in Western, Arabic-Indic or Persian form, as the Western one.
fn digit(sign: char) -> Option<char> {
    let zero = match sign {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return None,
    };
    char::from_digit(u32::from(sign) - u32::from(zero), 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_become_e164() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(phone(text, "SA").as_deref(), expected, "{text}");
        };
        check("0501234567", Some("+966501234567"));
        check("٠٥٠١٢٣٤٥٦٧", Some("+966501234567"));
        check("۰۵۰ ۱۲۳ ۴۵۶۷", Some("+966501234567"));
        check("501234567", Some("+966501234567"));
        check("+966 50 123-4567", Some("+966501234567"));
        check("00966501234567", Some("+966501234567"));
        check("\u{202a}+63 917 123 4567\u{202c}", Some("+639171234567"));
        check("00639171234567", Some("+639171234567"));
        check("+90 (532) 123 45 67", Some("+905321234567"));
        check("12345", None);
        check("050123456", None);
        check("0501234567 or call", None);
        check("+", None);
        check("", None);
        check("99999999999999999999", None);
        assert_eq!(phone("0501234567", "XX"), None);
        assert!(is_e164("+966501234567"));
        assert!(!is_e164("0501234567"));
        assert!(!is_e164("+966 501234567"));
    }

    #[test]
    fn addresses_are_checked() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(email(text).as_deref(), expected, "{text}");
        check(" maria@Example.COM ", Some("maria@example.com"));
        check("mailto:a.b+c@mail.example.org", Some("a.b+c@mail.example.org"));
        check("Maria <maria@example.com>", None);
        check("maria@localhost", None);
        check("maria@[127.0.0.1]", None);
        check("maria.example.com", None);
        check("a@b@c.com", None);
        check("a b@c.com", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_not(text in ".{0,40}", digits in "[+0-9 ٠-٩]{0,20}") {
            for text in [text, digits] {
                if let Some(number) = phone(&text, "SA") {
                    prop_assert!(is_e164(&number));
                }
                if let Some(address) = email(&text) {
                    prop_assert!(address.contains('@'));
                }
            }
        }
    }
}
