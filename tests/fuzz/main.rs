//! Every input that a fuzz target is kept for, through the same function: what was found once stays mended.

use std::fs;
use std::path::Path;

mod targets;

#[test]
fn every_kept_input_comes_to_its_end() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    for (name, run) in targets::ALL {
        let inputs = fs::read_dir(corpus.join(name)).unwrap_or_else(|_| panic!("corpus/{name} is not there"));
        let mut count = 0;
        for input in inputs {
            let path = input.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let ran = std::panic::catch_unwind(|| run(&bytes));
            assert!(ran.is_ok(), "{name} does not hold for {}", path.display());
            count += 1;
        }
        assert!(count >= 5, "corpus/{name} holds only {count} inputs");
    }
}
