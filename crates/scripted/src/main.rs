//! The scripted model server as a program: prints where it listens and plays until it is ended. `GET /received` shows
//! what came since the last look, `GET /playing` how many answers are being given and how many were left.
#![forbid(unsafe_code)]

use std::io::Write as _;

use anchorhold_scripted::Scripted;

fn main() -> std::io::Result<()> {
    let scripted = Scripted::start()?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", scripted.url())?;
    out.flush()?;
    // Until standard input ends, as it does with whoever started this.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
