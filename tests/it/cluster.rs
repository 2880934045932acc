//! PostgreSQL servers of one test's own, which it stops, copies and promotes as it likes. They are in memory where the
//! machine has such a place, and gone with the test, however that ends.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Does each line that it reads, and says how that ended.
const SHELL: &str = r#"
cd /
bin=$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
place=/tmp; if [ -w /dev/shm ]; then place=/dev/shm; fi
dir=$(mktemp -d "$place/wasl-cluster-XXXXXX")
trap 'for data in "$dir"/*/data; do "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1; done; rm -rf "$dir"' EXIT
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

    pub fn starts(&mut self, name: &str, settings: &str) {
        self.does(&format!(
            r#""$bin/pg_ctl" -D "$dir/{name}/data" -l "$dir/{name}/log" -w -t 120 start -o "-c listen_addresses= -c unix_socket_directories=$dir/{name} -c fsync=off -c full_page_writes=off -c max_connections=100 -c shared_buffers=32MB {settings}""#
        ));
    }

    /// As if its power were cut: no checkpoint, no farewell.
    pub fn stops(&mut self, name: &str) {
        self.does(&format!(r#""$bin/pg_ctl" -D "$dir/{name}/data" -m immediate -w stop"#));
    }

    /// The address of a database there.
    pub fn url(&self, name: &str, database: &str) -> String {
        format!("postgres://wasl@localhost/{database}?host={}/{name}", self.folder)
    }
}
