//! PostgreSQL: the address with its hosts, the pool on the primary among them, and how a transaction begins.

use std::str::FromStr;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};
use tokio::time::timeout;

use super::error::{OpenError, Result, StoreError};
use super::migrate;

/// Connections of one server: more do not make two cores faster.
const CONNECTIONS: u32 = 12;
/// How long an answer is waited for before the database counts as away. A host that lost its power or its network sends
/// none, and no end of the connection either; on others no statement of ours takes so long.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a host is waited for when the primary is looked for.
const LOOK: Duration = Duration::from_secs(3);

/// Whether that is an address of a PostgreSQL database.
pub(super) fn is_meant(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// What a database answers within [`PATIENCE`].
pub(super) async fn answer<T>(asked: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(PATIENCE, asked).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// The pool on the primary, wherever that is at the moment.
pub(super) struct Primary {
    /// Where it may be, in the order of the address.
    hosts: Vec<PgConnectOptions>,
    at: RwLock<At>,
    /// Held by whoever looks for it.
    looking: tokio::sync::Mutex<()>,
}

struct At {
    host: usize,
    /// A promotion begins a new timeline: a primary of an older one is one that was replaced.
    timeline: i64,
    pool: PgPool,
}

/// What a server's connections are called: other versions know by it that it is another.
pub(super) fn name_of_server() -> String {
    format!("wasl/{}", migrate::newest())
}

/// What a command's connections are called.
pub(super) const NAME_OF_COMMAND: &str = "wasl command";

/// Connects to the primary among the hosts of the address, under a name that PostgreSQL shows; with it, the database's
/// name for people: hosts and database, never user or password.
pub(super) async fn connect(url: &str, called: &str) -> std::result::Result<(Primary, String), OpenError> {
    let hosts = hosts_of(url, called).ok_or(OpenError::PostgresUrl)?;
    let places: Vec<String> = hosts.iter().map(place_of).collect();
    let database = hosts.first().and_then(|host| host.get_database()).unwrap_or("wasl");
    let name = format!("{database} at {}", places.join(", "));
    let unreachable =
        |error: sqlx::Error| OpenError::Unreachable { database: name.clone(), source: error.into() };
    let (host, timeline) = match hosts.len() {
        // There is no other place to look at, and the pool waits for one that starts.
        1 => (0, 0),
        _ => {
            find(&hosts).await.map_err(unreachable)?.ok_or(OpenError::NoPrimary { database: name.clone() })?
        }
    };
    let pool = options(hosts.len()).connect_with(hosts[host].clone()).await.map_err(unreachable)?;
    let at = RwLock::new(At { host, timeline, pool });
    Ok((Primary { hosts, at, looking: tokio::sync::Mutex::default() }, name))
}

/// The hosts of `postgres://user:password@one:5432,two:5432/database`: the driver takes one only.
fn hosts_of(url: &str, called: &str) -> Option<Vec<PgConnectOptions>> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    let at = if user.is_empty() { "" } else { "@" };
    let one = |host: &str| {
        let host = PgConnectOptions::from_str(&format!("{scheme}://{user}{at}{host}{rest}")).ok()?;
        // `?host=one,two` is not taken apart.
        (!host.get_host().contains(',')).then(|| configured(host, called))
    };
    let many = hosts.contains(',');
    hosts.split(',').map(|host| if many && host.is_empty() { None } else { one(host) }).collect()
}

/// A server that loses its network in the middle of a transaction must not hold rows for ever. With
/// `synchronous_commit` off, commits that were acknowledged could be lost.
fn configured(host: PgConnectOptions, called: &str) -> PgConnectOptions {
    host.application_name(called)
        .statement_cache_capacity(256)
        .options([("idle_in_transaction_session_timeout", "60s"), ("synchronous_commit", "on")])
}

fn place_of(host: &PgConnectOptions) -> String {
    host.get_socket().map_or_else(
        || format!("{}:{}", host.get_host(), host.get_port()),
        |folder| folder.display().to_string(),
    )
}

fn options(hosts: usize) -> PgPoolOptions {
    let options = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false);
    if hosts == 1 {
        return options;
    }
    // What was the primary may have come back as a standby, where reading would work, and show what was.
    options.after_connect(|connection, _| {
        Box::pin(async move {
            let standby: bool =
                sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(connection).await?;
            if standby { Err(sqlx::Error::Protocol("a standby".into())) } else { Ok(()) }
        })
    })
}

/// Which host is the primary, and its timeline; of several that say so, the one that was promoted last. An error when
/// none of them answers.
async fn find(hosts: &[PgConnectOptions]) -> sqlx::Result<Option<(usize, i64)>> {
    let looks = hosts.iter().map(|host| async {
        timeout(LOOK, timeline_of(host)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    });
    let (mut found, mut failed) = (None, None);
    let mut answered = false;
    for (host, look) in join_all(looks).await.into_iter().enumerate() {
        match look {
            Ok(timeline) => {
                answered = true;
                if let Some(timeline) = timeline
                    && found.is_none_or(|(_, newest)| timeline > newest)
                {
                    found = Some((host, timeline));
                }
            }
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if !answered => Err(error),
        _ => Ok(found),
    }
}

/// The timeline of a primary; `None` of a standby.
async fn timeline_of(host: &PgConnectOptions) -> sqlx::Result<Option<i64>> {
    let mut connection = PgConnection::connect_with(host).await?;
    // The first eight hex digits of the log's file.
    let timeline = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN
                      ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END";
    let timeline = sqlx::query_scalar(timeline).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(timeline)
}

impl Primary {
    /// Whether a server of another version is connected.
    pub(super) async fn serves_another(&self) -> Result<bool> {
        let another = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
             WHERE datname = current_database() AND application_name <> $1
               AND (application_name = 'wasl' OR application_name LIKE 'wasl/%'))";
        let asked = sqlx::query_scalar(another).bind(name_of_server());
        Ok(answer(asked.fetch_one(&self.pool())).await?)
    }

    /// The pool on the primary as it was last found.
    pub(super) fn pool(&self) -> PgPool {
        self.at.read().unwrap_or_else(PoisonError::into_inner).pool.clone()
    }

    /// The database failed somebody: looks whether another host is the primary now, and goes there. One looks at a time.
    pub(super) async fn look(&self) {
        if self.hosts.len() == 1 {
            return;
        }
        let Ok(_looking) = self.looking.try_lock() else { return };
        let Ok(Some((host, timeline))) = find(&self.hosts).await else { return };
        let old = {
            let mut at = self.at.write().unwrap_or_else(PoisonError::into_inner);
            if host == at.host || timeline < at.timeline {
                return;
            }
            let pool = options(self.hosts.len()).connect_lazy_with(self.hosts[host].clone());
            std::mem::replace(&mut *at, At { host, timeline, pool }).pool
        };
        tracing::warn!(host = place_of(&self.hosts[host]), "another host is the database's primary now");
        // Whoever waits there, to hear what other servers tell, is told to come along. Its connections may never answer:
        // nobody waits for them.
        let _ = old.close().now_or_never();
    }
}

/// Begins in a task of its own. Dropped between `BEGIN` and its answer, the driver (0.9.0) would put a connection back
/// into the pool with a transaction open in it; a task is not dropped with whoever waited for it.
pub(super) async fn begin(primary: &Primary, how: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = primary.pool();
    let begun = tokio::spawn(async move { pool.begin_with(how).await });
    // It neither panics nor is aborted but with the whole runtime.
    let begun = timeout(PATIENCE, begun).await.map_err(|_| StoreError::Busy);
    let begun = begun.and_then(|begun| Ok(begun.map_err(|_| StoreError::Busy)??));
    if matches!(begun, Err(StoreError::Busy)) {
        primary.look().await;
    }
    begun
}
