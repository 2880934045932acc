//! Finding requests again by what a person would tell on the telephone.

use std::collections::BTreeSet;

use super::Engine;
use super::staff::{ActError, Staff};
use crate::form;
use crate::locale::fold_digits;
use crate::message::reference_typed;
use crate::store;
use crate::store::case::CaseRow;

impl Engine {
    /// The requests that a reference number, a telephone number or an email address leads to, for staff. That somebody
    /// looked is on the record; what for is not.
    ///
    /// # Errors
    /// [`ActError::Store`].
    pub async fn find(&self, by: &Staff, wanted: &str) -> Result<Vec<CaseRow>, ActError> {
        let wanted = fold_digits(wanted.trim());
        let country = &self.inner.config.association.country;
        let mut tx = self.inner.store.begin().await?;
        let mut found = Vec::new();
        if let Some(reference) = reference_typed(&wanted) {
            found.extend(store::case::by_reference(&mut tx, &reference).await?);
        }
        let mut people = BTreeSet::new();
        for (kind, value) in [("phone", form::phone(&wanted, country)), ("email", form::email(&wanted))] {
            let Some(value) = value else { continue };
            let digest = self.inner.vault.blind(kind, &value.to_lowercase());
            people.extend(
                store::blind::find(&mut tx, kind, &digest).await?.into_iter().map(|(person, _)| person),
            );
        }
        for person in people {
            found.extend(store::case::of_person(&mut tx, person).await?);
        }
        let mut known = Vec::new();
        for row in found {
            // Whoever was forgotten is not found any more.
            let person = store::person::get(&mut tx, row.person).await?;
            let is_new = known.iter().all(|other: &CaseRow| other.id != row.id);
            if is_new && person.is_some_and(|person| person.key.is_some()) {
                known.push(row);
            }
        }
        store::audit::append(&mut tx, &by.name, "case.searched", "", self.now()).await?;
        tx.commit().await?;
        Ok(known)
    }
}
