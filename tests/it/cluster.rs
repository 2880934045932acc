//! PostgreSQL servers of one test's own, which it stops, copies and promotes as it likes. They are in memory where the
//! machine has such a place, and gone with the test, however that ends.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

/// Does each line that it reads, and says how that ended.
const SHELL: &str = r#"
cd /
bin=$(dirname "$(readlink -f "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")")
place=/tmp; if [ -w /dev/shm ]; then place=/dev/shm; fi
dir=$(mktemp -d "$place/wasl-cluster-XXXXXX")
processes() { first=$(head -n 1 "$dir/$1/data/postmaster.pid"); echo "$first" $(ps -o pid= --ppid "$first"); }
end() {
  for server in "$dir"/*/; do
    server=$(basename "$server")
    kill -CONT $(processes "$server")
    "$bin/pg_ctl" -D "$dir/$server/data" -m immediate stop
  done >/dev/null 2>&1
  rm -rf "$dir"
}
trap end EXIT
echo "$dir"
while read -r line; do eval "$line" >"$dir/said" 2>&1; echo "$? $(tr '\n' ' ' <"$dir/said")"; done
"#;

pub struct Cluster {
    pub folder: String,
    says: ChildStdin,
    hears: BufReader<ChildStdout>,
    _shell: Child,
}

impl Cluster {
    /// No server yet.
    pub fn new() -> Cluster {
        // PostgreSQL refuses to run as root.
        let root =
            std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) == 0);
        let command: &[&str] =
            if root { &["runuser", "-u", "postgres", "--", "sh", "-c"] } else { &["sh", "-c"] };
        let mut shell = Command::new(command[0])
            .args(&command[1..])
            .arg(SHELL)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (says, hears) = (shell.stdin.take().unwrap(), BufReader::new(shell.stdout.take().unwrap()));
        let mut cluster = Cluster { folder: String::new(), says, hears, _shell: shell };
        cluster.folder = cluster.hear();
        cluster
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.hears.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn does(&mut self, line: &str) {
        writeln!(self.says, "{line}").unwrap();
        let said = self.hear();
        assert!(said.starts_with("0 ") || said == "0", "{line}: {said}");
    }

    /// Makes a server of that name and starts it, with these settings beside the usual (`-c fsync=off`).
    pub fn makes(&mut self, name: &str, settings: &str) {
        self.does(&format!(
            r#"mkdir "$dir/{name}" && "$bin/initdb" -D "$dir/{name}/data" -U wasl -A trust -N -E UTF8 --locale=C.UTF-8"#
        ));
        self.starts(name, settings);
    }

    /// Makes an empty database there; its address.
    pub async fn database(&mut self, name: &str) -> String {
        let mut there = PgConnection::connect(&self.url(name, "postgres")).await.unwrap();
        there.execute("CREATE DATABASE wasl").await.unwrap();
        self.url(name, "wasl")
    }

    pub fn starts(&mut self, name: &str, settings: &str) {
        self.does(&format!(
            r#""$bin/pg_ctl" -D "$dir/{name}/data" -l "$dir/{name}/log" -w -t 120 start -o "-c listen_addresses= -c unix_socket_directories=$dir/{name} -c fsync=off -c full_page_writes=off -c max_connections=100 -c shared_buffers=32MB {settings}""#
        ));
    }

    /// As if its power were cut: no checkpoint, no farewell.
    pub fn stops(&mut self, name: &str) {
        self.does(&format!(r#""$bin/pg_ctl" -D "$dir/{name}/data" -m immediate -w stop"#));
    }

    /// As if its power or its network were cut: it answers nobody, and ends no connection.
    pub fn freezes(&mut self, name: &str) {
        self.does(&format!("kill -STOP $(processes {name})"));
    }

    /// It is gone with all that it held.
    pub fn loses(&mut self, name: &str) {
        self.does(&format!(
            r#"kill -CONT $(processes {name}); "$bin/pg_ctl" -D "$dir/{name}/data" -m immediate stop; rm -rf "$dir/{name}""#
        ));
    }

    /// Makes a standby that follows another server, which from then on commits nothing that the standby does not have.
    pub async fn follows(&mut self, name: &str, primary: &str) {
        self.does(&format!(
            r#"mkdir "$dir/{name}" && "$bin/pg_basebackup" -h "$dir/{primary}" -U wasl -D "$dir/{name}/data" -R -X stream -c fast"#
        ));
        self.starts(name, "");
        let mut there = PgConnection::connect(&self.url(primary, "postgres")).await.unwrap();
        there.execute("ALTER SYSTEM SET synchronous_standby_names = '*'").await.unwrap();
        there.execute("SELECT pg_reload_conf()").await.unwrap();
        let followed = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while sqlx::query_scalar::<_, i64>(followed).fetch_one(&mut there).await.unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The standby is the primary from now on.
    pub fn promotes(&mut self, name: &str) {
        self.does(&format!(r#""$bin/pg_ctl" -D "$dir/{name}/data" -w promote"#));
    }

    /// The address of a database there.
    pub fn url(&self, name: &str, database: &str) -> String {
        format!("postgres://wasl@{}/{database}", self.host(name))
    }

    /// The address of a database that is on one of these.
    pub fn url_of_any(&self, names: &[&str], database: &str) -> String {
        let hosts: Vec<String> = names.iter().map(|name| self.host(name)).collect();
        format!("postgres://wasl@{}/{database}", hosts.join(","))
    }

    /// The folder of its socket, as a host in an address.
    fn host(&self, name: &str) -> String {
        format!("{}/{name}", self.folder).replace('/', "%2F")
    }
}
