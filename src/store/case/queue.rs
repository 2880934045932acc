//! The officers' list of requests.

use crate::message::{CaseId, PersonId, StaffId};
use crate::store::query::sql;
use crate::store::value::row;
use crate::store::{Result, Tx};
use crate::time::Timestamp;

/// Which requests are listed.
#[derive(Debug, Clone, Copy)]
pub struct QueueFilter {
    /// Only those for which something is due.
    pub open_only: bool,
    /// Only those of this member of staff.
    pub owner: Option<StaffId>,
    /// At most so many.
    pub limit: i64,
}

row! {
    /// A request as the list shows it.
    pub struct QueueRow {
        /// Its id.
        id: CaseId,
        /// `W-XXXX-XXXX`.
        reference: String,
        /// The service's code.
        service: String,
        /// Where it stands.
        status: String,
        /// The owner's name.
        owner_name: Option<String>,
        /// When the next thing is due.
        next_due: Option<Timestamp>,
        /// When it was signed.
        submitted_at: Timestamp,
        /// The person's language.
        locale: String,
        /// Whose it is.
        person: PersonId,
        /// Whether staff holds the person's conversation.
        with_human: bool,
    }
}

/// The requests that `filter` lets through: what is due first comes first, what is not open last.
pub async fn queue(tx: &mut Tx, filter: QueueFilter) -> Result<Vec<QueueRow>> {
    sql(
        "SELECT c.id, c.reference, c.service, c.status, s.name AS owner_name, c.next_due, c.submitted_at, c.locale,
                c.person, coalesce(v.with_human, FALSE) AS with_human
         FROM case_file c LEFT JOIN staff s ON s.id = c.owner LEFT JOIN conversation v ON v.person = c.person
         WHERE (NOT $1 OR c.next_due IS NOT NULL) AND ($2 IS NULL OR c.owner = $2)
         ORDER BY CASE WHEN c.next_due IS NULL THEN 1 ELSE 0 END, c.next_due, c.submitted_at, c.id LIMIT $3",
    )
    .bind(filter.open_only)
    .bind(filter.owner)
    .bind(filter.limit)
    .fetch_all(tx).await
}
