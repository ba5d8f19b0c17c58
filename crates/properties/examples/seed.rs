//! Writes the seeds of all targets to `fuzz/corpus`, in place of what lies there.

use std::fs;

use promptlake_properties::seeds::{folder, seeds};

fn main() -> std::io::Result<()> {
    let corpus = folder().join("corpus");
    if corpus.is_dir() {
        fs::remove_dir_all(&corpus)?;
    }
    for seed in seeds()? {
        let folder = corpus.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(seed.name), seed.bytes)?;
    }
    Ok(())
}
