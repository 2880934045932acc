//! The bad disk: `shim.c`, compiled once, and what it is told.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::harness;
use crate::walker::{Place, Server};

/// The compiled shim; `None`, and told, where it cannot be.
pub fn compiled() -> Option<&'static Path> {
    static SHIM: OnceLock<Option<PathBuf>> = OnceLock::new();
    SHIM.get_or_init(compile).as_deref()
}

fn compile() -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        harness::tell("bad disks are not tried: they need LD_PRELOAD, that is Linux");
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/shim.c");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Tests of another process may load it at this moment: it is put in place whole.
    let (new, shim) = (folder.join(format!("shim-{}.so", std::process::id())), folder.join("shim.so"));
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
        .args([&new, &source])
        .arg("-ldl")
        .status();
    match compiled {
        Ok(status) => assert!(status.success(), "shim.c does not compile"),
        Err(_) => {
            harness::tell("bad disks are not tried: there is no C compiler (cc)");
            return None;
        }
    }
    std::fs::rename(new, &shim).unwrap();
    Some(shim)
}

/// A folder in which a server ran once: what is made at the first start is made.
pub fn base() -> TempDir {
    let folder = harness::folder();
    Server::start(folder.path(), &Place::default()).stop();
    folder
}

/// A copy of it.
pub fn copy_of(base: &TempDir) -> TempDir {
    let folder = harness::folder();
    let copied = Command::new("cp")
        .arg("-a")
        .args([base.path().join("wasl-data"), folder.path().to_owned()])
        .status()
        .unwrap();
    assert!(copied.success());
    folder
}

/// Starts the server of `folder` with the shim before it, told so; `None` when it ended before it served.
pub fn serve(shim: &Path, folder: &Path, place: &Place, told: &[(&str, &str)]) -> Option<Server> {
    let data = folder.join("wasl-data").canonicalize().unwrap();
    let mut variables = vec![("LD_PRELOAD", shim.to_str().unwrap()), ("SHIM_FOLDER", data.to_str().unwrap())];
    variables.extend(told);
    Server::start_with(folder, place, &variables)
}
