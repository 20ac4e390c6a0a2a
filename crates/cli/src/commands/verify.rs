//! `verify`: looks at everything that is stored and says what is damaged.

use anchorhold_client::OperatorClient;
use anchorhold_client::wire::verify::{FindingBody, LookedAt, Verify as Request, VerifyPage};
use clap::Args;

use crate::commands::custody::{Closed, CustodyArgs, Keeper};
use crate::exit::Error;
use crate::output::Output;

/// Look at everything that is stored and say what is damaged.
#[derive(Args)]
#[command(
    after_help = "Goes through the server when ANCHORHOLD_OPERATOR_KEY is set and one \
    answers, else to the data directory itself. Exit code 1 when damage is found."
)]
pub(crate) struct Verify {
    /// Finish what a crash left undone; nothing that could be read is deleted
    #[arg(long)]
    repair: bool,
    /// List the namespaces that are whole
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    custody: CustodyArgs,
}

impl Verify {
    /// Looks.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        let (repair, list) = (self.repair, self.list);
        let ask = |client: &OperatorClient| {
            let next = None;
            client.verify(&Request { next, repair, list })
        };
        let mut report = match self.custody.keeper(ask)? {
            Keeper::Server(client, first) => through(&client, first, list)?,
            Keeper::Directory(closed) => offline(&closed, repair)?,
        };
        if !list {
            report.namespaces.clear();
        }
        output.either(&report, || show(&report, output))?;
        if report.damage.is_empty() {
            return Ok(());
        }
        let count = report.damage.len();
        Err(Error::Failed(format!("damage was found in {count} places")))
    }
}

/// Asks the server for page after page.
fn through(
    client: &OperatorClient,
    mut report: VerifyPage,
    list: bool,
) -> Result<VerifyPage, Error> {
    while let Some(next) = report.next.take() {
        let request = Request {
            next: Some(next),
            repair: false,
            list,
        };
        let page = client
            .verify(&request)
            .map_err(crate::connection::refused)?;
        report.extend(page);
    }
    Ok(report)
}

/// Looks at the files of an installation that no server serves.
fn offline(closed: &Closed, repair: bool) -> Result<VerifyPage, Error> {
    let mut report = closed.survey()?;
    if repair && !report.unfinished.is_empty() {
        // A start finishes everything that a crash left undone; it refuses where that would be a
        // guess.
        closed.start()?;
        let finished = std::mem::take(&mut report.unfinished);
        report = closed.survey()?;
        report.finished = finished
            .into_iter()
            .filter(|one| !report.unfinished.contains(one))
            .collect();
    }
    Ok(report)
}

fn show(report: &VerifyPage, output: Output) -> Result<(), Error> {
    let checked = &report.checked;
    output.line(&format!(
        "looked at {} namespaces with {} records, {} keys, {} catalogue rows, {} links in {} audit \
         chains",
        checked.namespaces,
        checked.records,
        checked.keys,
        checked.rows,
        checked.links,
        checked.chains
    ))?;
    for (title, findings) in [
        ("damaged", &report.damage),
        ("left undone by a crash", &report.unfinished),
        ("finished", &report.finished),
    ] {
        if findings.is_empty() {
            continue;
        }
        output.line(&format!("\n{title}:"))?;
        let rows: Vec<_> = findings.iter().map(row).collect();
        output.table(&["namespace", "tenant", "part", "what", "advice"], &rows)?;
    }
    if !report.namespaces.is_empty() {
        output.line("")?;
        let rows: Vec<_> = report.namespaces.iter().map(whole).collect();
        output.table(&["namespace", "tenant", "records"], &rows)?;
    }
    if report.damage.is_empty() {
        output.line("no damage")?;
    }
    Ok(())
}

fn whole(namespace: &LookedAt) -> Vec<String> {
    vec![
        namespace.namespace.clone(),
        namespace.tenant.clone().unwrap_or_else(|| "-".to_owned()),
        namespace.records.to_string(),
    ]
}

fn row(finding: &FindingBody) -> Vec<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    vec![
        or_dash(&finding.namespace),
        or_dash(&finding.tenant),
        finding.role.clone(),
        finding.what.clone(),
        finding.advice.clone(),
    ]
}
