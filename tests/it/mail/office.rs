//! The servers.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Person;
use crate::harness;

const SERVE: &str = include_str!("serve.sh");

/// Whether mail is to be tested.
pub fn wanted() -> bool {
    let wanted = harness::wanted("TEST_MAIL");
    if !wanted {
        println!("left out: TEST_MAIL is not set");
    }
    wanted
}

/// A post office of one scenario.
pub struct Office {
    folder: TempDir,
    imap: u16,
    smtp: u16,
    told: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    servers: Child,
}

impl Office {
    pub fn open() -> Office {
        // Short, for the names of sockets in it are.
        let folder = TempDir::new_in("/tmp").unwrap();
        let [imap, lmtp, smtp] = free_ports();
        // Neither of them runs as root.
        let root =
            std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) == 0);
        let mut command = Command::new(if root { "setpriv" } else { "sh" });
        if root {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
            command.args(ids).args(["--clear-groups", "sh"]);
        }
        let ports = [imap, lmtp, smtp].map(|port| port.to_string());
        let place = folder.path().join("office");
        if root {
            std::fs::create_dir(&place).unwrap();
            std::os::unix::fs::chown(&place, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let servers = command.args(["-c", SERVE, "sh"]).arg(&place).args(ports);
        let mut servers = servers.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let told = (servers.stdin.take().unwrap(), BufReader::new(servers.stdout.take().unwrap()));
        let office = Office { folder, imap, smtp, told: Mutex::new(told), servers };
        office.hears("open");
        for port in [imap, lmtp, smtp] {
            answers(
                port,
                "no post office: install Debian's dovecot-imapd, dovecot-lmtpd and exim4-daemon-light",
            );
        }
        office
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("office")
    }

    fn hears(&self, wanted: &str) {
        let mut line = String::new();
        self.told.lock().unwrap().1.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), wanted, "the post office did not open");
    }

    fn tells(&self, word: &str) {
        writeln!(self.told.lock().unwrap().0, "{word}").unwrap();
        self.hears(word);
    }

    /// The mailboxes cannot be reached, and who reads one is hung up on.
    pub fn shuts(&self) {
        self.tells("shut");
    }

    /// They can be again.
    pub fn opens(&self) {
        self.tells("open");
        answers(self.imap, "the mailboxes do not open again");
    }

    /// The mailbox is made anew with the same mails: all its numbers change.
    pub fn makes_anew(&self, mailbox: &str) {
        self.shuts();
        let mailbox = self.mailbox(mailbox);
        for file in std::fs::read_dir(&mailbox).unwrap() {
            let path = file.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("dovecot") {
                std::fs::remove_file(path).unwrap();
            }
        }
        // Its making is told in seconds.
        std::thread::sleep(Duration::from_millis(1100));
        self.opens();
    }

    /// From now on who was told to come again is let in.
    pub fn knows_them(&self) {
        std::fs::write(self.place().join("known"), "").unwrap();
    }

    pub fn mailbox(&self, address: &str) -> PathBuf {
        self.place().join("boxes").join(address)
    }

    pub fn smtp(&self) -> u16 {
        self.smtp
    }

    /// How many mails lie in a folder of a mailbox, `.Processed` or none.
    pub fn lie_in(&self, address: &str, folder: &str) -> usize {
        let folder = self.mailbox(address).join(folder);
        ["new", "cur"].iter().map(|kind| count(&folder.join(kind))).sum()
    }

    /// Settings of a bot at this address, by this server's word.
    pub fn settings(&self, address: &str) -> String {
        format!(
            "[channel.email]\naddress = '{address}'\nauthserv_id = 'mx.charity.test'\n\
             key = '0123456789abcdef0123456789abcdef'\nmails_in_ten_minutes = 1000\nmails_a_day = 1000\n\
             imap = {{ host = '127.0.0.1', port = {}, tls = 'none', password = 'secret' }}\n\
             smtp = {{ host = '127.0.0.1', port = {}, tls = 'none', user = '{address}', password = 'secret' }}\n",
            self.imap, self.smtp
        )
    }

    /// Somebody who writes mails; theirs are kept when the domain is one of the office's.
    pub fn person(&self, address: &str, name: &str) -> Person<'_> {
        Person::new(self, address, name)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // The end of what it hears is its own; what it left, its folder takes along.
        let _ = self.servers.kill();
        let _ = self.servers.wait();
    }
}

/// Debian's `nobody` and `nogroup`.
const NOBODY: u32 = 65_534;

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// Three ports that were free a moment ago.
fn free_ports() -> [u16; 3] {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

/// Waits until somebody listens.
fn answers(port: u16, else_say: &str) {
    let begin = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(10), "{else_say}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
