//! The volunteer who runs the server: commands, their answers, and what they say when something is wrong.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::harness;

fn wasl(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = harness::folder();
    let commands: &[&[&str]] = &[
        &["serve"],
        &["check"],
        &["talk"],
        &["form", "check"],
        &["form", "play"],
        &["staff", "add"],
        &["staff", "list"],
        &["staff", "disable"],
        &["person", "forget"],
        &["templates", "list"],
        &["templates", "check"],
        &["templates", "sync"],
        &["migrate"],
        &["doctor"],
    ];
    for command in commands {
        let mut args = command.to_vec();
        args.push("--help");
        let output = wasl(folder.path(), &args);
        assert!(output.status.success());
        assert!(said(&output).contains("Example: wasl"), "{command:?}");
    }
}

#[test]
fn a_fresh_folder_checks_migrates_and_is_healthy() {
    let folder = harness::folder();
    for (args, words) in [
        (&["check"][..], "forms: "),
        (&["migrate"], "schema"),
        (&["doctor"], "the chain is whole"),
        (&["doctor"], "note  ways: who declines is told no other way to you"),
        (&["staff", "list"], ""),
        (&["staff", "add", "--role", "officer"], "/desk/setup/"),
    ] {
        let output = wasl(folder.path(), args);
        // How fast the disk of a busy machine is decides nothing here.
        let slow = *args == ["doctor"] && said(&output).contains("WRONG commit");
        assert!(output.status.success() || slow, "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{args:?}: {}", said(&output));
    }
}

#[test]
fn with_another_way_to_the_association_nothing_is_noted() {
    let folder = harness::folder();
    fs::write(folder.path().join("wasl.toml"), "[association]\nphone = \"0112345678\"").unwrap();
    let output = wasl(folder.path(), &["doctor"]);
    assert!(output.status.success() && !said(&output).contains("note"), "{}", said(&output));
}

#[test]
fn the_manual_can_be_used_as_a_settings_file() {
    let folder = harness::folder();
    let manual = wasl(folder.path(), &["check", "--defaults"]).stdout;
    fs::write(folder.path().join("wasl.toml"), manual).unwrap();
    assert!(wasl(folder.path(), &["check"]).status.success());
}

#[test]
fn a_wrong_setting_names_the_key_and_the_file() {
    let folder = harness::folder();
    for (text, words) in [
        ("[server]\nlissten = \"127.0.0.1:1\"\n", &["lissten", "mine.toml"][..]),
        ("[server]\nlisten = 5\n", &["server.listen", "mine.toml"]),
        ("[server\n", &["mine.toml"]),
        ("[store]\nurl = \"mysql://me:secret@host/db\"\n", &["store.url", "sqlite://"]),
    ] {
        fs::write(folder.path().join("mine.toml"), text).unwrap();
        let output = wasl(folder.path(), &["--config", "mine.toml", "check"]);
        assert!(!output.status.success());
        for word in words {
            assert!(said(&output).contains(word), "{text:?}: {}", said(&output));
        }
        assert!(!said(&output).contains("secret"), "no secret in an error");
    }
    let output = wasl(folder.path(), &["--config", "none.toml", "check"]);
    assert!(said(&output).contains("there is no file none.toml"), "{}", said(&output));
}

#[test]
fn a_form_with_mistakes_is_refused_with_every_place() {
    let folder = harness::folder();
    let form = "\
| survey | type | name | label::English (en) | relevant | constraint |
|---|---|---|---|---|---|
| | txet | a | What? | | |
| | select_one nolist | b | Which? | | |
| | integer | c | How many? | ${nobody} = 1 | . > |
";
    fs::write(folder.path().join("bad.md"), form).unwrap();
    let output = wasl(folder.path(), &["form", "check", "bad.md"]);
    assert!(!output.status.success());
    for place in ["bad.md:3", "bad.md:4", "bad.md:5", "txet", "nolist", "nobody"] {
        assert!(said(&output).contains(place), "{place}: {}", said(&output));
    }
    let output = wasl(folder.path(), &["form", "check", "none.md"]);
    assert!(said(&output).contains("none.md cannot be read"), "{}", said(&output));
}

#[test]
fn talk_records_and_replays() {
    let folder = harness::folder();
    let mut talk = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder.path())
        .args(["talk", "--lang", "en", "--record", "story.txt"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    talk.stdin.take().unwrap().write_all(b"English\nyes\n").unwrap();
    assert!(talk.wait().unwrap().success());
    let story = fs::read_to_string(folder.path().join("story.txt")).unwrap();
    assert!(story.contains("> English\n") && story.contains("bot: "), "{story}");
    let output = wasl(folder.path(), &["talk", "--replay", "story.txt"]);
    assert!(output.status.success(), "{}", said(&output));
    fs::write(folder.path().join("story.txt"), story.replacen("bot: ", "bot: Hm. ", 1)).unwrap();
    let output = wasl(folder.path(), &["talk", "--replay", "story.txt"]);
    assert!(!output.status.success() && said(&output).contains("was: "), "{}", said(&output));
}

#[test]
fn what_was_said_in_the_terminal_is_gone_after_an_interrupt() {
    let (folder, temporary) = (harness::folder(), harness::folder());
    let mut talk = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder.path())
        .env("TMPDIR", temporary.path())
        .args(["talk", "--lang", "en"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept open: the interrupt comes while it waits for the next line.
    let mut typed = talk.stdin.take().unwrap();
    typed.write_all(b"English\n").unwrap();
    let mut read = BufReader::new(talk.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(read.any(|line| line.contains("[Yes, I agree]")), "the consent is asked for");
    assert!(fs::read_dir(temporary.path()).unwrap().count() > 0, "it has to keep it somewhere meanwhile");
    assert!(Command::new("kill").args(["-INT", &talk.id().to_string()]).status().unwrap().success());
    assert!(talk.wait().unwrap().success());
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "nothing is kept");
}

#[test]
fn serve_says_where_to_go_and_stops_in_order() {
    let folder = harness::folder();
    let mut server = Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder.path())
        .env("WASL_SERVER__LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    // The greeting ends with the administrator's link.
    let mut greeting: Vec<String> =
        lines.by_ref().map_while(Result::ok).take_while(|line| !line.contains("/desk/setup/")).collect();
    assert!(greeting[0].contains("wasl is ready"), "{greeting:?}");
    assert!(greeting[1].contains("http://127.0.0.1:"), "{greeting:?}");
    greeting.retain(|line| line.contains("vault.key"));
    assert_eq!(greeting.len(), 1, "a key that was made now is to be copied");
    let second = wasl_on(folder.path());
    assert!(!second.status.success(), "a second server on the same database is refused");
    assert!(said(&second).contains("is in use by another wasl"), "{}", said(&second));
    let key = fs::metadata(folder.path().join("wasl-data/vault.key")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    terminate(&server);
    assert!(server.wait().unwrap().success(), "a stop in order is a success");
}

fn wasl_on(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wasl"))
        .current_dir(folder)
        .env("WASL_SERVER__LISTEN", "127.0.0.1:0")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn terminate(server: &std::process::Child) {
    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
}
