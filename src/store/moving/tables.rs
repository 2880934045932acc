//! Every table and column, and what each column holds: the two databases keep it in types of their own. A test compares
//! this list with both schemas.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    Text,
    Int,
    Bool,
    Bytes,
    Instant,
    Id,
    Day,
}

/// A table, and what is done with it as a whole.
#[derive(Debug)]
pub(in crate::store) struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    /// The column that the database numbers itself.
    pub numbered: Option<&'static str>,
    /// Whether it holds a row.
    pub there: &'static str,
    /// Every row, columns in the order of the list, rows in any order.
    pub select: &'static str,
    /// A row, to be gone on with.
    pub insert: &'static str,
}

macro_rules! tables {
    ($($table:ident $(numbered by $number:ident)? { $first:ident $kind:ident $(, $column:ident $more:ident)* $(,)? })*) => {
        /// Those that others refer to come first.
        pub(in crate::store) const TABLES: &[Table] = &[$(Table {
            name: stringify!($table),
            columns: &[(stringify!($first), Kind::$kind) $(, (stringify!($column), Kind::$more))*],
            numbered: tables!(@numbered $($number)?),
            there: concat!("SELECT EXISTS (SELECT 1 FROM ", stringify!($table), ")"),
            select: concat!("SELECT ", stringify!($first) $(, ", ", stringify!($column))*, " FROM ", stringify!($table)),
            insert: concat!("INSERT INTO ", stringify!($table), " (", stringify!($first) $(, ", ", stringify!($column))*, ")"),
        }),*];
    };
    (@numbered) => { None };
    (@numbered $number:ident) => { Some(stringify!($number)) };
}

tables! {
    master_key { id Int, digest Text }
    person { id Id, key Bytes, channel Text, path Text, created_at Instant }
    address {
        channel Text, path Text, person Id, blocked_at Instant, keyboard Text, heard_at Instant,
        knocked_at Instant, allowed_at Instant, thread Bytes,
    }
    conversation { person Id, state Bytes, version Int, with_human Bool, locale Text, updated_at Instant }
    human_stretch numbered by id {
        id Int, person Id, reason Text, started_at Instant, ended_at Instant, taken_at Instant,
    }
    consent numbered by id {
        id Int, person Id, given Bool, version Text, locale Text, channel Text, wording Text, at Instant,
    }
    blind { kind Text, digest Text, person Id, case_id Id }
    inbox numbered by seq {
        seq Int, id Id, channel Text, external_id Text, person Id, kind Text, body Bytes, at Instant, attempt Int, state Text,
        ended_at Instant, reason Text, fetch_at Instant, fetches Int,
    }
    quarantine numbered by id { id Int, channel Text, raw Bytes, reason Text, at Instant }
    pull { channel Text, cursor Text, held_by Text, held_until Instant }
    outbox numbered by seq {
        seq Int, id Text, person Id, channel Text, path Text, speaker Text, purpose Text, lane Int, body Bytes, at Instant,
        state Text, due_at Instant, not_after Instant, lease_until Instant, attempt Int, unknown Bool, tried_at Instant,
        provider_id Text, cause Text, private Bool, stage Int,
    }
    timer { person Id, timer Text, due Instant }
    staff { id Id, name Text, password_hash Text, role Text, disabled Bool, created_at Instant }
    staff_session { token_hash Text, staff Id, opened_at Instant, expires_at Instant }
    invite { token_hash Text, role Text, created_at Instant, expires_at Instant, used_at Instant, first Bool }
    failed_login numbered by rowid { rowid Int, name_hash Text, at Instant }
    task numbered by id { id Int, kind Text, person Id, case_id Id, detail Text, at Instant, done_at Instant }
    audit { seq Int, who Text, what Text, object Text, at Instant, hash Bytes }
    form { hash Text, id Text, source Text, at Instant }
    case_file {
        id Id, person Id, reference Text, status_token Text, service Text, form_id Text, form_hash Text, source_channel Text,
        entered_by Text, locale Text, consent_version Text, status Text, submitted_at Instant, answer_from Day,
        next_due Instant, owner Id, checks Bytes, signature Bytes, signature_hash Text, created_at Instant,
        updated_at Instant,
    }
    case_answer { case_id Id, question Text, position Int, plain Text, sealed Bytes }
    case_event numbered by number {
        number Int, case_id Id, person Id, name Text, by_kind Text, by_name Text, reason Text, status_after Text, at Instant,
    }
    document {
        id Id, person Id, case_id Id, name Bytes, mime Text, size Int, sha256 Text, object_key Text, at Instant,
    }
    decision numbered by seq {
        seq Int, id Text, case_id Id, outcome Text, reason Text, early_reason Text, decided_by Text, decided_at Text,
        source Text, taken_at Instant, refused_because Text,
    }
    survey_asked { session Id, person Id, case_id Id, at Instant }
    survey_answer {
        session Id, question Text, person Id, case_id Id, number Int, choice Text, text Bytes, complete Bool, channel Text,
        locale Text, solicited Bool, at Instant,
    }
    filed {
        session Id, person Id, kind Text, form_id Text, form_hash Text, locale Text, channel Text, answers Bytes, at Instant,
    }
    discarded { object_key Text, at Instant }
    earlier_signature { case_id Id, number Int, signed Bytes, at Instant }
}
