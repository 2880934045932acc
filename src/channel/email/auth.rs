//! Whether the sender of a mail is who its `From` says, by the word of our own server: `Authentication-Results`
//! (RFC 8601).
//!
//! ```text
//! Authentication-Results: mx.charity.example; dkim=pass header.d=mail.example;
//!     dmarc=pass (policy=none) header.from=mail.example
//! ```
//!
//! Only the topmost field that bears our server's name is read, for a sender can write others below it; the server
//! must take out those that came in with its name (RFC 8601, 5). What is missing, unknown or malformed is not aligned.

use super::headers::Headers;
use super::mime::Letter;

/// Whether the address in `From` may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// Our server saw that the domain itself sent or signed it.
    Aligned,
    /// It did not, or did not say so.
    #[default]
    NotAligned,
}

/// The longest field that is read, in bytes.
const LENGTH: usize = 16 * 1024;

/// Whether the one address in `From` was authenticated by the server that calls itself `authserv_id`.
pub fn alignment(letter: &Letter, authserv_id: &str) -> Alignment {
    let [from] = letter.from.as_slice() else { return Alignment::NotAligned };
    let Some(domain) = domain(from) else { return Alignment::NotAligned };
    let own = letter
        .headers
        .all("authentication-results")
        .filter(|field| field.len() <= LENGTH)
        .filter_map(methods)
        .find(|(id, _)| !authserv_id.is_empty() && id.eq_ignore_ascii_case(authserv_id));
    let aligned = own.is_some_and(|(_, methods)| methods.iter().any(|method| method.vouches_for(domain)));
    if aligned { Alignment::Aligned } else { Alignment::NotAligned }
}

/// What the servers that vouched or did not call themselves, the topmost first: whom an operator may believe.
pub fn servers(headers: &Headers) -> Vec<String> {
    let fields = headers.all("authentication-results").filter(|field| field.len() <= LENGTH);
    fields.filter_map(methods).map(|(id, _)| id).collect()
}

/// The domain of an address that has one `@` and no white space.
fn domain(address: &str) -> Option<&str> {
    let (local, domain) = address.split_once('@')?;
    let plain = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '@' || c.is_control())
    };
    (plain(local) && plain(domain) && domain.contains('.')).then_some(domain)
}

/// One method's result, in small letters: `dkim`, `pass`, `[("header.d", "mail.example")]`.
#[derive(Debug, PartialEq, Eq, Default)]
struct Method {
    name: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl Method {
    fn vouches_for(&self, domain: &str) -> bool {
        let property = |name: &str| {
            let found = self.properties.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.rsplit('@').next().unwrap_or_default().trim_end_matches('.'))
        };
        if self.result != "pass" {
            return false;
        }
        match self.name.as_str() {
            "dmarc" => property("header.from") == Some(domain),
            // Who signs for a domain speaks for those below it. The other way round needs a list of public suffixes.
            "dkim" => property("header.d").or(property("header.i")).is_some_and(|signer| {
                signer.contains('.')
                    && (domain == signer
                        || domain.strip_suffix(signer).is_some_and(|below| below.ends_with('.')))
            }),
            _ => false,
        }
    }
}

/// The server's name, and what it found.
fn methods(field: &str) -> Option<(String, Vec<Method>)> {
    let tokens = tokens(field)?;
    let mut parts = tokens.split(|token| *token == Token::Semicolon);
    let Some([Token::Word(id), ..]) = parts.next() else { return None };
    Some((id.clone(), parts.filter_map(method).collect()))
}

/// `dkim=pass reason="…" header.d=mail.example`.
fn method(tokens: &[Token]) -> Option<Method> {
    let mut pairs = tokens.split(|token| *token == Token::Equals);
    let mut name = last_word(pairs.next()?)?;
    let mut found = Method::default();
    for value in pairs {
        let Token::Word(word) = value.first()? else { return None };
        // The version of a method: `dkim/1`.
        let key = name.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let word = word.to_ascii_lowercase();
        if found.name.is_empty() {
            (found.name, found.result) = (key, word);
        } else {
            found.properties.push((key, word));
        }
        match value.len() {
            1 => break,
            _ => name = last_word(value)?,
        }
    }
    Some(found).filter(|method| !method.name.is_empty())
}

fn last_word(tokens: &[Token]) -> Option<String> {
    match tokens.last()? {
        Token::Word(word) => Some(word.clone()),
        _ => None,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Equals,
    Semicolon,
}

/// Without comments, which nest; `None` when one, or a quoted string, does not end.
fn tokens(field: &str) -> Option<Vec<Token>> {
    let (mut tokens, mut word) = (Vec::new(), String::new());
    let flush = |word: &mut String, tokens: &mut Vec<Token>| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match c {
            '(' => {
                skip_comment(&mut chars)?;
                flush(&mut word, &mut tokens);
            }
            '"' => loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => word.push(chars.next()?),
                    c => word.push(c),
                }
            },
            '=' | ';' => {
                flush(&mut word, &mut tokens);
                tokens.push(if c == '=' { Token::Equals } else { Token::Semicolon });
            }
            c if c.is_whitespace() => flush(&mut word, &mut tokens),
            c => word.push(c),
        }
    }
    flush(&mut word, &mut tokens);
    Some(tokens)
}

fn skip_comment(chars: &mut std::str::Chars) -> Option<()> {
    let mut depth = 1;
    while depth > 0 {
        match chars.next()? {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => {
                chars.next()?;
            }
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::headers::Headers;
    use super::*;

    fn of(from: &[&str], fields: &[&str]) -> Alignment {
        let text: String = fields.iter().map(|field| format!("Authentication-Results: {field}\n")).collect();
        let letter = Letter {
            from: from.iter().map(|from| (*from).to_owned()).collect(),
            headers: Headers::parse(&text),
            ..Letter::default()
        };
        alignment(&letter, "mx.charity.example")
    }

    const FROM: &[&str] = &["layla@mail.example"];

    #[test]
    fn our_servers_word_is_believed() {
        for field in [
            "mx.charity.example; dmarc=pass header.from=mail.example",
            "MX.charity.example 1; dkim=pass (2048-bit; key) header.d=mail.example header.s=s1",
            "mx.charity.example;\tspf=fail smtp.mailfrom=x.example; dkim=pass reason=\"good; =fine\" header.i=@mail.example",
            "mx.charity.example; dkim/1=pass header.d=Mail.Example; dmarc=none",
            "mx.charity.example; dmarc=pass (p=REJECT (nested) sp=REJECT) header.from=mail.example",
        ] {
            assert_eq!(of(FROM, &[field]), Alignment::Aligned, "{field}");
        }
        assert_eq!(
            of(&["a@sub.mail.example"], &["mx.charity.example; dkim=pass header.d=mail.example"]),
            Alignment::Aligned
        );
    }

    #[test]
    fn anything_else_is_not() {
        for field in [
            "",
            "mx.other.example; dmarc=pass header.from=mail.example",
            "mx.charity.example; none",
            "mx.charity.example; dmarc=fail header.from=mail.example",
            "mx.charity.example; dmarc=pass header.from=evil.example",
            "mx.charity.example; dmarc=pass",
            "mx.charity.example; dkim=pass header.d=evil.example",
            "mx.charity.example; dkim=pass header.d=example",
            "mx.charity.example; dkim=pass header.d=ail.example",
            "mx.charity.example; dkim=pass header.d=news.mail.example",
            "mx.charity.example; spf=pass smtp.mailfrom=mail.example",
            "mx.charity.example; dkim=fail (dmarc=pass header.from=mail.example)",
            "mx.charity.example; dkim=fail reason=\"x; dmarc=pass header.from=mail.example\"",
            "mx.charity.example (open; dmarc=pass header.from=mail.example",
        ] {
            assert_eq!(of(FROM, &[field]), Alignment::NotAligned, "{field}");
        }
    }

    #[test]
    fn only_the_topmost_of_ours_counts() {
        let (fail, pass) = (
            "mx.charity.example; dmarc=fail header.from=mail.example",
            "mx.charity.example; dmarc=pass header.from=mail.example",
        );
        assert_eq!(of(FROM, &[fail, pass]), Alignment::NotAligned);
        assert_eq!(of(FROM, &["mx.relay.example; dmarc=fail", pass, fail]), Alignment::Aligned);
    }

    #[test]
    fn one_well_formed_sender_is_needed() {
        let pass = "mx.charity.example; dmarc=pass header.from=mail.example";
        for from in [
            &[][..],
            &["a@mail.example", "b@mail.example"],
            &["mail.example"],
            &["a@b@mail.example"],
            &[""],
            &["a b@mail.example"],
        ] {
            assert_eq!(of(from, &[pass]), Alignment::NotAligned, "{from:?}");
        }
    }
}
