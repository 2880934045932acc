//! What Meta's error codes mean for a part: at once, in the answer to a call, or later, in a status. Only the code counts,
//! never the HTTP status or Meta's words
//! (<https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>).

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

use crate::channel::SendError;

/// What is read of an error. Meta's words are not: they may name whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Refused {
    /// Meta's code.
    pub code: u32,
}

/// What is done about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Sent again after a while.
    Again,
    /// Sent again after a day at the soonest.
    Tomorrow,
    /// This person's parts wait so many seconds; everybody else's leave.
    Pair(u64),
    /// The whole channel waits so many seconds.
    Slow(u64),
    /// Nothing leaves until somebody acts.
    Broken,
    /// This part is not to be sent.
    Never,
    /// This person is not reached here.
    Gone,
    /// Only a knock is taken.
    Closed,
    /// The person does not want it.
    Unwanted,
}

const fn one(code: u32) -> RangeInclusive<u32> {
    code..=code
}

const TABLE: &[(RangeInclusive<u32>, Act, &str)] = &[
    (one(0), Act::Broken, "the token was refused"),
    (1..=2, Act::Again, "the service is not there for the moment"),
    (one(3), Act::Broken, "the token may not do this"),
    (one(4), Act::Slow(60), "the app calls too often"),
    (one(10), Act::Broken, "the token may not do this"),
    (one(33), Act::Never, "the number was deleted"),
    (one(100), Act::Never, "a parameter is not right"),
    (one(190), Act::Broken, "the token was refused"),
    (200..=299, Act::Broken, "the token may not do this"),
    (one(368), Act::Broken, "the account is blocked for its content"),
    (one(80007), Act::Slow(60), "the account calls too often"),
    (one(130_429), Act::Slow(2), "too many messages at once"),
    (one(130_472), Act::Never, "this person takes part in an experiment of Meta's"),
    (one(130_497), Act::Never, "messages to this country are not allowed"),
    (one(131_000), Act::Again, "something failed at Meta's"),
    (one(131_008), Act::Never, "a parameter is missing"),
    (one(131_009), Act::Never, "a parameter is not right"),
    (one(131_016), Act::Again, "the service is not there for the moment"),
    (one(131_021), Act::Never, "sender and recipient are the same"),
    (one(131_026), Act::Gone, "it cannot be delivered to this person"),
    (one(131_030), Act::Never, "the person is not on the list of a test number"),
    (one(131_031), Act::Broken, "the account is locked"),
    (one(131_037), Act::Broken, "the number's name is not approved"),
    (one(131_042), Act::Broken, "there is a problem with the payment"),
    (one(131_044), Act::Broken, "there is a problem with the payment"),
    (one(131_045), Act::Broken, "the number's certificate is not right"),
    (one(131_047), Act::Closed, "the person wrote too long ago"),
    (one(131_048), Act::Broken, "too many people reported messages of this number"),
    (one(131_049), Act::Tomorrow, "the person gets enough of such messages"),
    (one(131_050), Act::Unwanted, "the person does not want such messages"),
    (131_052..=131_053, Act::Never, "the file cannot be taken"),
    (one(131_056), Act::Pair(6), "too many messages to this person"),
    (one(131_057), Act::Again, "the account is in maintenance"),
    (one(131_062), Act::Never, "this needs the person's number"),
    (131_063..=131_064, Act::Tomorrow, "the account's limit is reached"),
    (one(132_000), Act::Never, "the template has other parameters"),
    (one(132_001), Act::Never, "the template is not approved in this language"),
    (one(132_005), Act::Never, "the template is too long when filled in"),
    (one(132_007), Act::Never, "the template goes against Meta's policy"),
    (one(132_008), Act::Never, "the template's parameters are not right"),
    (one(132_012), Act::Never, "the template's parameters are not right"),
    (one(132_015), Act::Tomorrow, "the template is paused"),
    (one(132_016), Act::Never, "the template is disabled"),
    (one(132_018), Act::Never, "the template's parameters are not right"),
    (132_068..=132_069, Act::Tomorrow, "the flow is blocked"),
    (one(133_004), Act::Again, "the service is not there for the moment"),
    (one(133_010), Act::Broken, "the number is not registered"),
    (one(135_000), Act::Never, "a part of the message is not right"),
    (one(137_000), Act::Tomorrow, "the person's identity changed"),
];

/// How long everything waits when somebody must act: then it is tried again.
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Refused {
    /// What an answer without a word of Meta's stands for.
    pub(super) fn of_status(status: u16) -> Refused {
        let code = match status {
            401 | 403 => 190,
            429 => 130_429,
            _ => 100,
        };
        Refused { code }
    }

    fn entry(self) -> (Act, &'static str) {
        let found = TABLE.iter().find(|(codes, ..)| codes.contains(&self.code));
        found.map_or((Act::Never, "a code that is not known here"), |(_, act, words)| (*act, words))
    }

    /// What it says, for an operator or an officer: the code and words of ours.
    pub(super) fn cause(self) -> String {
        format!("{} ({})", self.entry().1, self.code)
    }

    /// What the sender of a part does about it.
    pub(super) fn of_a_send(self) -> SendError {
        let cause = self.cause();
        match self.entry().0 {
            Act::Again => SendError::Later { after: None, cause },
            Act::Tomorrow => SendError::Later { after: Some(DAY), cause },
            Act::Pair(seconds) => SendError::Later { after: Some(Duration::from_secs(seconds)), cause },
            Act::Slow(seconds) => SendError::Rest { after: Duration::from_secs(seconds), cause },
            Act::Broken => SendError::Broken { cause },
            Act::Never => SendError::Never { cause },
            Act::Gone => SendError::Gone,
            Act::Closed => SendError::Closed,
            Act::Unwanted => SendError::Unwanted,
        }
    }
}

/// Whether what was asked for is not there (any more).
pub(super) fn is_missing(refused: &Refused) -> bool {
    matches!(refused.code, 33 | 100 | 131_052)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_acts_as_metas_table_says() {
        use SendError::{Broken, Closed, Gone, Later, Never, Rest, Unwanted};
        #[track_caller]
        fn check(codes: &[u32], is: fn(&SendError) -> bool) {
            for code in codes {
                assert!(is(&Refused { code: *code }.of_a_send()), "{code}");
            }
        }
        let broken =
            [0, 3, 10, 190, 200, 299, 368, 131_031, 131_037, 131_042, 131_044, 131_045, 131_048, 133_010];
        check(&broken, |error| matches!(error, Broken { .. }));
        check(&[1, 2, 131_000, 131_016, 131_057, 133_004], |error| {
            matches!(error, Later { after: None, .. })
        });
        check(&[4, 80_007, 130_429], |error| matches!(error, Rest { .. }));
        let never = [
            33, 100, 130_472, 130_497, 131_008, 131_009, 131_021, 131_030, 131_053, 131_062, 132_000,
            132_001, 132_005, 132_007, 132_008, 132_012, 132_016, 132_018, 135_000, 999_999,
        ];
        check(&never, |error| matches!(error, Never { .. }));
        check(&[131_047], |error| matches!(error, Closed));
        check(&[131_026], |error| matches!(error, Gone));
        check(&[131_050], |error| matches!(error, Unwanted));
        check(&[131_049, 131_063, 131_064, 132_015, 132_068, 132_069, 137_000], |error| {
            matches!(error, Later { after: Some(DAY), .. })
        });
        check(&[131_056], |error| matches!(error, Later { after: Some(after), .. } if after.as_secs() == 6));
    }

    #[test]
    fn no_code_stands_in_two_rows() {
        for (n, (codes, ..)) in TABLE.iter().enumerate() {
            let others = TABLE
                .iter()
                .skip(n + 1)
                .any(|(others, ..)| codes.start() <= others.end() && others.start() <= codes.end());
            assert!(!others, "{codes:?}");
        }
    }
}
