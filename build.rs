//! Tells cargo that the embedded folders belong to the sources: a new form or language is a new file, nothing else.

fn main() {
    for folder in ["forms", "locales", "src/web/assets", "src/desk/assets"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
