//! An application of documents with its own users, organisations and permissions, and Anchorhold inside it.
//!
//! `cargo run -p anchorhold --example documents -- DIRECTORY`, then ask as it prints.

mod app;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use anchorhold::{Anchorhold, RootKey, Settings};
use tokio::net::TcpListener;

fn main() -> Result<(), Box<dyn Error>> {
    let home = std::env::args_os().nth(1);
    let home = PathBuf::from(home.ok_or("name a directory for the data")?);
    let root_key = RootKey::File(home.join("root.kek"));
    let settings = Settings::new(home.join("data"), root_key, "documents")?;
    // Before the runtime, since it waits for disks.
    let memory = Anchorhold::open(settings)?;
    if let Some(key) = memory.operator_key() {
        println!("operator key, shown once: {key}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let token = app::token("alice")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 3400)).await?;
        println!(
            "curl -sS http://127.0.0.1:3400/my/v1/memories -H 'Authorization: Bearer {token}' \
             -H 'Content-Type: application/json' -d '{{\"content\": \"Alice takes tea.\"}}'"
        );
        let app = app::app(&memory).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, app)
            .with_graceful_shutdown(async {
                // Whoever cannot hear it is ended otherwise.
                let _ = tokio::signal::ctrl_c().await;
            })
            .await
    })?;
    Ok(())
}
