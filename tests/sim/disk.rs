//! A disk that is full: SQLite's own way to the operating system is bent so that a write ends as it does on `/dev/full`,
//! in one seed's folder and from its n-th write on. All that is not safe Rust stands here.

use std::path::{Path, PathBuf};

/// A folder on a disk that may be full.
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    pub fn of(folder: &Path) -> Disk {
        Disk { folder: folder.to_owned() }
    }

    /// After so many more writes there is no room. Whether this machine can play that.
    pub fn fills(&self, writes: u32) -> bool {
        bent::fills(&self.folder, writes)
    }

    /// There is room again.
    pub fn has_room(&self) {
        bent::has_room(&self.folder);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.has_room();
    }
}

#[cfg(target_os = "linux")]
mod bent {
    use std::collections::BTreeMap;
    use std::ffi::{c_int, c_void};
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError};

    use libsqlite3_sys as sqlite;

    type Pwrite = unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize;

    /// The folders on full disks, with the writes that still go through.
    static FULL: Mutex<BTreeMap<PathBuf, u32>> = Mutex::new(BTreeMap::new());
    /// How many there are: nobody asks further while there is none.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static BENT: Once = Once::new();
    /// What SQLite called before, and a device that is always full.
    static REAL: OnceLock<(Pwrite, File)> = OnceLock::new();

    fn full() -> MutexGuard<'static, BTreeMap<PathBuf, u32>> {
        FULL.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn fills(folder: &Path, writes: u32) -> bool {
        BENT.call_once(bend);
        let mut full = full();
        full.insert(folder.to_owned(), writes);
        COUNT.store(full.len(), Ordering::Relaxed);
        true
    }

    pub fn has_room(folder: &Path) {
        let mut full = full();
        full.remove(folder);
        COUNT.store(full.len(), Ordering::Relaxed);
    }

    /// Whether a write to that file finds no room.
    fn finds_no_room(file: c_int) -> bool {
        if COUNT.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let Ok(path) = std::fs::read_link(format!("/proc/self/fd/{file}")) else { return false };
        // The index of the log is small, and had its room before: readers go on.
        if path.to_string_lossy().ends_with("-shm") {
            return false;
        }
        let mut full = full();
        let Some((_, left)) = full.iter_mut().find(|(folder, _)| path.starts_with(folder)) else {
            return false;
        };
        let none = *left == 0;
        *left = left.saturating_sub(1);
        none
    }

    /// Puts [`pwrite`] in the place of SQLite's own.
    fn bend() {
        const NAME: &std::ffi::CStr = c"pwrite";
        // SAFETY: the documented way to do this; the default VFS lives as long as the process, and what is there under
        // this name is a `pwrite`.
        unsafe {
            let vfs = sqlite::sqlite3_vfs_find(std::ptr::null());
            let get = (*vfs).xGetSystemCall.expect("a VFS whose system calls can be set");
            let set = (*vfs).xSetSystemCall.expect("a VFS whose system calls can be set");
            let real = get(vfs, NAME.as_ptr()).expect("it writes by pwrite");
            let real = std::mem::transmute::<unsafe extern "C" fn(), Pwrite>(real);
            let device = File::options().write(true).open("/dev/full").expect("a device that is always full");
            REAL.set((real, device)).expect("it is bent once");
            let ours = std::mem::transmute::<Pwrite, unsafe extern "C" fn()>(pwrite);
            assert_eq!(set(vfs, NAME.as_ptr(), Some(ours)), sqlite::SQLITE_OK);
        }
    }

    unsafe extern "C" fn pwrite(file: c_int, from: *const c_void, bytes: usize, at: i64) -> isize {
        // It is known before this is called.
        let Some((real, device)) = REAL.get() else { return -1 };
        let file = if finds_no_room(file) { device.as_raw_fd() } else { file };
        // SAFETY: the arguments are SQLite's own, but for another open file.
        unsafe { real(file, from, bytes, at) }
    }
}

#[cfg(not(target_os = "linux"))]
mod bent {
    pub fn fills(_: &std::path::Path, _: u32) -> bool {
        false
    }

    pub fn has_room(_: &std::path::Path) {}
}
