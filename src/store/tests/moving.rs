//! From SQLite to PostgreSQL: nothing is forgotten, nothing is half done.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::SqlitePool;

use super::opening::{OF_ITS_DAY, pool};
use super::*;
use crate::store::moving::{Kind, MoveError, Moved, TABLES, to_postgres};
use crate::store::{OpenError, audit, migrate};

/// Table and column, with the type that the database gives it.
type Schema = BTreeMap<(String, String), String>;

/// Each kind's type in the database at hand.
fn listed(type_of: impl Fn(Kind) -> &'static str) -> Schema {
    let columns =
        TABLES.iter().flat_map(|table| table.columns.iter().map(move |column| (table.name, column)));
    columns.map(|(table, (column, kind))| ((table.into(), (*column).into()), type_of(*kind).into())).collect()
}

#[tokio::test]
async fn the_list_of_tables_is_the_schema() {
    let (_folder, store) = fresh().await;
    let mut tx = store.read().await.unwrap();
    let (query, type_of): (_, fn(Kind) -> &'static str) = if postgres::is_meant() {
        (
            "SELECT c.table_name::text, c.column_name::text, c.data_type::text FROM information_schema.columns c
             JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
             WHERE c.table_schema = 'public' AND t.table_schema = 'public' AND c.table_name <> '_sqlx_migrations'",
            |kind| match kind {
                Kind::Text => "text",
                Kind::Int => "bigint",
                Kind::Bool => "boolean",
                Kind::Bytes => "bytea",
                Kind::Instant => "timestamp with time zone",
                Kind::Id => "uuid",
                Kind::Day => "date",
            },
        )
    } else {
        (
            "SELECT t.name, c.name, c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> '_sqlx_migrations'",
            |kind| match kind {
                Kind::Text | Kind::Id | Kind::Day => "TEXT",
                Kind::Int | Kind::Bool | Kind::Instant => "INTEGER",
                Kind::Bytes => "BLOB",
            },
        )
    };
    let found: Vec<(String, String, String)> = sql(query).fetch_all(&mut tx).await.unwrap();
    let mut found: Schema = found.into_iter().map(|(table, column, kind)| ((table, column), kind)).collect();
    if !postgres::is_meant() {
        // SQLite has it without being told.
        found.insert(("failed_login".into(), "rowid".into()), "INTEGER".into());
    }
    assert_eq!(listed(type_of), found);
}

#[tokio::test]
async fn what_the_database_numbers_itself_is_known() {
    if !postgres::is_meant() {
        return;
    }
    let (_folder, store) = fresh().await;
    let identity = "SELECT table_name::text, column_name::text FROM information_schema.columns
                    WHERE table_schema = 'public' AND is_identity = 'YES'";
    let found: Vec<(String, String)> =
        sql(identity).fetch_all(&mut store.read().await.unwrap()).await.unwrap();
    let listed = TABLES.iter().filter_map(|t| Some((t.name.to_owned(), t.numbered?.to_owned())));
    assert_eq!(listed.collect::<BTreeSet<_>>(), found.into_iter().collect());
}

/// One row at least in every table that the data of each version's day leaves empty.
const MORE: &str = "
    UPDATE survey_answer SET session = '0000000d-0000-8000-8000-000000000000';
    INSERT INTO pull VALUES ('telegram', '5', 'one', 9);
    INSERT INTO blind VALUES ('phone', 'd1', '0000000a-0000-8000-8000-000000000000', NULL);
    INSERT INTO quarantine VALUES (7, 'webchat', x'00ff', 'unreadable', 8000001);
    INSERT INTO staff_session VALUES ('t', '0000000b-0000-8000-8000-000000000000', 9, 10);
    INSERT INTO failed_login VALUES ('n', 9), ('n', 9);
    INSERT INTO task (kind, detail, at) VALUES ('one', '', 9), ('two', '', 9), ('three', '', 9);
    DELETE FROM task WHERE kind = 'three';
    INSERT INTO form VALUES ('h', 'help', '{\"ق\": 1}', 9);
    INSERT INTO case_answer VALUES ('0000000c-0000-8000-8000-000000000000', 'city', 1, 'جدة', NULL);
    INSERT INTO case_event (case_id, person, name, by_kind, by_name, status_after, at) VALUES
      ('0000000c-0000-8000-8000-000000000000', '0000000a-0000-8000-8000-000000000000', 'submitted', 'person', '', 'submitted', 9);
    INSERT INTO document VALUES ('0000000f-0000-8000-8000-000000000000', '0000000a-0000-8000-8000-000000000000', NULL, x'07',
      'image/png', 9, 's', '00/00/f', 9);
    INSERT INTO survey_asked VALUES ('0000000d-0000-8000-8000-000000000000', '0000000a-0000-8000-8000-000000000000', NULL, 9);
    INSERT INTO filed VALUES ('0000000d-0000-8000-8000-000000000001', '0000000a-0000-8000-8000-000000000000', 'complaint', 'f',
      'h', 'ar', 'webchat', x'08', 9);";

/// An SQLite database as each version left it, brought to the newest.
async fn grown(folder: &TempDir) -> SqlitePool {
    let (pool, pools) = pool(folder).await;
    for (version, data) in OF_ITS_DAY {
        migrate::forward(&pools, version).await.unwrap();
        sqlx::raw_sql(data).execute(&pool).await.unwrap();
    }
    migrate::forward(&pools, Store::schema_version()).await.unwrap();
    pool
}

fn old(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("old.db").display())
}

async fn failed(from: &str, to: &str) -> String {
    to_postgres(from, to, at(9)).await.expect_err("it was moved").to_string()
}

#[tokio::test]
async fn every_row_of_every_table_arrives_as_it_was() {
    if !postgres::is_meant() {
        return;
    }
    let (folder, to) = (tempfile::tempdir().unwrap(), postgres::database());
    let file = grown(&folder).await;
    // A session that is no UUID could be no row of PostgreSQL's.
    let text = failed(&old(&folder), &to).await;
    assert!(text.contains("a row of survey_answer cannot be moved"), "{text}");
    sqlx::raw_sql(MORE).execute(&file).await.unwrap();
    file.close().await;
    let from = Store::open(&old(&folder)).await.unwrap();
    let mut tx = from.begin().await.unwrap();
    for n in 0..150 {
        audit::append(&mut tx, "system", "did", &format!("ق{n}"), at(n)).await.unwrap();
        let id = somebody(&mut tx, &format!("{n}")).await;
        said(&mut tx, id, &format!("{n}/0"), "reply", NewState::Readable).await;
    }
    tx.commit().await.unwrap();
    let mut tx = from.read().await.unwrap();
    for table in TABLES {
        assert!(sql(table.there).scalar::<bool>(&mut tx).await.unwrap(), "no row in {}", table.name);
    }
    drop(tx);
    from.close().await;
    drop(from);
    let before = std::fs::read(folder.path().join("old.db")).unwrap();

    let moved = to_postgres(&old(&folder), &to, at(200)).await.unwrap();
    assert_eq!((moved.tables, moved.audit), (TABLES.len(), Ok(150)));
    assert!(moved.rows > 450, "{moved:?}");
    assert!(before == std::fs::read(folder.path().join("old.db")).unwrap(), "the old one is as it was");
    let text = failed(&old(&folder), &to).await;
    assert!(text.contains("is not empty: there are rows in master_key"), "{text}");

    goes_on(&Store::open(&to).await.unwrap(), moved).await;
}

/// What was there is there, and what comes is numbered after it.
async fn goes_on(new: &Store, moved: Moved) {
    let mut tx = new.begin().await.unwrap();
    assert_eq!(audit::verify(&mut tx).await.unwrap(), moved.audit.map(|lines| lines + 1));
    assert_eq!(audit::newest(&mut tx, 1).await.unwrap()[0].what, "store.moved");
    let case = case::by_reference(&mut tx, "W-0000-000C").await.unwrap().unwrap();
    assert_eq!((case.submitted_at.micros(), case.owner_name.as_deref()), (4_000_000, Some("Layla")));
    assert_eq!(case.answer_from, NaiveDate::from_ymd_opt(2026, 12, 6).unwrap());
    let waiting = inbox::waiting(&mut tx, 9, 9).await.unwrap();
    assert_eq!(waiting.iter().map(|event| event.seq).collect::<Vec<_>>(), [1]);
    assert_eq!(said(&mut tx, waiting[0].person, "new", "reply", NewState::Readable).await, 152);
    for (insert, number) in [
        ("INSERT INTO task (kind, detail, at) SELECT 'four', '', at FROM form RETURNING id", 4),
        (
            "INSERT INTO quarantine (channel, raw, reason, at) SELECT 'webchat', '', '', at FROM form RETURNING id",
            8,
        ),
        ("INSERT INTO failed_login (name_hash, at) SELECT 'n', at FROM form RETURNING rowid", 3),
    ] {
        assert_eq!(sql(insert).scalar::<i64>(&mut tx).await.unwrap(), number, "{insert}");
    }
}

#[tokio::test]
async fn a_move_that_cannot_be_made_whole_is_not_begun() {
    if !postgres::is_meant() {
        return;
    }
    let (folder, to) = (tempfile::tempdir().unwrap(), postgres::database());
    assert!(matches!(to_postgres(&to, &to, at(9)).await, Err(MoveError::NotFromSqlite)));
    assert!(matches!(to_postgres(&old(&folder), &old(&folder), at(9)).await, Err(MoveError::NotToPostgres)));
    let secret = failed(&old(&folder), "postgres://me:se%cret@one,two/wasl").await;
    assert!(!secret.contains("cret"), "{secret}");
    let missing = to_postgres(&old(&folder), &to, at(9)).await;
    assert!(matches!(missing, Err(MoveError::Open(OpenError::Missing { .. }))));
    assert!(!folder.path().join("old.db").exists(), "nothing is made there");

    let (file, pools) = pool(&folder).await;
    migrate::forward(&pools, 9).await.unwrap();
    let text = failed(&old(&folder), &to).await;
    assert!(text.contains("schema version 9") && text.contains("run `wasl migrate` first"), "{text}");
    assert_eq!(migrate::found(&pools).await.unwrap(), 9);
    file.close().await;

    let served = Store::open(&old(&folder)).await.unwrap();
    let in_use = to_postgres(&old(&folder), &to, at(9)).await;
    assert!(matches!(in_use, Err(MoveError::Open(OpenError::InUse { .. }))));
    drop(served);
    // A command beside it is waited for, a while.
    let beside = Store::open_shared(&old(&folder)).await.unwrap();
    let tx = beside.begin().await.unwrap();
    let text = failed(&old(&folder), &to).await;
    assert!(text.contains("nothing was moved: the database is busy"), "{text}");
    drop(tx);
    to_postgres(&old(&folder), &to, at(9)).await.unwrap();
}
