//! Durable writes with ready vectors: on namespaces that are open, and spread over many more
//! than may be open.

use std::time::Duration;

use anchorhold_model::limits;
use anchorhold_store::AuditMode;

use super::Size;
use super::corpus::Numbers;
use super::field::{Field, Ground};
use super::meter::{self, Until};
use super::result::Measured;
use crate::exit::Error;

/// Writers that prepare namespaces.
const PREPARING: usize = 16;

/// 1 and 16 writers on 1,000 namespaces.
pub(super) fn hot(size: &Size, audit: AuditMode) -> Result<Vec<Measured>, Error> {
    let namespaces = size.pick(1_000, 100);
    let field = field(size, audit, limits::HANDLES_DEFAULT)?;
    prepare(&field, namespaces)?;
    let mut results = Vec::new();
    for writers in [1, 16] {
        let name = name("hot", namespaces, writers, audit);
        let measured = measure(&field, size, namespaces, writers, name)?;
        results.push(match (writers, audit) {
            (16, AuditMode::Required) => measured.at_least_per_second(8_000.0),
            _ => measured,
        });
    }
    Ok(results)
}

/// 1 and 16 writers on 20,000 namespaces, of which 2,048 may be open.
pub(super) fn spread(size: &Size, audit: AuditMode) -> Result<Vec<Measured>, Error> {
    let namespaces = size.pick(20_000, 500);
    let handles_max = size.pick(limits::HANDLES_DEFAULT, 50);
    let field = field(size, audit, handles_max)?;
    let mut first = prepare(&field, namespaces)?;
    first.name = format!("first write of {namespaces} namespaces{}", suffix(audit));
    let mut results = vec![first];
    for writers in [1, 16] {
        let name = name("spread", namespaces, writers, audit);
        let measured = measure(&field, size, namespaces, writers, name)?;
        results.push(match (writers, audit) {
            (16, AuditMode::Required) => measured.at_least_per_second(2_500.0),
            _ => measured,
        });
    }
    Ok(results)
}

fn field(size: &Size, audit: AuditMode, handles_max: usize) -> Result<Field, Error> {
    Field::new(
        size,
        Ground {
            audit,
            handles_max,
            ..Ground::default()
        },
    )
}

fn name(sort: &str, namespaces: usize, writers: usize, audit: AuditMode) -> String {
    let plural = if writers == 1 { "" } else { "s" };
    format!(
        "durable writes, {sort}, {namespaces} namespaces, {writers} writer{plural}{}",
        suffix(audit)
    )
}

const fn suffix(audit: AuditMode) -> &'static str {
    match audit {
        AuditMode::Required => "",
        AuditMode::Off => ", without audit log",
    }
}

/// Makes every namespace by its first write.
fn prepare(field: &Field, namespaces: usize) -> Result<Measured, Error> {
    let write = |number: usize| field.remember(number, u64::try_from(number).unwrap_or(0));
    let reading = meter::run(field.clock(), PREPARING, Until::Count(namespaces), &write)?;
    Ok(Measured::new("first writes", &reading))
}

fn measure(
    field: &Field,
    size: &Size,
    namespaces: usize,
    writers: usize,
    name: String,
) -> Result<Measured, Error> {
    let write = |number: usize| {
        let seed = u64::try_from(number).unwrap_or(0) ^ (1 << 40);
        field.remember(Numbers::new(seed).below(namespaces), seed)
    };
    let time = Duration::from_secs(size.pick(10, 2));
    let reading = meter::run(field.clock(), writers, Until::Time(time), &write)?;
    Ok(Measured::new(name, &reading))
}
