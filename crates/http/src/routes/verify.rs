//! `POST /v1/verify`: the operator looks at a part of everything that is stored.

use anchorhold_memory::{Finding, Step, Surveyed};
use anchorhold_model::TenantId;
use anchorhold_wire::Code;
use anchorhold_wire::verify::{Checked, FindingBody, LookedAt, Verify, VerifyPage};

use crate::call::Call;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::route::Route;

pub(super) fn route() -> Route {
    Route::post("/v1/verify", "verify", verify)
        .summary("Look at a part of everything that is stored, and say what is damaged.")
        .takes::<Verify>()
        .gives::<VerifyPage>(200, "What was found; go on with `next` until it is null.")
        .refuses(&[Code::CursorInvalid, Code::AuditUnavailable])
}

fn verify(call: &Call) -> Result<Reply, Refusal> {
    let custodian = call.operator()?.custodian();
    let request = call.body::<Verify>()?;
    let step = match request.next.as_deref().map(Step::parse) {
        None => Step::FIRST,
        Some(Some(step)) => step,
        Some(None) => {
            let rule = "is not the `next` of a page before; begin again without it";
            return Err(Refusal::of_field(Code::CursorInvalid, "next", rule));
        }
    };
    let engine = &call.app.engine;
    let finished = if step == Step::FIRST && request.repair {
        engine.repair(&custodian)?
    } else {
        Vec::new()
    };
    let surveyed = engine.verify(&custodian, step)?;
    let mut page = page(call, surveyed, &finished);
    if !request.list {
        page.namespaces.clear();
    }
    Reply::ok(call, &page)
}

fn page(call: &Call, surveyed: Surveyed, finished: &[Finding]) -> VerifyPage {
    let bodies = |findings: &[Finding]| findings.iter().map(|one| body(call, one)).collect();
    let counts = surveyed.counts;
    VerifyPage {
        checked: Checked {
            rows: counts.rows,
            keys: counts.keys,
            namespaces: counts.namespaces,
            records: counts.records,
            chains: counts.chains,
            links: counts.links,
        },
        damage: bodies(&surveyed.damage),
        unfinished: bodies(&surveyed.unfinished),
        finished: bodies(finished),
        namespaces: surveyed
            .namespaces
            .iter()
            .map(|one| LookedAt {
                namespace: one.namespace.to_string(),
                tenant: tenant_name(call, one.tenant),
                records: one.records,
            })
            .collect(),
        next: surveyed.next.map(|step| step.to_string()),
    }
}

/// A tenant whose row does not open is told without its name.
fn tenant_name(call: &Call, tenant: TenantId) -> Option<String> {
    let tenant = call.app.engine.directory().tenant(tenant).ok().flatten()?;
    Some(tenant.name.as_str().to_owned())
}

fn body(call: &Call, finding: &Finding) -> FindingBody {
    FindingBody {
        namespace: finding.namespace.map(|namespace| namespace.to_string()),
        tenant: finding.tenant.and_then(|tenant| tenant_name(call, tenant)),
        role: finding.role.as_str().to_owned(),
        what: finding.what.as_str().to_owned(),
        advice: finding.advice().to_owned(),
    }
}
