//! A PostgreSQL server that nobody else uses, for the tests of this process: made when it is first asked for, in memory
//! where the machine has such a place, and gone with the process, however that ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Makes a cluster, says where it is, and waits for the end of its own standard input.
const SERVE: &str = r#"
set -eu
cd /
bin=$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
place=/tmp; if [ -w /dev/shm ]; then place=/dev/shm; fi
dir=$(mktemp -d "$place/wasl-postgres-XXXXXX")
trap '"$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
"$bin/initdb" -D "$dir/data" -U wasl -A trust -N -E UTF8 --locale=C.UTF-8 >/dev/null
"$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w start -o "-c listen_addresses= -c unix_socket_directories=$dir \
  -c fsync=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB" >/dev/null
echo "$dir"
cat >/dev/null
"#;

struct Cluster {
    folder: String,
    /// Its end is the cluster's.
    _open: ChildStdin,
    _server: Child,
    databases: AtomicUsize,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        // PostgreSQL refuses to run as root.
        let root =
            std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) == 0);
        let command: &[&str] =
            if root { &["runuser", "-u", "postgres", "--", "sh", "-c"] } else { &["sh", "-c"] };
        let mut server = Command::new(command[0])
            .args(&command[1..])
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut folder = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(
            !folder.is_empty(),
            "no PostgreSQL: install Debian's package `postgresql`, or unset TEST_POSTGRES"
        );
        let folder = folder.trim().to_owned();
        Cluster {
            folder,
            _open: server.stdin.take().unwrap(),
            _server: server,
            databases: AtomicUsize::new(0),
        }
    })
}

/// Whether PostgreSQL is to be tested too.
#[allow(clippy::disallowed_methods)] // a test's own switches are no settings
pub fn wanted() -> bool {
    let wanted = std::env::var_os("TEST_POSTGRES").is_some();
    if !wanted {
        println!("left out: TEST_POSTGRES is not set");
    }
    wanted
}

/// Whether this process is one whose tests use PostgreSQL: a test that looks for it starts it, with [`apart`].
#[allow(clippy::disallowed_methods)] // as above
pub fn is_meant() -> bool {
    std::env::var_os("TEST_ON_POSTGRES").is_some()
}

/// The address of a new, empty database.
pub fn database() -> String {
    database_of("")
}

/// The address of a new database made so: `TEMPLATE t1`.
pub fn database_of(how: &str) -> String {
    let name = format!("t{}", cluster().databases.fetch_add(1, Ordering::Relaxed));
    rule(format!("CREATE DATABASE {name} {how}"));
    address(&name)
}

/// Does something with the cluster's databases.
pub fn rule(statement: String) {
    use sqlx::{Connection, Executor};
    let rules = async {
        let mut server = sqlx::PgConnection::connect(&address("postgres")).await.unwrap();
        server.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
        server.close().await.unwrap();
    };
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // A thread that is in no runtime may wait for one.
    std::thread::spawn(move || runtime().block_on(rules)).join().unwrap();
}

fn address(name: &str) -> String {
    format!("postgres://wasl@localhost/{name}?host={}", cluster().folder)
}

/// Runs tests of this same program in a process of their own, those whose names hold one of `named` and none of `but`;
/// gives the line of their result.
#[allow(clippy::disallowed_methods)] // as above
pub fn apart(named: &[&str], but: &[&str], environment: &[(&str, &str)]) -> String {
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(named).envs(environment.iter().copied());
    for name in but {
        tests.args(["--skip", name]);
    }
    let ran = tests.output().unwrap();
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{told}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(!told.contains(" 0 passed"), "no test is called so: {told}");
    told.lines().rev().find(|line| line.starts_with("test result")).unwrap_or_default().to_owned()
}
